import { ResourceType } from '../kube';

const grove = (kind: string, plural: string, namespaced = true): ResourceType => ({ group: 'grove.io', version: 'v1alpha1', kind, plural, namespaced });

export const POD_CLIQUE_SET = grove('PodCliqueSet', 'podcliquesets');
export const POD_CLIQUE = grove('PodClique', 'podcliques');
export const SCALING_GROUP = grove('PodCliqueScalingGroup', 'podcliquescalinggroups');
export const CLUSTER_TOPOLOGY_BINDING = grove('ClusterTopologyBinding', 'clustertopologybindings', false);
/** Made by the NVIDIA DRA driver's chart; not every cluster has it. */
export const COMPUTE_DOMAIN: ResourceType = {
  group: 'resource.nvidia.com', version: 'v1beta1', kind: 'ComputeDomain', plural: 'computedomains', namespaced: true,
};
export const POD_GANG: ResourceType = { group: 'scheduler.grove.io', version: 'v1alpha1', kind: 'PodGang', plural: 'podgangs', namespaced: true };
