import { CONDITION } from '../api';
import type { Tier, WaitingGang } from './tiers';
import { findCondition } from '../status/conditions';

/** A gang that has had no nodes for so long is overdue. */
const OVERDUE_MS = 600_000;
/** However long it has waited, room is not kept for it in vain for longer than this. */
const LONGEST_MS = 3_600_000;

/**
 * The gang that room is kept for next: of those that have waited for too long the first in turn. Scaled gangs, and surplus pods, are never overdue: what
 * they wait for is more, not all.
 * @param isPassedOver whether it has had its chance of late
 */
export function firstOverdue<T extends WaitingGang>(tiers: readonly Tier<T>[], nowMs: number, isPassedOver: (gang: T) => boolean): T | undefined {
  for (const { gangs, isSurplus } of tiers) {
    const found = isSurplus ? undefined : gangs.find(gang => isOverdue(gang, nowMs) && !isPassedOver(gang));
    if (found) return found;
  }
  return undefined;
}

/** How long room is kept for an overdue gang without getting any better: as long as it has waited. */
export function keptMs(gang: WaitingGang, nowMs: number): number {
  return Math.min(LONGEST_MS, Math.max(OVERDUE_MS, waitedMs(gang, nowMs)));
}

function isOverdue(gang: WaitingGang, nowMs: number): boolean {
  return gang.base === undefined && gang.notReady === undefined && waitedMs(gang, nowMs) >= OVERDUE_MS;
}

function waitedMs({ gang }: WaitingGang, nowMs: number): number {
  const scheduled = findCondition(gang.status?.conditions, CONDITION.scheduled);
  return scheduled?.status === 'False' ? nowMs - Date.parse(scheduled.lastTransitionTime) : 0;
}
