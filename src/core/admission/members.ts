import type { PodCliqueScalingGroupConfig, PodCliqueSet } from '../api';

/** Which scaling group each clique is in: the first that names it. Also of sets in which a clique is in several. */
export function groupsByClique(set: PodCliqueSet): ReadonlyMap<string, PodCliqueScalingGroupConfig> {
  const groups = new Map<string, PodCliqueScalingGroupConfig>();
  for (const group of set.spec.template.podCliqueScalingGroups ?? []) {
    for (const name of group.cliqueNames) if (!groups.has(name)) groups.set(name, group);
  }
  return groups;
}
