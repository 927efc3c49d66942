import { Shape, randomProblem } from './random-problem';
import { violations } from './rules';
import { PlacementProblem, RunningPod, solve } from '../../../src/core';

const SHAPE: Shape = { racks: 3, nodesPerRack: 2, groups: 2, podsPerGroup: 3, preferences: false, preemption: true };

test('victims are the cheapest that suffice, whole units of lower priority, and none without need', () => {
  const wrong: string[] = [];
  let preempted = 0;
  for (let seed = 0; seed < 600; seed += 1) {
    const problem = randomProblem(seed, SHAPE);
    const result = solve(problem);
    const cheapest = bruteForce(problem);
    wrong.push(...violations(problem, result).map(broken => `${seed}: ${broken}`));
    const expected = cheapest === undefined ? 'pending' : cheapest.length === 0 ? 'placed' : 'placed-with-preemption';
    if (result.outcome !== expected) wrong.push(`${seed}: ${result.outcome} instead of ${expected}`);
    else if (cheapest && cost(problem, result.victims) !== cost(problem, cheapest)) wrong.push(`${seed}: ${result.victims.join()} instead of ${cheapest.join()}`);
    preempted += Number(expected === 'placed-with-preemption');
  }
  expect(wrong).toEqual([]);
  expect(preempted).toBeGreaterThan(100);
});

/** All sets of units, the cheapest first, until the gang fits without them. */
function bruteForce(problem: PlacementProblem): string[] | undefined {
  const units = new Map<string, RunningPod[]>();
  for (const pod of problem.running) units.set(pod.unit ?? pod.name, [...units.get(pod.unit ?? pod.name) ?? [], pod]);
  const mayGo = ({ priority = 0, preemptible, memberOf }: RunningPod) => preemptible !== false && memberOf === undefined && priority < 5;
  const free = [...units.values()].filter(pods => pods.every(mayGo));
  const sets = Array.from({ length: 2 ** free.length }, (_, bits) => free.filter((__, at) => (bits & (1 << at)) !== 0).flat().map(({ name }) => name));
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
