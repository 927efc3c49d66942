import { KubeObject } from '../../controller/src/kube/object';
import { mergePatch } from '../../controller/src/kube/patch';
import { NODE, POD, SERVICE_ACCOUNT } from '../../controller/src/kube/resource';
import { connect } from '../control-plane/connect';
import { serverVersion } from '../control-plane/control-plane';
import { createNodes, deleteNodes } from '../control-plane/nodes';
import { until } from '../control-plane/until';

const SECRET = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };

interface Pod extends KubeObject {
  readonly spec: any;
  readonly status?: any;
}

const { address, login, admin, operator, namespace: newNamespace } = connect();
let namespace: string;
let node: string;

beforeAll(async () => {
  namespace = await newNamespace('control-plane');
  [node] = await createNodes(login, { count: 1, prefix: namespace, labels: { 'test.grove.io/file': 'control-plane' }, capacity: { cpu: '8', memory: '64Gi' } });
});
afterAll(() => deleteNodes(login, [node]));

test('it is the Kubernetes that we build', async () => {
  expect(await serverVersion(address)).toBe('v1.36.3');
});

test('a fake node is Ready with the capacity that it was given', async () => {
  const { status } = await admin.get<KubeObject & { status: any }>(NODE, { name: node });
  expect(condition(status, 'Ready')).toBe('True');
  expect(status.allocatable).toEqual({ cpu: '8', memory: '64Gi', pods: '1k' });
});

test('a node is lost and comes back', async () => {
  const ready = (wanted: string) => until(`node Ready=${wanted}`, async () => {
    const { status } = await admin.get<KubeObject & { status: any }>(NODE, { name: node });
    return condition(status, 'Ready') === wanted || undefined;
  });
  await admin.patch(NODE, { name: node }, mergePatch({ metadata: { annotations: { 'test.grove.io/down': 'true' } } }));
  await ready('Unknown');
  await admin.patch(NODE, { name: node }, mergePatch({ metadata: { annotations: { 'test.grove.io/down': null } } }));
  await ready('True');
});

test('a pod that is bound to it runs', async () => {
  const bound = await create('bound', {}, { schedulerName: 'nobody' });
  await admin.bind(bound, node);
  const { status } = await untilPod('bound', ({ status: seen }) => condition(seen, 'Ready') === 'True');
  expect(status.phase).toBe('Running');
  expect(status.podIP).toMatch(/^10\./);
  expect(status.containerStatuses[0]).toMatchObject({ ready: true, restartCount: 0, state: { running: {} } });
});

test('the scheduler places a pod', async () => {
  await create('scheduled');
  const pod = await untilPod('scheduled', ({ status }) => condition(status, 'Ready') === 'True');
  expect(pod.spec.nodeName).toBe(node);
});

test('a held pod runs, and is ready only when it is let go', async () => {
  await create('held', { 'test.grove.io/hold': 'true' });
  await create('free');
  await untilPod('free', ({ status }) => condition(status, 'Ready') === 'True');
  const { status } = await untilPod('held', ({ status: seen }) => seen?.phase === 'Running');
  expect(condition(status, 'Ready')).toBe('False');
  expect(status.containerStatuses[0].ready).toBe(false);
  await annotate('held', 'test.grove.io/hold', null);
  await untilPod('held', ({ status: seen }) => condition(seen, 'Ready') === 'True');
});

test('a delayed pod is ready later', async () => {
  await create('delayed', { 'test.grove.io/ready-after': '1500ms' });
  const running = await untilPod('delayed', ({ status }) => status?.phase === 'Running');
  expect(condition(running.status, 'Ready')).toBe('False');
  const ready = await untilPod('delayed', ({ status }) => condition(status, 'Ready') === 'True');
  expect(Date.parse(readySince(ready)) - Date.parse(readySince(running))).toBeGreaterThanOrEqual(1000);
});

