import fc from 'fast-check';
import { POD_GATE, REPLACEMENT_INTERVAL_MS, SCHEDULER_NAME, isActive, planPods, podIndex } from '../../../src/core';
import { EPOCH_MS, aClique, aPod } from '../../support/objects';

const LATER_MS = EPOCH_MS + 3_600_000;
const names = (pods: readonly { metadata: { name?: string } }[]) => pods.map(({ metadata }) => metadata.name);

test('a new clique gets all its pods, with the indices from 0', () => {
  const plan = planPods(aClique('llm-0-server', 3, 3), [], LATER_MS);
  expect(plan.create.map(podIndex)).toEqual([0, 1, 2]);
  expect(plan.create.map(pod => pod.spec.hostname)).toEqual(['llm-0-server-0', 'llm-0-server-1', 'llm-0-server-2']);
  expect(plan.remove).toEqual([]);
});

test('pods that another scheduler binds have a gate; nobody but us binds ours', () => {
  const clique = aClique('llm-0-server', 1, 1);
  const podSpec = { ...clique.spec.podSpec, schedulerName: 'default-scheduler' };
  expect(planPods(clique, [], LATER_MS).create[0].spec).not.toHaveProperty('schedulingGates');
  expect(planPods(clique, [], LATER_MS).create[0].spec.schedulerName).toBe(SCHEDULER_NAME);
  expect(planPods({ ...clique, spec: { ...clique.spec, podSpec } }, [], LATER_MS).create[0].spec.schedulingGates).toEqual([{ name: POD_GATE }]);
});

test('planned twice, the pods have the same names: a repeated create meets its own pod', () => {
  const clique = aClique('llm-0-server', 3, 3);
  expect(names(planPods(clique, [], LATER_MS).create)).toEqual(names(planPods(clique, [], LATER_MS).create));
});

test('the successor of a pod that is still terminating has another name and the same index', () => {
  const clique = aClique('llm-0-server', 1, 1);
  const [first] = planPods(clique, [], LATER_MS).create;
  const dying = aPod(first.metadata.name!, { terminating: true, node: 'n' });
  const [second] = planPods(clique, [dying], LATER_MS).create;
  expect(podIndex(second)).toBe(0);
  expect(second.metadata.name).not.toBe(first.metadata.name);
});

test('a failed pod is removed and replaced at its index', () => {
  const pods = [aPod('a', { index: 0, node: 'n', ready: true }), aPod('b', { index: 1, node: 'n', phase: 'Failed' })];
  const plan = planPods(aClique('llm-0-server', 2, 2), pods, LATER_MS);
  expect(names(plan.remove)).toEqual(['b']);
  expect(plan.create.map(podIndex)).toEqual([1]);
});

const twin = (name: string, index: number, ready: boolean) => aPod(name, { index, node: 'n', ready });

test.each([
  ['that is not ready goes at once, and the missing index is filled', [twin('a', 0, true), twin('b', 0, false), twin('c', 2, false)], ['b'], [1]],
  ['that is ready stays while another pod is not', [twin('a', 0, true), twin('b', 0, true), twin('c', 2, false)], [], []],
  ['that is ready goes when all are', [twin('a', 0, true), aPod('b', { index: 0, node: 'n', ready: true, createdAt: 50 }), twin('c', 2, true)], ['b'], [1]],
])('a second pod of an index %s', (_, pods, removed, made) => {
  const plan = planPods(aClique('llm-0-server', 3, 3), pods, LATER_MS);
  expect(names(plan.remove)).toEqual(removed);
  expect(plan.create.map(podIndex)).toEqual(made);
});

test('a pod that fails at once is replaced only after a while', () => {
  const pods = [aPod('a', { phase: 'Failed', createdAt: 0 })];
  const soon = planPods(aClique('llm-0-server', 1, 1), pods, EPOCH_MS + 4_000);
  expect(soon).toEqual({ create: [], remove: [], againAfterMs: REPLACEMENT_INTERVAL_MS - 4_000 });
  const due = planPods(aClique('llm-0-server', 1, 1), pods, EPOCH_MS + REPLACEMENT_INTERVAL_MS);
  expect(names(due.remove)).toEqual(['a']);
  expect(due.create).toHaveLength(1);
});

test.each([
  ['one without a node before one that has one', aPod('x'), aPod('y', { node: 'n' })],
  ['one that is not ready before one that is', aPod('x', { node: 'n' }), aPod('y', { node: 'n', ready: true })],
  ['an outdated one before one of the present template', aPod('x', { node: 'n', ready: true, hash: 'old' }), aPod('y', { node: 'n', ready: true, createdAt: 50 })],
  ['a newer one before an older one', aPod('x', { node: 'n', ready: true, createdAt: 50 }), aPod('y', { node: 'n', ready: true })],
])('scaling in removes %s', (_, first, second) => {
  const clique = aClique('llm-0-server', 1, 1);
  expect(names(planPods(clique, [first, second], LATER_MS).remove)).toEqual(['x']);
  expect(names(planPods(clique, [second, first], LATER_MS).remove)).toEqual(['x']);
});

const anyPod = fc.record({
  index: fc.nat(6),
  node: fc.option(fc.constant('n'), { nil: undefined }),
  ready: fc.boolean(),
  terminating: fc.boolean(),
  phase: fc.constantFrom('Pending', 'Running', 'Failed', 'Succeeded' as const),
  createdAt: fc.nat(100),
});

test('whatever there is, the plan leads to exactly the replicas, each with an index of its own', () => {
  fc.assert(fc.property(fc.nat(6), fc.uniqueArray(anyPod, { selector: pod => pod.index, maxLength: 6 }), (replicas, states) => {
    const pods = states.map((state, position) => aPod(`pod-${position}`, state as Parameters<typeof aPod>[1]));
    const plan = planPods(aClique('llm-0-server', replicas, 1), pods, LATER_MS);
    const after = [...pods.filter(pod => isActive(pod) && !plan.remove.includes(pod)), ...plan.create];
    expect(after).toHaveLength(replicas);
    expect(new Set(after.map(podIndex)).size).toBe(replicas);
    expect(new Set([...pods, ...plan.create].map(pod => pod.metadata.name)).size).toBe(pods.length + plan.create.length);
  }), { numRuns: 500 });
});
