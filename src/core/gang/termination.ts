import { durationNs } from '../admission/syntax';
import { CONDITION } from '../api';
import type { Condition, PodClique, PodCliqueScalingGroup, PodCliqueSet } from '../api';
import { findCondition, isTrue } from '../status/conditions';

/** The termination delay of sets that name none. */
const DEFAULT_DELAY_MS = 4 * 3_600_000;

/** What a breach leads to: the units to recreate now, and when the next one is due. */
export interface TerminationPlan<T> {
  readonly terminate: readonly T[];
  /** Milliseconds until the next unit has been breached for too long; absent when none is waiting. */
  readonly againAfterMs?: number;
}

/** How long a gang may lack its minimum before it is recreated whole, in milliseconds. */
export function terminationDelayMs({ spec }: PodCliqueSet): number {
  const delayNs = durationNs(spec.template.terminationDelay ?? '');
  return delayNs === undefined ? DEFAULT_DELAY_MS : delayNs / 1e6;
}

/**
 * Milliseconds until a clique has been breached for too long, not positive when it has; undefined when it is not breached, or was never
 * placed: a gang that never had its nodes has nothing to give back.
 */
export function cliqueBreachWaitMs(clique: PodClique, delayMs: number, nowMs: number): number | undefined {
  const placed = findCondition(clique.status?.conditions, CONDITION.podCliqueScheduled);
  if (!placed || (placed.status !== 'True' && !hasChanged(placed, clique))) return undefined;
  return breachWaitMs(clique.status?.conditions, delayMs, nowMs);
}

/** The same for a scaling group as a whole; undefined also while its recreation is under way. */
export function groupBreachWaitMs(group: PodCliqueScalingGroup, delayMs: number, nowMs: number): number | undefined {
  const breach = findCondition(group.status?.conditions, CONDITION.minAvailableBreached);
  if (!breach || !hasChanged(breach, group) || isTrue(group.status?.conditions, CONDITION.gangTerminationInProgress)) return undefined;
  return breachWaitMs(group.status?.conditions, delayMs, nowMs);
}

/**
 * Replicas of a scaling group that are recreated by themselves (spec 05 §6.1). None when fewer than the group's minimum would be left whole:
 * then the set's replica is recreated, which {@link planReplicaTermination} decides.
 */
export function planGroupTermination(
  group: PodCliqueScalingGroup, cliquesOf: (j: number) => readonly PodClique[], delayMs: number, nowMs: number,
): TerminationPlan<number> {
  const replicas = Array.from({ length: group.spec.replicas }, (_, j) => {
    const waits = cliquesOf(j).map(clique => cliqueBreachWaitMs(clique, delayMs, nowMs));
    return { j, waitMs: earliest(waits) };
  });
  const breached = replicas.flatMap(({ j, waitMs }) => (waitMs === undefined ? [] : [{ j, waitMs }]));
  if (group.spec.replicas - breached.length < (group.spec.minAvailable ?? 1)) return { terminate: [] };
  return plan(breached.map(({ j, waitMs }) => ({ unit: j, waitMs })));
}

/** Whether a replica of the set is recreated whole (spec 05 §6.2). A replica that lacks a clique is being recreated already. */
export function planReplicaTermination(
  i: number, cliques: readonly (PodClique | undefined)[], groups: readonly PodCliqueScalingGroup[], delayMs: number, nowMs: number,
): TerminationPlan<number> {
  if (cliques.some(clique => clique === undefined)) return { terminate: [] };
  const waits = [
    ...cliques.map(clique => clique && cliqueBreachWaitMs(clique, delayMs, nowMs)),
    ...groups.map(group => groupBreachWaitMs(group, delayMs, nowMs)),
  ];
  const waitMs = earliest(waits);
  return waitMs === undefined ? { terminate: [] } : plan([{ unit: i, waitMs }]);
}

function plan<T>(units: readonly { readonly unit: T; readonly waitMs: number }[]): TerminationPlan<T> {
  const waiting = earliest(units.filter(({ waitMs }) => waitMs > 0).map(({ waitMs }) => waitMs));
  return { terminate: units.filter(({ waitMs }) => waitMs <= 0).map(({ unit }) => unit), ...(waiting === undefined ? {} : { againAfterMs: waiting }) };
}

function breachWaitMs(conditions: readonly Condition[] | undefined, delayMs: number, nowMs: number): number | undefined {
  const breach = findCondition(conditions, CONDITION.minAvailableBreached);
  return breach?.status === 'True' ? delayMs - (nowMs - Date.parse(breach.lastTransitionTime)) : undefined;
}

/** Whether the condition was another one before: the first is as old as its object (upstream takes one that is 5 seconds younger for a change). */
function hasChanged({ lastTransitionTime }: Condition, { metadata }: PodClique | PodCliqueScalingGroup): boolean {
  return Date.parse(lastTransitionTime) !== Date.parse(metadata.creationTimestamp ?? '');
}

/** The shortest of the times that are known. */
export function earliest(waits: readonly (number | undefined)[]): number | undefined {
  const known = waits.filter(wait => wait !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
