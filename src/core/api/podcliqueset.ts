import type { Condition, Duration, Int32, Int64, LastError, ObjectMeta, Time } from './meta';
import type { AutoScalingConfig, PodCliqueSpec } from './podclique';
import type { TopologyConstraint } from './topology';

/**
 * A whole inference system: cliques of pods that start together or not at all, in order, close to one another, copied `replicas` times.
 * @resource group=grove.io plural=podcliquesets singular=podcliqueset shortName=pcs scope=Namespaced categories=grove
 * @subresource status
 * @subresource scale .spec.replicas .status.replicas .status.hpaPodSelector
 * @column Replicas | integer | .spec.replicas
 * @column Available | integer | .status.availableReplicas
 * @column Updated | integer | .status.updatedReplicas
 * @column PCLQs-Updated | integer | .status.updateProgress.updatedPodCliquesCount
 * @column PCLQs-Total | integer | .status.updateProgress.totalPodCliquesCount
 * @column PCSGs-Updated | integer | .status.updateProgress.updatedPodCliqueScalingGroupsCount
 * @column PCSGs-Total | integer | .status.updateProgress.totalPodCliqueScalingGroupsCount
 * @column Age | date | .metadata.creationTimestamp
 * @cel oldSelf.hasValue() || !has(self.spec.template.topologyConstraint) || !has(self.spec.template.topologyConstraint.packDomain) | packDomain is deprecated and cannot be used on new workloads; use pack.required | .spec.template.topologyConstraint.packDomain | FieldValueForbidden | optionalOldSelf
 * @cel oldSelf.hasValue() || !has(self.spec.template.cliques) || self.spec.template.cliques.all(c, !has(c.topologyConstraint) || !has(c.topologyConstraint.packDomain)) | packDomain is deprecated and cannot be used on new workloads; use pack.required | .spec.template.cliques | FieldValueForbidden | optionalOldSelf
 * @cel oldSelf.hasValue() || !has(self.spec.template.podCliqueScalingGroups) || self.spec.template.podCliqueScalingGroups.all(g, !has(g.topologyConstraint) || !has(g.topologyConstraint.packDomain)) | packDomain is deprecated and cannot be used on new workloads; use pack.required | .spec.template.podCliqueScalingGroups | FieldValueForbidden | optionalOldSelf
 */
export interface PodCliqueSet {
  readonly apiVersion: 'grove.io/v1alpha1';
  readonly kind: 'PodCliqueSet';
  readonly metadata: ObjectMeta;
  /** The system that should run. */
  readonly spec: PodCliqueSetSpec;
  /** The system that runs. */
  readonly status?: PodCliqueSetStatus;
  readonly [field: string]: unknown;
}

export interface PodCliqueSetSpec {
  /**
   * Number of independent copies of the system.
   * @default 0
   */
  readonly replicas?: Int32;
  /** How changed templates reach running pods. Absent behaves as RollingRecreate. */
  readonly updateStrategy?: UpdateStrategy;
  /** One copy of the system. */
  readonly template: PodCliqueSetTemplate;
}

export interface UpdateStrategy {
  /**
   * RollingRecreate: the controller replaces pods copy by copy. OnDelete: pods change when somebody deletes them.
   * @default "RollingRecreate"
   */
  readonly type?: 'RollingRecreate' | 'OnDelete';
}

export type CliqueStartupType = 'CliqueStartupTypeAnyOrder' | 'CliqueStartupTypeInOrder' | 'CliqueStartupTypeExplicit';

