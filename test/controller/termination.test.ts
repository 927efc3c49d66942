import { NODE, POD } from '../../controller/src/kube';
import { PodSpec } from '../../src/core';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

/** Scenarios GT1 to GT6 of upstream's suite: a termination delay of 10 seconds, one pod a node. */
const gpu: Partial<PodSpec> = { containers: [{ name: 'main', image: 'i', resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
const nodes = Array.from({ length: 10 }, (_, index) => ({ name: `n${index}`, labels: {}, allocatable: { 'cpu': '64', 'nvidia.com/gpu': '1' } }));

function workload(a: [number, number], b: [number, number], c: [number, number], minAvailable: number) {
  return aSet('w', {
    cliques: [aCliqueTemplate('pc-a', ...a, gpu), aCliqueTemplate('pc-b', ...b, gpu), aCliqueTemplate('pc-c', ...c, gpu)],
    podCliqueScalingGroups: [{ name: 'x', cliqueNames: ['pc-b', 'pc-c'], replicas: 2, minAvailable }],
    terminationDelay: '10s',
  });
}
const WL1 = workload([2, 2], [1, 1], [3, 3], 2);
const WL2 = workload([2, 1], [1, 1], [3, 1], 1);
const WL5 = workload([2, 1], [1, 1], [3, 3], 1);

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

async function running(set: typeof WL1): Promise<State> {
  cluster = await EmbeddedCluster.start({ nodes });
  await cluster.createSet(set);
  await cluster.until('10 pods ready', ({ ready }) => ready.length === 10);
  await cluster.clock.advance(60_000);
  return cluster.state();
}

const podsOf = (state: State, clique: string) => state.pods.filter(({ metadata }) => metadata.labels?.['grove.io/podclique'] === clique);
const uids = (state: State, clique?: string) => (clique === undefined ? state.pods : podsOf(state, clique)).map(({ metadata }) => metadata.uid!).sort();
const survivors = (before: State, after: State) => uids(before).filter(uid => uids(after).includes(uid));

/** Takes pods of a clique away while no node takes new ones. */
async function lose(clique: string, count: number): Promise<void> {
  for (const { name } of nodes) await cluster.patch(NODE, name, { spec: { unschedulable: true } });
  const pods = podsOf(await cluster.state(), clique).filter(({ spec }) => spec.nodeName).slice(0, count);
  for (const pod of pods) await cluster.delete(POD, pod.metadata.name!);
}

async function uncordon(): Promise<void> {
  for (const { name } of nodes) await cluster.patch(NODE, name, { spec: { unschedulable: null } });
}

const recovered = () => cluster.until('10 pods ready again', ({ pods, ready }) => pods.length === 10 && ready.length === 10, 300_000);

test.each([['GT1', 'w-0-pc-a'], ['GT2', 'w-0-x-0-pc-c']])('%s: a pod of %s that the gang cannot do without is lost: after the delay every pod is another one', async (_, clique) => {
  const before = await running(WL1);
  await lose(clique, 1);
  await cluster.clock.advance(8_000);
  expect(survivors(before, await cluster.state())).toHaveLength(9);
  await cluster.clock.advance(17_000);
  expect(survivors(before, await cluster.state())).toHaveLength(0);
  await uncordon();
  await recovered();
});

test('GT3: one of two pods is spare; with the second one gone everything is recreated', async () => {
  const before = await running(WL2);
  await lose('w-0-pc-a', 1);
  await cluster.clock.advance(60_000);
  expect(survivors(before, await cluster.state())).toHaveLength(9);
  await lose('w-0-pc-a', 1);
  await cluster.clock.advance(25_000);
  expect(survivors(before, await cluster.state())).toHaveLength(0);
  await uncordon();
  await recovered();
});

test('GT4: a group replica that lost a whole clique is recreated alone; when both have, everything is', async () => {
  const before = await running(WL2);
  await lose('w-0-x-1-pc-c', 2);
  await cluster.clock.advance(60_000);
  expect(survivors(before, await cluster.state())).toHaveLength(8);
  await lose('w-0-x-1-pc-c', 1);
  await cluster.clock.advance(25_000);
  const after = await cluster.state();
  expect(survivors(before, after)).toEqual([...uids(before, 'w-0-pc-a'), ...uids(before, 'w-0-x-0-pc-b'), ...uids(before, 'w-0-x-0-pc-c')].sort());
  await lose('w-0-x-0-pc-c', 3);
  await cluster.clock.advance(25_000);
  expect(survivors(before, await cluster.state())).toHaveLength(0);
  await uncordon();
  await recovered();
});

test('GT5: only the group replica that is breached gets other pods', async () => {
  const before = await running(WL5);
  await lose('w-0-x-1-pc-c', 3);
  await cluster.clock.advance(25_000);
  expect(survivors(before, await cluster.state())).toHaveLength(6);
  await uncordon();
  await recovered();
});

test('GT6: a deleted pod that comes back in time changes nothing else', async () => {
  const before = await running(WL2);
  const [pod] = podsOf(before, 'w-0-x-1-pc-c');
  await cluster.delete(POD, pod.metadata.name!);
  await recovered();
  await cluster.clock.advance(60_000);
  expect(survivors(before, await cluster.state())).toHaveLength(9);
});

test('a gang that never got its nodes is left to wait', async () => {
  cluster = await EmbeddedCluster.start({ nodes: nodes.slice(0, 5) });
  await cluster.createSet(WL1);
  const before = await cluster.until('10 pods', ({ pods }) => pods.length === 10);
  await cluster.clock.advance(3_600_000);
  expect(survivors(before, await cluster.state())).toHaveLength(10);
});

test('a pod that takes an hour to start is not a breach', async () => {
  cluster = await EmbeddedCluster.start({ nodes, kubelet: { startMs: 3_600_000 } });
  await cluster.createSet(WL1);
  const before = await cluster.until('10 pods', ({ bound }) => bound.length === 10);
  await cluster.clock.advance(3_500_000);
  expect(survivors(before, await cluster.state())).toHaveLength(10);
  await cluster.until('10 pods ready', ({ ready }) => ready.length === 10, 600_000);
});
