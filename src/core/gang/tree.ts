import type { PackedPlacement, Pod, PodGang, PodGroup, PodSpec } from '../api';
import { requiredNodeTerms } from './affinity';
import { toleratedTaints } from './nodes';
import { withNvlinkDomains } from './nvlink-domains';
import { largestRequest } from './resources';
import { computeDomainKey } from './running';
import type { NodeDemand } from '../placement/node-filter';
import type { PlacementGroup, PodDemand } from '../placement/problem';
import { isActive } from '../status/pods';
import { levelOfLabel } from '../topology/levels';

/** A gang and those of its pods that are there. */
export interface GangWithPods {
  readonly gang: PodGang;
  /** By name. */
  readonly pods: ReadonlyMap<string, Pod>;
  /** What pods of a group will be like while there are none, by the group's name. */
  readonly templateOf?: (group: string) => PodSpec | undefined;
}

/** What a gang's tree depends on besides the gang. */
export interface TreeContext {
  /** The node that a pod has, or is about to get. */
  readonly nodeOf: (pod: Pod) => string | undefined;
  /** Whether only the floors are wanted: surplus pods have to wait until every gang has had its turn. */
  readonly floorsOnly: boolean;
  /** Taints that nodes have, in the text form. */
  readonly taints: readonly string[];
  /** Nodes that get no more pods of the gang. */
  readonly avoided?: readonly string[];
  /** What NVLink connects; undefined where no node tells. */
  readonly nvlink?: NvlinkDomains | undefined;
  /** Name of the gang's topology. */
  readonly topology?: string | undefined;
}

export interface NvlinkDomains {
  /** Node label whose values are the domains. */
  readonly label: string;
  /** GPUs of the largest one, of nodes that pods of these kinds may use. */
  readonly gpus: (demands: readonly NodeDemand[]) => number;
  /** Where the pods of a ComputeDomain are that are not in this gang, and their GPUs. */
  readonly inUse: (computeDomain: string) => { readonly domains: readonly string[]; readonly gpus: number };
}

/** The pods of a group that count: neither ended nor on their way out. */
export function activeMembers(group: PodGroup, pods: ReadonlyMap<string, Pod>): Pod[] {
  return group.podReferences.flatMap(({ name }) => pods.get(name) ?? []).filter(isActive);
}

/** Node labels that the gang's constraints name. */
export function namedLabels({ spec }: PodGang): string[] {
  const { topologyConstraint, topologyConstraintGroupConfigs = [], podgroups } = spec;
  const constraints = [{ topologyConstraint }, ...topologyConstraintGroupConfigs, ...podgroups].map(scope => scope.topologyConstraint?.packConstraint);
  return [...new Set(constraints.flatMap(constraint => [constraint?.required, constraint?.preferred]).flatMap(label => label ?? []))];
}

/** The gang as placement takes it: its groups, what they ask for and where they have to be together. */
export function gangTree(of: GangWithPods, name: string, context: TreeContext): PlacementGroup {
  const { spec } = of.gang;
  const configs = spec.topologyConstraintGroupConfigs ?? [];
  const grouped = new Set(configs.flatMap(({ podGroupNames }) => podGroupNames));
  const leaf = (group: PodGroup) => leafOf(of, group, context);
  const tree = {
    name,
    ...packing(spec.topologyConstraint),
    ...(context.topology === undefined ? {} : { topology: context.topology }),
    groups: [
      ...configs.map(config => ({
        name: config.name,
        ...packing(config.topologyConstraint),
        groups: spec.podgroups.filter(({ name: group }) => config.podGroupNames.includes(group)).map(leaf),
      })),
      ...spec.podgroups.filter(({ name: group }) => !grouped.has(group)).map(leaf),
    ],
  };
  return context.nvlink ? withNvlinkDomains(tree, context.nvlink) : tree;
}

function packing(constraint: PackedPlacement | undefined): Pick<PlacementGroup, 'required' | 'preferred'> {
  const { required, preferred } = constraint?.packConstraint ?? {};
  return {
    ...(required === undefined ? {} : { required: levelOfLabel(required) }),
    ...(preferred === undefined ? {} : { preferred: levelOfLabel(preferred) }),
  };
}

function leafOf({ gang, pods, templateOf }: GangWithPods, group: PodGroup, context: TreeContext): PlacementGroup {
  const members = activeMembers(group, pods);
  const spec = example(members, context.nodeOf)?.spec ?? templateOf?.(group.name);
  const computeDomain = spec && computeDomainKey(gang, { spec });
  return {
    name: group.name,
    ...packing(group.topologyConstraint),
    ...(computeDomain === undefined ? {} : { mnnvlGroup: computeDomain }),
    pods: demand(group, members, spec, context),
  };
}

function demand({ minReplicas }: PodGroup, members: readonly Pod[], spec: PodSpec | undefined, context: TreeContext): PodDemand {
  const { nodeOf, floorsOnly } = context;
  const bound = members.filter(pod => nodeOf(pod) !== undefined).length;
  return {
    count: floorsOnly ? Math.max(minReplicas, bound) : Math.max(members.length, minReplicas),
    minCount: minReplicas,
    request: largestRequest(members.length > 0 || !spec ? members.map(pod => pod.spec) : [spec]),
    ...nodeDemand(spec, context),
  };
}

/** What pods like that ask of a node besides room. */
export function nodeDemand(spec: PodSpec | undefined, { taints, avoided }: Pick<TreeContext, 'taints' | 'avoided'>): NodeDemand {
  const nodeAffinity = requiredNodeTerms(spec ?? { containers: [] }, avoided);
  return {
    ...(spec ? { tolerations: toleratedTaints(spec, taints), nodeSelector: spec.nodeSelector ?? {} } : {}),
    ...(nodeAffinity ? { nodeAffinity } : {}),
  };
}

/** A pod that stands for all of its group. One that has a node may be pinned to it, and would keep the others from all others. */
function example(members: readonly Pod[], nodeOf: TreeContext['nodeOf']): Pod | undefined {
  return members.find(pod => nodeOf(pod) === undefined) ?? members[0];
}
