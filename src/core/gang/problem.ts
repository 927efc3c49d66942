import type { Pod, PodGang, PodSpec } from '../api';
import { GangPriority } from './priority';
import { add, podRequest } from './resources';
import { namespacedName, runningPod } from './running';
import { GangWithPods, TreeContext, activeMembers, gangTree, nodeDemand } from './tree';
import type { NodeDemand } from '../placement/node-filter';
import type { PlacementQuestion } from '../placement/place';
import type { LinkedGang, PlacementGroup, Resources, RunningPod } from '../placement/problem';
import type { Assignment } from '../placement/result';
import { levelOfLabel } from '../topology/levels';

/** Scaled gangs that are declared and wait: so many are thought of when their base gang is placed. */
const MOST_AHEAD = 8;

export interface GangSituation extends GangWithPods, TreeContext {
  readonly priority: GangPriority;
  /** The base gang of a scaled one. */
  readonly base?: GangWithPods | undefined;
  /** The scaled gangs of a base gang, those included that are not made yet. */
  readonly scaled?: readonly GangWithPods[];
  /** What the minima of all gangs of the replica ask for; absent when nothing has to hold them together. */
  readonly family?: FamilyDemand | undefined;
  readonly domains: Domains;
}

/** What the minima of several gangs ask for. */
export interface FamilyDemand {
  /** What they take together. */
  readonly floors: Resources;
  /** The kinds of pods that they have. */
  readonly specs: readonly PodSpec[];
}

/** The domains that nodes are in by their labels. */
export interface Domains {
  /** The node's value of the label. */
  readonly of: (node: string, label: string) => string | undefined;
  /** What each domain could hold if nothing were on its nodes and none were closed, of which only those count that pods of one of these kinds may use. */
  readonly capacities: (label: string, demands: readonly NodeDemand[]) => readonly Resources[];
}

/** What placement is asked about a gang: its tree, its pods that have nodes, and the gangs that it shares a domain with. */
export function placementQuestion(situation: GangSituation): PlacementQuestion {
  const { gang, pods, floorsOnly, priority } = situation;
  const members = gang.spec.podgroups.flatMap(group => bound(activeMembers(group, pods), situation).map(pod => ({ ...pod, memberOf: group.name })));
  const { linkedGangs, kinMembers } = kin(situation, members.length === 0);
  return {
    gang: { ...gangTree(situation, gang.metadata.name ?? '', situation), priority: priority.value },
    members: [...members, ...kinMembers],
    linkedGangs,
    options: { preemption: floorsOnly && priority.mayPreempt },
  };
}

/** Pseudo-pods that keep the room of a placement for its gang until the pods that have to leave it have left. */
export function holds(tree: PlacementGroup, assignment: readonly Assignment[], keeper: string): RunningPod[] {
  return assignment.map(({ group, node, count }) => {
    const leaf = leafNamed(tree, group);
    const request = Object.fromEntries(Object.entries({ pods: 1, ...leaf?.pods?.request }).map(([resource, amount]) => [resource, amount * count]));
    return {
      name: `${keeper}/${group}/${node}`,
      node,
      request,
      priority: tree.priority ?? 0,
      unit: keeper,
      ...(leaf?.mnnvlGroup === undefined ? {} : { mnnvlGroup: leaf.mnnvlGroup }),
    };
  });
}

/**
 * All gangs of a replica stay in the domain that its base gang requires as a whole, though they are admitted one by one. Where no domain could ever
 * hold them all, each has one of its own.
 */
function kin(situation: GangSituation, isNew: boolean): { linkedGangs: LinkedGang[]; kinMembers: RunningPod[] } {
  const { gang, base, scaled = [], family, domains } = situation;
  const alone = { linkedGangs: [], kinMembers: [] };
  const label = (base?.gang ?? gang).spec.topologyConstraint?.packConstraint?.required;
  if (label === undefined || !family) return alone;
  const demands = family.specs.map(spec => nodeDemand(spec, situation));
  if (!domains.capacities(label, demands).some(capacity => holdsAll(capacity, family.floors))) return alone;
  const relatives = (base ? [base] : scaled).map(of => ({ of, name: gangName(of), members: boundOf(of, situation) }));
  const placed = relatives.filter(({ members }) => members.length > 0);
  const kinMembers = placed.flatMap(({ members }) => members);
  if (new Set(kinMembers.map(({ node }) => domains.of(node, label))).size > 1) return alone;
  const waiting = isNew && !base && situation.floorsOnly ? relatives.filter(({ members }) => members.length === 0).slice(0, MOST_AHEAD) : [];
  const required = levelOfLabel(label);
  return {
    linkedGangs: [
      ...placed.map(({ name }) => ({ name, required })),
      ...waiting.map(({ of, name }) => ({ name, required, groups: [gangTree(of, `${name} itself`, { ...situation, floorsOnly: true })] })),
    ],
    kinMembers,
  };
}

function holdsAll(capacity: Resources, needed: Resources): boolean {
  return Object.entries(needed).every(([resource, amount]) => amount <= (capacity[resource] ?? 0));
}

/** What the minima of the gangs' groups ask for. */
export function familyDemand(gangs: readonly PodGang[], templateOf: (gang: PodGang, group: string) => PodSpec | undefined): FamilyDemand {
  const groups = gangs.flatMap(gang => gang.spec.podgroups.flatMap(({ name, minReplicas }) => {
    const spec = templateOf(gang, name);
    return spec ? [{ spec, minReplicas }] : [];
  }));
  const floors = groups.map(({ spec, minReplicas }) =>
    Object.fromEntries(Object.entries(podRequest(spec)).map(([resource, amount]) => [resource, amount * minReplicas])));
  return { floors: floors.reduce(add, {}), specs: [...new Set(groups.map(({ spec }) => spec))] };
}

function gangName({ gang }: GangWithPods): string {
  return namespacedName(gang, gang.metadata.name ?? '');
}

function boundOf({ gang, pods }: GangWithPods, situation: GangSituation): RunningPod[] {
  return bound(gang.spec.podgroups.flatMap(group => activeMembers(group, pods)), situation);
}

function bound(pods: readonly Pod[], { nodeOf, priority }: GangSituation): RunningPod[] {
  return pods.flatMap(pod => {
    const node = nodeOf(pod);
    return node === undefined ? [] : [runningPod(pod, node, priority.value)];
  });
}

function leafNamed(tree: PlacementGroup, name: string): PlacementGroup | undefined {
  if (tree.pods) return tree.name === name ? tree : undefined;
  for (const group of tree.groups ?? []) {
    const found = leafNamed(group, name);
    if (found) return found;
  }
  return undefined;
}
