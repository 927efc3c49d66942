import type { GangPriority } from './priority';
import { GangMembers, baseGangOf, isFloorPlaced, notReadyToPlace } from './readiness';
import type { GangVerdict } from '../status/podgang';

/** A gang that waits for a decision, with what its turn depends on: worked out once, as it holds until one of its pods changes or gets a node. */
export interface WaitingGang extends GangMembers {
  readonly priority: GangPriority;
  /** Name of the base gang that goes before it; undefined for base gangs. */
  readonly base: string | undefined;
  /** Whether its minima have nodes already, and only surplus pods are left. */
  readonly hasFloor: boolean;
  /** Why it is not its turn whatever room there is. */
  readonly notReady: GangVerdict | undefined;
}

export function waitingGang(members: GangMembers, priority: GangPriority): WaitingGang {
  return { ...members, priority, base: baseGangOf(members), hasFloor: isFloorPlaced(members), notReady: notReadyToPlace(members) };
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
  for (const gang of ranked.filter(({ hasFloor }) => !hasFloor)) {
    const key = `${gang.priority.value}/${String(gang.base !== undefined)}`;
    const tier = tiers.get(key);
    if (tier) tier.push(gang);
    else tiers.set(key, [gang]);
  }
  return [...[...tiers.values()].map(gangs => ({ gangs, isSurplus: false })), { gangs: ranked.filter(({ hasFloor }) => hasFloor), isSurplus: true }];
}

/** Whether nothing but room keeps the gang from being placed, by the nodes that its pods have by now. */
export function waitsForRoom(gang: WaitingGang): boolean {
  return gang.notReady === undefined && !isFloorPlaced(gang);
}

function byRank(a: WaitingGang, b: WaitingGang): number {
  if (a.priority.value !== b.priority.value) return b.priority.value - a.priority.value;
  const [left, right] = [rank(a), rank(b)];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at < 0 ? 0 : left[at]! < right[at]! ? -1 : 1;
}

function rank({ base, gang: { metadata: { creationTimestamp = '', namespace = '', name = '' } } }: WaitingGang): string[] {
  return [base === undefined ? '0' : '1', creationTimestamp, namespace, name];
}
