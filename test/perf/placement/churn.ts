import { Cluster, KINDS, Times, elapsed, randomGang, times } from './cluster';
import { naive } from './naive';
import type { PlacementGroup } from '../../../src/core';
import { Random } from '../../core/placement/random-problem';

const STEPS = 3_000;
const NAIVE_ROUNDS = 5;

export interface Churn {
  readonly load: number;
  readonly kinds: Readonly<Record<string, Times & { readonly cpu: Times; readonly placed: number; readonly undecided: number; readonly withReason: Times }>>;
  readonly intactRacks: number;
}

/** 1: decision times under churn at steady loads, every kind in turn, on 80,064 GPUs; then the naive model's on the last state. */
export function churn(): { readonly engine: readonly Churn[]; readonly peakRssMb: number; readonly naive: Readonly<Record<string, Times>> } {
  const cluster = new Cluster(1112, 40);
  const random = new Random(4);
  const engine = [0.8, 0.9, 0.95].map(load => {
    fill(cluster, load, random);
    return measure(cluster, load, random);
  });
  const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  const naiveOf = (gang: PlacementGroup) => times(Array.from({ length: NAIVE_ROUNDS }, () => elapsed(() => naive(cluster, gang)).cpuMs));
  return { engine, peakRssMb, naive: Object.fromEntries(Object.entries(KINDS).map(([kind, gang]) => [kind, naiveOf(gang)])) };
}

function fill(cluster: Cluster, load: number, random: Random): void {
  while (cluster.usedGpus < load * cluster.gpus) {
    const gang = randomGang(random);
    const result = cluster.decide(gang);
    if (result.outcome === 'placed') cluster.commit(gang, result);
    else if (random.chance(0.2)) cluster.removeAny(random);
  }
  for (let step = 0; step < STEPS; step += 1) turnOver(cluster, load, random);
}

function turnOver(cluster: Cluster, load: number, random: Random): void {
  const gang = randomGang(random);
  const result = cluster.decide(gang);
  if (result.outcome === 'placed') cluster.commit(gang, result);
  while (cluster.usedGpus > load * cluster.gpus) cluster.removeAny(random);
}

function measure(cluster: Cluster, load: number, random: Random): Churn {
  const kinds = Object.entries(KINDS).map(([kind, gang]) => {
    const mine: number[] = [];
    const cpu: number[] = [];
    const explained: number[] = [];
    let placed = 0;
    let undecided = 0;
    for (let step = 0; step < STEPS / 3; step += 1) {
      const { result, ms, cpuMs } = elapsed(() => cluster.decide(gang));
      mine.push(ms);
      cpu.push(cpuMs);
      if (result.outcome === 'pending' && explained.length < 50) explained.push(elapsed(() => cluster.decide(gang, true)).cpuMs);
      placed += Number(result.outcome === 'placed');
      undecided += Number(result.outcome === 'undecided');
      if (result.outcome === 'placed') cluster.commit(gang, result);
      while (cluster.usedGpus > load * cluster.gpus) cluster.removeAny(random);
      turnOver(cluster, load, random);
    }
    return [kind, { ...times(mine), cpu: times(cpu), placed, undecided, withReason: times(explained) }] as const;
  });
  process.stderr.write(`load ${load} measured\n`);
  return { load, kinds: Object.fromEntries(kinds), intactRacks: cluster.intactRacks() };
}
