import { POD, PRIORITY_CLASS } from '../../../controller/src/kube';
import { POD_CLIQUE_SET } from '../../../controller/src/state/resources';
import { Pod, PodCliqueSet, PodSpec, findCondition, isTerminating } from '../../../src/core';
import { EmbeddedCluster, EmbeddedOptions, State } from '../../support/embedded';
import { aCliqueTemplate, aSet } from '../../support/objects';

const gpus = (count: number, spec: Partial<PodSpec> = {}): Partial<PodSpec> =>
  ({ containers: [{ name: 'main', image: 'i', resources: { limits: { 'nvidia.com/gpu': String(count) } } }], ...spec });
const nodes = (count: number, prefix = 'n') => Array.from({ length: count }, (_, index) =>
  ({ name: `${prefix}${index}`, labels: {}, allocatable: { 'cpu': '64', 'memory': '256Gi', 'nvidia.com/gpu': '1' } }));

/** A set of one gang whose pods take a node each. */
function gangOf(name: string, pods: number, priorityClassName?: string, minAvailable = pods): PodCliqueSet {
  return aSet(name, { cliques: [aCliqueTemplate('pc', pods, minAvailable, gpus(1))], ...(priorityClassName ? { priorityClassName } : {}) });
}

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

async function start(options: EmbeddedOptions): Promise<void> {
  cluster = await EmbeddedCluster.start(options);
  const classes = [{ name: 'high', value: 1000 }, { name: 'middle', value: 500 }, { name: 'polite', value: 1000, preemptionPolicy: 'Never' }];
  for (const { name, ...rest } of classes) {
    await cluster.client.create(PRIORITY_CLASS, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, ...rest });
  }
}

const of = (pods: readonly Pod[], set: string) => pods.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/part-of'] === set);
const bound = (state: State, set: string) => of(state.bound, set).length;
const ready = (set: string, count: number) => cluster.until(`${count} pods of ${set} ready`, state => of(state.ready, set).length === count);
const scheduled = (state: State, gang: string) => findCondition(state.gang(gang)?.status?.conditions, 'Scheduled');
const uids = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.uid).sort();

async function lonePod(name: string, node: string, priorityClassName?: string): Promise<void> {
  const spec = { ...gpus(1), nodeName: node, ...(priorityClassName ? { priorityClassName } : {}) } as PodSpec;
  await cluster.client.create(POD, { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec });
}

async function eventsOf(reason: string): Promise<string[]> {
  const { items } = await cluster.client.list({ group: 'events.k8s.io', version: 'v1', kind: 'Event', plural: 'events', namespaced: true });
  return items.map(event => event as unknown as { reason: string; note: string }).filter(event => event.reason === reason).map(({ note }) => note);
}

