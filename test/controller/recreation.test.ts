import { Faults } from '../../controller/src/cluster';
import { KubeRequest, NODE, POD } from '../../controller/src/kube';
import { POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { PodSpec } from '../../src/core';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

/** What is recreated together is recreated whole and once, whatever request fails on the way. */
const running = (image: string): Partial<PodSpec> => ({ containers: [{ name: 'main', image, resources: { limits: { 'nvidia.com/gpu': '1' } } }] });
const nodes = Array.from({ length: 6 }, (_, index) => ({ name: `n${index}`, labels: {}, allocatable: { 'cpu': '64', 'nvidia.com/gpu': '1' } }));
const workload = (worker: string) => aSet('w', {
  cliques: [aCliqueTemplate('leader', 1, 1, running('l:1')), aCliqueTemplate('worker', 2, 2, running(worker))],
  podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['leader', 'worker'], replicas: 2, minAvailable: 2 }],
  terminationDelay: '10s',
});
const PODS = 6;

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

async function begin(faults: Faults): Promise<State> {
  cluster = await EmbeddedCluster.start({ nodes, faults });
  await cluster.createSet(workload('w:1'));
  await cluster.until('ready', ({ ready, sets: [{ status }] }) => ready.length === PODS && status?.availableReplicas === 1);
  await cluster.clock.advance(10_000);
  return cluster.state();
}

const uids = ({ pods }: State) => pods.map(({ metadata }) => metadata.uid!);
const survivors = (before: State, after: State) => uids(before).filter(uid => uids(after).includes(uid));

/** Refuses as many matching requests as it is told, from then on when it is armed. */
function refusing(matches: (request: KubeRequest) => boolean, status: 409 | 500) {
  const trouble = { left: 0 };
  const faults: Faults = { request: request => (trouble.left > 0 && matches(request) ? (trouble.left--, { refuse: { status } }) : undefined) };
  return { trouble, faults };
}

test.each(['leader', 'worker'])('an update whose delete of a %s fails does not leave old pods beside new ones', async clique => {
  const { trouble, faults } = refusing(({ method, path }) => method === 'DELETE' && path.endsWith(`-${clique}`) && path.includes('/podcliques/'), 500);
  const before = await begin(faults);
  trouble.left = 8;
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: workload('w:2').spec });
  const after = await cluster.until('updated', ({ sets: [{ status }], ready }) =>
    status?.updateProgress?.updateEndedAt !== undefined && status.updatedReplicas === 1 && ready.length === PODS, 600_000);
  expect(trouble.left).toBeLessThan(8);
  expect(survivors(before, after)).toEqual([]);
});

test.each([409, 500] as const)('a gang is not recreated twice when the server answers %d to the mark on its group', async status => {
  const { trouble, faults } = refusing(({ method, path, body }) =>
    method === 'PATCH' && path.endsWith('/podcliquescalinggroups/w-0-g/status') && JSON.stringify(body).includes('GangTerminationInProgress'), status);
  const before = await begin(faults);
  trouble.left = 2;
  for (const { name } of nodes) await cluster.patch(NODE, name, { spec: { unschedulable: true } });
  await cluster.clock.advance(1_000);
  await cluster.delete(POD, before.pods[0].metadata.name!);
  const recreated = await cluster.until('recreated', state => survivors(before, state).length === 0 && state.pods.length === PODS);
  await cluster.clock.advance(60_000);
  expect(trouble.left).toBe(0);
  expect(survivors(recreated, await cluster.state())).toHaveLength(PODS);
});
