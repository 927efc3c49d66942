export * from './autoscaling';
export * from './crds';
export * from './devices';
export { PodVariable } from './discovery';
export * from './gitops';
export * from './node-labels';
export * from './nvlink-domain';
export * from './operator';
export * from './packing';
export { PodResourceClaim, ResourceClaimUse } from './pod-resource-claim';
export * from './podclique';
export * from './podcliqueset';
export { ClaimTemplate, ClaimTemplateProps, CliqueSharingOptions, GroupSharingOptions, SetSharingOptions, SharingScope } from './resource-sharing';
export { RollingUpdate } from './rolling-update';
export * from './scaling-group';
export {
  ClusterTopology, ClusterTopologyProps, IClusterTopology, ImportedTopologyProps, NvlinkDomainSize, SchedulerTopologyProps, TopologyLevel, TopologyLevelProps,
} from './topology';
