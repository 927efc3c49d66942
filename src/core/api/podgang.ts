import type { Condition, Int32, ObjectMeta } from './meta';

/**
 * The all-or-nothing unit of scheduling: groups of pods of which each group's minimum is placed together or not at all.
 * Written by the controller, read by schedulers.
 * @resource group=scheduler.grove.io plural=podgangs singular=podgang shortName=pg scope=Namespaced categories=grove
 * @subresource status
 * @column Phase | string | .status.phase
 * @column Age | date | .metadata.creationTimestamp
 */
export interface PodGang {
  readonly apiVersion: 'scheduler.grove.io/v1alpha1';
  readonly kind: 'PodGang';
  readonly metadata: ObjectMeta;
  /** The groups and where they may be placed. */
  readonly spec: PodGangSpec;
  /** How far the gang has come. */
  readonly status?: PodGangStatus;
  readonly [field: string]: unknown;
}

export interface PodGangSpec {
  /** The groups of the gang, one for each PodClique. */
  readonly podgroups: readonly PodGroup[];
  /** Placement of the whole gang. */
  readonly topologyConstraint?: PackedPlacement;
  /** Placement of sets of groups, one for each replica of a scaling group in the base gang. */
  readonly topologyConstraintGroupConfigs?: readonly TopologyConstraintGroupConfig[];
  /** PriorityClass of the gang; schedulers order and preempt by it. */
  readonly priorityClassName?: string;
  /** A gang whose nodes should be taken over. Reserved; nothing sets it. */
  readonly reuseReservationRef?: NamespacedName;
}

/** Pods of one role within the gang. */
export interface PodGroup {
  /** Name of the PodClique that the pods belong to. */
  readonly name: string;
  /** The pods, sorted by name. Empty until they have been created. */
  readonly podReferences: readonly NamespacedName[];
  /** How many of them the gang cannot do without. */
  readonly minReplicas: Int32;
  /** Placement of this group. */
  readonly topologyConstraint?: PackedPlacement;
}

export interface NamespacedName {
  /** Namespace of the object. */
  readonly namespace: string;
  /** Name of the object. */
  readonly name: string;
}

/** A topology constraint after translation to node labels. */
export interface PackedPlacement {
  /** How the pods are packed. */
  readonly packConstraint?: PackConstraint;
}

export interface PackConstraint {
  /** Node label of which all pods must see the same value. */
  readonly required?: string;
  /** Node label of which the pods should see as few values as possible. */
  readonly preferred?: string;
}

/** Groups that share a placement. */
export interface TopologyConstraintGroupConfig {
  /** Name of the scaling group replica, for example `llm-0-decode-1`. */
  readonly name: string;
  /** The groups that belong together. */
  readonly podGroupNames: readonly string[];
  /** Their common placement. */
  readonly topologyConstraint?: PackedPlacement;
}

export interface PodGangStatus {
  /** `Pending`, `Starting` or `Running`. */
  readonly phase?: string;
  /** Holds `Initialized`, `Scheduled`, `Ready`, `Unhealthy` and `DisruptionTarget`. */
  readonly conditions?: readonly Condition[];
  /** How close to one another the pods were placed, from 0 (far) to 1 (as close as can be). */
  readonly placementScore?: number;
}
