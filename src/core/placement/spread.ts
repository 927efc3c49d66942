import { Budget } from './budget';
import type { DomainSearch } from './domain-search';
import { Group, Leaf, NONE } from './gang';
import { Packer, Task } from './packer';
import { Scope, domainsIn, narrowed } from './scope';
import { unevenness } from './tally';
import type { Trial } from './trial';

/** Replaces the nodes of groups that are to be balanced by an even split over as few domains; where that does not fit, all stays as it is. */
export function spread(trial: Trial, search: DomainSearch): void {
  for (const group of trial.gang.groups) if (group.balance !== NONE) spreadGroup(trial, search, group);
}

function spreadGroup(trial: Trial, search: DomainSearch, group: Group): void {
  const mine = trial.placed().filter(({ leaf }) => group.leaves.includes(leaf));
  const { index } = trial;
  const { domainOf } = index.levels[group.balance]!;
  const pods = new Map<number, number>();
  for (const { slot, count: more } of mine) pods.set(domainOf[slot]!, (pods.get(domainOf[slot]!) ?? 0) + more);
  for (const { members } of group.leaves) for (const slot of members) pods.set(domainOf[slot]!, (pods.get(domainOf[slot]!) ?? 0) + 1);
  const count = pods.size;
  if (count < 2 || unevenness([...pods.values()]) === 0 || group.leaves.some(leaf => search.scopeOf(leaf.group) !== search.scopeOf(group))) return;
  for (const { leaf, slot, count: taken } of mine) trial.take(leaf, slot, -taken);
  const checkpoint = trial.checkpoint();
  const tasks = evenTasks(trial, group, search.scopeAround(group), count);
  if (tasks && new Packer(trial, new Budget(1000)).pack(tasks)) return;
  trial.rollback(checkpoint);
  for (const { leaf, slot, count: taken } of mine) trial.take(leaf, slot, taken);
}

/** Pods by leaf and domain, added where there are fewest so far. */
function evenTasks(trial: Trial, group: Group, scope: Scope, count: number): Task[] | undefined {
  const domains = evenDomains(trial, group, scope, count);
  const members = group.leaves.flatMap(leaf => leaf.members);
  const totals = new Map(domains.map(domain => [domain, members.filter(slot => inDomain(trial, group, slot) === domain).length]));
  const tasks: Task[] = [];
  for (const leaf of group.leaves) {
    const shares = new Map<number, number>();
    for (let pod = 0; pod < leaf.need; pod += 1) {
      const open = domains.filter(domain => (shares.get(domain) ?? 0) < leaf.rooms.perDomain[group.balance]![domain]!);
      if (open.length === 0) return undefined;
      const least = open.reduce((best, domain) => (totals.get(domain)! < totals.get(best)! ? domain : best));
      shares.set(least, (shares.get(least) ?? 0) + 1);
      totals.set(least, totals.get(least)! + 1);
    }
    tasks.push(...[...shares].map(([domain, pods]) => ({ leaf, scope: narrowed(trial.index, scope, group.balance, domain), count: pods })));
  }
  return tasks;
}

/** The tightest of those domains that can take an even share; those that can take most where they are too few. */
function evenDomains(trial: Trial, group: Group, scope: Scope, count: number): number[] {
  const share = (leaf: Leaf) => Math.ceil(leaf.need / count);
  const free = trial.index.freeIn[group.balance]![trial.gang.main]!;
  const homes = new Set(group.leaves.flatMap(({ members }) => members.map(slot => inDomain(trial, group, slot))));
  const holds = (domain: number) => (homes.has(domain) ? 2 : Number(group.leaves.every(leaf => leaf.rooms.perDomain[group.balance]![domain]! >= share(leaf))));
  return domainsIn(trial.index, scope, group.balance).filter(domain => free[domain]! > 0)
    .map(domain => ({ domain, holds: holds(domain), free: free[domain]! }))
    .sort((a, b) => b.holds - a.holds || (a.holds === 1 ? a.free - b.free : b.free - a.free))
    .slice(0, count).map(({ domain }) => domain);
}

function inDomain(trial: Trial, { balance }: Group, slot: number): number {
  return trial.index.levels[balance]!.domainOf[slot]!;
}
