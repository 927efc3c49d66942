import { Random, Shape, randomProblem } from './random-problem';
import { PlacementGroup, PlacementProblem, Resources, solve } from '../../../src/core';

const SHAPE: Shape = { racks: 4, nodesPerRack: 3, groups: 4, podsPerGroup: 3, preferences: true, preemption: false };
const problems = Array.from({ length: 400 }, (_, seed) => {
  const problem = randomProblem(seed + 50_000, SHAPE);
  return { ...problem, options: { improvementBudget: 1000 } };
});

test('more room never makes a gang wait that was placed', () => {
  for (const problem of problems) {
    if (solve(problem).outcome !== 'placed') continue;
    const more = (amounts: Resources) => Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, amount + 1]));
    const roomier = { ...problem, nodes: problem.nodes.map(node => ({ ...node, allocatable: more(node.allocatable) })) };
    expect(solve(roomier).outcome).toBe('placed');
    const emptier = { ...problem, running: problem.running.filter(({ memberOf }) => memberOf !== undefined) };
    expect(solve(emptier).outcome).toBe('placed');
    const extra = { name: 'zz', domain: { block: 'zz', rack: 'zz', leaf: 'zz' }, allocatable: { gpu: 8, cpu: 8, memory: 8 } };
    expect(solve({ ...problem, nodes: [...problem.nodes, extra] }).outcome).toBe('placed');
  }
});

test('the order of nodes, pods, siblings and keys changes no byte', () => {
  const random = new Random(1);
  for (const problem of problems) expect(JSON.stringify(solve(shuffled(problem, random)))).toBe(JSON.stringify(solve(problem)));
});

test('other names of the same order change nothing but names', () => {
  for (const problem of problems) {
    const renamed = JSON.parse(JSON.stringify(problem, (key, value: unknown) => {
      return typeof value === 'string' && ['name', 'node', 'memberOf', 'rack', 'block', 'leaf'].includes(key) ? renameOf(value) : value;
    })) as PlacementProblem;
    const levels = problem.levels;
    const { assignment, ...rest } = solve({ ...renamed, levels });
    const before = solve(problem);
    expect({ outcome: rest.outcome, score: rest.score }).toEqual({ outcome: before.outcome, score: before.score });
    expect(assignment).toEqual(before.assignment.map(({ group, node, count }) => ({ group: renameOf(group), node: renameOf(node), count })));
  }
});

test('the same problem gives the same bytes', () => {
  for (const problem of problems.slice(0, 50)) expect(JSON.stringify(solve(structuredClone(problem)))).toBe(JSON.stringify(solve(problem)));
});

function renameOf(name: string): string {
  return `x${name}-renamed`;
}

function shuffled(problem: PlacementProblem, random: Random): PlacementProblem {
  const shuffle = <T>(items: readonly T[]): T[] => items.map(item => ({ item, key: random.below(1e6) })).sort((a, b) => a.key - b.key).map(({ item }) => item);
  const keys = <T extends object>(value: T): T => Object.fromEntries(shuffle(Object.entries(value)).map(([key, inner]) =>
    [key, inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? keys(inner as object) : inner])) as T;
  const group = (tree: PlacementGroup): PlacementGroup => keys({ ...tree, ...(tree.groups ? { groups: shuffle(tree.groups).map(group) } : {}) });
  return keys({ ...problem, nodes: shuffle(problem.nodes).map(keys), running: shuffle(problem.running).map(keys), gang: group(problem.gang) });
}

