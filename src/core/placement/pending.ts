import { Budget } from './budget';
import type { ClusterIndex } from './cluster-index';
import { DomainSearch } from './domain-search';
import { Gang, Group, NONE } from './gang';
import { PlacementQuestion, bestIn } from './place';
import type { PlacementGroup, Resources } from './problem';
import type { NearestChange, PendingReason } from './result';
import { Scope, domainsIn, narrowed } from './scope';
import { Trial } from './trial';
import { whoWouldHaveToLeave } from './victims';

/** Steps to find out whether a part of the gang, or the gang with one wish less, would fit. */
const CHECK_STEPS = 2_000;
/** More pods than these are nobody's idea of a small change. */
const FEW_PODS = 4;
/** Looking for pods that would have to leave is for domains of a size that people can look through. */
const MANY_PODS = 500;

/** Why a gang cannot be placed: of the narrowest group that does not even fit alone, or else of the gang as a whole. */
export function pendingReason(index: ClusterIndex, gang: Gang, question: PlacementQuestion, base: Scope): PendingReason {
  const tree = narrowestMisfit(index, question, question.gang, base) ?? question.gang;
  const culprit = gang.groups.find(({ name }) => name === tree.name) ?? gang.root;
  const needed = neededBy(index, culprit);
  const level = culprit.required >= 0 ? culprit.required : NONE;
  const scopes = level === NONE ? [base] : domainsIn(index, base, level).filter(domain => culprit.pin === NONE || culprit.pin === domain).map(domain => narrowed(index, base, level, domain));
  const best = scopes.map(scope => ({ scope, usable: usable(index, culprit, scope) })).filter(({ usable: { length } }) => length > 0)
    .map(({ scope, usable: nodes }) => ({ scope, name: nameOf(index, nodes[0]!, level), available: availableOn(index, nodes, Object.keys(needed)) }))
    .reduce((one, other) => (one && fulfilment(one.available, needed) >= fulfilment(other.available, needed) ? one : other), undefined as Best | undefined);
  const nearest = best && nearestChange(index, gang, question, base, culprit, best, needed);
  return {
    group: culprit.name,
    ...(tree.required === undefined ? {} : { level: tree.required }),
    ...(best ? { bestDomain: best.name } : {}),
    needed,
    available: best?.available ?? {},
    ...(nearest ? { nearest } : {}),
  };
}

/** The domain that comes closest. */
interface Best {
  readonly scope: Scope;
  readonly name: string;
  readonly available: Resources;
}

function narrowestMisfit(index: ClusterIndex, question: PlacementQuestion, group: PlacementGroup, base: Scope): PlacementGroup | undefined {
  for (const child of [...group.groups ?? []].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const found = narrowestMisfit(index, question, inherited(child, group), base);
    if (found) return found;
  }
  return group.required !== undefined && !fits(index, { ...question, gang: group }, base) ? group : undefined;
}

/** A part of the gang taken by itself keeps what its parents said of it. */
function inherited(child: PlacementGroup, { topology, mnnvlGroup }: PlacementGroup): PlacementGroup {
  return { ...(topology === undefined ? {} : { topology }), ...(mnnvlGroup === undefined ? {} : { mnnvlGroup }), ...child };
}

/** Whether it fits as far as a short search can tell; where it cannot, it is given the benefit of the doubt. */
function fits(index: ClusterIndex, { gang: tree, members }: PlacementQuestion, base: Scope): boolean {
  const gang = new Gang(index, tree, members);
  const trial = new Trial(index, gang);
  const budget = new Budget(CHECK_STEPS);
  const found = new DomainSearch(trial, budget, 'ignore', base).run(() => true);
  trial.rollback(0);
  gang.release();
  return found || budget.exhausted;
}

function neededBy({ resources }: ClusterIndex, { leaves }: Group): Resources {
  const needed: Record<string, number> = {};
  for (const { need, pods, rooms: { demand } } of leaves) {
    demand.resources.forEach((resource, at) => {
      const name = resources[resource]!;
      if (name in pods.request) needed[name] = (needed[name] ?? 0) + need * demand.amounts[at]!;
    });
  }
  return needed;
}

