import type { Condition, Int64, ObjectMeta } from './meta';

/**
 * Names the levels of a cluster's topology and the node labels that carry them. Written by the cluster's administrator.
 * @resource group=grove.io plural=clustertopologybindings singular=clustertopologybinding shortName=ct scope=Cluster
 * @subresource status
 * @column Domains | string | .spec.levels[*].domain
 * @column Age | date | .metadata.creationTimestamp
 */
export interface ClusterTopologyBinding {
  readonly apiVersion: 'grove.io/v1alpha1';
  readonly kind: 'ClusterTopologyBinding';
  readonly metadata: ObjectMeta;
  /** The levels and where other schedulers keep theirs. */
  readonly spec: ClusterTopologyBindingSpec;
  /** What the controller found. */
  readonly status?: ClusterTopologyBindingStatus;
  readonly [field: string]: unknown;
}

export interface ClusterTopologyBindingSpec {
  /**
   * The levels from broadest to narrowest.
   * @minItems 1
   */
  readonly levels: readonly TopologyLevel[];
  /** Topologies that schedulers already have and the controller must not create; at most one for each scheduler. */
  readonly schedulerTopologyBindings?: readonly SchedulerTopologyBinding[];
}

/** One level of the topology. */
export interface TopologyLevel {
  /**
   * Name by which workloads ask for this level, for example `rack`.
   * @minLength 1
   * @maxLength 63
   * @pattern ^[a-z][a-z0-9-]*$
   */
  readonly domain: string;
  /**
   * Node label whose value tells the domain a node belongs to, for example `topology.kubernetes.io/zone`.
   * @minLength 1
   * @maxLength 63
   * @pattern ^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$
   */
  readonly key: string;
}

/** A topology object that somebody else keeps for a scheduler. */
export interface SchedulerTopologyBinding {
  /** Name of the scheduler back end. */
  readonly schedulerName: string;
  /** Name of the scheduler's own topology object. */
  readonly topologyReference: string;
}

export interface ClusterTopologyBindingStatus {
  /** Last generation that was carried over to every back end without an error. */
  readonly observedGeneration?: Int64;
  /** Holds `SchedulerTopologyDrift`. */
  readonly conditions?: readonly Condition[];
  /** One row for each topology-aware back end. */
  readonly schedulerTopologyStatuses?: readonly SchedulerTopologyStatus[];
}

/** How a back end's topology compares with this binding. */
export interface SchedulerTopologyStatus {
  /** Name of the scheduler back end. */
  readonly schedulerName: string;
  /** Name of the scheduler's own topology object. */
  readonly topologyReference: string;
  /** Whether its levels are those of this binding. */
  readonly inSync: boolean;
  /** Generation of the scheduler's object when it was compared. */
  readonly schedulerBackendTopologyObservedGeneration?: Int64;
  /** What differs, or the error that came up. */
  readonly message?: string;
}
