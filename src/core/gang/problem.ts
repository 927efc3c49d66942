import type { Pod } from '../api';
import { GangPriority } from './priority';
import { namespacedName, runningPod } from './running';
import { GangWithPods, TreeContext, activeMembers, gangTree } from './tree';
import type { PlacementQuestion } from '../placement/place';
import type { LinkedGang, PlacementGroup, RunningPod } from '../placement/problem';
import type { Assignment } from '../placement/result';
import { levelOfLabel } from '../topology/levels';

/** Scaled gangs that are declared and wait: so many are thought of when their base gang is placed. */
const MOST_AHEAD = 8;

export interface GangSituation extends GangWithPods, TreeContext {
  readonly priority: GangPriority;
  /** The base gang of a scaled one. */
  readonly base?: GangWithPods | undefined;
  /** The scaled gangs of a base gang. */
  readonly scaled?: readonly GangWithPods[];
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

/** All gangs of a replica stay in the domain that its base gang requires as a whole, though they are admitted one by one (spec 05 §2). */
function kin(situation: GangSituation, isNew: boolean): { linkedGangs: LinkedGang[]; kinMembers: RunningPod[] } {
  const { gang, base, scaled = [] } = situation;
  const label = (base?.gang ?? gang).spec.topologyConstraint?.packConstraint?.required;
  if (label === undefined) return { linkedGangs: [], kinMembers: [] };
  const required = levelOfLabel(label);
  const relatives = [...(base ? [base] : []), ...scaled].map(of => ({ of, name: gangName(of), members: boundOf(of, situation) }));
  const placed = relatives.filter(({ members }) => members.length > 0);
  const waiting = isNew && situation.floorsOnly ? relatives.filter(({ of, members }) => of !== base && members.length === 0).slice(0, MOST_AHEAD) : [];
  return {
    linkedGangs: [
      ...placed.map(({ name }) => ({ name, required })),
      ...waiting.map(({ of, name }) => ({ name, required, groups: [gangTree(of, `${name} itself`, { ...situation, floorsOnly: true })] })),
    ],
    kinMembers: placed.flatMap(({ members }) => members),
  };
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
