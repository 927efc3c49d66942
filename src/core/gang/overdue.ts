import { CONDITION } from '../api';
import type { Tier, WaitingGang } from './tiers';
import { findCondition } from '../status/conditions';

/** A gang that has had no nodes for so long is overdue. */
export const OVERDUE_MS = 600_000;

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

function isOverdue({ gang, base, notReady }: WaitingGang, nowMs: number): boolean {
  const scheduled = findCondition(gang.status?.conditions, CONDITION.scheduled);
  return base === undefined && notReady === undefined && scheduled?.status === 'False' && nowMs - Date.parse(scheduled.lastTransitionTime) >= OVERDUE_MS;
}
