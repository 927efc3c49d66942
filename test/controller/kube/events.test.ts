import { DirectTransport, refusal } from './small-api';
import { Client, EventRecorder, KubeObject, VirtualClock } from '../../../controller/src/kube';

const set: KubeObject = { apiVersion: 'example.io/v1', kind: 'Set', metadata: { namespace: 'ns', name: 'chat', uid: 'u1' } };

let clock: VirtualClock;
let transport: DirectTransport;
let recorder: EventRecorder;

beforeEach(() => {
  clock = new VirtualClock();
  transport = new DirectTransport();
  const client = new Client({ transport, clock, random: () => 0.5, maxAttempts: 1 });
  recorder = new EventRecorder({ client, component: 'example.io/controller', instance: 'pod-1', clock });
});

afterEach(async () => {
  await recorder.flush();
  expect(clock.pendingTimers).toBe(0);
});

const events = () => [...transport.api.objects.values()] as Array<KubeObject & Record<string, unknown>>;
const writes = (method: string) => transport.requests.filter((request) => request.method === method).length;

test('an event says what happened to what, when, and who says so', async () => {
  recorder.event(set, 'Warning', 'Unschedulable', 'two GPUs short', 'Schedule');
  await clock.settle();
  expect([...transport.api.objects.keys()][0]).toMatch(/^\/apis\/events\.k8s\.io\/v1\/namespaces\/ns\/events\/chat\.[0-9a-f]+$/);
  expect(events()[0]).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    type: 'Warning',
    reason: 'Unschedulable',
    note: 'two GPUs short',
    action: 'Schedule',
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'example.io/controller',
    reportingInstance: 'pod-1',
    regarding: { apiVersion: 'example.io/v1', kind: 'Set', namespace: 'ns', name: 'chat', uid: 'u1' },
  });
});

test('what the server would refuse is made to fit', async () => {
  recorder.event({ ...set, metadata: { name: 'n'.repeat(253) } }, 'Normal', 'Made', 'x'.repeat(2_000));
  await clock.settle();
  const [{ metadata, note, action }] = events();
  expect([metadata.namespace, metadata.name!.length, (note as string).length, action]).toEqual(['default', 253, 1_024, 'Made']);
});

test('repetitions are counted, written every 10 s at first, then more rarely', async () => {
  const hourMs = 3_600_000;
  for (let passedMs = 0; passedMs < hourMs; passedMs += 1_000) {
    recorder.event(set, 'Warning', 'Unschedulable', 'two GPUs short');
    await clock.advance(1_000);
    if (passedMs === 11_000) expect([writes('POST'), writes('PATCH')]).toEqual([1, 1]);
  }
  await recorder.flush();
  expect([writes('POST'), events().length]).toEqual([1, 1]);
  expect(writes('PATCH')).toBeLessThan(20);
  expect(events()[0].series).toEqual({ count: 3_600, lastObservedTime: '2026-01-01T00:59:59.000000Z' });
});

test('another reason, note or object is another event, and so is the same after a long rest', async () => {
  recorder.event(set, 'Warning', 'Unschedulable', 'two GPUs short');
  recorder.event(set, 'Warning', 'Unschedulable', 'one GPU short');
  recorder.event({ ...set, metadata: { ...set.metadata, uid: 'u2' } }, 'Warning', 'Unschedulable', 'two GPUs short');
  await clock.advance(900_000);
  recorder.event(set, 'Warning', 'Unschedulable', 'two GPUs short');
  await recorder.flush();
  expect([writes('POST'), writes('PATCH'), new Set(events().map(({ metadata }) => metadata.name)).size]).toEqual([4, 0, 4]);
});

test('an event that the server has thrown away is told anew', async () => {
  recorder.event(set, 'Normal', 'Made', 'a pod');
  await recorder.flush();
  transport.api.objects.clear();
  recorder.event(set, 'Normal', 'Made', 'a pod');
  await clock.advance(10_000);
  expect(events()).toHaveLength(0);
  recorder.event(set, 'Normal', 'Made', 'a pod');
  await recorder.flush();
  expect(events()).toHaveLength(1);
});

test('a server that refuses or hangs is nobody\'s trouble, and costs no more than so much memory', async () => {
  transport.fault = () => Promise.resolve(refusal(403, 'Forbidden'));
  recorder.event(set, 'Normal', 'Made', 'a pod');
  await recorder.flush();
  transport.fault = () => new Promise(() => undefined);
  const hanging = new EventRecorder({ client: new Client({ transport, clock }), component: 'c', instance: 'i', clock });
  for (let index = 0; index < 5_000; index++) hanging.event(set, 'Normal', 'Made', `pod ${index}`);
  const { series, underWay } = hanging as unknown as { series: Map<string, unknown>; underWay: Set<unknown> };
  expect([series.size <= 1_000, underWay.size <= 200]).toEqual([true, true]);
});

test('more different events than are remembered: the oldest are told anew', async () => {
  for (let index = 0; index < 1_100; index++) {
    recorder.event(set, 'Normal', 'Made', `pod ${index}`);
    await clock.settle();
  }
  for (const index of [0, 1_099]) recorder.event(set, 'Normal', 'Made', `pod ${index}`);
  await recorder.flush();
  expect([writes('POST'), writes('PATCH')]).toEqual([1_101, 1]);
});
