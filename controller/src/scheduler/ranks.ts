import { baseGangOf, isFloorPlaced, notReadyToPlace } from 'cdk8s-grove/core';
import { Candidate } from './gangs';

/** Candidates of which none goes before another for more than its age. */
export interface Tier {
  readonly candidates: readonly Candidate[];
  /** Whether their minima are placed already, and only surplus pods are left. */
  readonly isSurplus: boolean;
}

/**
 * The order in which gangs are decided on: by priority, base gangs before scaled ones, the older before the younger. Surplus pods come last, whatever
 * their priority: they would take room from somebody's minimum.
 */
export function tiersOf(candidates: readonly Candidate[]): Tier[] {
  const ranked = [...candidates].sort(byRank);
  const tiers = new Map<string, Candidate[]>();
  for (const candidate of ranked.filter(one => !isFloorPlaced(one))) {
    const key = `${candidate.priority.value}/${String(isScaled(candidate))}`;
    const tier = tiers.get(key);
    if (tier) tier.push(candidate);
    else tiers.set(key, [candidate]);
  }
  return [...[...tiers.values()].map(tier => ({ candidates: tier, isSurplus: false })), { candidates: ranked.filter(isFloorPlaced), isSurplus: true }];
}

/** Whether nothing but room keeps the gang from being placed. */
export function waitsForRoom(candidate: Candidate): boolean {
  return !isFloorPlaced(candidate) && notReadyToPlace(candidate) === undefined;
}

function isScaled(candidate: Candidate): boolean {
  return baseGangOf(candidate) !== undefined;
}

function byRank(a: Candidate, b: Candidate): number {
  if (a.priority.value !== b.priority.value) return b.priority.value - a.priority.value;
  const rank = (candidate: Candidate) => {
    const { creationTimestamp = '', namespace = '', name = '' } = candidate.gang.metadata;
    return [isScaled(candidate) ? '1' : '0', creationTimestamp, namespace, name].join('/');
  };
  const [left, right] = [rank(a), rank(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
