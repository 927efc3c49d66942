import { Budget } from './budget';
import type { ClusterIndex } from './cluster-index';
import { DomainSearch, Preferences } from './domain-search';
import { Gang, Group, IMPOSSIBLE, NONE } from './gang';
import type { Placed } from './improver';
import { Packer } from './packer';
import type { PlacementGroup, RunningPod } from './problem';
import { Scope, chosenScope, domainsIn, narrowed } from './scope';
import { spread } from './spread';
import { Trial } from './trial';

/** One way to go about it: which counts are a must, and what becomes of preferences. */
export interface Attempt {
  readonly isFull: boolean;
  readonly preferences: Preferences;
  readonly budget: Budget;
}

/** Tries once. Leaves the index as it was. */
export function attempt(
  index: ClusterIndex, gang: Gang, tree: PlacementGroup, members: readonly RunningPod[], base: Scope, { isFull, preferences, budget }: Attempt,
): Placed | undefined {
  const wanted = isFull && gang.hasExtras ? new Gang(index, tree, members, true) : gang;
  const trial = new Trial(index, wanted);
  const search = new DomainSearch(trial, budget, preferences, base);
  const found = search.run(() => true);
  if (found) {
    spread(trial, search);
    addExtras(trial, search, wanted);
  }
  const placed = found ? trial.placed() : undefined;
  trial.rollback(0);
  if (wanted !== gang) wanted.release();
  return placed;
}

/** What would fit of a gang of which it is not known whether it fits whole: group by group in the domain with most room, nothing reconsidered. */
export function greedy(index: ClusterIndex, gang: Gang, base: Scope): Placed {
  const trial = new Trial(index, gang);
  const packer = new Packer(trial, new Budget(0));
  const visit = (group: Group, around: Scope): void => {
    const scope = roomiest(index, group, around);
    for (const leaf of group.leaves) if (leaf.group === group) packer.fill({ leaf, scope, count: leaf.need });
    for (const child of group.children) visit(child, scope);
  };
  visit(gang.root, base);
  const placed = trial.placed();
  trial.rollback(0);
  return placed;
}

function roomiest(index: ClusterIndex, { required, pin, leaves }: Group, around: Scope): Scope {
  if (required === NONE) return around;
  if (required === IMPOSSIBLE || pin === IMPOSSIBLE) return chosenScope([]);
  const room = (domain: number) => leaves.reduce((sum, { need, rooms }) => sum + Math.min(need, rooms.perDomain[required]![domain]!), 0);
  const domains = domainsIn(index, around, required).filter(domain => pin === NONE || domain === pin);
  const best = domains.reduce((one, other) => (one >= 0 && room(one) >= room(other) ? one : other), -1);
  return best < 0 ? chosenScope([]) : narrowed(index, around, required, best);
}

function addExtras(trial: Trial, search: DomainSearch, gang: Gang): void {
  const packer = new Packer(trial, new Budget(0));
  for (const leaf of gang.leaves) if (leaf.want > leaf.need) packer.fill({ leaf, scope: search.scopeOf(leaf.group), count: leaf.want - leaf.need });
}
