import type { ClusterIndex } from './cluster-index';
import type { Gang, Group, Leaf } from './gang';
import { NONE } from './gang';

/** A count of the domains of one level that some leaves use, each with a weight, towards one part of the objective. */
interface Watch {
  readonly leaves: readonly Leaf[];
  readonly level: number;
  readonly part: number;
  /** Of the domain; of a node that has none on that level, which counts as a domain of its own, of -1. */
  readonly weight: (domain: number) => number;
  /** Whether domains in which members run are used already. */
  readonly countsMembers: boolean;
  readonly pods: Map<number, number>;
}

/**
 * The objective as a vector, of which less is better and an earlier part outweighs all later ones: pods missing to the full counts; domains of
 * preferred levels, broadest first, then of the levels around those; uneven splits where balance is asked for; linked gangs without room;
 * NVLink domains broken into; hosts broken into; free room around the gang in required domains, NVLink domains and hosts. All parts only
 * grow while pods are added, so that a partial placement bounds what may come of it.
 */
export class Tally {
  readonly parts: Float64Array;
  readonly unlinkedPart: number;
  private readonly watches: Watch[] = [];
  private readonly byLeaf: Watch[][];
  private readonly balancePart: number;
  private readonly balanced: Watch[] = [];

  /** @param isStill whether the index stays as it is while pods are added here, so that what was free before need not be kept */
  constructor(private readonly index: ClusterIndex, private readonly gang: Gang, isStill: boolean) {
    const { levels, finest } = index;
    const depth = levels.length;
    const preferring = gang.groups.filter(({ preferred }) => preferred !== NONE);
    for (const group of preferring) {
      this.watch(group, group.preferred, 1 + group.preferred, () => 1, true);
      for (const level of levels[group.preferred]!.broader) {
        if (!level.isEmpty) this.watch(group, levels.indexOf(level), 1 + depth + levels.indexOf(level), () => 1, true);
      }
    }
    this.balancePart = 1 + 2 * depth;
    for (const group of gang.groups) if (group.balance !== NONE) this.balanced.push(this.watch(group, group.balance, this.balancePart, () => 0, true));
    this.unlinkedPart = this.balancePart + 1;
    const free = (level: number) => (isStill ? index.freeIn[level]![gang.main]! : index.freeIn[level]![gang.main]!.slice());
    const damage = this.unlinkedPart + 1;
    if (finest < depth - 1) this.watch(gang.root, finest, damage, domain => Number(index.isWholeDomain(domain)));
    this.watch(gang.root, depth - 1, damage + 1, slot => index.whole[slot]!);
    for (const group of gang.groups) {
      if (group.required < 0) continue;
      const before = free(group.required);
      this.watch(group, group.required, damage + 2 + group.required, domain => before[domain] ?? 0);
    }
    const [inFinest, onHost] = [free(finest), free(depth - 1)];
    this.watch(gang.root, finest, damage + 2 + depth, domain => inFinest[domain] ?? 0);
    this.watch(gang.root, depth - 1, damage + 3 + depth, slot => onHost[slot]!);
    this.parts = new Float64Array(damage + 4 + depth);
    this.byLeaf = gang.leaves.map(leaf => this.watches.filter(({ leaves }) => leaves.includes(leaf)));
    this.countMembers();
  }

  add(leaf: Leaf, slot: number, count: number, isMember = false): void {
    for (const { level, part, weight, pods, countsMembers } of this.byLeaf[leaf.index]!) {
      if (isMember && !countsMembers) continue;
      const domain = this.index.levels[level]!.domainOf[slot]!;
      const key = domain < 0 ? -1 - slot : domain;
      const before = pods.get(key) ?? 0;
      const after = before + count;
      if (after === 0) pods.delete(key);
      else pods.set(key, after);
      if (before === 0) this.parts[part]! += weight(domain);
      else if (after === 0) this.parts[part]! -= weight(domain);
    }
  }

  /** Adds up how uneven the balanced groups are; only of a complete placement. */
  balance(): void {
    this.parts[this.balancePart] = this.balanced.reduce((sum, { pods }) => sum + unevenness([...pods.values()]), 0);
  }

  unbalance(): void {
    this.parts[this.balancePart] = 0;
  }

  /** Values the placement. */
  static of(index: ClusterIndex, gang: Gang, placed: readonly { leaf: Leaf; slot: number; count: number }[]): Float64Array {
    const tally = new Tally(index, gang, true);
    const missing = gang.leaves.reduce((sum, { want }) => sum + want, 0) - placed.reduce((sum, { count }) => sum + count, 0);
    for (const { leaf, slot, count } of placed) tally.add(gang.leaves[leaf.index]!, slot, count);
    tally.parts[0] = missing;
    tally.balance();
    return tally.parts;
  }

  private watch({ leaves }: Group, level: number, part: number, weight: (domain: number) => number, countsMembers = false): Watch {
    const watch = { leaves, level, part, weight, countsMembers, pods: new Map<number, number>() };
    this.watches.push(watch);
    return watch;
  }

  private countMembers(): void {
    for (const leaf of this.gang.leaves) for (const slot of leaf.members) this.add(leaf, slot, 1, true);
  }
}

/** How far the fullest is ahead of the emptiest; by one pod is even where they cannot be the same. */
export function unevenness(pods: readonly number[]): number {
  if (pods.length === 0) return 0;
  const remainder = pods.reduce((sum, count) => sum + count, 0) % pods.length;
  return Math.max(...pods) - Math.min(...pods) - (remainder > 0 ? 1 : 0);
}

/** Less than 0 when the first is better. */
export function compareParts(a: Float64Array, b: Float64Array): number {
  for (let at = 0; at < a.length; at += 1) {
    const difference = a[at]! - b[at]!;
    if (Math.abs(difference) > 1e-9) return difference;
  }
  return 0;
}
