import { nvl72Racks } from '../../controller/src/cluster';
import { POD } from '../../controller/src/kube';
import { POD_CLIQUE, POD_CLIQUE_SET, SCALING_GROUP } from '../../controller/src/state/resources';
import { PodSpec, expand, isReady, podIndex } from '../../src/core';
import { EmbeddedCluster } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

const gpus = (count: number): Partial<PodSpec> => ({ containers: [{ name: 'main', image: 'i', resources: { limits: { 'nvidia.com/gpu': String(count) } } }] });
const node = (name: string) => ({ name, labels: {}, allocatable: { 'cpu': '64', 'memory': '256Gi', 'nvidia.com/gpu': '1' } });
const nodes = (count: number, prefix = 'n') => Array.from({ length: count }, (_, index) => node(`${prefix}${index}`));
const names = (objects: readonly { metadata: { name?: string } }[]) => objects.map(({ metadata }) => metadata.name).sort();

/** pc-a 2/1 alone; group x of pc-b 1/1 and pc-c 3/1, two replicas of which one is needed: a base gang of 3 and a scaled one of 2 at least. */
const workload = (template: object = {}) => aSet('w', {
  cliques: [aCliqueTemplate('pc-a', 2, 1, gpus(1)), aCliqueTemplate('pc-b', 1, 1, gpus(1)), aCliqueTemplate('pc-c', 3, 1, gpus(1))],
  podCliqueScalingGroups: [{ name: 'x', cliqueNames: ['pc-b', 'pc-c'], replicas: 2, minAvailable: 1 }],
  ...template,
});

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

test('everything that the set stands for is there, named as expand() says, and becomes ready', async () => {
  cluster = await EmbeddedCluster.start({ nodes: nodes(10) });
  const set = workload();
  await cluster.createSet(set);
  const state = await cluster.until('10 pods ready', ({ ready }) => ready.length === 10);
  const expanded = (kind: string) => names(expand(set).filter(object => object.kind === kind));
  expect(names(state.cliques)).toEqual(expanded('PodClique'));
  expect(names(state.gangs)).toEqual(expanded('PodGang'));
  expect(names(state.scalingGroups)).toEqual(expanded('PodCliqueScalingGroup'));
  expect(state.pods.map(pod => pod.spec.hostname).sort()).toEqual(expanded('Pod'));
  await cluster.until('available', ({ sets: [{ status }], gangs }) => status?.availableReplicas === 1 && gangs.every(gang => gang.status?.phase === 'Running'));
});

test('a deleted, a failed and an evicted pod are replaced, each at its index', async () => {
  cluster = await EmbeddedCluster.start({ nodes: nodes(12) });
  await cluster.createSet(aSet('w', { cliques: [aCliqueTemplate('pc', 3, 3, gpus(1))] }));
  const before = await cluster.until('ready', ({ ready }) => ready.length === 3);
  await cluster.clock.advance(20_000);
  const [first, second, third] = names(before.pods) as string[];
  await cluster.delete(POD, first);
  await cluster.patch(POD, second, { status: { phase: 'Failed', reason: 'Evicted' } }, 'status');
  const after = await cluster.until('ready again', ({ pods, ready }) => ready.length === 3 && pods.length === 3 && !names(pods).includes(second));
  expect(names(after.pods)).toContain(third);
  expect(after.pods.map(podIndex).sort()).toEqual([0, 1, 2]);
});

test('scaling of sets, groups and cliques makes and removes exactly what belongs to it', async () => {
  cluster = await EmbeddedCluster.start({ nodes: nodes(40) });
  await cluster.createSet(workload());
  await cluster.until('ready', ({ ready }) => ready.length === 10);
  await cluster.patch(SCALING_GROUP, 'w-0-x', { spec: { replicas: 3 } });
  const grown = await cluster.until('one more group replica', ({ ready }) => ready.length === 14);
  expect(names(grown.gangs)).toEqual(['w-0', 'w-0-x-0', 'w-0-x-1']);
  await cluster.patch(POD_CLIQUE, 'w-0-pc-a', { spec: { replicas: 5 } });
  await cluster.until('three more pods', ({ ready }) => ready.length === 17);
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { replicas: 2 } });
  const doubled = await cluster.until('another replica, with the template’s counts', ({ ready }) => ready.length === 27);
  expect(names(doubled.gangs)).toEqual(['w-0', 'w-0-x-0', 'w-0-x-1', 'w-1', 'w-1-x-0']);
  await cluster.patch(SCALING_GROUP, 'w-0-x', { spec: { replicas: 1 } });
  await cluster.patch(POD_CLIQUE, 'w-0-pc-a', { spec: { replicas: 1 } });
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { replicas: 1 } });
  const small = await cluster.until('the minimum', ({ allPods, gangs, cliques }) => allPods.length === 5 && gangs.length === 1 && cliques.length === 3);
  expect(small.pods.every(isReady)).toBe(true);
});

test('a set that admission would refuse is reported and not carried out, until it is mended', async () => {
  cluster = await EmbeddedCluster.start({ nodes: nodes(4) });
  await cluster.createSet(aSet('w', { cliques: [aCliqueTemplate('pc', 2, 3, gpus(1))] }));
  const stalled = await cluster.until('Stalled', ({ sets: [{ status }] }) => status?.conditions?.some(({ type }) => type === 'Stalled') ?? false);
  await cluster.clock.advance(60_000);
  expect((await cluster.state()).cliques).toHaveLength(0);
  expect(stalled.sets[0].status!.conditions!.find(({ type }) => type === 'Stalled')!.message).toContain('spec.template.cliques[0].spec.minAvailable');
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { template: { cliques: [aCliqueTemplate('pc', 2, 2, gpus(1))] } } });
  const { sets } = await cluster.until('ready', ({ ready, sets: [{ status }] }) => ready.length === 2 && status?.availableReplicas === 1);
  expect(sets[0].status!.conditions!.map(({ type }) => type)).not.toContain('Stalled');
});

test('at rest nothing is written', async () => {
  cluster = await EmbeddedCluster.start({ nodes: nvl72Racks({ racks: 1 }) });
  await cluster.createSet(workload());
  await cluster.until('available', ({ sets: [{ status }] }) => status?.availableReplicas === 1);
  await cluster.clock.advance(10_000);
  const before = cluster.writes.length;
  await cluster.clock.advance(3_600_000);
  expect(cluster.writes.slice(before)).toEqual([]);
});
