import type { ClusterIndex } from './cluster-index';
import type { Gang, Group, Leaf } from './gang';
import type { RunningPod } from './problem';

/** What was done, with what it takes to undo it. */
type Entry =
  | { readonly kind: 'take'; readonly leaf: Leaf; readonly slot: number; readonly count: number; readonly owner: number }
  | { readonly kind: 'evict'; readonly pod: RunningPod; readonly slot: number; readonly owner: number }
  | { readonly kind: 'reserve'; readonly group: Group; readonly level: number; readonly domain: number };

/** Changes to the index that are taken back: pods placed and evicted, and room promised to groups whose nodes are not chosen yet. */
export class Trial {
  /** Pods of running units that are taken to be gone. */
  readonly evicted = new Set<string>();
  /** Promises that are open; while there are any, sums over domains say less than is free. */
  promises = 0;
  private readonly journal: Entry[] = [];
  private isWithdrawn = false;

  constructor(readonly index: ClusterIndex, readonly gang: Gang) {}

  checkpoint(): number {
    return this.journal.length;
  }

  rollback(checkpoint: number): void {
    while (this.journal.length > checkpoint) this.undo(this.journal.pop()!);
    if (checkpoint === 0) this.isWithdrawn = false;
  }

  take(leaf: Leaf, slot: number, count: number): void {
    this.journal.push({ kind: 'take', leaf, slot, count, owner: this.index.owner[slot]! });
    this.put(leaf, slot, count);
    const { claim } = leaf.rooms.demand;
    if (claim >= 0) this.index.owner[slot] = claim;
    this.refresh(slot);
  }

  evict(pod: RunningPod): void {
    const slot = this.index.slotOf(pod.node);
    if (slot === undefined) return;
    this.journal.push({ kind: 'evict', pod, slot, owner: this.index.owner[slot]! });
    this.evicted.add(pod.name);
    this.give(pod, slot, 1);
    if (pod.mnnvlGroup !== undefined) this.index.owner[slot] = this.index.ownerAmong(pod.node, name => this.evicted.has(name));
    this.refresh(slot);
  }

  /** Promises the group's floors room somewhere in the domain. */
  reserve(group: Group, level: number, domain: number): void {
    this.journal.push({ kind: 'reserve', group, level, domain });
    this.promise(group, level, domain, 1);
  }

  /** Takes all promises back while nodes are chosen for those whom they were made to. */
  withdraw(): void {
    this.setWithdrawn(true);
  }

  renew(): void {
    this.setWithdrawn(false);
  }

  /** Pods placed since, by leaf and node. */
  placed(): { leaf: Leaf; slot: number; count: number }[] {
    const placed = new Map<number, { leaf: Leaf; slot: number; count: number }>();
    for (const entry of this.journal) {
      if (entry.kind !== 'take') continue;
      const key = entry.leaf.index * this.index.size + entry.slot;
      placed.set(key, { leaf: entry.leaf, slot: entry.slot, count: (placed.get(key)?.count ?? 0) + entry.count });
    }
    return [...placed.values()].filter(({ count }) => count > 0);
  }

  private undo(entry: Entry): void {
    switch (entry.kind) {
      case 'take':
        this.put(entry.leaf, entry.slot, -entry.count);
        break;
      case 'evict':
        this.evicted.delete(entry.pod.name);
        this.give(entry.pod, entry.slot, -1);
        break;
      case 'reserve':
        if (!this.isWithdrawn) this.promise(entry.group, entry.level, entry.domain, -1);
        return;
    }
    this.index.owner[entry.slot] = entry.owner;
    this.refresh(entry.slot);
  }

  private setWithdrawn(isWithdrawn: boolean): void {
    if (this.isWithdrawn === isWithdrawn) return;
    this.isWithdrawn = isWithdrawn;
    for (const entry of this.journal) if (entry.kind === 'reserve') this.promise(entry.group, entry.level, entry.domain, isWithdrawn ? -1 : 1);
  }

  private put({ rooms }: Leaf, slot: number, count: number): void {
    const { resources, amounts } = rooms.demand;
    const { index } = this;
    for (let at = 0; at < resources.length; at += 1) {
      const resource = resources[at]!;
      index.setFree(resource, slot, index.free[resource]![slot]! - count * amounts[at]!);
    }
    index.taken[slot]! += count;
    rooms.addAlready(slot, count);
  }

  private give({ request }: RunningPod, slot: number, sign: 1 | -1): void {
    const { index } = this;
    for (const name in request) {
      const resource = index.resource(name);
      index.setFree(resource, slot, index.free[resource]![slot]! + sign * request[name]!);
    }
    if (request.pods === undefined) index.setFree(0, slot, index.free[0]![slot]! + sign);
  }

  private refresh(slot: number): void {
    for (const table of this.gang.tables) table.refresh(slot);
  }

  private promise({ load, amounts }: Group, level: number, domain: number, sign: 1 | -1): void {
    this.promises += sign;
    const { tables } = this.gang;
    for (let table = 0; table < tables.length; table += 1) tables[table]!.perDomain[level]![domain]! -= sign * load[table]!;
    const free = this.index.freeIn[level]!;
    for (let resource = 0; resource < amounts.length; resource += 1) {
      if (amounts[resource] !== 0) free[resource]![domain]! -= sign * amounts[resource]!;
    }
  }
}
