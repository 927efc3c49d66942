import { createNodes, EmbeddedApiServer, Kubelet, KubeletOptions, nvl72Racks } from '../../../controller/src/cluster';
import { Client } from '../../../controller/src/kube/client';
import { VirtualClock } from '../../../controller/src/kube/clock';
import { ObjectKey } from '../../../controller/src/kube/object';
import { mergePatch } from '../../../controller/src/kube/patch';
import { POD } from '../../../controller/src/kube/resource';
import { Anything } from '../../contract/subject';

const NODE_NAME = 'rack-0-node-00';
const stops: AbortController[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop.abort()));

/** One node with four GPUs, and its kubelet. */
async function cluster(options: Partial<KubeletOptions> = {}) {
  const clock = new VirtualClock();
  const server = new EmbeddedApiServer({ clock });
  const client = new Client({ transport: server.transport(), clock });
  await createNodes(client, nvl72Racks({ racks: 1, nodesPerRack: 1 }), clock);
  const kubelet = new Kubelet({ client: new Client({ transport: server.transport(), clock }), clock, ...options });
  const stop = new AbortController();
  stops.push(stop);
  void kubelet.run(stop.signal);
  await clock.settle();

  const start = async (name: string, spec: object = {}, metadata: object = {}): Promise<ObjectKey> => {
    const pod = await client.create<Anything>(POD, {
      apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', ...metadata }, spec: { containers: [{ name: 'main', image: 'busybox:1.37' }], ...spec },
    });
    await client.bind(pod, NODE_NAME);
    await clock.settle();
    return pod.metadata;
  };
  const status = async (key: ObjectKey): Promise<any> => (await client.get<Anything>(POD, key)).status;
  const state = async (key: ObjectKey): Promise<string> => {
    const { phase, conditions } = await status(key);
    return `${phase}${conditions.some(({ type, status: value }: any) => type === 'Ready' && value === 'True') ? ' ready' : ''}`;
  };
  return { clock, client, kubelet, start, status, state };
}

const gated = { initContainers: [{ name: 'setup', image: 'busybox:1.37' }, { name: 'grove-initc', image: 'busybox:1.37' }] };