export interface PodCliqueSetTemplate {
  /**
   * The roles of the system. Their order is the start-up order with CliqueStartupTypeInOrder.
   * @listType map
   * @listMapKey name
   */
  readonly cliques: readonly PodCliqueTemplate[];
  /**
   * Who waits for whom: nobody (AnyOrder), each clique for the one before it (InOrder), each for those in its startsAfter (Explicit).
   * @default "CliqueStartupTypeAnyOrder"
   */
  readonly cliqueStartupType?: CliqueStartupType;
  /** PriorityClass of the gangs. Not written to pods. */
  readonly priorityClassName?: string;
  /** The headless service that gives the pods of a copy their names. */
  readonly headlessServiceConfig?: HeadlessServiceConfig;
  /** Placement of each copy as a whole. */
  readonly topologyConstraint?: TopologyConstraint;
  /** How long a copy may lack its minimum of pods before it is recreated whole. Defaults to 4h. */
  readonly terminationDelay?: Duration;
  /** Claim templates that `resourceSharing` refers to by name. */
  readonly resourceClaimTemplates?: readonly ResourceClaimTemplateConfig[];
  /** Claims that pods all over a copy share. */
  readonly resourceSharing?: readonly PodCliqueSetResourceSharing[];
  /** Cliques that scale together. */
  readonly podCliqueScalingGroups?: readonly PodCliqueScalingGroupConfig[];
}

export interface PodCliqueTemplate {
  /** Name of the clique, unique in the set. */
  readonly name: string;
  /** Labels of the PodClique and of its pods. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the PodClique and of its pods. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Placement of the clique's pods. */
  readonly topologyConstraint?: TopologyConstraint;
  /** Claims that pods of the clique share. */
  readonly resourceSharing?: readonly PodCliqueResourceSharing[];
  /** How updates go about this clique. Only for cliques outside scaling groups, and not with the strategy OnDelete. */
  readonly rollingUpdate?: RollingUpdateConfiguration;
  /** The pods. */
  readonly spec: PodCliqueSpec;
}

/** How a rolling update goes about one clique or scaling group. */
export interface RollingUpdateConfiguration {
  /**
   * Pods of the clique, or copies of the scaling group, that an update may make unavailable at a time, at least 1. Never so many that fewer than
   * `minAvailable` stay ready; where that leaves no room, one at a time. Defaults to 1.
   */
  readonly maxUnavailable?: Int32;
  /**
   * How long an update may come no further before it is reported, by the reason ProgressDeadlineExceeded of the conditions UpdateInProgress of the
   * clique or scaling group and Stalled of the set. It goes on all the same. Absent: for ever.
   */
  readonly progressDeadline?: Duration;
}

export interface HeadlessServiceConfig {
  /**
   * Whether pods get their DNS names before they are ready.
   * @default true
   */
  readonly publishNotReadyAddresses: boolean;
}

/** A ResourceClaimTemplate kept inside the set. */
export interface ResourceClaimTemplateConfig {
  /** Name by which `resourceSharing` refers to it. */
  readonly name: string;
  /** The `resource.k8s.io/v1` template. */
  readonly templateSpec: ResourceClaimTemplateSpec;
}

/**
 * A `resource.k8s.io/v1` ResourceClaimTemplateSpec, handed on unchanged.
 * @schema resource-claim-template-spec
 */
export interface ResourceClaimTemplateSpec {
  readonly metadata?: ObjectMeta;
  readonly spec: { readonly devices?: { readonly requests?: readonly unknown[]; readonly [field: string]: unknown }; readonly [field: string]: unknown };
}

/** Shares claims made from one template among the pods of a clique. */
export interface PodCliqueResourceSharing {
  /** Name of an entry of `resourceClaimTemplates`, or of a ResourceClaimTemplate in the cluster. */
  readonly name: string;
  /** Namespace of a ResourceClaimTemplate in the cluster. Empty: an entry of the set first, then the set's own namespace. */
  readonly namespace?: string;
  /** AllReplicas: one claim for the whole owner. PerReplica: one for each of its copies. */
  readonly scope: 'AllReplicas' | 'PerReplica';
}

/** Shares claims among the pods of a scaling group. */
export interface ScalingGroupResourceSharing extends PodCliqueResourceSharing {
  /** Restricts the sharing to some cliques. */
  readonly filter?: ScalingGroupSharingFilter;
}

export interface ScalingGroupSharingFilter {
  /** Template names of cliques of this group. */
  readonly childCliqueNames?: readonly string[];
}

