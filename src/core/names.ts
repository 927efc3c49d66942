/*
 * Names of everything that a PodCliqueSet stands for (spec 03 §1). `i` is the index of the set's replica, `j` that of a scaling group's
 * replica, `k` counts the scaled gangs of a group from 0, `n` the pods of a clique.
 */

/**
 * How long the names of a set, a scaling group and a clique may be together, in characters: a host name's 63 less 18 for the indices,
 * hyphens and the random suffix of a pod.
 */
export const NAME_BUDGET = 45;

/** `llm-0-decode` */
export function scalingGroupName(set: string, i: number, group: string): string {
  return `${set}-${i}-${group}`;
}

/** `llm-0-router`: a clique outside scaling groups. */
export function cliqueName(set: string, i: number, clique: string): string {
  return `${set}-${i}-${clique}`;
}

/** `llm-0-decode-1-worker`: a clique of the scaling group whose full name is given. */
export function memberCliqueName(scalingGroup: string, j: number, clique: string): string {
  return `${scalingGroup}-${j}-${clique}`;
}

/** `llm-0-router-3`: host name of a pod, and its name in DNS below the headless service. */
export function podHostname(clique: string, n: number): string {
  return `${clique}-${n}`;
}

/** `llm-0`: the service that gives a replica's pods their names, and their subdomain. */
export function headlessServiceName(set: string, i: number): string {
  return `${set}-${i}`;
}

/** `llm-0.default.svc.cluster.local` */
export function headlessServiceAddress(set: string, i: number, namespace: string): string {
  return `${headlessServiceName(set, i)}.${namespace}.svc.cluster.local`;
}

/** `llm-0-train`: the ComputeDomain of an NVLink group, and the claim template that its driver makes. */
export function computeDomainName(set: string, i: number, group: string): string {
  return `${set}-${i}-${group}`;
}

/** `llm-0`: the gang of the standalone cliques and of the group replicas below `minAvailable`. */
export function baseGangName(set: string, i: number): string {
  return `${set}-${i}`;
}

/** `llm-0-decode-0`: the gang of one group replica at or above `minAvailable`; counted from 0, not by the replica's own index. */
export function scaledGangName(set: string, i: number, group: string, k: number): string {
  return `${scalingGroupName(set, i, group)}-${k}`;
}
