import type { PodCliqueScalingGroupConfig, PodCliqueSet, PodCliqueTemplate } from '../api';

/** The clique template of that name. @throws Error when there is none, which admission rules out. */
export function cliqueTemplate(set: PodCliqueSet, name: string): PodCliqueTemplate {
  const found = set.spec.template.cliques.find(clique => clique.name === name);
  if (!found) throw new Error(`PodCliqueSet ${set.metadata.name}: no clique is called ${name}`);
  return found;
}

export function scalingGroups(set: PodCliqueSet): readonly PodCliqueScalingGroupConfig[] {
  return set.spec.template.podCliqueScalingGroups ?? [];
}

/** The scaling group that a clique is in. */
export function groupOf(set: PodCliqueSet, clique: string): PodCliqueScalingGroupConfig | undefined {
  return scalingGroups(set).find(group => group.cliqueNames.includes(clique));
}

/** The cliques outside scaling groups, in template order. */
export function standaloneCliques(set: PodCliqueSet): PodCliqueTemplate[] {
  return set.spec.template.cliques.filter(clique => !groupOf(set, clique.name));
}

/** The cliques of a group, in the order in which the group names them. */
export function memberCliques(set: PodCliqueSet, group: PodCliqueScalingGroupConfig): PodCliqueTemplate[] {
  return group.cliqueNames.map(name => cliqueTemplate(set, name));
}

/** Pods without which a clique is not whole. */
export function floorOf(clique: PodCliqueTemplate): number {
  return clique.spec.minAvailable ?? clique.spec.replicas;
}

/** Replicas of a group that are part of the base gang. */
export function groupFloor(group: PodCliqueScalingGroupConfig): number {
  return group.minAvailable ?? 1;
}
