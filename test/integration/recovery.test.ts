import { runController } from './operator';
import { Scenario } from './scenario';
import { POD, SERVICE } from '../../controller/src/kube';
import { POD_CLIQUE, POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { Pod, isReady, podIndex } from '../../src/core';
import { send } from '../control-plane/admin';
import { connect } from '../control-plane/connect';

const connection = connect();
runController(connection);
let scenario: Scenario;

const uids = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.uid);
const indices = (pods: readonly Pod[]) => pods.map(podIndex).sort();

/** Waits until the clique has four ready pods, none of them one of those. */
function untilReplaced(gone: readonly Pod[]): Promise<Pod[]> {
  return scenario.until('lost pods replaced', async () => {
    const pods = await scenario.pods('w-0-server');
    const seen = JSON.stringify(pods.map(({ metadata, status }) => [metadata.name, status?.phase]));
    const whole = pods.length === 4 && pods.every(isReady) && !pods.some(pod => uids(gone).includes(pod.metadata.uid));
    return { seen, result: whole ? pods : undefined };
  });
}

beforeAll(async () => {
  scenario = await Scenario.begin(connection, 'lost', { nodes: 4 });
  await scenario.createSet('w', { cliques: [scenario.clique('server', 4, 3)] });
  await scenario.untilPods({ total: 4, ready: 4 });
  await scenario.untilAvailable('w');
});

test('a deleted pod comes back with its index, the others stay', async () => {
  const before = await scenario.pods();
  const lost = before.find(pod => podIndex(pod) === 1)!;
  await scenario.delete(POD, lost.metadata.name!);
  const after = await untilReplaced([lost]);
  expect(indices(after)).toEqual([0, 1, 2, 3]);
  expect(uids(after)).toEqual(expect.arrayContaining(uids(before.filter(pod => pod !== lost))));
});

test('a pod that was evicted through the API comes back', async () => {
  const [lost] = await scenario.pods('w-0-server');
  const { name } = lost.metadata;
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: scenario.namespace } };
  expect((await send(connection.login, 'POST', `/api/v1/namespaces/${scenario.namespace}/pods/${name}/eviction`, eviction)).status).toBe(201);
  expect(indices(await untilReplaced([lost]))).toEqual([0, 1, 2, 3]);
});

test('pods that failed, were evicted by their node, or ended are replaced and taken away; one that dies young makes no storm of pods', async () => {
  const first = await doomed();
  const [failed, evicted, ended] = await scenario.pods('w-0-server');
  await scenario.patch(POD, failed.metadata.name!, { metadata: { annotations: { 'test.grove.io/crash': 'failed' } } });
  await scenario.patch(POD, evicted.metadata.name!, { status: { phase: 'Failed', reason: 'Evicted' } }, 'status');
  await scenario.patch(POD, ended.metadata.name!, { metadata: { annotations: { 'test.grove.io/crash': 'succeeded' } } });
  expect(indices(await untilReplaced([failed, evicted, ended]))).toEqual([0, 1, 2, 3]);
  const second = await scenario.until('replaced', async () => {
    const pods = (await scenario.pods('d-0-doomed')).filter(({ metadata }) => metadata.uid !== first.metadata.uid);
    return { seen: '', result: pods[0] };
  });
  const createdAt = ({ metadata }: Pod) => Date.parse(metadata.creationTimestamp ?? '');
  expect(createdAt(second) - createdAt(first)).toBeGreaterThanOrEqual(9_000);
  await scenario.delete(POD_CLIQUE_SET, 'd');
  await scenario.untilAvailable('w');
});

/** A pod that fails as soon as it is there. */
async function doomed(): Promise<Pod> {
  await scenario.createSet('d', { cliques: [scenario.clique('doomed', 1, 1, { nodeSelector: { 'test.grove.io/scenario': 'none' } })] });
  const pod = await scenario.until('a pod', async () => ({ seen: '', result: (await scenario.pods('d-0-doomed'))[0] }));
  await scenario.patch(POD, pod.metadata.name!, { status: { phase: 'Failed', reason: 'NodeAffinity' } }, 'status');
  return pod;
}

test('a crashing container is left to its node, and the gang tells that it is not ready', async () => {
  const before = await scenario.pods('w-0-server');
  const crash = (value: string | null) => Promise.all(before.map(({ metadata }) =>
    scenario.patch(POD, metadata.name!, { metadata: { annotations: { 'test.grove.io/crash': value } } })));
  await crash('restart');
  await scenario.until('breached', async () => {
    const [[clique], set, gang] = await Promise.all([scenario.cliques(), scenario.set('w'), scenario.gang('w-0')]);
    const breached = clique.status?.conditions?.some(({ type, status }) => type === 'MinAvailableBreached' && status === 'True');
    return { seen: JSON.stringify(clique.status), result: (breached && set.status?.availableReplicas === 0 && gang?.status?.phase === 'Starting') || undefined };
  });
  await crash(null);
  await scenario.untilAvailable('w');
  expect(uids(await scenario.pods('w-0-server')).sort()).toEqual(uids(before).sort());
});

test('a clique, a service and a gang that somebody deletes come back', async () => {
  await Promise.all([scenario.delete(POD_CLIQUE, 'w-0-server'), scenario.delete(SERVICE, 'w-0')]);
  await scenario.until('the service', async () => ({ seen: '', result: (await scenario.all(SERVICE)).length === 1 || undefined }));
  await scenario.untilPods({ total: 4, ready: 4 });
  await scenario.delete({ group: 'scheduler.grove.io', version: 'v1alpha1', kind: 'PodGang', plural: 'podgangs', namespaced: true }, 'w-0');
  await scenario.until('the gang', async () => ({ seen: '', result: await scenario.gang('w-0') }));
  await scenario.untilAvailable('w');
  await scenario.untilPods({ total: 4, ready: 4 });
});

test('a set that is deleted and created again at once is whole again, with new pods', async () => {
  const before = await scenario.pods();
  await connection.admin.delete(POD_CLIQUE_SET, { namespace: scenario.namespace, name: 'w' }, { propagationPolicy: 'Foreground' });
  await scenario.until('gone', async () => ({ seen: '', result: (await scenario.all(POD_CLIQUE_SET)).length === 0 || undefined }));
  await scenario.createSet('w', { cliques: [scenario.clique('server', 4, 3)] });
  await connection.admin.delete(POD_CLIQUE_SET, { namespace: scenario.namespace, name: 'w' });
  await scenario.until('gone again', async () => ({ seen: '', result: (await scenario.all(POD_CLIQUE_SET)).length === 0 || undefined }));
  await scenario.createSet('w', { cliques: [scenario.clique('server', 3, 3)] });
  const after = await scenario.untilPods({ total: 3, ready: 3 });
  await scenario.untilAvailable('w');
  expect(uids(after).filter(uid => uids(before).includes(uid))).toEqual([]);
});

test('a deleted set leaves nothing behind', async () => {
  await scenario.delete(POD_CLIQUE_SET, 'w');
  await scenario.untilNothing();
  await scenario.until('no service', async () => ({ seen: '', result: (await scenario.all(SERVICE)).length === 0 || undefined }));
});