test('a gang of higher priority takes the room of one whole gang, and of no more than that', async () => {
  await start({ nodes: nodes(5), kubelet: { stopMs: 5_000 } });
  await cluster.createSet(gangOf('one', 2));
  await cluster.createSet(gangOf('two', 3));
  await ready('two', 3);
  await ready('one', 2);
  const before = of((await cluster.state()).pods, 'two');
  await cluster.createSet(gangOf('urgent', 2, 'high'));
  const evicting = await cluster.until('somebody leaves', ({ allPods }) => allPods.some(isTerminating));
  const leaving = evicting.allPods.filter(isTerminating);
  expect(of(leaving, 'one')).toHaveLength(2);
  expect(leaving).toHaveLength(2);
  for (const { status } of leaving) {
    expect(status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({ status: 'True', reason: 'PreemptionByScheduler' });
  }
  const told = await cluster.until('it is told', state => scheduled(state, 'urgent-0')?.reason === 'Preempting');
  expect(scheduled(told, 'urgent-0')?.message).toBe('waits for 2 pods of default/one-0 to leave; their room is kept for it');
  const after = await ready('urgent', 2);
  expect(bound(after, 'one')).toBe(0);
  expect(uids(of(after.pods, 'two'))).toEqual(uids(before));
  expect(await eventsOf('Preempted')).toHaveLength(3);
  expect(await eventsOf('Preempting')).toEqual(['evicts 2 pods of default/one-0']);
});

test('the evicted gang waits as a whole, says so, and comes back as a whole', async () => {
  await start({ nodes: nodes(3) });
  await cluster.createSet(gangOf('low', 3));
  await ready('low', 3);
  await cluster.createSet(gangOf('urgent', 2, 'high'));
  await ready('urgent', 2);
  const waiting = await cluster.until('low waits', state => of(state.pods, 'low').length === 3 && scheduled(state, 'low-0')?.reason === 'Unschedulable');
  expect(bound(waiting, 'low')).toBe(0);
  const target = (state: State) => findCondition(state.gang('low-0')?.status?.conditions, 'DisruptionTarget');
  expect(target(waiting)).toMatchObject({ status: 'True', reason: 'PreemptionByScheduler', message: 'its pods made room for gang default/urgent-0 of priority 1000' });
  await cluster.addNodes(nodes(2, 'm'));
  const back = await ready('low', 3);
  expect(bound(back, 'urgent')).toBe(2);
  await cluster.until('no target any more', state => target(state)?.status === 'False');
});

test.each([['of the same priority', 'high', 'high'], ['that is polite', undefined, 'polite']])('a gang %s waits', async (_, lower, higher) => {
  await start({ nodes: nodes(2) });
  await cluster.createSet(gangOf('first', 2, lower));
  const { pods } = await ready('first', 2);
  await cluster.createSet(gangOf('second', 2, higher));
  const waiting = await cluster.until('it waits', state => scheduled(state, 'second-0')?.reason === 'Unschedulable');
  await cluster.pass(20_000);
  expect(uids(of((await cluster.state()).pods, 'first'))).toEqual(uids(pods));
  expect(scheduled(waiting, 'second-0')?.message).toMatch(/^second-0 needs 2 nvidia.com\/gpu; all nodes together have 0 nvidia.com\/gpu free/);
});

test('nobody is evicted where that would not be enough, nor are pods that keep the cluster alive', async () => {
  await start({ nodes: nodes(3) });
  await lonePod('vital', 'n0', 'system-cluster-critical');
  await lonePod('lone', 'n1');
  await cluster.createSet(gangOf('low', 1));
  await ready('low', 1);
  await cluster.createSet(gangOf('large', 3, 'high'));
  await cluster.until('it waits', state => scheduled(state, 'large-0')?.reason === 'Unschedulable');
  await cluster.pass(20_000);
  expect((await cluster.state()).bound).toHaveLength(3);
  await cluster.createSet(gangOf('small', 2, 'high'));
  const after = await ready('small', 2);
  expect(after.allPods.filter(({ spec }) => spec.nodeName).map(({ metadata }) => metadata.name)).toContain('vital');
  expect(after.allPods.map(({ metadata }) => metadata.name)).not.toContain('lone');
});

test('the room that a gang waits for is kept from others, except from those of still higher priority', async () => {
  await start({ nodes: nodes(3), kubelet: { stopMs: 20_000 } });
  await cluster.createSet(gangOf('low', 3));
  await ready('low', 3);
  await cluster.createSet(gangOf('middle', 2, 'middle'));
  await cluster.until('low leaves', ({ allPods }) => allPods.filter(isTerminating).length === 3);
  await cluster.createSet(gangOf('small', 2));
  await cluster.createSet(gangOf('urgent', 2, 'high'));
  const first = await cluster.until('the first is placed', ({ bound: pods }) => pods.length > 0);
  expect([bound(first, 'urgent'), bound(first, 'middle'), bound(first, 'small')]).toEqual([2, 0, 0]);
  await cluster.pass(30_000);
  const state = await cluster.state();
  expect(state.bound).toHaveLength(2);
  await cluster.addNodes(nodes(1, 'm'));
  await ready('middle', 2);
  expect(bound(await cluster.state(), 'urgent')).toBe(2);
});

test('of the room that is kept nobody gets a part that is free already', async () => {
  await start({ nodes: nodes(2), kubelet: { stopMs: 20_000 } });
  await cluster.createSet(gangOf('low', 2));
  await ready('low', 2);
  await cluster.createSet(gangOf('urgent', 2, 'high'));
  const { allPods: [first] } = await cluster.until('low leaves', ({ allPods }) => allPods.filter(isTerminating).length === 2);
  await cluster.client.delete(POD, first.metadata, { gracePeriodSeconds: 0 });
  await cluster.createSet(gangOf('small', 1));
  await cluster.pass(10_000);
  expect((await cluster.state()).bound).toHaveLength(0);
  await ready('urgent', 2);
});

test('room that pods leave anyway is waited for, and nobody else has to go', async () => {
  await start({ nodes: nodes(4), kubelet: { stopMs: 10_000 } });
  await cluster.createSet(gangOf('stays', 2));
  await cluster.createSet(gangOf('goes', 2));
  await ready('stays', 2);
  await ready('goes', 2);
  await cluster.delete(POD_CLIQUE_SET, 'goes');
  await cluster.until('they leave', ({ allPods }) => allPods.filter(isTerminating).length === 2);
  await cluster.createSet(gangOf('urgent', 2, 'high'));
  const after = await ready('urgent', 2);
  expect(bound(after, 'stays')).toBe(2);
  expect(await eventsOf('Preempting')).toEqual([]);
});

test('a pod that does not get away is not waited for for ever', async () => {
  await start({ nodes: nodes(3) });
  await lonePod('stuck', 'n0');
  await cluster.patch(POD, 'stuck', { metadata: { finalizers: ['example.com/stuck'] } });
  await cluster.createSet(gangOf('low', 2));
  await ready('low', 2);
  await cluster.delete(POD, 'stuck');
  await cluster.createSet(gangOf('urgent', 1, 'high'));
  await cluster.until('it waits', state => scheduled(state, 'urgent-0')?.reason === 'Preempting');
  const after = await cluster.until('elsewhere', state => bound(state, 'urgent') === 1, 300_000);
  expect(after.allPods.map(({ metadata }) => metadata.name)).toContain('stuck');
  await cluster.patch(POD, 'stuck', { metadata: { finalizers: null } });
});

test('of gangs that wait the one of higher priority goes first, though it is younger; surplus pods evict nobody', async () => {
  await start({ nodes: nodes(2) });
  await cluster.createSet(gangOf('old', 3));
  await cluster.until('it waits', state => scheduled(state, 'old-0')?.reason === 'Unschedulable');
  await cluster.createSet(gangOf('young', 3, 'high'));
  await cluster.until('it waits', state => scheduled(state, 'young-0')?.reason === 'Unschedulable');
  await cluster.addNodes(nodes(1, 'm'));
  await ready('young', 3);
  expect(await eventsOf('Preempting')).toEqual([]);
  await cluster.createSet(gangOf('greedy', 4, 'high', 1));
  await cluster.addNodes(nodes(1, 'k'));
  await ready('greedy', 1);
  await cluster.pass(10_000);
  expect(bound(await cluster.state(), 'young')).toBe(3);
});

test('an eviction that was begun is carried on, not begun again, by a controller that is started anew', async () => {
  await start({ nodes: nodes(2), kubelet: { stopMs: 10_000 } });
  await cluster.createSet(gangOf('low', 2));
  await ready('low', 2);
  await cluster.createSet(gangOf('urgent', 2, 'high'));
  await cluster.until('low leaves', ({ allPods }) => allPods.filter(isTerminating).length === 2);
  await cluster.killController();
  cluster.startController();
  const after = await ready('urgent', 2);
  expect(bound(after, 'low')).toBe(0);
  expect(await eventsOf('Preempting')).toHaveLength(1);
});

describe('a base gang and a scaled gang of two pods each', () => {
  const boundOf = (state: State, gang: string) => state.bound.filter(({ metadata }) => metadata.labels?.['grove.io/podgang'] === gang).length;

  beforeEach(async () => {
    await start({ nodes: nodes(2) });
    await cluster.createSet(aSet('low', {
      cliques: [aCliqueTemplate('engine', 2, 2, gpus(1))],
      podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['engine'], replicas: 2, minAvailable: 1 }],
    }));
    await ready('low', 2);
    await cluster.addNodes(nodes(2, 'm'));
    await ready('low', 4);
  });

  test('the scaled gang goes first: with the base gang both would go', async () => {
    await cluster.createSet(gangOf('urgent', 2, 'high'));
    const state = await ready('urgent', 2);
    expect([boundOf(state, 'low-0'), boundOf(state, 'low-0-g-0')]).toEqual([2, 0]);
  });

  test('the scaled gang goes along with the base gang, without which it is worth nothing', async () => {
    const spec = (node: string) => gpus(1, { nodeSelector: { 'kubernetes.io/hostname': node } });
    await cluster.createSet(aSet('urgent', { cliques: ['n0', 'n1'].map(node => aCliqueTemplate(node, 1, 1, spec(node))), priorityClassName: 'high' }));
    await ready('urgent', 2);
    const state = await cluster.until('the base gang is back', found => boundOf(found, 'low-0') === 2);
    expect(boundOf(state, 'low-0-g-0')).toBe(0);
    expect(await eventsOf('Preempting')).toEqual(['evicts 2 pods of default/low-0, 2 pods of default/low-0-g-0']);
  });
});
