import { Budget } from './budget';
import type { ClusterIndex } from './cluster-index';
import { DomainSearch, Preferences } from './domain-search';
import { Gang, Leaf, NONE } from './gang';
import type { Placed } from './improver';
import { Packer } from './packer';
import type { PlacementGroup, RunningPod } from './problem';
import type { Scope } from './scope';
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

/** What would fit of a gang of which it is not known whether it fits whole. */
export function greedy(index: ClusterIndex, gang: Gang, base: Scope): Placed {
  const trial = new Trial(index, gang);
  const packer = new Packer(trial, new Budget(0));
  const scopes = new Map<Leaf, Scope>();
  for (const leaf of gang.leaves) if (gang.groups.every(({ required, leaves }) => required === NONE || !leaves.includes(leaf))) scopes.set(leaf, base);
  for (const [leaf, scope] of scopes) packer.fill({ leaf, scope, count: leaf.need });
  const placed = trial.placed();
  trial.rollback(0);
  return placed;
}

function addExtras(trial: Trial, search: DomainSearch, gang: Gang): void {
  const packer = new Packer(trial, new Budget(0));
  for (const leaf of gang.leaves) if (leaf.want > leaf.need) packer.fill({ leaf, scope: search.scopeOf(leaf.group), count: leaf.want - leaf.need });
}
