import { ANNOTATION } from '../api';
import type { PodCliqueSet, PodCliqueTemplate, PodSpec } from '../api';
import { groupOf } from '../desired/template';
import { milliQuantity } from '../quantity';

/** Value of the annotation that keeps a scope out of its parent's NVLink domain. */
export const NO_NVLINK_DOMAIN = 'none';

/** The extended resource of NVIDIA's GPUs. */
export const GPU = 'nvidia.com/gpu';

/** How large the NVLink domains of a cluster are. */
export interface NvlinkDomainSize {
  /** Nodes in one domain, for example 18 in an NVL72 rack. */
  readonly nodes: number;
  /** GPUs of each of its nodes. */
  readonly gpusPerNode: number;
}

/** What an NVLink domain takes at once. */
export interface NvlinkDemand {
  readonly pods: number;
  readonly gpus: number;
  /** Nodes that hold the pods; as many as pods while the GPUs of a node are not known. */
  readonly nodes: number;
}

/** One NVLink domain of each copy of a set: a ComputeDomain on the cluster. */
export interface NvlinkDomainPlan {
  /** Name of the domain: the value of the annotation. */
  readonly domain: string;
  /** Template names of the cliques whose pods are in it. */
  readonly cliques: readonly string[];
  /** With the replicas of the template. */
  readonly initially: NvlinkDemand;
  /** With the most replicas that the autoscalers may ask for. */
  readonly atMost: NvlinkDemand;
}

/** Every NVLink domain that each copy of a set gets, by name, with what it takes (spec 08 §8). Cliques without GPUs are in none. */
export function planNvlinkDomains(set: PodCliqueSet, gpusPerNode?: number): NvlinkDomainPlan[] {
  const members = new Map<string, PodCliqueTemplate[]>();
  for (const clique of set.spec.template.cliques) {
    const domain = nvlinkDomainOf(set, clique);
    if (domain !== undefined) members.set(domain, [...(members.get(domain) ?? []), clique]);
  }
  return [...members.keys()].sort().map(domain => {
    const cliques = members.get(domain) ?? [];
    return {
      domain,
      cliques: cliques.map(({ name }) => name),
      initially: demand(cliques.flatMap(clique => Array<number>(initialPods(set, clique)).fill(gpusOf(clique.spec.podSpec))), gpusPerNode),
      atMost: demand(cliques.flatMap(clique => Array<number>(mostPods(set, clique)).fill(gpusOf(clique.spec.podSpec))), gpusPerNode),
    };
  });
}

/** What is wrong with each domain that the cluster's NVLink domains, or its nodes, cannot hold; nothing when all fit. */
export function oversizedNvlinkDomains(set: PodCliqueSet, size: NvlinkDomainSize): string[] {
  return planNvlinkDomains(set, size.gpusPerNode).flatMap(({ domain, cliques, initially, atMost }) => {
    const { nodes, gpus } = atMost;
    const large = set.spec.template.cliques.filter(({ name, spec }) => cliques.includes(name) && gpusOf(spec.podSpec) > size.gpusPerNode);
    if (large.length > 0) return large.map(({ name, spec }) => `a pod of ${name} in the NVLink domain "${domain}" takes ${gpusOf(spec.podSpec)} GPUs; a node of the cluster has ${size.gpusPerNode}`);
    if (nodes <= size.nodes) return [];
    const when = initially.nodes <= size.nodes ? ' when its autoscalers ask for the most' : '';
    return [
      `the NVLink domain "${domain}" (${cliques.join(', ')}) takes ${nodes} nodes with ${gpus} GPUs${when}; ` +
      `one of the cluster has ${size.nodes} nodes with ${size.nodes * size.gpusPerNode} GPUs`,
    ];
  });
}

/** The domain of a clique's pods: the clique's own word, else its group's, else the set's. */
export function nvlinkDomainOf(set: PodCliqueSet, clique: PodCliqueTemplate): string | undefined {
  const words = [clique.annotations, groupOf(set, clique.name)?.annotations, set.metadata.annotations].map(annotations => annotations?.[ANNOTATION.mnnvlGroup]);
  const word = words.find(value => value !== undefined);
  return word === undefined || word === NO_NVLINK_DOMAIN || gpusOf(clique.spec.podSpec) === 0 ? undefined : word;
}

/** GPUs that a pod takes for its containers together, or for its largest init container where that is more. */
export function gpusOf({ containers, initContainers = [] }: PodSpec): number {
  const gpus = (container: PodSpec['containers'][number]) => {
    const { requests, limits } = container.resources ?? {};
    return milliQuantity(requests?.[GPU] ?? limits?.[GPU] ?? 0) / 1000;
  };
  return Math.max(containers.map(gpus).reduce((sum, count) => sum + count, 0), ...initContainers.map(gpus));
}

function initialPods(set: PodCliqueSet, { name, spec }: PodCliqueTemplate): number {
  return spec.replicas * (groupOf(set, name)?.replicas ?? 1);
}

function mostPods(set: PodCliqueSet, { name, spec }: PodCliqueTemplate): number {
  const group = groupOf(set, name);
  if (!group) return Math.max(spec.replicas, spec.autoScalingConfig?.maxReplicas ?? 0);
  return spec.replicas * Math.max(group.replicas ?? 1, group.scaleConfig?.maxReplicas ?? 0);
}

function demand(gpusOfPods: readonly number[], gpusPerNode: number | undefined): NvlinkDemand {
  return {
    pods: gpusOfPods.length,
    gpus: gpusOfPods.reduce((sum, count) => sum + count, 0),
    nodes: gpusPerNode === undefined ? gpusOfPods.length : nodesFor(gpusOfPods, gpusPerNode),
  };
}

/** Largest pods first, each on the first node with room: exact where every size divides the next, as sizes of GPU pods do. */
function nodesFor(gpusOfPods: readonly number[], gpusPerNode: number): number {
  const free: number[] = [];
  for (const gpus of [...gpusOfPods].sort((one, other) => other - one)) {
    const node = free.findIndex(room => room >= gpus);
    if (node < 0) free.push(Math.max(0, gpusPerNode - gpus));
    else free[node] = (free[node] ?? 0) - gpus;
  }
  return free.length;
}
