import { Budget } from './budget';
import type { ClusterIndex } from './cluster-index';
import { DomainSearch } from './domain-search';
import { Gang, Group, NONE } from './gang';
import type { Placed } from './improver';
import type { PlacementQuestion } from './place';
import { attempt } from './placing';
import type { PlacementGroup, Resources } from './problem';
import type { NearestChange, PendingReason } from './result';
import { Scope, domainsIn, narrowed } from './scope';
import { Trial } from './trial';
import { whoWouldHaveToLeave } from './victims';

/** Steps to find out whether a part of the gang, or the gang with one wish less, would fit: so many for so many nodes, and fewer for more. */
const CHECK_STEPS = 2_000;
const CHECK_NODES = 500;
const LEAST_STEPS = 100;
/** Steps to find out in how few domains. */
const FEW_STEPS = 200;
/** More pods than these are nobody's idea of a small change. */
const FEW_PODS = 4;
/** Looking for pods that would have to leave is for domains of a size that people can look through. */
const MANY_PODS = 500;

/** Why a gang cannot be placed: of the narrowest group that does not even fit alone, or else of the gang as a whole. */
export function pendingReason(index: ClusterIndex, gang: Gang, question: PlacementQuestion, base: Scope): PendingReason {
  const steps = Math.max(LEAST_STEPS, Math.min(CHECK_STEPS, Math.floor((CHECK_STEPS * CHECK_NODES) / index.order.length)));
  const tree = narrowestMisfit(index, question, question.gang, base, steps) ?? question.gang;
  const culprit = gang.groups.find(({ name }) => name === tree.name) ?? gang.root;
  const level = culprit.required >= 0 ? culprit.required : NONE;
  const { best, needed } = closest(index, culprit, base, level);
  const nearest = nearestChange(index, gang, question, base, steps, culprit, best, needed);
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

/** Places for pods are told of only where they are what is missing, or where the pods ask for nothing else. */
function closest(index: ClusterIndex, culprit: Group, base: Scope, level: number): { readonly best: Best | undefined; readonly needed: Resources } {
  const needed = neededBy(index, culprit);
  const best = bestOf(index, culprit, base, level, needed);
  const pods = culprit.leaves.reduce((sum, { need }) => sum + need, 0);
  const places = best?.scope.members.reduce((sum, slot) => sum + (mayTake(index, culprit, slot) ? Math.max(0, index.free[0]![slot]!) : 0), 0) ?? Infinity;
  if (!best || 'pods' in needed || (places >= pods && Object.keys(needed).length > 0)) return { best, needed };
  return { best: { ...best, available: { ...best.available, pods: places } }, needed: { ...needed, pods } };
}

/** The gang as a whole is known not to fit; parts of it are asked, the innermost first. */
function narrowestMisfit(index: ClusterIndex, question: PlacementQuestion, group: PlacementGroup, base: Scope, steps: number): PlacementGroup | undefined {
  for (const child of [...group.groups ?? []].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const part = inherited(child, group);
    const found = narrowestMisfit(index, question, part, base, steps);
    if (found) return found;
    if (part.required !== undefined && !fits(index, { ...question, gang: part }, base, steps)) return part;
  }
  return undefined;
}

/** A part of the gang taken by itself keeps what its parents said of it. */
function inherited(child: PlacementGroup, { topology, mnnvlGroup }: PlacementGroup): PlacementGroup {
  return { ...(topology === undefined ? {} : { topology }), ...(mnnvlGroup === undefined ? {} : { mnnvlGroup }), ...child };
}

/** Whether it fits as far as a short search can tell; where it cannot, it is given the benefit of the doubt. */
function fits(index: ClusterIndex, { gang: tree, members }: PlacementQuestion, base: Scope, steps: number): boolean {
  const gang = new Gang(index, tree, members);
  const trial = new Trial(index, gang);
  const budget = new Budget(steps);
  const found = new DomainSearch(trial, budget, 'ignore', base).run(() => true);
  trial.rollback(0);
  gang.release();
  return found || budget.exhausted;
}

function neededBy({ resources }: ClusterIndex, { leaves }: Group): Resources {
  const needed: Record<string, number> = Object.create(null);
  for (const { need, pods, rooms: { demand } } of leaves) {
    demand.resources.forEach((resource, at) => {
      const name = resources[resource]!;
      if (name in pods.request) needed[name] = (needed[name] ?? 0) + need * demand.amounts[at]!;
    });
  }
  return needed;
}

/** The domain that holds the largest share of what the group needs, on nodes that may take its pods; undefined when no node may. */
function bestOf(index: ClusterIndex, culprit: Group, base: Scope, level: number, needed: Resources): Best | undefined {
  if (level === NONE) return judged(index, culprit, base, level, needed);
  const shareOf = (domain: number) => Math.min(...Object.keys(needed).map(name => ratio(index.freeIn[level]![index.resource(name)]![domain]!, needed[name]!)));
  const ranked = domainsIn(index, base, level).map((domain, at) => ({ domain, at, atMost: shareOf(domain) }))
    .filter(({ domain }) => culprit.pin === NONE || culprit.pin === domain).sort((a, b) => b.atMost - a.atMost || a.at - b.at);
  let best: (Judged & { readonly at: number }) | undefined;
  for (const { domain, at, atMost } of ranked) {
    if (best && best.share > atMost) break;
    if (best && best.share === atMost && best.at < at) continue;
    const found = judged(index, culprit, narrowed(index, base, level, domain), level, needed);
    if (found && (!best || found.share > best.share || (found.share === best.share && at < best.at))) best = { ...found, at };
  }
  return best;
}

interface Judged extends Best {
  readonly share: number;
}

/** What nodes of the scope that may take the group's pods have free; undefined when there are no such nodes. */
function judged(index: ClusterIndex, culprit: Group, scope: Scope, level: number, needed: Resources): Judged | undefined {
  const names = Object.keys(needed);
  const columns = names.map(name => index.free[index.resource(name)]!);
  const sums = names.map(() => 0);
  let some = -1;
  for (const slot of scope.members) {
    if (!mayTake(index, culprit, slot)) continue;
    some = slot;
    if (index.free[0]![slot]! < 1) continue;
    for (let at = 0; at < columns.length; at += 1) sums[at]! += Math.max(0, columns[at]![slot]!);
  }
  if (some < 0) return undefined;
  const share = Math.min(...names.map((name, at) => ratio(sums[at]!, needed[name]!)));
  return { scope, share, name: nameOf(index, some, level), available: Object.fromEntries(names.map((name, at) => [name, sums[at]!])) };
}

function ratio(available: number, needed: number): number {
  return needed === 0 ? 1 : available / needed;
}

/** Whether a node may take a pod of the group, whatever room it has. */
function mayTake(index: ClusterIndex, { leaves }: Group, slot: number): boolean {
  const owner = index.owner[slot]!;
  return leaves.some(({ need, rooms: { demand: { filter, claim } } }) => need > 0 && filter.admits(slot) && (claim < 0 || owner === -1 || owner === claim));
}

function nameOf({ nodes, levels }: ClusterIndex, slot: number, level: number): string {
  return level === NONE ? 'the cluster' : levels[level]!.valueOf(nodes[slot]!)!;
}

function nearestChange(
  index: ClusterIndex, gang: Gang, question: PlacementQuestion, base: Scope, steps: number, culprit: Group, best: Best | undefined, needed: Resources,
): NearestChange | undefined {
  return ifPreferred(index, gang, question, base, steps, culprit) ?? (best && (ifTheyLeft(index, gang, question, best) ?? missingRoom(best, needed)));
}

/** The culprit's requirement first; where it fits alone, the requirement of any group, broad ones first. */
function ifPreferred(
  index: ClusterIndex, gang: Gang, question: PlacementQuestion, base: Scope, steps: number, culprit: Group,
): NearestChange | undefined {
  const relaxable = culprit.required === NONE ? gang.groups.filter(({ required }) => required >= 0) : [culprit];
  for (const { name, required } of relaxable) {
    if (required < 0) continue;
    const tree = withoutRequired(question.gang, name);
    const wanting = new Gang(index, tree, question.members);
    const tryTo = (preferences: 'few' | 'ignore', most: number) =>
      attempt(index, wanting, tree, question.members, base, { isFull: false, preferences, budget: new Budget(most) });
    const group = wanting.groups.find(one => one.name === name)!;
    const any = tryTo('ignore', steps);
    const domains = any && usedBy(index, group, required, any);
    const few = domains !== undefined && domains > 2 ? tryTo('few', Math.min(steps, FEW_STEPS)) : undefined;
    wanting.release();
    if (domains !== undefined) return { kind: 'prefer', group: name, level: index.levels[required]!.name, domains: few ? Math.min(domains, usedBy(index, group, required, few)) : domains };
  }
  return undefined;
}

/** Domains of the level that the group's pods use, old and new. */
function usedBy(index: ClusterIndex, { leaves }: Group, level: number, placed: Placed): number {
  const { domainOf } = index.levels[level]!;
  const fresh = placed.filter(({ leaf }) => leaves.some(one => one.index === leaf.index)).map(({ slot }) => slot);
  return new Set([...fresh, ...leaves.flatMap(({ members }) => members)].map(slot => (domainOf[slot]! < 0 ? -1 - slot : domainOf[slot]!))).size;
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
  const missing = Object.entries(needed).map(([resource, amount]) => [resource, amount - (available[resource] ?? 0)] as const)
    .filter(([, amount]) => amount > 0);
  return missing.length > 0 ? { kind: 'room', domain: name, missing: Object.fromEntries(missing) } : undefined;
}
