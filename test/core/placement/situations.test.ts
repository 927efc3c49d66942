import { domainOf, violations } from './rules';
import { PlacementGroup, PlacementNode, PlacementProblem, PlacementResult, RunningPod, explain, solve } from '../../../src/core';

/** Situations in which schedulers of this field are known to fail, each with what is right. */

const node = (name: string, domain: Record<string, string>, gpu: number, extra: Partial<PlacementNode> = {}): PlacementNode =>
  ({ name, domain, allocatable: { gpu }, ...extra });
const rack = (name: string, count: number, gpu: number, domain: Record<string, string> = {}): PlacementNode[] =>
  Array.from({ length: count }, (_, tray) => node(`${name}-${String(tray).padStart(2, '0')}`, { rack: name, ...domain }, gpu));
const leaf = (name: string, count: number, gpu: number, extra: Partial<PlacementGroup> = {}): PlacementGroup =>
  ({ name, pods: { count, minCount: count, request: { gpu } }, ...extra });
const pod = (name: string, on: string, gpu: number, extra: Partial<RunningPod> = {}): RunningPod => ({ name, node: on, request: { gpu }, ...extra });

function check(problem: PlacementProblem): PlacementResult {
  const result = solve(problem);
  expect(violations(problem, result)).toEqual([]);
  return result;
}

function podsBy(problem: PlacementProblem, { assignment }: PlacementResult, level: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { node: name, count } of assignment) {
    const domain = domainOf(problem, problem.nodes.find(one => one.name === name)!, level)!;
    counts[domain] = (counts[domain] ?? 0) + count;
  }
  return counts;
}

test('one pod with 4 GPUs and four with 1 fit into eight GPUs (a largest pod does not stand for all)', () => {
  const gang = { name: 'g', required: 'rack', groups: [leaf('large', 1, 4), leaf('small', 4, 1)] };
  expect(check({ levels: ['rack'], nodes: rack('r', 2, 4), running: [], gang }).outcome).toBe('placed');
});

test('pods of several sizes and resources are packed as vectors', () => {
  const nodes = [1, 2].map(at => ({ name: `n${at}`, domain: {}, allocatable: { gpu: 4, cpu: 4 } }));
  const group = (name: string, count: number, gpu: number, cpu: number): PlacementGroup => ({ name, pods: { count, minCount: count, request: { gpu, cpu } } });
  const gang = { name: 'g', groups: [group('a', 2, 3, 1), group('b', 2, 1, 3)] };
  expect(check({ levels: [], nodes, running: [], gang }).outcome).toBe('placed');
});

test('a packed clique is preempted, by as little as will do', () => {
  const nodes = [...rack('a', 2, 4), ...rack('b', 2, 4)];
  const running = nodes.flatMap(({ name }) => [pod(`${name}-x`, name, 2, { priority: 1 }), pod(`${name}-y`, name, 2, { priority: name.startsWith('b') ? 1 : 3 })]);
  const result = check({ levels: ['rack'], nodes, running, gang: { name: 'g', required: 'rack', priority: 9, groups: [leaf('w', 2, 2)] } });
  expect(result.outcome).toBe('placed-with-preemption');
  expect(result.victims).toHaveLength(2);
  expect(result.victims.every(name => !name.startsWith('a') || name.endsWith('-x'))).toBe(true);
});

test('nobody is evicted when that would not help', () => {
  const nodes = rack('a', 2, 4);
  const running = [pod('low', 'a-00', 4), pod('high', 'a-01', 4, { priority: 20 })];
  const result = check({ levels: ['rack'], nodes, running, gang: { name: 'g', priority: 9, groups: [leaf('w', 2, 4)] } });
  expect(result).toMatchObject({ outcome: 'pending', victims: [] });
});

test('a unit is evicted whole, and the unit that costs the fewest GPUs', () => {
  const nodes = [...rack('a', 1, 4), ...rack('b', 1, 4), ...rack('c', 1, 4)];
  const running = [pod('u1', 'a-00', 4, { unit: 'u' }), pod('u2', 'b-00', 4, { unit: 'u' }), pod('v', 'c-00', 4, { unit: 'v' })];
  const result = check({ levels: ['rack'], nodes, running, gang: { name: 'g', priority: 1, groups: [leaf('w', 1, 4)] } });
  expect(result.victims).toEqual(['v']);
});

test('a scaled gang stays in the block of its replica, and waits rather than leave it', () => {
  const nodes = [...rack('a', 2, 4, { block: 'b1' }), ...rack('c', 4, 4, { block: 'b2' })];
  const gang = { name: 'scaled', required: 'block', groups: [leaf('w', 1, 4)] };
  const base = pod('base-0', 'a-00', 4, { unit: 'base' });
  const problem = { levels: ['block', 'rack'], nodes, running: [base], gang, linkedGangs: [{ name: 'base' }] };
  expect(podsBy(problem, check(problem), 'block')).toEqual({ b1: 1 });
  const crowded = { ...problem, running: [base, pod('other', 'a-01', 4)] };
  expect(check(crowded).outcome).toBe('pending');
});