/** Shares claims among the pods of a set. */
export interface PodCliqueSetResourceSharing extends PodCliqueResourceSharing {
  /** Restricts the sharing to some cliques and scaling groups. */
  readonly filter?: PodCliqueSetSharingFilter;
}

export interface PodCliqueSetSharingFilter {
  /** Template names of cliques. */
  readonly childCliqueNames?: readonly string[];
  /** Names of scaling groups. */
  readonly childScalingGroupNames?: readonly string[];
}

/** Cliques that scale together. */
export interface PodCliqueScalingGroupConfig {
  /** Name of the group, unique in the set. */
  readonly name: string;
  /** Template names of its cliques. A clique may be in one group at most. */
  readonly cliqueNames: readonly string[];
  /** Annotations of the PodCliqueScalingGroup. */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Copies of the group when it is created. Scale the PodCliqueScalingGroup afterwards.
   * @default 1
   */
  readonly replicas?: Int32;
  /**
   * Copies that are part of the base gang; those above it are gangs of their own.
   * @default 1
   */
  readonly minAvailable?: Int32;
  /** Asks for a HorizontalPodAutoscaler over the copies. */
  readonly scaleConfig?: AutoScalingConfig;
  /** Claims that pods of the group share. */
  readonly resourceSharing?: readonly ScalingGroupResourceSharing[];
  /** Placement of each copy of the group. */
  readonly topologyConstraint?: TopologyConstraint;
  /** How updates go about the copies of the group. Not with the strategy OnDelete. */
  readonly rollingUpdate?: RollingUpdateConfiguration;
}

export interface PodCliqueSetStatus {
  /** Last generation that was carried out without an error. */
  readonly observedGeneration?: Int64;
  /** Holds `TopologyLevelsUnavailable` and `Stalled`. */
  readonly conditions?: readonly Condition[];
  /** Errors of the last pass that was cut short. */
  readonly lastErrors?: readonly LastError[];
  /** Copies asked for. */
  readonly replicas?: Int32;
  /**
   * Copies of which every clique and scaling group has its minimum ready.
   * @default 0
   */
  readonly availableReplicas: Int32;
  /**
   * Available copies that conform to the current template.
   * @default 0
   */
  readonly updatedReplicas: Int32;
  /** Label selector of all pods, for the scale subresource. */
  readonly hpaPodSelector?: string;
  /** Gangs of the set. Reserved; nothing sets it. */
  readonly podGangStatuses?: readonly PodGangStatusSummary[];
  /** Hash of all pod templates. */
  readonly currentGenerationHash?: string;
  /** The update that runs or ran last. */
  readonly updateProgress?: PodCliqueSetUpdateProgress;
}

export interface PodGangStatusSummary {
  /** Name of the PodGang. */
  readonly name: string;
  /** How far it has come. */
  readonly phase: 'Pending' | 'Starting' | 'Running' | 'Failed' | 'Succeeded';
  /** Its conditions. */
  readonly conditions?: readonly Condition[];
}

export interface PodCliqueSetUpdateProgress {
  /** When the update began. */
  readonly updateStartedAt?: Time;
  /** When it ended; absent while it runs. */
  readonly updateEndedAt?: Time;
  /**
   * Cliques outside scaling groups that conform to the new template, over all copies.
   * @default 0
   */
  readonly updatedPodCliquesCount?: Int32;
  /**
   * Cliques outside scaling groups, over all copies.
   * @default 0
   */
  readonly totalPodCliquesCount?: Int32;
  /**
   * Scaling groups that conform to the new template, over all copies.
   * @default 0
   */
  readonly updatedPodCliqueScalingGroupsCount?: Int32;
  /**
   * Scaling groups, over all copies.
   * @default 0
   */
  readonly totalPodCliqueScalingGroupsCount?: Int32;
  /** The copy that is being updated. */
  readonly currentlyUpdating?: readonly ReplicaUpdateProgress[];
}

export interface ReplicaUpdateProgress {
  /** Index of the copy. */
  readonly replicaIndex: Int32;
  /** When its update began. */
  readonly updateStartedAt?: Time;
  /** When it ended; absent while it runs. */
  readonly updateEndedAt?: Time;
}
