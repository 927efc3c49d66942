import { Budget } from './budget';
import { Group, IMPOSSIBLE, Leaf, NONE } from './gang';
import { HostOrder } from './host-order';
import { Scope, chosenScope, domainsIn, narrowed } from './scope';
import { Tally, compareParts } from './tally';
import type { Trial } from './trial';

export type Placed = readonly { readonly leaf: Leaf; readonly slot: number; readonly count: number }[];

/**
 * Looks for a placement that is better by the objective than the one at hand: branch and bound over all domains, counts and nodes. What it
 * returns is the best there is, unless its budget ended, which `isProven` tells.
 */
export class Improver {
  isProven = true;
  private best: Placed | undefined;
  private readonly scopes: (Scope | undefined)[] = [];
  private readonly hosts: HostOrder;
  private readonly tally: Tally;
  private readonly order: readonly Leaf[];

  constructor(private readonly trial: Trial, private readonly base: Scope, private readonly budget: Budget, private bound: Float64Array) {
    this.hosts = new HostOrder(trial);
    this.tally = new Tally(trial.index, trial.gang, false);
    const { leaves } = trial.gang;
    const size = ({ rooms: { demand } }: Leaf) => demand.amounts.reduce((sum, amount, at) => sum + (demand.resources[at] === 0 ? 0 : amount), 0);
    this.order = leaves.filter(({ want }) => want > 0).sort((a, b) => size(b) - size(a) || a.index - b.index);
  }

  /** @returns something better than the bound, or undefined */
  run(): Placed | undefined {
    this.chooseDomains(this.trial.gang.groups.filter(({ required, leaves }) => required !== NONE && leaves.some(({ want }) => want > 0)), 0);
    this.isProven = !this.budget.exhausted;
    return this.best;
  }

  private chooseDomains(groups: readonly Group[], at: number): void {
    const group = groups[at];
    if (!group) return this.placeLeaf(0);
    const scope = this.scopeOf(group.parent);
    if (group.pin !== IMPOSSIBLE) {
      for (const domain of domainsIn(this.trial.index, scope, group.required)) {
        if (group.pin !== NONE && domain !== group.pin) continue;
        if (!this.budget.spend()) return;
        this.scopes[group.index] = narrowed(this.trial.index, scope, group.required, domain);
        if (this.mayHold(group)) this.chooseDomains(groups, at + 1);
      }
    }
    if (group.leaves.every(({ need }) => need === 0)) {
      this.scopes[group.index] = chosenScope([]);
      this.chooseDomains(groups, at + 1);
    }
    this.scopes[group.index] = undefined;
  }

  private scopeOf(group: Group | undefined): Scope {
    for (let at = group; at; at = at.parent) {
      const scope = this.scopes[at.index];
      if (scope) return scope;
    }
    return this.base;
  }

  private mayHold(group: Group): boolean {
    const { members } = this.scopes[group.index]!;
    return group.load.every((load, table) => load <= members.reduce((sum, slot) => sum + this.trial.gang.tables[table]!.perNode[slot]!, 0));
  }

  private placeLeaf(at: number): void {
    const leaf = this.order[at];
    if (!leaf) return this.finish();
    const nodes = this.hosts.all(leaf, this.scopeOf(leaf.group));
    const { perNode } = leaf.rooms;
    const roomFrom = new Array<number>(nodes.length + 1).fill(0);
    for (let node = nodes.length - 1; node >= 0; node -= 1) roomFrom[node] = roomFrom[node + 1]! + perNode[nodes[node]!]!;
    const alike = nodes.map((slot, node) => node > 0 && this.hosts.alike(slot, nodes[node - 1]!) && this.trial.index.taken[slot] === 0);
    const go = (node: number, placed: number, before: number): void => {
      if (placed === leaf.want || node === nodes.length) {
        if (placed < leaf.need) return;
        this.tally.parts[0]! += leaf.want - placed;
        if (this.isPromising(at + 1)) this.placeLeaf(at + 1);
        this.tally.parts[0]! -= leaf.want - placed;
        return;
      }
      if (placed + roomFrom[node]! < leaf.need) return;
      const slot = nodes[node]!;
      for (let count = Math.min(leaf.want - placed, perNode[slot]!, alike[node] ? before : leaf.want); count >= 0; count -= 1) {
        if (!this.budget.spend()) return;
        this.attempt(leaf, slot, count, () => go(node + 1, placed + count, count), Math.max(0, leaf.want - placed - count - roomFrom[node + 1]!), at);
      }
    };
    go(0, 0, leaf.want);
  }

  private attempt(leaf: Leaf, slot: number, count: number, next: () => void, missing: number, at: number): void {
    if (count === 0) {
      if (this.isPromising(at + 1, missing)) next();
      return;
    }
    const checkpoint = this.trial.checkpoint();
    this.trial.take(leaf, slot, count);
    this.tally.add(leaf, slot, count);
    if (this.isPromising(at + 1, missing)) next();
    this.tally.add(leaf, slot, -count);
    this.trial.rollback(checkpoint);
  }

  /** Whether what is placed so far can still become better than the best. */
  private isPromising(from: number, missing = 0): boolean {
    let lacking = missing;
    for (let at = from; at < this.order.length; at += 1) {
      const leaf = this.order[at]!;
      const { members } = this.scopeOf(leaf.group);
      let room = 0;
      for (let member = 0; member < members.length && room < leaf.want; member += 1) room += leaf.rooms.perNode[members[member]!]!;
      if (room < leaf.need) return false;
      if (room < leaf.want) lacking += leaf.want - room;
    }
    this.tally.parts[0]! += lacking;
    const promising = compareParts(this.tally.parts, this.bound) < 0;
    this.tally.parts[0]! -= lacking;
    return promising;
  }

  private finish(): void {
    this.tally.balance();
    if (compareParts(this.tally.parts, this.bound) < 0) {
      this.bound = this.tally.parts.slice();
      this.best = this.trial.placed();
    }
    this.tally.unbalance();
  }
}