test('of two blocks that do, the one in which the scaled gangs still fit', () => {
  const nodes = [...rack('a', 2, 4, { block: 'b1' }), ...rack('c', 4, 4, { block: 'b2' })];
  const scaled = ['s1', 's2'].map(name => ({ name, groups: [leaf(`${name}-w`, 1, 4)] }));
  const problem: PlacementProblem = { levels: ['block', 'rack'], nodes, running: [], gang: { name: 'base', required: 'block', groups: [leaf('w', 2, 4)] }, linkedGangs: scaled };
  expect(podsBy(problem, check(problem), 'block')).toEqual({ b2: 2 });
  expect(podsBy(problem, check({ ...problem, linkedGangs: [] }), 'block')).toEqual({ b1: 2 });
});

test('two ComputeDomains share a clique and no tray; a half used tray of another one is not free', () => {
  const nodes = rack('r', 3, 4);
  const running = [pod('other', 'r-00', 2, { mnnvlGroup: 'theirs' })];
  const groups = [leaf('x', 1, 2, { mnnvlGroup: 'x' }), leaf('y', 1, 2, { mnnvlGroup: 'y' })];
  const result = check({ levels: ['rack'], nodes, running, gang: { name: 'g', required: 'rack', groups } });
  expect(new Set(result.assignment.map(({ node: name }) => name))).toEqual(new Set(['r-01', 'r-02']));
  expect(check({ levels: ['rack'], nodes: nodes.slice(0, 2), running, gang: { name: 'g', groups } }).outcome).toBe('pending');
});

test('a rack that is split into two cliques holds no group of more than one clique', () => {
  const nodes = [...rack('r1', 9, 4, { clique: 'u.0' }), ...rack('r1', 9, 4, { clique: 'u.1' }).map(one => ({ ...one, name: `${one.name}-b` }))];
  const problem = (pods: number): PlacementProblem => ({ levels: ['rack', 'clique'], nodes, running: [], gang: { name: 'g', required: 'clique', groups: [leaf('w', pods, 4)] } });
  expect(Object.values(podsBy(problem(9), check(problem(9)), 'clique'))).toEqual([9]);
  expect(explain(check(problem(10)).reason!)).toBe('g needs 40 gpu in one clique; best is u.0 with 36 gpu free; fits if required were preferred, in 2 cliques');
});

test('16 + 16 trays of two racks, not 18 + 14', () => {
  const nodes = [...rack('a', 18, 4), ...rack('b', 18, 4), ...rack('c', 14, 4)];
  const problem: PlacementProblem = { levels: ['rack'], nodes, running: [], gang: { name: 'g', preferred: 'rack', balance: 'rack', groups: [leaf('w', 32, 4)] } };
  expect(podsBy(problem, check(problem), 'rack')).toEqual({ a: 16, b: 16 });
});

test('required and preferred on three levels at once', () => {
  const nodes = ['z1', 'z2'].flatMap(zone => ['1', '2'].flatMap(block => ['1', '2'].flatMap(name => rack(`${zone}-${block}-${name}`, 2, 4, { zone, block: `${zone}-${block}` }))));
  const gang = { name: 'g', required: 'zone', preferred: 'block', groups: [leaf('a', 2, 4, { required: 'block', preferred: 'rack' }), leaf('b', 2, 4, { required: 'block', preferred: 'rack' })] };
  const problem: PlacementProblem = { levels: ['zone', 'block', 'rack'], nodes, running: [], gang };
  const result = check(problem);
  expect(Object.keys(podsBy(problem, result, 'block'))).toHaveLength(1);
  expect(Object.values(podsBy(problem, result, 'rack'))).toEqual([2, 2]);
});

test('preferred means as few domains as possible where one does not do', () => {
  const nodes = [...rack('a', 3, 4), ...rack('b', 2, 4), ...rack('c', 5, 4), ...rack('d', 1, 4)];
  const problem: PlacementProblem = { levels: ['rack'], nodes, running: [], gang: { name: 'g', preferred: 'rack', groups: [leaf('w', 7, 4)] } };
  expect(podsBy(problem, check(problem), 'rack')).toEqual({ b: 2, c: 5 });
});

test('racks of the same name in two blocks are two racks; levels that cross-cut go by their own name', () => {
  const nodes = [...rack('r1', 1, 4, { block: 'b1' }), ...rack('r1', 1, 4, { block: 'b2' }).map(one => ({ ...one, name: 'other' }))];
  const gang = { name: 'g', required: 'rack', groups: [leaf('w', 2, 4)] };
  expect(check({ levels: ['block', 'rack'], nodes, running: [], gang }).outcome).toBe('pending');
  expect(check({ levels: ['block', { name: 'rack', nested: false }], nodes, running: [], gang }).outcome).toBe('placed');
});

