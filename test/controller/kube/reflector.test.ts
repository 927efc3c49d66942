import { DirectTransport, refusal, SmallApi } from './small-api';
import { Client, KubeObject, POD, Reflector, Store, TransportError, VirtualClock } from '../../../controller/src/kube';

const PATH = '/api/v1/pods';
const pod = (name: string, labels: Record<string, string> = {}): KubeObject => ({ metadata: { name, labels } });

let clock: VirtualClock;
let api: SmallApi;
let transport: DirectTransport;
let store: Store<KubeObject>;
let reflector: Reflector<KubeObject>;
let stop: AbortController;
let running: Promise<void>;

const create = (name: string) => api.handle({ method: 'POST', path: PATH, body: pod(name) });
const remove = (name: string) => api.handle({ method: 'DELETE', path: `${PATH}/${name}`, body: {} });
const shown = () => [...store.values()].map(({ metadata }) => metadata.name).sort();
const lists = () => transport.requests.filter(({ query }) => query?.limit).length;
const watches = () => transport.requests.filter(({ query }) => query?.watch);
const stream = () => transport.streams.at(-1)!;

beforeEach(() => {
  clock = new VirtualClock();
  api = new SmallApi();
  transport = new DirectTransport(api);
  store = new Store();
  const client = new Client({ transport, clock, random: () => 0.5, maxAttempts: 1 });
  reflector = new Reflector({ client, type: POD, store, clock, random: () => 0.5 });
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await running;
  expect(clock.pendingTimers).toBe(0);
});

async function start(): Promise<void> {
  running = reflector.run(stop.signal);
  await clock.settle();
}

test('lists, then follows, with bookmarks and a time limit of its own', async () => {
  create('a');
  await start();
  await reflector.synced;
  create('b');
  remove('a');
  await clock.settle();
  expect(shown()).toEqual(['b']);
  expect(watches()[0].query).toMatchObject({ resourceVersion: '1', allowWatchBookmarks: 'true', timeoutSeconds: '450' });
});

test('what is stored has apiVersion and kind, and no managed fields', async () => {
  api.handle({ method: 'POST', path: PATH, body: { metadata: { name: 'a', managedFields: [{}] } } });
  await start();
  expect(store.get('a')).toMatchObject({ apiVersion: 'v1', kind: 'Pod' });
  expect(store.get('a')!.metadata).not.toHaveProperty('managedFields');
});

test('asks page by page', async () => {
  for (let index = 0; index < 1_001; index++) create(`pod-${index}`);
  await start();
  await clock.settle();
  expect([store.size, lists()]).toEqual([1_001, 3]);
});

test('begins a list anew whose place was forgotten on the way', async () => {
  for (let index = 0; index < 501; index++) create(`pod-${index}`);
  let page = 0;
  transport.fault = () => { if (++page === 2) { create('late'); api.forgetHistory(); } return undefined; };
  await start();
  await clock.settle();
  expect([store.size, lists(), reflector.hasSynced]).toEqual([502, 4, true]);
});

test('goes on at once where a watch ended, from the last version or bookmark', async () => {
  await start();
  create('a');
  api.handle({ method: 'POST', path: '/api/v1/nodes', body: pod('other') });
  stream().push(api.bookmark());
  await clock.settle();
  stream().end();
  await clock.settle();
  create('b');
  await clock.settle();
  expect([shown(), lists(), watches().length]).toEqual([['a', 'b'], 1, 2]);
  expect(watches()[1].query?.resourceVersion).toBe('2');
});

test('after a reset goes on from the last version, after a pause', async () => {
  await start();
  create('a');
  await clock.settle();
  stream().end(new TransportError('ECONNRESET', 'reset'));
  await clock.settle();
  create('b');
  expect(watches()).toHaveLength(1);
  await clock.advance(200);
  expect([shown(), lists(), watches().length]).toEqual([['a', 'b'], 1, 2]);
});

test.each([
  ['an answer', () => { transport.streams.at(-1)!.end(); }],
  ['an event', () => { stream().push({ type: 'ERROR', object: refusal(410, 'Expired').body }); }],
])('410 by %s: lists again, and sees the deletions that no watch can tell', async (_, tell) => {
  create('a');
  create('b');
  await start();
  const changes: unknown[] = [];
  store.subscribe(({ object, old }) => changes.push([object?.metadata.name, old?.metadata.name]));
  stream().onEnd();
  remove('a');
  create('c');
  api.forgetHistory();
  tell();
  await clock.advance(1_000);
  expect([shown(), lists()]).toEqual([['b', 'c'], 2]);
  expect(changes).toEqual([[undefined, 'a'], ['c', undefined]]);
});

test('an error event that is not about a forgotten version costs no list', async () => {
  await start();
  create('a');
  stream().push({ type: 'ERROR', object: refusal(500, 'InternalError').body });
  await clock.advance(150);
  create('b');
  await clock.settle();
  expect([shown(), lists(), watches().length]).toEqual([['a', 'b'], 1, 2]);
});

test('waits longer and longer while watches are refused, and as long as the server asks', async () => {
  await start();
  create('a');
  await clock.settle();
  const attempts: number[] = [];
  transport.fault = () => {
    attempts.push(clock.elapsed());
    return Promise.resolve(attempts.length === 3 ? refusal(429, 'TooManyRequests', { 'retry-after': '7' }) : refusal(500, 'InternalError'));
  };
  stream().end(new TransportError('ECONNRESET', 'reset'));
  await clock.advance(13_000);
  expect(attempts).toEqual([150, 450, 1_050, 8_050, 10_450]);
  transport.fault = () => undefined;
  create('b');
  await clock.advance(30_000);
  expect([shown(), lists()]).toEqual([['a', 'b'], 1]);
  stream().end(new TransportError('ECONNRESET', 'reset'));
  await clock.advance(150); // healthy since: the first delay again
  expect(stream().isOpen).toBe(true);
});

test('a server that ends every watch at once is not run against', async () => {
  await start();
  for (let round = 0; round < 100; round++) {
    stream().end();
    await clock.advance(600);
  }
  expect(watches().length).toBeLessThan(10);
});

test('a watch that is silent for too long is opened anew', async () => {
  await start();
  await clock.advance(181_000);
  expect([watches().length, lists(), transport.streams.filter(({ isOpen }) => isOpen).length]).toEqual([2, 1, 1]);
});

test('bookmarks break the silence', async () => {
  await start();
  for (let minute = 0; minute < 10; minute++) {
    stream().push(api.bookmark());
    await clock.advance(60_000);
  }
  expect(watches()).toHaveLength(1);
});

test('a list that fails is tried again; nobody is told of a sync meanwhile', async () => {
  create('a');
  transport.fault = () => Promise.resolve(refusal(403, 'Forbidden'));
  await start();
  await clock.advance(60_000);
  expect(reflector.hasSynced).toBe(false);
  transport.fault = () => undefined;
  await clock.advance(30_000);
  expect([reflector.hasSynced, shown()]).toEqual([true, ['a']]);
});

test('nonsense in the stream is survived by a new list', async () => {
  await start();
  stream().push({ type: 'ADDED' });
  await clock.settle();
  create('a');
  await clock.advance(1_000);
  expect([shown(), lists()]).toEqual([['a'], 2]);
});
