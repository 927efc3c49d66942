import { elapsed, times } from './cluster';
import { PlacementGroup, PlacementProblem, solve } from '../../../src/core';
import { Random } from '../../core/placement/random-problem';

const INSTANCES = 400;
const TRAYS = 18;

/** 2: gangs that fit and are refused all the same, in one block of racks that are partly in use, by three ways to go about it. */
export function rejects(): object[] {
  return [[8, 8, 0.6], [8, 8, 0.75], [8, 8, 0.85], [8, 12, 0.75], [8, 12, 0.85], [6, 5, 0.75]].map(([racks, groups, demand]) => row(racks!, groups!, demand!));
}

function row(racks: number, groups: number, demand: number): object {
  const random = new Random(racks * 1000 + groups * 100 + demand * 10);
  const refused = { engine: 0, undecided: 0, declaredOrder: 0, largestFirst: 0 };
  const ms: number[] = [];
  let feasible = 0;
  for (let instance = 0; instance < INSTANCES; instance += 1) {
    const free = Array.from({ length: racks }, () => random.between(4, TRAYS));
    const sizes = split(Math.floor(free.reduce((sum, one) => sum + one, 0) * demand), groups, random);
    if (sizes.some(size => size === 0)) continue;
    const fits = exact([...sizes].sort((a, b) => b - a), free, 0, new Set());
    const timed = elapsed(() => solve(problemOf(free, sizes)));
    ms.push(timed.ms);
    if (!fits) {
      if (timed.result.outcome === 'placed') throw new Error('the engine placed what cannot be placed');
      continue;
    }
    feasible += 1;
    refused.engine += Number(timed.result.outcome === 'pending');
    refused.undecided += Number(timed.result.outcome === 'undecided');
    refused.declaredOrder += Number(!greedy(sizes, free));
    refused.largestFirst += Number(!greedy([...sizes].sort((a, b) => b - a), free));
  }
  const share = (count: number) => Math.round((count / Math.max(1, feasible)) * 1000) / 10;
  process.stderr.write(`${racks} racks, ${groups} groups, ${demand * 100} % measured\n`);
  return {
    racks,
    groups,
    demand,
    feasible,
    enginePercent: share(refused.engine),
    undecided: refused.undecided,
    declaredOrderPercent: share(refused.declaredOrder),
    largestFirstPercent: share(refused.largestFirst),
    solveWithIndexMs: times(ms),
  };
}

function split(total: number, groups: number, random: Random): number[] {
  const weights = Array.from({ length: groups }, () => 90 + random.below(20));
  const sum = weights.reduce((one, other) => one + other, 0);
  return weights.map(weight => Math.min(TRAYS, Math.floor((total * weight) / sum)));
}

/** The truth: every distribution of groups over racks, apart from those that differ only in which of two equal racks is which. */
function exact(sizes: readonly number[], free: readonly number[], at: number, failed: Set<string>): boolean {
  if (at === sizes.length) return true;
  const key = `${at}:${[...free].sort((a, b) => a - b).join()}`;
  if (failed.has(key)) return false;
  const tried = new Set<number>();
  for (let rack = 0; rack < free.length; rack += 1) {
    if (free[rack]! < sizes[at]! || tried.has(free[rack]!)) continue;
    tried.add(free[rack]!);
    if (exact(sizes, free.map((one, other) => (other === rack ? one - sizes[at]! : one)), at + 1, failed)) return true;
  }
  failed.add(key);
  return false;
}

function greedy(sizes: readonly number[], free: readonly number[]): boolean {
  const left = [...free];
  return sizes.every(size => {
    const fitting = left.map((one, rack) => ({ one, rack })).filter(({ one }) => one >= size).sort((a, b) => a.one - b.one);
    if (fitting.length > 0) left[fitting[0]!.rack]! -= size;
    return fitting.length > 0;
  });
}

function problemOf(free: readonly number[], sizes: readonly number[]): PlacementProblem {
  const nodes = free.flatMap((trays, rack) => Array.from({ length: TRAYS }, (_, tray) =>
    ({ name: `r${rack}-${String(tray).padStart(2, '0')}`, domain: { block: 'b', rack: `r${rack}` }, allocatable: { gpu: tray < trays ? 4 : 0 } })));
  const groups: PlacementGroup[] = sizes.map((size, at) => ({ name: `g${at}`, required: 'rack', pods: { count: size, minCount: size, request: { gpu: 4 } } }));
  return { levels: ['block', 'rack'], nodes, running: [], gang: { name: 'g', required: 'block', groups } };
}
