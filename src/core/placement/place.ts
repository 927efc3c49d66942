import { Budget } from './budget';
import type { ClusterIndex } from './cluster-index';
import { Gang } from './gang';
import { Improver, Placed } from './improver';
import { Kin, kinOf, leftOut } from './linked';
import { pendingReason } from './pending';
import { attempt, greedy } from './placing';
import type { LinkedGang, PlacementGroup, PlacementOptions, RunningPod } from './problem';
import type { PlacementResult } from './result';
import { Scope, domainScope, domainsIn } from './scope';
import { Tally, compareParts } from './tally';
import { Trial } from './trial';
import { findVictims } from './victims';

/** What is to be placed on a cluster that an index knows. */
export interface PlacementQuestion {
  readonly gang: PlacementGroup;
  /** Pods of the gang, and of gangs linked to it, that are running. */
  readonly members: readonly RunningPod[];
  readonly linkedGangs?: readonly (string | LinkedGang)[];
  readonly options?: PlacementOptions;
  /** Whether a pending verdict comes with its reason, which takes longer than the verdict. @default true */
  readonly isExplained?: boolean;
}

const SEARCH_STEPS = 20_000;
/** Steps for trying to have all at once: full counts and one domain for every preference. */
const IDEAL_STEPS = 500;
const IMPROVEMENT_STEPS = 4_000;
/** Larger clusters take the first placement, which is a good one; smaller ones get the best. */
const SMALL_CLUSTER = 160;
/** Up to so many nodes a step costs about the same; beyond, fewer steps are taken in the same time. */
const TINY_CLUSTER = 64;
const SMALL_GANG = 64;
/** Domains that are compared by whether linked gangs still fit. */
const MOST_COMPARED = 24;

const NO_PARTS = new Float64Array(0);

/** A placement with its value. */
export interface Valued {
  readonly placed: Placed;
  readonly parts: Float64Array;
}

/** Decides on one gang. The index is as before when it returns: whoever carries the decision out tells it so by events. */
export function place(index: ClusterIndex, question: PlacementQuestion): PlacementResult {
  const { gang: tree, members, linkedGangs = [], options = {} } = question;
  const kin = kinOf(index, tree, linkedGangs, members);
  const gang = new Gang(index, tree, members);
  try {
    const budget = new Budget(options.searchBudget ?? SEARCH_STEPS);
    const found = withRoomForKin(index, gang, question, kin, budget);
    if (found) return { outcome: 'placed', ...resultOf(index, found.placed), victims: [] };
    if (budget.exhausted) return undecided(index, gang, kin.base);
    const plan = options.preemption === false ? undefined : findVictims(index, gang, question, kin.base);
    if (plan) return { outcome: 'placed-with-preemption', ...resultOf(index, plan.placed), victims: [...plan.victims].sort() };
    if (question.isExplained === false) return { outcome: 'pending', assignment: [], victims: [], score: 0 };
    return { outcome: 'pending', assignment: [], victims: [], score: 0, reason: pendingReason(index, gang, question, kin.base) };
  } finally {
    gang.release();
  }
}

/**
 * The best placement on the nodes of the scope; undefined when there is none, or when the budget ended.
 * @param isValued whether its value has to be told even if there is nothing to compare with
 */
export function bestIn(
  index: ClusterIndex, gang: Gang, question: PlacementQuestion, scope: Scope, budget: Budget, isValued = false,
): Valued | undefined {
  const { gang: tree, members, options = {} } = question;
  const found: Placed[] = [];
  const tryTo = (isFull: boolean, preferences: 'ignore' | 'one' | 'few', part: Budget) => {
    const placed = attempt(index, gang, tree, members, scope, { isFull, preferences, budget: part });
    if (placed) found.push(placed);
    return placed !== undefined;
  };
  const { hasExtras, hasPreferences } = gang;
  const isIdeal = (hasExtras || hasPreferences) && tryTo(hasExtras, hasPreferences ? 'one' : 'ignore', new Budget(IDEAL_STEPS));
  if (!isIdeal) {
    if (!tryTo(false, 'ignore', budget)) return undefined;
    if (hasExtras && hasPreferences) tryTo(true, 'few', new Budget(IDEAL_STEPS));
    if (hasExtras) tryTo(true, 'ignore', new Budget(IDEAL_STEPS));
    if (hasPreferences) tryTo(false, 'one', new Budget(IDEAL_STEPS));
    if (hasPreferences) tryTo(false, 'few', new Budget(IDEAL_STEPS));
  }
  const pods = gang.leaves.reduce((sum, { want }) => sum + want, 0);
  const isSmall = index.order.length <= SMALL_CLUSTER && pods <= SMALL_GANG;
  const steps = options.improvementBudget ?? (isSmall ? Math.floor((IMPROVEMENT_STEPS * TINY_CLUSTER) / Math.max(TINY_CLUSTER, index.order.length)) : 0);
  if (steps === 0 && found.length === 1 && !isValued) return { placed: found[0]!, parts: NO_PARTS };
  const valued = found.map(placed => ({ placed, parts: Tally.of(index, gang, placed) }));
  const best = valued.reduce((one, other) => (compareParts(other.parts, one.parts) < 0 ? other : one));
  return steps > 0 ? improved(index, gang, scope, best, steps) : best;
}

function improved(index: ClusterIndex, gang: Gang, scope: Scope, best: Valued, steps: number): Valued {
  const trial = new Trial(index, gang);
  const placed = new Improver(trial, scope, new Budget(steps), best.parts).run();
  trial.rollback(0);
  return placed ? { placed, parts: Tally.of(index, gang, placed) } : best;
}

/** Where linked gangs wait, domains are compared by how many of those would still fit beside this one. */
function withRoomForKin(index: ClusterIndex, gang: Gang, question: PlacementQuestion, kin: Kin, budget: Budget): Valued | undefined {
  if (kin.waiting.length === 0 || kin.level < 0 || question.options?.lookAhead === false) return bestIn(index, gang, question, kin.base, budget);
  let best: Valued | undefined;
  for (const domain of domainsIn(index, kin.base, kin.level).slice(0, MOST_COMPARED)) {
    const scope = domainScope(index, kin.level, domain);
    const found = bestIn(index, gang, question, scope, budget, true);
    if (!found) continue;
    const trial = new Trial(index, gang);
    for (const { leaf, slot, count } of found.placed) trial.take(gang.leaves[leaf.index]!, slot, count);
    found.parts[new Tally(index, gang, true).unlinkedPart] = leftOut(index, kin.waiting, scope);
    trial.rollback(0);
    if (!best || compareParts(found.parts, best.parts) < 0) best = found;
  }
  return best ?? bestIn(index, gang, question, kin.base, budget);
}

function undecided(index: ClusterIndex, gang: Gang, base: Scope): PlacementResult {
  return { outcome: 'undecided', assignment: resultOf(index, greedy(index, gang, base)).assignment, victims: [], score: 0 };
}

function resultOf(index: ClusterIndex, placed: Placed): Pick<PlacementResult, 'assignment' | 'score'> {
  const assignment = placed.map(({ leaf, slot, count }) => ({ group: leaf.group.name, node: index.nodes[slot]!.name, count }))
    .sort((a, b) => (a.group === b.group ? order(a.node, b.node) : order(a.group, b.group)));
  const { domainOf } = index.levels[index.finest]!;
  const domains = new Set(placed.map(({ slot }) => (domainOf[slot]! >= 0 ? domainOf[slot]! : -1 - slot)));
  return { assignment, score: domains.size === 0 ? 1 : 1 / domains.size };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
