import type { Condition, Int32, Int64, LastError, ObjectMeta, Time } from './meta';
import type { PodSpec } from './pod';

/**
 * Pods of one role. Written by the controller; `replicas` may be changed through the scale subresource.
 * @resource group=grove.io plural=podcliques singular=podclique shortName=pclq scope=Namespaced categories=grove
 * @subresource status
 * @subresource scale .spec.replicas .status.replicas .status.hpaPodSelector
 * @column MinAvail | integer | .spec.minAvailable
 * @column Replicas | integer | .spec.replicas
 * @column Ready | integer | .status.readyReplicas
 * @column Scheduled | integer | .status.scheduledReplicas
 * @column Updated | integer | .status.updatedReplicas
 * @column Gated | integer | .status.scheduleGatedReplicas | 1
 * @column MinBreached | string | .status.conditions[?(@.type=="MinAvailableBreached")].status | 1
 * @column Age | date | .metadata.creationTimestamp
 */
export interface PodClique {
  readonly apiVersion: 'grove.io/v1alpha1';
  readonly kind: 'PodClique';
  readonly metadata: ObjectMeta;
  /** The pods that should exist. */
  readonly spec: PodCliqueSpec;
  /** The pods that do. */
  readonly status?: PodCliqueStatus;
  readonly [field: string]: unknown;
}

export interface PodCliqueSpec {
  /**
   * Role of these pods in the system, for example `prefill-leader`. Unique in its PodCliqueSet.
   * @default ""
   */
  readonly roleName: string;
  /** What each pod runs. */
  readonly podSpec: PodSpec;
  /**
   * Number of pods.
   * @default 1
   */
  readonly replicas: Int32;
  /** Number of pods without which the gang neither starts nor lives; at least 1, at most `replicas`. Defaults to `replicas`. */
  readonly minAvailable?: Int32;
  /** Cliques that must be ready before these pods start: template names in a PodCliqueSet, PodClique names in a PodClique. */
  readonly startsAfter?: readonly string[];
  /** Asks for a HorizontalPodAutoscaler. Not for cliques of a scaling group. */
  readonly autoScalingConfig?: AutoScalingConfig;
}

/** Bounds and metrics of a HorizontalPodAutoscaler. */
export interface AutoScalingConfig {
  /** Lower bound. Defaults to the owner's replicas; not below its `minAvailable`. */
  readonly minReplicas?: Int32;
  /** Upper bound; not below `minReplicas`. */
  readonly maxReplicas: Int32;
  /**
   * What to scale by, `autoscaling/v2` metrics.
   * @listType atomic
   */
  readonly metrics?: readonly MetricSpec[];
}

/**
 * An `autoscaling/v2` MetricSpec, handed on unchanged.
 * @schema metric-spec
 */
export interface MetricSpec {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface PodCliqueStatus {
  /** Last generation whose pods were all created and released for scheduling. */
  readonly observedGeneration?: Int64;
  /** Errors of the last pass that was cut short. */
  readonly lastErrors?: readonly LastError[];
  /** Pods that are not being deleted. */
  readonly replicas?: Int32;
  /**
   * Pods that are ready.
   * @default 0
   */
  readonly readyReplicas: Int32;
  /**
   * Pods that were made from the current template.
   * @default 0
   */
  readonly updatedReplicas: Int32;
  /**
   * Pods that wait behind a scheduling gate.
   * @default 0
   */
  readonly scheduleGatedReplicas: Int32;
  /**
   * Pods that have a node.
   * @default 0
   */
  readonly scheduledReplicas: Int32;
  /** Label selector of the pods, for the scale subresource. Only set on cliques outside scaling groups. */
  readonly hpaPodSelector?: string;
  /** Holds `PodCliqueScheduled` and `MinAvailableBreached`, and `UpdateInProgress` once there was an update. */
  readonly conditions?: readonly Condition[];
  /** Generation hash of the PodCliqueSet that all pods conform to. */
  readonly currentPodCliqueSetGenerationHash?: string;
  /** Template hash that all pods conform to. */
  readonly currentPodTemplateHash?: string;
  /** The update that runs or ran last. */
  readonly updateProgress?: PodCliqueUpdateProgress;
}

export interface PodCliqueUpdateProgress {
  /** When the update began. */
  readonly updateStartedAt?: Time;
  /** When it ended; absent while it runs. */
  readonly updateEndedAt?: Time;
  /** Generation hash that the update leads to. */
  readonly podCliqueSetGenerationHash: string;
  /** Template hash that the update leads to. */
  readonly podTemplateHash: string;
  /** When the update came further last; kept where it has a deadline. */
  readonly lastProgressAt?: Time;
  /** Ready pods that are replaced one after another. */
  readonly readyPodsSelectedToUpdate?: PodsSelectedToUpdate;
}

export interface PodsSelectedToUpdate {
  /** Name of the pod that is being replaced. */
  readonly current: string;
  /** Names of the pods that have been replaced. */
  readonly completed?: readonly string[];
}

