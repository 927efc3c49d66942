import type { ClusterIndex } from './cluster-index';
import type { NodeFilter } from './node-filter';

/** More pods than any node takes; small enough that sums over all nodes stay exact. */
const MOST_PODS = 32_767;

/** A request as the index counts it: amounts by resource number, `pods` included. */
export interface Demand {
  readonly resources: readonly number[];
  readonly amounts: readonly number[];
  readonly filter: NodeFilter;
  /** Number of the ComputeDomain that the pods use; -1 for none. */
  readonly claim: number;
  readonly maxPerNode: number;
}

/** How many more pods of one kind every node could take, with sums over the domains of every level. */
export class Rooms {
  perNode = new Int32Array(0);
  /** By level, then domain; at the level of hosts the same as by node. */
  readonly perDomain: Int32Array[] = [];
  total = 0;
  /** When it was asked for last, by the index's count. */
  usedAt = 0;
  /** Nodes on which nothing but the number of pods limits the room. */
  crowded = 0;
  /** By NVLink domain: the room on hosts that are in use already, which breaks nothing. */
  brokenIn = new Int32Array(0);
  private broken = new Int32Array(0);
  private isCrowded = new Uint8Array(0);
  /** Pods of the kind that are on a node already, counted only where there is a limit per node. */
  private already: Map<number, number> | undefined;
  /** Whether the node looked at last is crowded. */
  private crowding: 0 | 1 = 0;
  private seen = -1;
  private generation = -1;

  constructor(private readonly index: ClusterIndex, readonly demand: Demand) {}

  /** Takes notice of what has changed since the last time. */
  catchUp(): void {
    const { changes, generation } = this.index;
    if (this.generation !== generation) this.rebuild();
    else for (let at = this.seen; at < changes.length; at += 1) this.refresh(changes[at]!);
    this.seen = changes.length;
  }

  /** Counts the node anew. */
  refresh(slot: number): void {
    const room = this.roomAt(slot);
    const crowding = this.crowding - this.isCrowded[slot]!;
    if (crowding !== 0) {
      this.isCrowded[slot] = this.crowding;
      this.crowded += crowding;
    }
    this.countBroken(slot, this.index.whole[slot] === 1 ? 0 : room);
    const change = room - this.perNode[slot]!;
    if (change === 0) return;
    this.perNode[slot] = room;
    this.total += change;
    const { levels } = this.index;
    for (let level = 0; level < levels.length; level += 1) {
      const domain = levels[level]!.domainOf[slot]!;
      if (domain >= 0) this.perDomain[level]![domain]! += change;
    }
  }

  /** Counts pods that are on the node towards the limit per node. */
  addAlready(slot: number, count: number): void {
    if (this.demand.maxPerNode >= MOST_PODS) return;
    this.already ??= new Map();
    this.already.set(slot, (this.already.get(slot) ?? 0) + count);
  }

  private countBroken(slot: number, room: number): void {
    const change = room - this.broken[slot]!;
    if (change === 0) return;
    const domain = this.index.levels[this.index.finest]!.domainOf[slot]!;
    if (domain >= 0) this.brokenIn[domain]! += change;
    this.broken[slot] = room;
  }

  private roomAt(slot: number): number {
    const { resources, amounts, filter, claim, maxPerNode } = this.demand;
    this.crowding = 0;
    if (!filter.admits(slot)) return 0;
    if (claim >= 0) {
      const owner = this.index.owner[slot]!;
      if (owner !== -1 && owner !== claim) return 0;
    }
    const { free } = this.index;
    let room = maxPerNode;
    if (room < MOST_PODS && this.already) room -= this.already.get(slot) ?? 0;
    let pods = MOST_PODS;
    for (let at = 0; at < resources.length; at += 1) {
      const fits = Math.floor(free[resources[at]!]![slot]! / amounts[at]!);
      if (resources[at] === 0) pods = fits;
      else if (fits < room) room = fits;
    }
    if (pods < room) {
      room = pods;
      this.crowding = 1;
    }
    return room > 0 ? room : 0;
  }

  private rebuild(): void {
    const { levels, size, generation } = this.index;
    this.perNode = new Int32Array(size);
    this.isCrowded = new Uint8Array(size);
    this.broken = new Int32Array(size);
    this.brokenIn = new Int32Array(this.index.domainCapacity(levels[this.index.finest]!));
    this.crowded = 0;
    levels.forEach((level, at) => { this.perDomain[at] = new Int32Array(this.index.domainCapacity(level)); });
    this.total = 0;
    this.generation = generation;
    for (const slot of this.index.order) this.refresh(slot);
  }
}

export { MOST_PODS };
