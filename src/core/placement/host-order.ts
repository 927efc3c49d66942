import type { ClusterIndex } from './cluster-index';
import type { Leaf } from './gang';
import type { Demand } from './rooms';
import { Scope, containsWhole, domainsIn } from './scope';
import { sortInPlace } from './sorting';
import type { Trial } from './trial';

/** Breaking into a whole NVLink domain is worse than breaking into any number of hosts. */
const WHOLE = 1e9;

/** In which order nodes are filled: so that as little as possible is broken that was whole, and the tightest first. */
export class HostOrder {
  private readonly index: ClusterIndex;

  constructor(private readonly trial: Trial) {
    this.index = trial.index;
  }

  /** Nodes of the scope, best first, that have room for so many pods together, as far as there is room. */
  best(leaf: Leaf, scope: Scope, count: number): number[] {
    const { index } = this;
    const isOneDomain = scope.level >= index.finest && scope.level >= 0 && containsWhole(index, scope, scope.level);
    if (isOneDomain || index.finest === index.levels.length - 1) return this.sorted(leaf, scope.members);
    return this.byDomain(leaf, scope, count);
  }

  /** All nodes of the scope with room, best first and like beside like. */
  all(leaf: Leaf, scope: Scope): number[] {
    return this.best(leaf, scope, Infinity);
  }

  /** Whether the gang's pods can tell the nodes apart. */
  alike(a: number, b: number): boolean {
    const { index, trial: { gang } } = this;
    if (index.owner[a] !== index.owner[b] || index.whole[a] !== index.whole[b]) return false;
    if (gang.tables.some(({ perNode }) => perNode[a] !== perNode[b])) return false;
    if (index.free.some(column => column[a] !== column[b])) return false;
    return index.levels.every(({ domainOf }, level) => level === index.levels.length - 1 || domainOf[a] === domainOf[b]);
  }

  private byDomain(leaf: Leaf, scope: Scope, count: number): number[] {
    const { index } = this;
    const single = this.oneDomain(leaf, scope, count);
    const breaks = single >= 0 && index.isWholeDomain(single);
    if (single >= 0 && !breaks) return this.sorted(leaf, index.levels[index.finest]!.members[single]!);
    const rooms = this.roomByDomain(leaf, scope);
    if (!this.leaveWhole(leaf, scope, rooms, count) && breaks) return this.sorted(leaf, index.levels[index.finest]!.members[single]!);
    const nodes: number[] = [];
    let left = count;
    while (left > 0 && rooms.size > 0) {
      const domain = this.bestDomain(leaf, rooms, left);
      left -= rooms.get(domain)!;
      rooms.delete(domain);
      const { members } = index.levels[index.finest]!;
      const whole = containsWhole(index, scope, index.finest);
      nodes.push(...this.sorted(leaf, whole ? members[domain]! : scope.members.filter(slot => index.levels[index.finest]!.domainOf[slot] === domain)));
    }
    if (left > 0) nodes.push(...this.sorted(leaf, this.outside(scope)));
    return nodes;
  }

  /**
   * The best domain that takes all the pods; -1 when there is none. A single pod goes to the first domain in order in which it breaks into
   * nothing: measured under churn that leaves more room for large gangs than the tightest domain does, or the host that it fills up best.
   */
  private oneDomain({ rooms }: Leaf, scope: Scope, count: number): number {
    const { index, trial } = this;
    if (trial.promises > 0 || !containsWhole(index, scope, index.finest)) return -1;
    const sums = rooms.perDomain[index.finest]!;
    const free = this.mainFree(rooms.demand, index.freeIn[index.finest]!);
    const isSingle = count === 1;
    let best = -1;
    let least = Infinity;
    for (const domain of domainsIn(index, scope, index.finest)) {
      if (sums[domain]! < count) continue;
      const damage = index.isWholeDomain(domain) ? WHOLE : Math.max(0, count - rooms.brokenIn[domain]!);
      if (damage > least || (damage === least && (isSingle || free[domain]! >= free[best]!))) continue;
      best = domain;
      least = damage;
    }
    return best;
  }

  /** Where domains that are in use already, and nodes that are in none, take all the pods together, whole ones are none of their business. */
  private leaveWhole({ rooms: { perNode } }: Leaf, scope: Scope, rooms: Map<number, number>, count: number): boolean {
    if (count === Infinity) return false;
    let room = 0;
    for (const [domain, here] of rooms) if (!this.index.isWholeDomain(domain)) room += here;
    for (const slot of this.outside(scope)) room += perNode[slot]!;
    if (room < count) return false;
    for (const domain of [...rooms.keys()]) if (this.index.isWholeDomain(domain)) rooms.delete(domain);
    return true;
  }

  /** The column of the resource that tells tight from roomy: the gang's main one, or one that the pods ask for. */
  private mainFree({ resources }: Demand, columns: readonly Float64Array[]): Float64Array {
    const { main } = this.trial.gang;
    return columns[resources.includes(main) ? main : resources[resources.length - 1]!]!;
  }

  private roomByDomain({ rooms }: Leaf, scope: Scope): Map<number, number> {
    const { index, trial } = this;
    const found = new Map<number, number>();
    if (trial.promises === 0 && containsWhole(index, scope, index.finest)) {
      const sums = rooms.perDomain[index.finest]!;
      for (const domain of domainsIn(index, scope, index.finest)) if (sums[domain]! > 0) found.set(domain, sums[domain]!);
      return found;
    }
    const { domainOf } = index.levels[index.finest]!;
    for (const slot of scope.members) {
      const domain = domainOf[slot]!;
      if (domain >= 0 && rooms.perNode[slot]! > 0) found.set(domain, (found.get(domain) ?? 0) + rooms.perNode[slot]!);
    }
    return found;
  }

  /** The domain that takes all that is left; if none does, the roomiest. Whole ones last in either case, then the tightest or roomiest. */
  private bestDomain({ rooms: { demand } }: Leaf, rooms: ReadonlyMap<number, number>, left: number): number {
    const { index } = this;
    const free = this.mainFree(demand, index.freeIn[index.finest]!);
    let best = -1;
    let bestFits = false;
    let bestWhole = false;
    let bestFree = 0;
    for (const [domain, room] of rooms) {
      const fits = room >= left;
      if (bestFits && !fits) continue;
      const isWhole = index.isWholeDomain(domain);
      const amount = fits ? free[domain]! : -room;
      if (best >= 0 && fits === bestFits && (isWhole === bestWhole ? amount >= bestFree : isWhole)) continue;
      best = domain;
      bestFits = fits;
      bestWhole = isWhole;
      bestFree = amount;
    }
    return best;
  }

  private outside(scope: Scope): readonly number[] {
    const level = this.index.levels[this.index.finest]!;
    return scope.isCluster ? level.outside : scope.members.filter(slot => level.domainOf[slot]! < 0);
  }

  private sorted({ rooms: { perNode, demand } }: Leaf, members: readonly number[]): number[] {
    const { index } = this;
    const free = this.mainFree(demand, index.free);
    const broken = (slot: number) => (index.taken[slot]! > 0 ? 0 : index.whole[slot]!);
    const nodes: number[] = [];
    for (let at = 0; at < members.length; at += 1) if (perNode[members[at]!]! > 0) nodes.push(members[at]!);
    return sortInPlace(nodes, (a, b) => broken(a) - broken(b) || (broken(a) === 1 ? perNode[b]! - perNode[a]! : 0) || free[a]! - free[b]!);
  }
}
