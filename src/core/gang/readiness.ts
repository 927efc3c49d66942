import { CONDITION, LABEL, POD_GATE } from '../api';
import type { Pod, PodGang } from '../api';
import { unmodelledConstraints } from './affinity';
import { PINNED_SCHEDULER_NAME, SCHEDULER_NAME } from './pinning';
import { activeMembers } from './tree';
import { isTrue } from '../status/conditions';
import type { GangVerdict } from '../status/podgang';

export interface GangMembers {
  readonly gang: PodGang;
  /** The pods that the gang refers to and that are there, by name. */
  readonly pods: ReadonlyMap<string, Pod>;
  readonly nodeOf: (pod: Pod) => string | undefined;
}

/** Pods of the gang that have no node yet, in the order of its groups. */
export function unboundPods({ gang, pods, nodeOf }: GangMembers): Pod[] {
  return gang.spec.podgroups.flatMap(group => activeMembers(group, pods)).filter(pod => nodeOf(pod) === undefined);
}

/** Whether every group has its minimum of pods on nodes, bindings under way included. */
export function isFloorPlaced({ gang, pods, nodeOf }: GangMembers): boolean {
  return gang.spec.podgroups.every(group => activeMembers(group, pods).filter(pod => nodeOf(pod) !== undefined).length >= group.minReplicas);
}

/** Whether the gang was whole once, and has not lost all its nodes since. A lost pod is a matter of its termination then, not of its admission. */
export function wasScheduled({ status }: PodGang): boolean {
  return isTrue(status?.conditions, CONDITION.scheduled) || isTrue(status?.conditions, CONDITION.unhealthy);
}

/** Whether pods were on their nodes before the gang was made: they are those of its predecessor, which somebody has deleted, and may serve. */
export function hasInherited({ gang: { metadata }, pods }: Pick<GangMembers, 'gang' | 'pods'>): boolean {
  return [...pods.values()].some(pod => Date.parse(placedAt(pod) ?? '') < Date.parse(metadata.creationTimestamp ?? ''));
}

function placedAt({ status }: Pod): string | undefined {
  const condition = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  return condition?.status === 'True' ? condition.lastTransitionTime : undefined;
}

/** Name of the base gang that has to be placed before this scaled one (spec 05 §4); undefined for base gangs. */
export function baseGangOf({ pods }: Pick<GangMembers, 'pods'>): string | undefined {
  for (const { metadata } of pods.values()) return metadata.labels?.[LABEL.basePodGang];
  return undefined;
}

/** Why no placement is to be looked for yet; undefined when one is. */
export function notReadyToPlace({ gang, pods }: GangMembers): GangVerdict | undefined {
  const missing = gang.spec.podgroups.filter(group => activeMembers(group, pods).length < group.minReplicas);
  if (missing.length > 0) return { reason: 'PodsMissing', message: `waiting for pods of ${missing.map(({ name }) => name).join(', ')} to be created` };
  const members = gang.spec.podgroups.flatMap(group => activeMembers(group, pods));
  const bound = members.filter(({ spec }) => spec.schedulerName === SCHEDULER_NAME);
  const unmodelled = [...new Set(bound.flatMap(({ spec }) => unmodelledConstraints(spec)))];
  if (unmodelled.length > 0) {
    return { reason: 'UnsupportedConstraints', message: `pods ask for ${unmodelled.join(', ')}, which ${SCHEDULER_NAME} cannot bind; leave schedulerName empty or set ${PINNED_SCHEDULER_NAME}` };
  }
  const gates = [...new Set(members.flatMap(({ spec }) => (spec.schedulingGates ?? []).map(({ name }) => name)))].filter(name => name !== POD_GATE);
  return gates.length > 0 ? { reason: 'PodsGated', message: `pods are held by ${gates.join(', ')}` } : undefined;
}
