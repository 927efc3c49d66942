import { Budget } from './budget';
import type { ClusterIndex } from './cluster-index';
import { DomainSearch } from './domain-search';
import { Gang } from './gang';
import { HOST } from './level';
import type { LinkedGang, PlacementGroup, RunningPod } from './problem';
import { Scope, chosenScope, domainsIn, narrowed, wholeCluster } from './scope';
import { Trial } from './trial';

/** Steps to find out whether a gang would still fit. */
const LOOK_AHEAD_STEPS = 200;

/** What gangs of the same replica mean for the one to be placed: where it has to be, and who should still fit there. */
export interface Kin {
  /** Nodes that the gang is held to. */
  readonly base: Scope;
  /** Gangs that are not placed yet, and the level whose domain they share with this one; -1 when there is none. */
  readonly waiting: readonly PlacementGroup[];
  readonly level: number;
}

export function kinOf(index: ClusterIndex, gang: PlacementGroup, linked: readonly (string | LinkedGang)[], running: readonly RunningPod[]): Kin {
  let base = wholeCluster(index);
  let level = levelOf(index, gang.required);
  const waiting: PlacementGroup[] = [];
  for (const given of linked) {
    const kin: LinkedGang = typeof given === 'string' ? { name: given } : given;
    const shared = kin.required ?? gang.required;
    const pods = running.filter(pod => belongsTo(pod, kin));
    const homes = homesOf(index, kin, shared, pods);
    for (const home of homes) base = common(index, base, home.level, home.domain);
    base = within(index, base, kin.domain);
    if (homes.length > 0 || pods.length > 0 || kin.domain || kin.nodes || (!kin.groups && !kin.pods)) continue;
    waiting.push({ ...kin, name: kin.name });
    if (kin.required !== undefined) level = Math.min(level < 0 ? Infinity : level, levelOf(index, kin.required));
  }
  return { base, waiting, level: level < 0 ? -1 : level };
}

/** How many of the waiting gangs would find no room in the scope any more, each placed beside those before it. */
export function leftOut(index: ClusterIndex, waiting: readonly PlacementGroup[], scope: Scope): number {
  const [first, ...others] = waiting;
  if (!first) return 0;
  const gang = new Gang(index, first, []);
  const trial = new Trial(index, gang);
  const fits = new DomainSearch(trial, new Budget(LOOK_AHEAD_STEPS), 'ignore', scope).run(() => true);
  const more = leftOut(index, others, scope);
  trial.rollback(0);
  return more + (fits ? 0 : 1);
}

function homesOf(
  index: ClusterIndex, { nodes = [] }: LinkedGang, shared: string | undefined, pods: readonly RunningPod[],
): { level: number; domain: number }[] {
  const level = levelOf(index, shared);
  if (level < 0) return [];
  const slots = new Set([...nodes, ...pods.map(({ node }) => node)].flatMap(node => index.slotOf(node) ?? []));
  return [...new Set([...slots].map(slot => index.levels[level]!.domainOf[slot]!))].map(domain => ({ level, domain }));
}

/** What the scope and the domain have in common. */
function common(index: ClusterIndex, scope: Scope, level: number, domain: number): Scope {
  return domainsIn(index, scope, level).includes(domain) ? narrowed(index, scope, level, domain) : chosenScope([]);
}

/** The part of the scope that goes by the given names; several domains where a name is used in several places. */
function within(index: ClusterIndex, base: Scope, domain: LinkedGang['domain'] = {}): Scope {
  let scope = base;
  for (const [name, value] of Object.entries(domain)) {
    const level = levelOf(index, name);
    if (level < 0) continue;
    const found = index.levels[level]!.withValue(value);
    const [only] = found;
    const isNamed = (slot: number) => found.includes(index.levels[level]!.domainOf[slot]!);
    scope = found.length === 1 ? common(index, scope, level, only!) : chosenScope(scope.members.filter(isNamed));
  }
  return scope;
}

function belongsTo({ unit, memberOf }: RunningPod, kin: LinkedGang): boolean {
  return unit === kin.name || (memberOf !== undefined && namesOf(kin).includes(memberOf));
}

function namesOf({ name, groups = [] }: Pick<PlacementGroup, 'name' | 'groups'>): string[] {
  return [name, ...groups.flatMap(namesOf)];
}

function levelOf(index: ClusterIndex, name: string | undefined): number {
  return name === HOST ? index.levels.length - 1 : index.levels.findIndex(level => level.name === name);
}
