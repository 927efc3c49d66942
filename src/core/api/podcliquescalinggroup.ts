import type { Condition, Int32, Int64, LastError, ObjectMeta, Time } from './meta';

/**
 * Cliques that scale together. Written by the controller; `replicas` may be changed through the scale subresource.
 * @resource group=grove.io plural=podcliquescalinggroups singular=podcliquescalinggroup shortName=pcsg scope=Namespaced categories=grove
 * @subresource status
 * @subresource scale .spec.replicas .status.replicas .status.selector
 * @column MinAvail | integer | .spec.minAvailable
 * @column Replicas | integer | .spec.replicas
 * @column Available | integer | .status.availableReplicas
 * @column Scheduled | integer | .status.scheduledReplicas
 * @column Updated | integer | .status.updatedReplicas
 * @column PCLQs-Updated | integer | .status.updateProgress.updatedPodCliquesCount
 * @column PCLQs-Total | integer | .status.updateProgress.totalPodCliquesCount
 * @column MinBreached | string | .status.conditions[?(@.type=="MinAvailableBreached")].status | 1
 * @column Age | date | .metadata.creationTimestamp
 */
export interface PodCliqueScalingGroup {
  readonly apiVersion: 'grove.io/v1alpha1';
  readonly kind: 'PodCliqueScalingGroup';
  readonly metadata: ObjectMeta;
  /** The replicas that should exist. */
  readonly spec: PodCliqueScalingGroupSpec;
  /** The replicas that do. */
  readonly status?: PodCliqueScalingGroupStatus;
  readonly [field: string]: unknown;
}

export interface PodCliqueScalingGroupSpec {
  /**
   * Number of copies of the group. Belongs to the user or the autoscaler once the object exists.
   * @default 1
   */
  readonly replicas: Int32;
  /**
   * Number of copies that are part of the base gang; those above it are gangs of their own.
   * @default 1
   */
  readonly minAvailable?: Int32;
  /** Template names of the cliques in the group. */
  readonly cliqueNames: readonly string[];
}

export interface PodCliqueScalingGroupStatus {
  /** Copies asked for. */
  readonly replicas?: Int32;
  /**
   * Copies of which every clique has its minimum of pods on nodes.
   * @default 0
   */
  readonly scheduledReplicas: Int32;
  /**
   * Scheduled copies of which every clique has its minimum of pods ready.
   * @default 0
   */
  readonly availableReplicas: Int32;
  /**
   * Available copies that conform to the current template.
   * @default 0
   */
  readonly updatedReplicas: Int32;
  /** Label selector of the pods, for the scale subresource. */
  readonly selector?: string;
  /** Last generation that was carried out without an error. */
  readonly observedGeneration?: Int64;
  /** Errors of the last pass that was cut short. */
  readonly lastErrors?: readonly LastError[];
  /** Holds `MinAvailableBreached` and `GangTerminationInProgress`, and `UpdateInProgress` once there was an update. */
  readonly conditions?: readonly Condition[];
  /** Generation hash of the PodCliqueSet that every clique conforms to. */
  readonly currentPodCliqueSetGenerationHash?: string;
  /** The update that runs or ran last. */
  readonly updateProgress?: PodCliqueScalingGroupUpdateProgress;
}

export interface PodCliqueScalingGroupUpdateProgress {
  /** When the update began. */
  readonly updateStartedAt: Time;
  /** When it ended; absent while it runs. */
  readonly updateEndedAt?: Time;
  /** Generation hash that the update leads to. */
  readonly podCliqueSetGenerationHash: string;
  /**
   * Cliques that conform to it.
   * @default 0
   */
  readonly updatedPodCliquesCount?: Int32;
  /**
   * All cliques of the group.
   * @default 0
   */
  readonly totalPodCliquesCount?: Int32;
  /** When the update came further last; kept where it has a deadline. */
  readonly lastProgressAt?: Time;
  /** Ready copies that are recreated one after another. */
  readonly readyReplicaIndicesSelectedToUpdate?: ReplicasSelectedToUpdate;
}

export interface ReplicasSelectedToUpdate {
  /** Index of the copy that is being recreated. */
  readonly current: Int32;
  /** Indices of the copies that have been recreated. */
  readonly completed?: readonly Int32[];
}
