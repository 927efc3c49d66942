import { isLabel } from '../admission/syntax';
import type { PodCliqueSet } from '../api';
import { sharedClaims } from './resource-claims';
import { groupOf } from './template';

/**
 * What is wrong with the names of claims that pods would share: pods refer to claims by labels (RFC 1123), and the server refuses pods whose claims are
 * called otherwise. The names of the last copies are the longest; autoscalers are taken to ask for the most.
 */
export function claimNameWarnings(set: PodCliqueSet): string[] {
  const { template } = set.spec;
  const { cliques, podCliqueScalingGroups: groups = [] } = template;
  if (![template, ...cliques, ...groups].some(({ resourceSharing }) => resourceSharing)) return [];
  return cliques.flatMap(({ name, spec: { replicas, autoScalingConfig } }) => {
    const group = groupOf(set, name);
    const member = group ? { member: { group, j: last(group.replicas ?? 1, group.scaleConfig?.maxReplicas) } } : {};
    const claims = sharedClaims(set, { clique: name, i: last(set.spec.replicas ?? 0), ...member }, last(replicas, autoScalingConfig?.maxReplicas));
    return claims.filter(claim => !isLabel(claim)).map(claim =>
      `the pods of ${name} cannot be made: a claim that they share would be called "${claim}", and may have 63 lower-case letters, digits and hyphens at most; shorten the claim template's name`);
  });
}

/** Number of the last of so many. */
function last(replicas: number, maxReplicas = 0): number {
  return Math.max(replicas, maxReplicas, 1) - 1;
}