test('a pod with the start-up gate is Pending on its node until it is annotated', async () => {
  const initContainers = [{ name: 'before', image: 'none' }, { name: 'grove-initc', image: 'none' }];
  await create('gated', {}, { initContainers });
  const waiting = await untilPod('gated', ({ status }) => condition(status, 'Initialized') === 'False');
  expect(waiting.status.phase).toBe('Pending');
  expect(waiting.spec.nodeName).toBe(node);
  expect(waiting.status.initContainerStatuses).toMatchObject([{ name: 'before', ready: true }, { name: 'grove-initc', state: { running: {} } }]);
  await annotate('gated', 'grove.io/startup', 'ready');
  const { status } = await untilPod('gated', ({ status: seen }) => condition(seen, 'Ready') === 'True');
  expect(condition(status, 'Initialized')).toBe('True');
});

test('a crashing pod restarts, and is ready again when it is mended', async () => {
  await create('crashing');
  await untilPod('crashing', ({ status }) => condition(status, 'Ready') === 'True');
  await annotate('crashing', 'test.grove.io/crash', 'restart');
  const { status } = await untilPod('crashing', ({ status: seen }) => condition(seen, 'Ready') === 'False');
  expect(status.phase).toBe('Running');
  expect(status.containerStatuses[0]).toMatchObject({ ready: false, restartCount: 1, lastState: { terminated: { exitCode: 1 } } });
  await annotate('crashing', 'test.grove.io/crash', null);
  const mended = await untilPod('crashing', ({ status: seen }) => condition(seen, 'Ready') === 'True');
  expect(mended.status.containerStatuses[0]).toMatchObject({ ready: true, restartCount: 1, lastState: { terminated: { exitCode: 1 } } });
});

test('a failing pod ends', async () => {
  await create('failing', { 'test.grove.io/crash': 'failed' });
  const { status } = await untilPod('failing', ({ status: seen }) => seen?.phase === 'Failed');
  expect(status.containerStatuses[0].state.terminated.exitCode).toBe(1);
});

test('a deleted pod goes away, and what it owned with it', async () => {
  const owner = await create('owner');
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: 'owner', uid: owner.metadata.uid! }];
  await admin.create(SERVICE_ACCOUNT, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'owned', namespace, ownerReferences } as KubeObject['metadata'] });
  await untilPod('owner', ({ status }) => condition(status, 'Ready') === 'True');
  await admin.delete(POD, { name: 'owner', namespace });
  await until('the owned object is collected', async () => {
    const { items } = await admin.list(SERVICE_ACCOUNT, { namespace, fieldSelector: 'metadata.name=owned' });
    return items.length === 0 || undefined;
  });
});

test('the operator may do nothing that no RBAC rule allows', async () => {
  await expect(operator.list(SECRET, { namespace })).rejects.toMatchObject({ status: 403, message: expect.stringContaining('grove-system:grove-operator') });
});

function create(name: string, annotations: Record<string, string> = {}, spec: object = {}): Promise<Pod> {
  return admin.create<Pod>(POD, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, annotations } as KubeObject['metadata'],
    spec: { nodeSelector: { 'test.grove.io/file': 'control-plane' }, containers: [{ name: 'main', image: 'none' }], ...spec },
  });
}

function annotate(name: string, annotation: string, value: string | null): Promise<unknown> {
  return admin.patch(POD, { name, namespace }, mergePatch({ metadata: { annotations: { [annotation]: value } } }));
}

function untilPod(name: string, wanted: (pod: Pod) => boolean): Promise<Pod> {
  return until(`pod ${name}: ${wanted}`, async () => {
    const pod = await admin.get<Pod>(POD, { name, namespace });
    return wanted(pod) ? pod : undefined;
  });
}

function condition(status: any, type: string): string | undefined {
  return status?.conditions?.find((each: { type: string }) => each.type === type)?.status;
}

function readySince(pod: Pod): string {
  return pod.status.conditions.find((each: { type: string }) => each.type === 'Ready').lastTransitionTime;
}