/** Nodes that may take a pod of the group, whatever room they have. */
function usable(index: ClusterIndex, { leaves }: Group, { members }: Scope): number[] {
  return members.filter(slot => leaves.some(({ rooms: { demand } }) =>
    demand.filter.admits(slot) && (demand.claim < 0 || index.owner[slot] === -1 || index.owner[slot] === demand.claim) && index.free[0]![slot]! >= 1));
}

function availableOn(index: ClusterIndex, nodes: readonly number[], names: readonly string[]): Resources {
  return Object.fromEntries(names.map(name => [name, nodes.reduce((sum, slot) => sum + Math.max(0, index.free[index.resource(name)]![slot]!), 0)]));
}

function nameOf({ nodes, levels }: ClusterIndex, slot: number, level: number): string {
  return level === NONE ? 'the cluster' : levels[level]!.valueOf(nodes[slot]!)!;
}

/** The share of the scarcest resource that is there. */
function fulfilment(available: Resources, needed: Resources): number {
  return Math.min(...Object.entries(needed).map(([resource, amount]) => (amount === 0 ? 1 : (available[resource] ?? 0) / amount)));
}

function nearestChange(
  index: ClusterIndex, gang: Gang, question: PlacementQuestion, base: Scope, culprit: Group, best: Best, needed: Resources,
): NearestChange | undefined {
  return ifPreferred(index, gang, question, base, culprit) ?? ifTheyLeft(index, gang, question, best) ?? missingRoom(best, needed);
}

/** The culprit's requirement first; where it fits alone, the requirement of any group, broad ones first. */
function ifPreferred(index: ClusterIndex, gang: Gang, question: PlacementQuestion, base: Scope, culprit: Group): NearestChange | undefined {
  const relaxable = culprit.required === NONE ? gang.groups.filter(({ required }) => required >= 0) : [culprit];
  for (const { name, required } of relaxable) {
    if (required < 0) continue;
    const relaxed = { ...question, gang: withoutRequired(question.gang, name), options: { ...question.options, improvementBudget: 0 } };
    const wanting = new Gang(index, relaxed.gang, question.members);
    const found = bestIn(index, wanting, relaxed, base, new Budget(CHECK_STEPS));
    wanting.release();
    if (!found) continue;
    const { domainOf, name: level } = index.levels[required]!;
    const group = wanting.groups.find(one => one.name === name)!;
    const slots = [...found.placed.filter(({ leaf }) => group.leaves.some(one => one.index === leaf.index)).map(({ slot }) => slot), ...group.leaves.flatMap(({ members }) => members)];
    return { kind: 'prefer', group: name, level, domains: new Set(slots.map(slot => domainOf[slot]!)).size };
  }
  return undefined;
}

function withoutRequired(tree: PlacementGroup, name: string): PlacementGroup {
  const { required, ...rest } = tree;
  if (tree.name === name && required !== undefined) return { ...rest, preferred: required };
  return tree.groups ? { ...tree, groups: tree.groups.map(group => withoutRequired(group, name)) } : tree;
}

function ifTheyLeft(index: ClusterIndex, gang: Gang, question: PlacementQuestion, { scope, name }: Best): NearestChange | undefined {
  if (index.pods.size > MANY_PODS || scope.members.length > MANY_PODS) return undefined;
  const pods = whoWouldHaveToLeave(index, gang, question, scope);
  return pods && pods.length > 0 && pods.length <= FEW_PODS ? { kind: 'leave', domain: name, pods } : undefined;
}

function missingRoom({ name, available }: Best, needed: Resources): NearestChange | undefined {
  const missing = Object.entries(needed).map(([resource, amount]) => [resource, amount - (available[resource] ?? 0)] as const).filter(([, amount]) => amount > 0);
  return missing.length > 0 ? { kind: 'room', domain: name, missing: Object.fromEntries(missing) } : undefined;
}
