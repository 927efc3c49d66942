import { PodSpec } from '../../src/core';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

/** What is not terminated, however short the termination delay; test/scenarios/gang-termination.ts has what is. */
const gpu: Partial<PodSpec> = { containers: [{ name: 'main', image: 'i', resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
const nodes = Array.from({ length: 10 }, (_, index) => ({ name: `n${index}`, labels: {}, allocatable: { 'cpu': '64', 'nvidia.com/gpu': '1' } }));
const workload = aSet('w', {
  cliques: [aCliqueTemplate('pc-a', 2, 2, gpu), aCliqueTemplate('pc-b', 1, 1, gpu), aCliqueTemplate('pc-c', 3, 3, gpu)],
  podCliqueScalingGroups: [{ name: 'x', cliqueNames: ['pc-b', 'pc-c'], replicas: 2, minAvailable: 2 }],
  terminationDelay: '10s',
});

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

const uids = ({ pods }: State) => pods.map(({ metadata }) => metadata.uid).sort();

test('a gang that never got its nodes is left to wait', async () => {
  cluster = await EmbeddedCluster.start({ nodes: nodes.slice(0, 5) });
  await cluster.createSet(workload);
  const before = await cluster.until('10 pods', ({ pods }) => pods.length === 10);
  await cluster.clock.advance(3_600_000);
  expect(uids(await cluster.state())).toEqual(uids(before));
});

test('a pod that takes an hour to start is not a breach', async () => {
  cluster = await EmbeddedCluster.start({ nodes, kubelet: { startMs: 3_600_000 } });
  await cluster.createSet(workload);
  const before = await cluster.until('10 pods', ({ bound }) => bound.length === 10);
  await cluster.clock.advance(3_500_000);
  expect(uids(await cluster.state())).toEqual(uids(before));
  await cluster.until('10 pods ready', ({ ready }) => ready.length === 10, 600_000);
});
