import type { PlacementGroup, PlacementNode, PlacementProblem, PodDemand, RunningPod } from '../../../../src/core';

/** One problem, why it is asked, and what any right answer shows. */
export interface PlacementCase {
  readonly id: string;
  readonly because: string;
  readonly problem: PlacementProblem;
  readonly expect: Facts;
}

export interface Facts {
  readonly outcome: 'placed' | 'placed-with-preemption' | 'pending' | 'undecided';
  /** Groups all of whose pods, running members included, are in one domain of the level. */
  readonly sameDomain?: Readonly<Record<string, string>>;
  /** Where a group's new pods are: values of the level, all of them. */
  readonly in?: readonly { readonly group: string; readonly level: string; readonly values: readonly string[] }[];
  /** In how many domains of the level a group's new pods are. */
  readonly domains?: readonly { readonly group: string; readonly level: string; readonly count: number }[];
  /** New pods by group. */
  readonly pods?: Readonly<Record<string, number>>;
  /** New pods of the whole gang by domain of the level, in descending order: `[16, 16]` is an even split. */
  readonly split?: { readonly level: string; readonly pods: readonly number[] };
  readonly nodes?: readonly string[];
  /** Domains of the level of which no new pod uses a node. */
  readonly untouched?: { readonly level: string; readonly values: readonly string[] };
  readonly victims?: readonly string[];
  readonly victimCount?: number;
  readonly reason?: object;
  readonly sentence?: string;
}

type Extra<T> = Partial<T>;

/** Nodes of one narrowest domain, called after its value: `node('r1', [8, 4])` are r1-0 with 8 GPUs and r1-1 with 4. */
export function rack(name: string, gpus: readonly number[], domain: Readonly<Record<string, string>> = {}, extra: Extra<PlacementNode> = {}): PlacementNode[] {
  return gpus.map((gpu, at) => ({ name: `${name}-${at}`, domain: { rack: name, ...domain }, allocatable: { gpu }, ...extra }));
}

/** So many trays with 4 GPUs. */
export function trays(name: string, count: number, domain: Readonly<Record<string, string>> = {}): PlacementNode[] {
  return rack(name, Array.from({ length: count }, () => 4), domain);
}

export function machine(name: string, allocatable: Readonly<Record<string, number>>, extra: Extra<PlacementNode> = {}): PlacementNode {
  return { name, domain: {}, allocatable, ...extra };
}

export function busy(name: string, node: string, gpu: number, extra: Extra<RunningPod> = {}): RunningPod {
  return { name, node, request: { gpu }, ...extra };
}

export function pods(count: number, gpu: number, extra: Extra<PodDemand> = {}): PodDemand {
  return { count, minCount: count, request: { gpu }, ...extra };
}

export function leaf(name: string, count: number, gpu: number, group: Extra<PlacementGroup> = {}, demand: Extra<PodDemand> = {}): PlacementGroup {
  return { name, ...group, pods: pods(count, gpu, demand) };
}

export function gang(groups: readonly PlacementGroup[], extra: Extra<PlacementGroup> = {}): PlacementGroup {
  return { name: 'g', ...extra, groups };
}

export function ask(nodes: readonly PlacementNode[], tree: PlacementGroup, extra: Extra<PlacementProblem> = {}): PlacementProblem {
  return { levels: ['block', 'rack'], nodes, running: [], gang: tree, ...extra };
}
