import type { Node, PackedPlacement, Pod, PodGang, PodGroup } from '../api';
import { hasNodeAffinity, matchesNodeAffinity } from './affinity';
import { isUsable, repellingTaints, toleratedTaints } from './nodes';
import { add, amounts, largestRequest, podRequest, subtract } from './resources';
import type { PlacementGroup, PlacementNode, PlacementProblem, PodDemand, Resources, RunningPod } from '../placement/problem';
import { isActive } from '../status/pods';

/** What placement has to know of a node besides the pods on it. */
export interface NodeRoom {
  readonly node: Node;
  readonly placement: PlacementNode;
}

export interface GangSituation {
  readonly gang: PodGang;
  /** The pods that the gang refers to and that are there, by name. */
  readonly pods: ReadonlyMap<string, Pod>;
  /** The node that a pod has, or is about to get. */
  readonly nodeOf: (pod: Pod) => string | undefined;
  readonly nodes: readonly NodeRoom[];
  /** What the pods on a node take together, this gang's included. */
  readonly used: (node: string) => Resources;
  /** Node labels of the topology's levels, broadest first. */
  readonly levels: readonly string[];
  /** Whether only the floors are wanted: surplus pods have to wait until every gang has had its turn. */
  readonly floorsOnly: boolean;
}

/** The node as placement sees it; undefined when no pod may be placed on it. */
export function nodeRoom(node: Node): NodeRoom | undefined {
  if (!isUsable(node)) return undefined;
  const { name = '', labels = {} } = node.metadata;
  return { node, placement: { name, domain: labels, allocatable: amounts(node.status?.allocatable), taints: repellingTaints(node), labels } };
}

/** The placement problem that a gang poses now: its tree of groups, and what its nodes have left. */
export function placementProblem(situation: GangSituation): PlacementProblem {
  const { gang } = situation;
  const running = gang.spec.podgroups.flatMap(group => boundMembers(situation, group));
  return {
    levels: levelsOf(situation),
    nodes: situation.nodes.map(room => freeNode(room, situation, running)),
    running,
    gang: gangTree(situation),
  };
}

/** The pods of a group that count: neither ended nor on their way out. */
export function activeMembers(group: PodGroup, pods: ReadonlyMap<string, Pod>): Pod[] {
  return group.podReferences.flatMap(({ name }) => pods.get(name) ?? []).filter(isActive);
}

function boundMembers({ pods, nodeOf }: GangSituation, group: PodGroup): RunningPod[] {
  return activeMembers(group, pods).flatMap(pod => {
    const node = nodeOf(pod);
    return node === undefined ? [] : [{ name: pod.metadata.name ?? '', node, request: podRequest(pod.spec), memberOf: group.name }];
  });
}

/** Levels of the topology, and of constraints that name a label which the topology lacks. */
function levelsOf({ gang, levels }: GangSituation): string[] {
  const { topologyConstraint, topologyConstraintGroupConfigs = [], podgroups } = gang.spec;
  const named = [{ topologyConstraint }, ...topologyConstraintGroupConfigs, ...podgroups]
    .flatMap(({ topologyConstraint: constraint }) => [constraint?.packConstraint?.required, constraint?.packConstraint?.preferred]);
  return [...new Set([...levels, ...named.flatMap(label => label ?? [])])];
}

function gangTree(situation: GangSituation): PlacementGroup {
  const { metadata, spec } = situation.gang;
  const configs = spec.topologyConstraintGroupConfigs ?? [];
  const grouped = new Set(configs.flatMap(({ podGroupNames }) => podGroupNames));
  const leaf = (group: PodGroup): PlacementGroup => ({ name: group.name, ...packing(group.topologyConstraint), pods: demand(group, situation) });
  return {
    name: metadata.name ?? '',
    ...packing(spec.topologyConstraint),
    groups: [
      ...configs.map(config => ({
        name: config.name,
        ...packing(config.topologyConstraint),
        groups: spec.podgroups.filter(({ name }) => config.podGroupNames.includes(name)).map(leaf),
      })),
      ...spec.podgroups.filter(({ name }) => !grouped.has(name)).map(leaf),
    ],
  };
}

function packing(constraint: PackedPlacement | undefined): Pick<PlacementGroup, 'required' | 'preferred'> {
  const { required, preferred } = constraint?.packConstraint ?? {};
  return { ...(required === undefined ? {} : { required }), ...(preferred === undefined ? {} : { preferred }) };
}

function demand(group: PodGroup, { pods, nodes, nodeOf, floorsOnly }: GangSituation): PodDemand {
  const members = activeMembers(group, pods);
  const bound = members.filter(pod => nodeOf(pod) !== undefined).length;
  const spec = example(members, nodeOf)?.spec;
  const taints = new Set(nodes.flatMap(({ placement }) => placement.taints ?? []));
  return {
    count: floorsOnly ? Math.max(group.minReplicas, bound) : Math.max(members.length, group.minReplicas),
    minCount: group.minReplicas,
    request: largestRequest(members),
    ...(spec ? { tolerations: toleratedTaints(spec, taints), nodeSelector: { ...spec.nodeSelector, ...eligibility(group, spec) } } : {}),
  };
}

/** A pod that stands for all of its group. One that has a node may be pinned to it, and would keep the others from all others. */
function example(members: readonly Pod[], nodeOf: GangSituation['nodeOf']): Pod | undefined {
  return members.find(pod => nodeOf(pod) === undefined) ?? members[0];
}

/** Node affinity is richer than a selector: nodes that satisfy it get a label of their own to be selected by. */
function eligibility(group: PodGroup, spec: Pod['spec']): Record<string, string> {
  return hasNodeAffinity(spec) ? { [eligibilityLabel(group)]: 'true' } : {};
}

function eligibilityLabel(group: PodGroup): string {
  return `eligible for ${group.name}`;
}

function freeNode({ node, placement }: NodeRoom, situation: GangSituation, running: readonly RunningPod[]): PlacementNode {
  const own = running.filter(pod => pod.node === placement.name).map(({ request }) => ({ ...request, pods: 1 })).reduce(add, {});
  const others = subtract(situation.used(placement.name), own);
  const allocatable = Object.fromEntries(Object.entries(placement.allocatable).map(([resource, value]) => [resource, value - (others[resource] ?? 0)]));
  const restricted = situation.gang.spec.podgroups.flatMap(group => {
    const pod = example(activeMembers(group, situation.pods), situation.nodeOf);
    return pod && hasNodeAffinity(pod.spec) && matchesNodeAffinity(pod.spec, node) ? [[eligibilityLabel(group), 'true']] : [];
  });
  return { ...placement, allocatable, ...(restricted.length > 0 ? { labels: { ...placement.labels, ...Object.fromEntries(restricted) } } : {}) };
}
