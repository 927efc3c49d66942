import { askOracle, highs, weights } from './oracle';
import { Shape, randomProblem } from './random-problem';
import { value, violations } from './rules';
import { solve } from '../../../src/core';

const SMALL: Shape = { racks: 3, nodesPerRack: 3, groups: 3, podsPerGroup: 3, preferences: true, preemption: false };
const LARGE: Shape = { racks: 8, nodesPerRack: 2, groups: 8, podsPerGroup: 4, preferences: false, preemption: false };

test.each([['up to 3 racks and 3 groups', SMALL, 1700, true], ['up to 8 racks and 8 groups', LARGE, 500, false]] as const)('%s: the oracle agrees', async (_, shape, count, isValued) => {
  const solver = await highs;
  const wrong: string[] = [];
  let feasible = 0;
  for (let seed = 0; seed < count; seed += 1) {
    const problem = randomProblem(seed, shape);
    const result = solve(problem);
    const broken = violations(problem, result);
    const verdict = askOracle(solver, problem, isValued);
    if (broken.length > 0) wrong.push(`${seed}: ${broken.join('; ')}`);
    if (result.outcome !== (verdict.feasible ? 'placed' : 'pending')) wrong.push(`${seed}: ${result.outcome}, although ${verdict.feasible ? '' : 'not '}feasible`);
    if (result.outcome !== 'placed' || !verdict.feasible) continue;
    feasible += 1;
    const weighing = weights(problem);
    const got = value(problem, result.assignment).reduce((sum, part, at) => sum + weighing[at]! * part.value, 0);
    if (isValued && got !== verdict.best) wrong.push(`${seed}: value ${got} instead of ${verdict.best}`);
  }
  expect(wrong).toEqual([]);
  expect(feasible).toBeGreaterThan(count / 5);
});