test('a group in one rack and one leaf switch, which cut across each other', () => {
  const nodes = ['r1', 'r2'].flatMap(name => ['l1', 'l2'].map(switchName => node(`${name}-${switchName}`, { rack: name, leaf: switchName }, name === 'r2' ? 8 : 4)));
  const gang = { name: 'g', required: 'rack', groups: [leaf('w', 2, 4, { required: 'leaf' })] };
  const problem: PlacementProblem = { levels: ['rack', { name: 'leaf', nested: false }], nodes, running: [], gang };
  expect(Object.keys(podsBy(problem, check(problem), 'rack'))).toEqual(['r2']);
});

test('small pods break into as few racks as they can', () => {
  const nodes = ['a', 'b', 'c'].flatMap(name => rack(name, 4, 4));
  const running: RunningPod[] = [pod('first', 'b-02', 1)];
  for (let at = 0; at < 12; at += 1) {
    const problem = { levels: ['rack'], nodes, running: [...running], gang: { name: `g${at}`, groups: [leaf('w', 1, 1)] } };
    running.push(pod(`p${at}`, check(problem).assignment[0]!.node, 1));
  }
  expect(new Set(running.map(({ node: name }) => name[0]))).toEqual(new Set(['b']));
  expect(new Set(running.map(({ node: name }) => name)).size).toBe(4);
});

test('a member that comes late joins the others, and running members in two domains are nobody’s to join', () => {
  const nodes = [...rack('a', 2, 4), ...rack('b', 2, 4)];
  const gang = { name: 'g', required: 'rack', groups: [{ name: 'w', pods: { count: 3, minCount: 3, request: { gpu: 2 } } }] };
  const member = (name: string, on: string) => pod(name, on, 2, { memberOf: 'w' });
  const problem = { levels: ['rack'], nodes, running: [member('m1', 'b-00'), member('m2', 'b-01')], gang };
  expect(podsBy(problem, check(problem), 'rack')).toEqual({ b: 1 });
  expect(solve({ ...problem, running: [member('m1', 'a-00'), member('m2', 'b-01')] }).outcome).toBe('pending');
});

test('room that is held is for whom it is held, and for those who rank higher', () => {
  const nodes = rack('a', 1, 4);
  const options = { holds: [{ node: 'a-00', request: { gpu: 4 }, gang: 'mine', priority: 3 }] };
  const outcome = (name: string, priority: number) => solve({ levels: ['rack'], nodes, running: [], gang: { name, priority, groups: [leaf('w', 1, 4)] }, options }).outcome;
  expect([outcome('mine', 0), outcome('other', 3), outcome('other', 4)]).toEqual(['placed', 'pending', 'placed']);
});

test('the reason says who would have to leave', () => {
  const nodes = rack('a', 2, 4);
  const running = [pod('x', 'a-00', 1, { priority: 5 })];
  const { reason } = check({ levels: ['rack'], nodes, running, gang: { name: 'g', required: 'rack', groups: [leaf('w', 2, 4)] } });
  expect(explain(reason!)).toBe('g needs 8 gpu in one rack; best is a with 7 gpu free; fits in a if x left');
});

test('GPUs of a model, nodes of a label, taints that are tolerated, pods that keep apart', () => {
  const nodes = [
    node('plain', {}, 8), node('h100', {}, 8, { labels: { 'nvidia.com/gpu.product': 'H100', 'pool': 'p' } }),
    node('tainted', {}, 8, { labels: { 'nvidia.com/gpu.product': 'H100', 'pool': 'p' }, taints: ['gpu'] }),
  ];
  const pods = { count: 2, minCount: 2, request: { gpu: 1 }, gpuModel: 'H100', nodeSelector: { pool: 'p' }, maxPerNode: 1 };
  const problem = (tolerations: string[]): PlacementProblem => ({ levels: [], nodes, running: [], gang: { name: 'g', groups: [{ name: 'w', pods: { ...pods, tolerations } }] } });
  expect(check(problem(['gpu'])).assignment.map(({ node: name }) => name)).toEqual(['h100', 'tainted']);
  expect(check(problem([])).outcome).toBe('pending');
});

test('a budget that ends too early is no verdict', () => {
  const nodes = [10, 7].map((gpu, at) => node(`n${at}`, { rack: `r${at}` }, gpu));
  const groups = [leaf('a', 5, 1, { required: 'rack' }), leaf('b', 5, 1, { required: 'rack' }), leaf('c', 7, 1, { required: 'rack' })];
  const result = check({ levels: ['rack'], nodes, running: [], gang: { name: 'g', groups }, options: { searchBudget: 1 } });
  expect(result.outcome).toBe('undecided');
  expect(result.assignment.length).toBeGreaterThan(0);
});
