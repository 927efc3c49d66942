import { Shape, randomProblem } from './random-problem';
import { violations } from './rules';
import { PlacementProblem, RunningPod, solve } from '../../../src/core';

const SHAPE: Shape = { racks: 3, nodesPerRack: 2, groups: 2, podsPerGroup: 3, preferences: false, preemption: true };

test.each([
  ['whole units of lower priority', 600, (problem: PlacementProblem) => problem],
  ['units with those that are worth nothing without them', 300, withBases],
] as const)('victims are the cheapest that suffice, %s, and none without need', (_, seeds, changed) => {
  const wrong: string[] = [];
  let preempted = 0;
  for (let seed = 0; seed < seeds; seed += 1) {
    const problem = changed(randomProblem(seed, SHAPE));
    const result = solve(problem);
    const cheapest = bruteForce(problem);
    wrong.push(...violations(problem, result).map(broken => `${seed}: ${broken}`));
    const expected = cheapest === undefined ? 'pending' : cheapest.length === 0 ? 'placed' : 'placed-with-preemption';
    if (result.outcome !== expected) wrong.push(`${seed}: ${result.outcome} instead of ${expected}`);
    else if (cheapest && cost(problem, result.victims) !== cost(problem, cheapest)) wrong.push(`${seed}: ${result.victims.join()} instead of ${cheapest.join()}`);
    preempted += Number(expected === 'placed-with-preemption');
  }
  expect(wrong).toEqual([]);
  expect(preempted).toBeGreaterThan(seeds / 6);
});

/** Every second unit is worth nothing without the one before it. */
function withBases(problem: PlacementProblem): PlacementProblem {
  const units = [...new Set(problem.running.filter(({ memberOf }) => memberOf === undefined).map(unitOf))];
  const baseOf = new Map(units.flatMap((unit, at) => (at % 2 === 1 ? [[unit, units[at - 1]!]] : [])));
  const running = problem.running.map(pod => {
    const base = baseOf.get(unitOf(pod));
    return { ...pod, unit: unitOf(pod), ...(base === undefined ? {} : { baseUnit: base }) };
  });
  return { ...problem, running };
}

const unitOf = ({ unit, name }: RunningPod) => unit ?? name;

/** All sets of units, the cheapest first, until the gang fits without them. */
function bruteForce(problem: PlacementProblem): string[] | undefined {
  const units = new Map<string, RunningPod[]>();
  for (const pod of problem.running) units.set(unitOf(pod), [...units.get(unitOf(pod)) ?? [], pod]);
  const mayGo = ({ priority = 0, preemptible, memberOf }: RunningPod) => preemptible !== false && memberOf === undefined && priority < 5;
  const free = [...units.values()].filter(pods => pods.every(mayGo));
  const isClosed = (gone: readonly RunningPod[]) => problem.running.every(pod => gone.includes(pod) || !gone.some(one => unitOf(one) === pod.baseUnit));
  const sets = Array.from({ length: 2 ** free.length }, (_, bits) => free.filter((__, at) => (bits & (1 << at)) !== 0).flat())
    .filter(isClosed).map(gone => gone.map(({ name }) => name));
  sets.sort((a, b) => (cost(problem, a) < cost(problem, b) ? -1 : 1));
  return sets.find(gone => solve({ ...problem, running: problem.running.filter(({ name }) => !gone.includes(name)), options: { preemption: false, improvementBudget: 0 } }).outcome === 'placed');
}

/** Highest priority, GPUs, pods: as text that sorts. */
function cost({ running, nodes }: PlacementProblem, victims: readonly string[]): string {
  const gone = running.filter(({ name }) => victims.includes(name));
  const anyGpus = nodes.some(({ allocatable: { gpu = 0 } }) => gpu > 0);
  const gpus = gone.reduce((sum, { request }) => sum + (anyGpus ? request.gpu ?? 0 : 1), 0);
  return [Math.max(-1, ...gone.map(({ priority = 0 }) => priority)) + 1, gpus, gone.length].map(number => String(number).padStart(4, '0')).join();
}
