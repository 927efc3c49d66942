import fc from 'fast-check';
import { Assignment, PlacementGroup, PlacementNode, PlacementProblem, PlacementResult, explain, solve } from '../../../src/core';
import { golden } from '../../golden/golden';

interface Example {
  readonly id: string;
  readonly problem: PlacementProblem;
  readonly expect: {
    readonly outcome: string;
    readonly sameDomain?: { group: string; level: string };
    readonly domain?: { group: string; level: string; value: string };
    readonly reason?: object;
  };
}

const examples = golden<{ examples: Example[] }>('placement-examples.json')?.examples ?? [];

(examples.length > 0 ? test.each(examples) : test.skip.each([{ id: 'golden placements' }] as Example[]))('$id', ({ problem, expect: facts }) => {
  const result = solve(problem);
  expect(result.outcome).toBe(facts.outcome);
  if (facts.reason) expect(result.reason).toMatchObject(facts.reason);
  const { sameDomain, domain } = facts;
  if (sameDomain) expect(domainsOf(problem, result.assignment, sameDomain.group, sameDomain.level)).toHaveLength(1);
  if (domain) expect(domainsOf(problem, result.assignment, domain.group, domain.level)).toEqual([domain.value]);
});

test('a pending gang says what is short, where and by how much', () => {
  const problem = gangOf({ required: 'rack' }, [{ rack: 'x', gpu: 6 }, { rack: 'y', gpu: 8 }], { count: 3, gpu: 4 });
  expect(explain(solve(problem).reason!)).toBe('g needs 12 gpu in one rack; best is y with 8 gpu free; fits if required were preferred, in 2 racks');
});

test('pods beyond the floor are placed where there is room, in the floor’s domain', () => {
  const problem = gangOf({ required: 'rack' }, [{ rack: 'x', gpu: 8 }, { rack: 'y', gpu: 4 }], { count: 3, minCount: 1, gpu: 4 });
  const { assignment } = solve(problem);
  expect(domainsOf(problem, assignment, 'g', 'rack')).toHaveLength(1);
});

test('running pods of the gang hold it in their domain', () => {
  const problem = gangOf({ required: 'rack' }, [{ rack: 'x', gpu: 8 }, { rack: 'y', gpu: 8 }], { count: 2, gpu: 4 });
  const result = solve({ ...problem, running: [{ name: 'old', node: 'n1', request: { gpu: 4 }, memberOf: 'w' }] });
  expect(result.assignment).toEqual([{ group: 'w', node: 'n1', count: 1 }]);
});

const problems: fc.Arbitrary<PlacementProblem> = fc.record({
  nodes: fc.array(fc.record({ rack: fc.constantFrom('x', 'y', 'z'), gpu: fc.nat(8), cpu: fc.nat(16), tainted: fc.boolean() }), { minLength: 1, maxLength: 6 }),
  groups: fc.array(fc.record({
    required: fc.constantFrom(undefined, 'rack', 'host'), count: fc.integer({ min: 1, max: 4 }), gpu: fc.nat(4), cpu: fc.nat(4), tolerates: fc.boolean(),
  }), { minLength: 1, maxLength: 3 }),
  required: fc.constantFrom(undefined, 'rack'),
  preferred: fc.constantFrom(undefined, 'host'),
}).map(({ nodes, groups, required, preferred }) => ({
  levels: ['rack'],
  nodes: nodes.map(({ rack, gpu, cpu, tainted }, k) => ({ name: `n${k}`, domain: { rack }, allocatable: { gpu, cpu, pods: 5 }, taints: tainted ? ['t'] : [] })),
  running: [],
  gang: {
    name: 'g',
    ...(required ? { required } : {}),
    ...(preferred ? { preferred } : {}),
    groups: groups.map((group, k) => ({
      name: `l${k}`,
      ...(group.required ? { required: group.required } : {}),
      pods: { count: group.count, minCount: Math.ceil(group.count / 2), request: { gpu: group.gpu, cpu: group.cpu }, tolerations: group.tolerates ? ['t'] : [] },
    })),
  },
}));

test('no placement breaks a rule', () => {
  fc.assert(fc.property(problems, problem => {
    const result = solve(problem);
    expect(violations(problem, result)).toEqual([]);
  }), { numRuns: 2000 });
});

test('the order of nodes and of sibling groups does not matter', () => {
  fc.assert(fc.property(problems, problem => {
    const reversed = { ...problem, nodes: [...problem.nodes].reverse(), gang: { ...problem.gang, groups: [...problem.gang.groups!].reverse() } };
    expect(solve(reversed)).toEqual(solve(problem));
  }), { numRuns: 500 });
});

function gangOf(
  constraint: Partial<PlacementGroup>, nodes: { rack: string; gpu: number }[], pods: { count: number; minCount?: number; gpu: number },
): PlacementProblem {
  return {
    levels: ['rack'],
    nodes: nodes.map(({ rack, gpu }, k) => ({ name: `n${k}`, domain: { rack }, allocatable: { gpu } })),
    running: [],
    gang: { name: 'g', ...constraint, groups: [{ name: 'w', pods: { count: pods.count, minCount: pods.minCount ?? pods.count, request: { gpu: pods.gpu } } }] },
  };
}

function leavesOf(group: PlacementGroup): PlacementGroup[] {
  return group.groups ? group.groups.flatMap(leavesOf) : [group];
}

function find(group: PlacementGroup, name: string): PlacementGroup | undefined {
  return group.name === name ? group : (group.groups ?? []).map(child => find(child, name)).find(Boolean);
}

function domainsOf(problem: PlacementProblem, assignment: readonly Assignment[], name: string, level: string): string[] {
  const members = new Set(leavesOf(find(problem.gang, name)!).map(leaf => leaf.name));
  const used = new Set(assignment.filter(({ group }) => members.has(group)).map(({ node }) => node));
  const domain = (node: PlacementNode) => (level === 'host' ? node.name : node.domain[level] ?? '');
  return [...new Set(problem.nodes.filter(({ name: node }) => used.has(node)).map(domain))];
}

/** Written apart from the solver on purpose: what any placement must obey. */
function violations(problem: PlacementProblem, { outcome, assignment }: PlacementResult): string[] {
  if (outcome !== 'placed') return assignment.length > 0 ? ['a gang that is not placed has pods'] : [];
  const found: string[] = [];
  for (const leaf of leavesOf(problem.gang)) {
    const count = assignment.filter(({ group }) => group === leaf.name).reduce((sum, one) => sum + one.count, 0);
    if (count < leaf.pods!.minCount || count > leaf.pods!.count) found.push(`${leaf.name} has ${count} pods`);
  }
  for (const group of [problem.gang, ...problem.gang.groups!]) {
    if (group.required && domainsOf(problem, assignment, group.name, group.required).length > 1) found.push(`${group.name} is in several ${group.required}s`);
  }
  for (const node of problem.nodes) {
    const here = assignment.filter(one => one.node === node.name);
    for (const resource of ['gpu', 'cpu']) {
      const used = here.reduce((sum, { group, count }) => sum + count * (find(problem.gang, group)!.pods!.request[resource] ?? 0), 0);
      if (used > node.allocatable[resource]!) found.push(`${node.name} has too little ${resource}`);
    }
    if (here.reduce((sum, { count }) => sum + count, 0) > 5) found.push(`${node.name} has too many pods`);
    const intolerant = here.some(({ group }) => node.taints!.length > 0 && find(problem.gang, group)!.pods!.tolerations!.length === 0);
    if (intolerant) found.push(`${node.name} is tainted`);
  }
  return found;
}