test('a bound pod runs after its start time and is ready after its ready time', async () => {
  const { clock, start, state, status } = await cluster({ startMs: 3000, readyMs: (pod) => (pod.metadata.name === 'slow' ? 5000 : 1000) });
  const [slow, quick] = [await start('slow'), await start('quick')];
  expect(await state(slow)).toBe('Pending');
  await clock.advance(3000);
  expect([await state(slow), await state(quick)]).toEqual(['Running', 'Running']);
  await clock.advance(1000);
  expect([await state(slow), await state(quick)]).toEqual(['Running', 'Running ready']);
  await clock.advance(4000);
  const { conditions, containerStatuses, podIP, startTime } = await status(slow);
  expect(podIP).toMatch(/^10\.\d+\.\d+\.\d+$/);
  expect(startTime).toBe('2026-01-01T00:00:00Z');
  expect(containerStatuses).toMatchObject([{ name: 'main', ready: true, started: true, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:03Z' } } }]);
  const times = Object.fromEntries(conditions.map(({ type, lastTransitionTime }: any) => [type, lastTransitionTime]));
  expect(times).toEqual({
    PodScheduled: '2026-01-01T00:00:00Z',
    PodReadyToStartContainers: '2026-01-01T00:00:03Z',
    Initialized: '2026-01-01T00:00:03Z',
    Ready: '2026-01-01T00:00:08Z',
    ContainersReady: '2026-01-01T00:00:08Z',
  });
});

test('a pod with a start-up gate waits for its annotation', async () => {
  const { clock, client, start, state, status } = await cluster();
  const pod = await start('gated', gated);
  await clock.advance(60_000);
  const waiting = await status(pod);
  expect(waiting.phase).toBe('Pending');
  expect(waiting.initContainerStatuses).toMatchObject([{ name: 'setup', ready: true, state: { terminated: { exitCode: 0 } } }, { name: 'grove-initc', ready: false, state: { running: {} } }]);
  expect(waiting.containerStatuses).toMatchObject([{ state: { waiting: { reason: 'PodInitializing' } } }]);
  expect(waiting.conditions).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized' })]));

  await client.patch(POD, pod, mergePatch({ metadata: { annotations: { 'grove.io/startup': 'ready' } } }));
  await clock.advance(1000);
  expect(await state(pod)).toBe('Running ready');
  const initialized = (await status(pod)).conditions.find(({ type }: any) => type === 'Initialized');
  expect(initialized).toMatchObject({ status: 'True' });
  expect(initialized.reason).toBeUndefined();
});

test('held pods start when they are released', async () => {
  const { clock, kubelet, start, state } = await cluster();
  const release = kubelet.hold(({ metadata }) => metadata.labels?.hold === 'yes');
  const held = await start('held', {}, { labels: { hold: 'yes' } });
  const free = await start('free');
  await clock.advance(60_000);
  expect([await state(held), await state(free)]).toEqual(['Pending', 'Running ready']);
  release();
  await clock.advance(1000);
  expect(await state(held)).toBe('Running ready');
});

test('a crashed pod is restarted', async () => {
  const { clock, kubelet, start, status, state } = await cluster({ restartMs: 5000 });
  const pod = await start('crashing');
  await clock.advance(1000);
  kubelet.crash('default/crashing');
  await clock.settle();
  expect(await state(pod)).toBe('Running');
  expect((await status(pod)).containerStatuses).toMatchObject([{ ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1 } } }]);
  expect(() => kubelet.crash('default/nobody')).toThrow('no pod "default/nobody" is on a node');
  await clock.advance(5000);
  expect(await state(pod)).toBe('Running ready');
  expect((await status(pod)).containerStatuses[0].restartCount).toBe(1);
});

test('a failed pod has ended, and its room is free again', async () => {
  const { clock, kubelet, start, status, state } = await cluster();
  const gpus = { containers: [{ name: 'main', image: 'busybox:1.37', resources: { limits: { 'nvidia.com/gpu': '4' } } }] };
  const first = await start('first', gpus);
  const refused = await start('refused', gpus);
  await clock.advance(1000);
  expect(await state(first)).toBe('Running ready');
  expect(await status(refused)).toMatchObject({ phase: 'Failed', reason: 'OutOfnvidia.com/gpu', message: expect.stringContaining("Node didn't have enough resource") });
  kubelet.fail('default/first', 'Evicted', 'the node was low on memory');
  await clock.settle();
  expect(await status(first)).toMatchObject({ phase: 'Failed', reason: 'Evicted', containerStatuses: [{ state: { terminated: { exitCode: 1 } } }] });
  const next = await start('next', gpus);
  await clock.advance(1000);
  expect(await state(next)).toBe('Running ready');
});

test('a deleted pod stops within its time', async () => {
  const { clock, client, start } = await cluster({ stopMs: 2000 });
  const pod = await start('stopping');
  await clock.advance(1000);
  expect((await client.delete(POD, pod))?.metadata.deletionGracePeriodSeconds).toBe(30);
  await clock.advance(1999);
  await client.get(POD, pod);
  await clock.advance(1);
  await expect(client.get(POD, pod)).rejects.toThrow('not found');
});

test('a pod that fails while it stops is gone all the same', async () => {
  const { clock, client, kubelet, start } = await cluster({ stopMs: 2000 });
  const pod = await start('stopping');
  await clock.advance(1000);
  await client.delete(POD, pod);
  await clock.advance(1000);
  kubelet.fail('default/stopping', 'Evicted');
  await clock.advance(1000);
  await expect(client.get(POD, pod)).rejects.toThrow('not found');
});

test('a pod that never started stops at once', async () => {
  const { clock, client, start } = await cluster({ stopMs: 2000 });
  const pod = await start('gated', gated);
  await client.delete(POD, pod);
  await clock.settle();
  await clock.advance(1);
  await expect(client.get(POD, pod)).rejects.toThrow('not found');
});
