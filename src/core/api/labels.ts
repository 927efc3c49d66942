/** Label keys, spec 03 §2. */
export const LABEL = {
  managedBy: 'app.kubernetes.io/managed-by',
  partOf: 'app.kubernetes.io/part-of',
  name: 'app.kubernetes.io/name',
  component: 'app.kubernetes.io/component',
  podClique: 'grove.io/podclique',
  podGang: 'grove.io/podgang',
  basePodGang: 'grove.io/base-podgang',
  setReplicaIndex: 'grove.io/podcliqueset-replica-index',
  scalingGroup: 'grove.io/podcliquescalinggroup',
  scalingGroupReplicaIndex: 'grove.io/podcliquescalinggroup-replica-index',
  podIndex: 'grove.io/podclique-pod-index',
  podTemplateHash: 'grove.io/pod-template-hash',
  schedulerName: 'grove.io/scheduler-name',
  mnnvlGroup: 'grove.io/mnnvl-group',
  kaiQueue: 'kai.scheduler/queue',
} as const;

/** Value of the managed-by label; upstream's, so that either controller finds the other's objects. */
export const MANAGED_BY = 'grove-operator';

/** Values of the component label, spec 03 §2.1. */
export const COMPONENT = {
  headlessService: 'pcs-headless-service',
  scalingGroup: 'pcs-podcliquescalinggroup',
  autoscaler: 'pcs-hpa',
  podGang: 'podgang',
  setClique: 'pcs-podclique',
  scalingGroupClique: 'pcsg-podclique',
  resourceClaim: 'resource-claim',
  computeDomain: 'pcs-computedomain',
} as const;

/** Annotation keys, spec 03 §4, and our own start-up gate (design decision 5). */
export const ANNOTATION = {
  reconcileTrigger: 'grove.io/reconcile-trigger',
  topologyName: 'grove.io/topology-name',
  mnnvlGroup: 'grove.io/mnnvl-group',
  disableProtection: 'grove.io/disable-managed-resource-protection',
  kaiQueue: 'kai.scheduler/queue',
  volcanoQueue: 'scheduling.grove.io/volcano-queue',
  /** Set to {@link STARTUP_READY} on a pod when the cliques it waits for are ready. */
  startup: 'grove.io/startup',
  /** Set to the node that our scheduler has chosen on a pod that kube-scheduler binds. */
  pinnedNode: 'grove.io/pinned-node',
} as const;

export const STARTUP_READY = 'ready';

/** Finalizers, spec 03 §5. */
export const FINALIZER = {
  podCliqueSet: 'grove.io/podcliqueset.grove.io',
  podClique: 'grove.io/podclique.grove.io',
  scalingGroup: 'grove.io/podcliquescalinggroup.grove.io',
  computeDomain: 'grove.io/computedomain-finalizer',
} as const;

/** The scheduling gate that every pod is created with, spec 03 §6. */
export const POD_GATE = 'grove.io/podgang-pending-creation';

/** Name of the init container that waits for the start-up annotation. */
export const STARTUP_CONTAINER = 'grove-initc';
