import type { GangPriority } from './priority';
import { GangMembers, baseGangOf, isFloorPlaced, notReadyToPlace } from './readiness';

/** A gang that waits for a decision. */
export interface WaitingGang extends GangMembers {
  readonly priority: GangPriority;
}

/** Gangs of which none goes before another for more than its age. */
export interface Tier<T extends WaitingGang> {
  readonly gangs: readonly T[];
  /** Whether their minima are placed already, and only surplus pods are left. */
  readonly isSurplus: boolean;
}

/**
 * The order in which gangs are decided on: by priority, base gangs before scaled ones, the older before the younger. Surplus pods come last, whatever
 * their priority: they would take room from somebody's minimum.
 */
export function tiersOf<T extends WaitingGang>(waiting: readonly T[]): Tier<T>[] {
  const ranked = [...waiting].sort(byRank);
  const tiers = new Map<string, T[]>();
  for (const gang of ranked.filter(one => !isFloorPlaced(one))) {
    const key = `${gang.priority.value}/${String(isScaled(gang))}`;
    const tier = tiers.get(key);
    if (tier) tier.push(gang);
    else tiers.set(key, [gang]);
  }
  return [...[...tiers.values()].map(gangs => ({ gangs, isSurplus: false })), { gangs: ranked.filter(isFloorPlaced), isSurplus: true }];
}

/** Whether nothing but room keeps the gang from being placed. */
export function waitsForRoom(gang: WaitingGang): boolean {
  return !isFloorPlaced(gang) && notReadyToPlace(gang) === undefined;
}

function isScaled(gang: WaitingGang): boolean {
  return baseGangOf(gang) !== undefined;
}

function byRank(a: WaitingGang, b: WaitingGang): number {
  if (a.priority.value !== b.priority.value) return b.priority.value - a.priority.value;
  const rank = (waiting: WaitingGang) => {
    const { creationTimestamp = '', namespace = '', name = '' } = waiting.gang.metadata;
    return [isScaled(waiting) ? '1' : '0', creationTimestamp, namespace, name].join('/');
  };
  const [left, right] = [rank(a), rank(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
