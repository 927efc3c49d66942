import type { PlacementGroup, PlacementNode, PlacementProblem, RunningPod } from '../../../src/core';

/** Numbers from a seed, the same every time (mulberry32). */
export class Random {
  constructor(private state: number) {}

  /** From 0 up to, but not including, the limit. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(share: number): boolean {
    return this.below(1000) < share * 1000;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

export interface Shape {
  readonly racks: number;
  readonly nodesPerRack: number;
  readonly groups: number;
  readonly podsPerGroup: number;
  readonly preferences: boolean;
  readonly preemption: boolean;
}

/** A problem with a bit of everything, at a load at which it is worth asking whether the gang fits. */
export function randomProblem(seed: number, shape: Shape): PlacementProblem {
  const random = new Random(seed * 7919 + 1);
  const resources = random.pick([['gpu'], ['gpu', 'cpu'], ['gpu', 'cpu', 'memory']]);
  const nodes = randomNodes(random, shape, resources);
  const crossCuts = random.chance(0.2);
  const gang = randomGang(random, shape, resources, crossCuts);
  const running = randomPods(random, nodes, gang, resources, shape);
  return {
    levels: crossCuts ? ['block', 'rack', { name: 'leaf', nested: false }] : ['block', 'rack'],
    nodes,
    running,
    gang,
    options: { searchBudget: 200_000, improvementBudget: 200_000, preemption: shape.preemption },
  };
}

function randomNodes(random: Random, { racks, nodesPerRack }: Shape, resources: readonly string[]): PlacementNode[] {
  const blocks = random.between(1, 3);
  const isUniform = random.chance(0.5);
  const gpus = random.pick([4, 8]);
  return Array.from({ length: random.between(1, racks) }, (_, rack) => Array.from({ length: random.between(1, nodesPerRack) }, (__, tray) => {
    const allocatable: Record<string, number> = {};
    for (const resource of resources) allocatable[resource] = isUniform ? gpus : random.between(0, gpus);
    if (random.chance(0.1)) allocatable.pods = random.between(0, 4);
    return {
      name: `n${rack}-${tray}`,
      domain: { block: `b${rack % blocks}`, ...(random.chance(0.05) ? {} : { rack: `r${random.chance(0.1) ? 0 : rack}` }), leaf: `l${(rack + tray) % 3}` },
      allocatable,
      ...(random.chance(0.1) ? { taints: ['t'] } : {}),
      labels: { 'kind': random.pick(['a', 'a', 'b']), 'nvidia.com/gpu.product': random.pick(['x', 'x', 'x', 'y']) },
    };
  })).flat();
}

function randomGang(random: Random, shape: Shape, resources: readonly string[], crossCuts: boolean): PlacementGroup {
  const isMixed = random.chance(0.5);
  const common = random.pick([1, 2, 4]);
  const leaf = (name: string): PlacementGroup => {
    const count = random.between(1, shape.podsPerGroup);
    const request: Record<string, number> = {};
    for (const resource of resources) request[resource] = isMixed ? random.between(0, 4) : resource === 'gpu' ? common : random.between(0, 2);
    return {
      name,
      ...(random.chance(0.5) ? { required: random.pick(['rack', 'rack', 'host', 'block', ...(crossCuts ? ['leaf', 'leaf'] : [])]) } : {}),
      ...(shape.preferences && random.chance(0.3) ? { preferred: random.pick(['rack', 'host']) } : {}),
      ...(random.chance(0.1) ? { mnnvlGroup: random.pick(['m1', 'm2']) } : {}),
      pods: {
        count,
        minCount: random.chance(0.6) ? count : random.between(0, count),
        request,
        ...(random.chance(0.1) ? { maxPerNode: random.between(1, 2) } : {}),
        ...(random.chance(0.5) ? { tolerations: ['t'] } : {}),
        ...(random.chance(0.1) ? { nodeSelector: { kind: 'a' } } : {}),
        ...(random.chance(0.1) ? { gpuModel: 'x' } : {}),
      },
    };
  };
  const leaves = Array.from({ length: random.between(1, shape.groups) }, (_, at) => leaf(`l${at}`));
  const together = random.chance(0.4) ? leaves.splice(0, random.between(1, leaves.length)) : [];
  return {
    name: 'g',
    ...(random.chance(0.5) ? { required: random.pick(['block', 'block', 'rack']) } : {}),
    ...(shape.preferences && random.chance(0.3) ? { preferred: 'rack' } : {}),
    ...(shape.preemption ? { priority: 5 } : {}),
    groups: [...leaves, ...(together.length > 0 ? [{ name: 'sub', ...(random.chance(0.6) ? { required: random.pick(['rack', 'block']) } : {}), groups: together }] : [])],
  };
}

function randomPods(random: Random, nodes: readonly PlacementNode[], gang: PlacementGroup, resources: readonly string[], shape: Shape): RunningPod[] {
  const load = shape.preemption ? random.pick([0.7, 1]) : random.pick([0, 0.3, 0.6]);
  const leaves = leavesOf(gang);
  const pods: RunningPod[] = [];
  for (const node of nodes) {
    if (!random.chance(load)) continue;
    const request: Record<string, number> = {};
    for (const resource of resources) {
      const half = node.allocatable[resource]! >> 1;
      request[resource] = shape.preemption ? node.allocatable[resource]! - random.below(2) * half : random.between(0, half);
    }
    pods.push({
      name: `p-${node.name}`,
      node: node.name,
      request,
      ...(random.chance(0.1) ? { mnnvlGroup: 'm1' } : {}),
      ...(shape.preemption ? { priority: random.between(0, 6), preemptible: random.chance(0.9), ...(random.chance(0.3) ? { unit: random.pick(['u1', 'u2']) } : {}) } : {}),
    });
  }
  const home = random.pick(nodes);
  const member = random.pick(leaves);
  if (random.chance(0.1)) pods.push({ name: 'member', node: home.name, request: member.pods!.request, memberOf: member.name });
  return pods;
}

export function leavesOf(group: PlacementGroup): PlacementGroup[] {
  return group.pods ? [group] : (group.groups ?? []).flatMap(leavesOf);
}
