import { ClusterIndex, PlacementGroup, PlacementResult, PodDemand, RunningPod, place } from '../../../src/core';
import { Random } from '../../core/placement/random-problem';

export const NODES_PER_RACK = 18;
export const GPUS_PER_NODE = 4;

/** A cluster under churn: gangs come, and go again to make room, and the index hears of it by events. */
export class Cluster {
  readonly index = new ClusterIndex(['block', 'rack']);
  readonly gangs: { readonly pods: readonly RunningPod[]; readonly gpus: number }[] = [];
  usedGpus = 0;
  private serial = 0;

  constructor(readonly racks: number, racksPerBlock: number, readonly nodesPerRack = NODES_PER_RACK) {
    for (let rack = 0; rack < racks; rack += 1) {
      for (let tray = 0; tray < nodesPerRack; tray += 1) {
        const name = `r${String(rack).padStart(4, '0')}-${String(tray).padStart(2, '0')}`;
        const domain = { block: `b${String(Math.floor(rack / racksPerBlock)).padStart(3, '0')}`, rack: `r${String(rack).padStart(4, '0')}` };
        this.index.setNode({ name, domain, allocatable: { gpu: GPUS_PER_NODE, cpu: 144, memory: 960, pods: 110 } });
      }
    }
  }

  get gpus(): number {
    return this.racks * this.nodesPerRack * GPUS_PER_NODE;
  }

  decide(gang: PlacementGroup, isExplained = false): PlacementResult {
    return place(this.index, { gang, members: [], options: { preemption: false }, isExplained });
  }

  /** Carries a placement out. */
  commit(gang: PlacementGroup, { assignment }: PlacementResult): number {
    const leaves = new Map(leavesOf(gang).map(leaf => [leaf.name, leaf.pods!]));
    const pods = assignment.map(({ group, node, count }) => {
      const request = Object.fromEntries(Object.entries({ ...leaves.get(group)!.request, pods: 1 }).map(([name, amount]) => [name, amount * count]));
      return { name: `p${this.serial++}`, node, request };
    });
    for (const pod of pods) this.index.addPod(pod);
    const gpus = pods.reduce((sum, { request }) => sum + (request.gpu ?? 0), 0);
    this.usedGpus += gpus;
    return this.gangs.push({ pods, gpus }) - 1;
  }

  remove(at: number): void {
    const gang = this.gangs[at]!;
    for (const { name } of gang.pods) this.index.removePod(name);
    this.usedGpus -= gang.gpus;
    this.gangs[at] = this.gangs[this.gangs.length - 1]!;
    this.gangs.pop();
  }

  removeAny(random: Random): void {
    this.remove(random.below(this.gangs.length));
  }

  /** Racks of which no GPU is in use. */
  intactRacks(): number {
    return this.index.levels[this.index.finest]!.order.filter(rack => this.index.isWholeDomain(rack)).length;
  }
}

function leavesOf(group: PlacementGroup): PlacementGroup[] {
  return group.pods ? [group] : (group.groups ?? []).flatMap(leavesOf);
}

const pods = (count: number, gpu: number): PodDemand =>
  ({ count, minCount: count, request: { gpu, cpu: Math.max(4, gpu * 16), memory: Math.max(16, gpu * 128) } });
const inRack = (name: string, count: number, gpu: number): PlacementGroup => ({ name, required: 'rack', pods: pods(count, gpu) });

/** The kinds of gangs that are measured. */
export const KINDS: Readonly<Record<string, PlacementGroup>> = {
  'a pod with 1 GPU': { name: 'one', groups: [{ name: 'w', pods: pods(1, 1) }] },
  'TP8 in a rack': { name: 'tp8', required: 'rack', groups: [{ name: 'w', pods: pods(2, 4) }] },
  'disaggregated 16 + 32 GPUs, a rack each, one block': { name: 'pd', required: 'block', groups: [inRack('prefill', 4, 4), inRack('decode', 8, 4)] },
  '4 groups of 48 GPUs, a rack each, one block': {
    name: 'four',
    required: 'block',
    groups: [0, 1, 2, 3].map(at => ({ name: `s${at}`, required: 'rack', groups: [{ name: `d${at}`, pods: pods(12, 4) }, { name: `f${at}`, pods: pods(2, 0) }] })),
  },
  '64-GPU wide-EP in a rack': { name: 'ep', required: 'rack', groups: [{ name: 'w', pods: pods(16, 4) }] },
  '8 different groups, a rack each, one block': {
    name: 'mixed',
    required: 'block',
    groups: [[8, 4], [4, 4], [2, 4], [6, 2], [4, 2], [5, 1], [3, 1], [2, 0]].map(([count, gpu], at) => inRack(`g${at}`, count!, gpu!)),
  },
};

/** What fills the cluster: the classes and shares of the admission study. */
export function randomGang(random: Random): PlacementGroup {
  const draw = random.below(100);
  const single = (count: number, gpu: number): PlacementGroup => ({ name: 'g', groups: [{ name: 'w', pods: pods(count, gpu) }] });
  if (draw < 40) return single(1, 1);
  if (draw < 55) return single(1, 2);
  if (draw < 70) return single(1, 4);
  if (draw < 82) return KINDS['TP8 in a rack']!;
  if (draw < 92) return { name: 'g', required: 'rack', groups: [{ name: 'p', pods: pods(2, 4) }, { name: 'd', pods: pods(4, 4) }] };
  if (draw < 96) return { name: 'g', required: 'rack', groups: [{ name: 'a', pods: pods(2, 4) }, { name: 'b', pods: pods(2, 2) }, { name: 'c', pods: pods(4, 1) }] };
  return KINDS['64-GPU wide-EP in a rack']!;
}

export interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Milliseconds, to the microsecond. */
export function times(values: readonly number[]): Times {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 1000) / 1000;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** Wall time and CPU time, which other work on the machine does not lengthen; the latter with what the collector of garbage takes beside. */
export function elapsed<T>(work: () => T): { result: T; ms: number; cpuMs: number } {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { result, ms, cpuMs: (user + system) / 1000 };
}
