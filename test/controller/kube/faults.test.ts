import { Proxy, ScriptedServer, selfSigned } from './scripted-server';
import { refusal } from './small-api';
import {
  ApiError, Client, Clock, HttpsTransport, isAlreadyExists, isTransportError, KubeObject, POD, Reflector, Store, systemClock,
} from '../../../controller/src/kube';

/** Every wait takes a hundredth of its time. */
const SPEED = 100;
const hastyClock: Clock = {
  now: () => systemClock.now(),
  elapsed: () => systemClock.elapsed() * SPEED,
  setTimeout: (callback, delayMs) => systemClock.setTimeout(callback, delayMs / SPEED),
};

const certificate = selfSigned();
const COLLECTION = '/api/v1/namespaces/ns/pods';
const pod = (name: string, note = ''): KubeObject => ({ metadata: { namespace: 'ns', name, annotations: { note } } });

let server: ScriptedServer;
let proxy: Proxy;
let transport: HttpsTransport;
let client: Client;
let store: Store<KubeObject>;
let stop: AbortController;
let running: Promise<void>;
/** How often each pod was told to be new or gone. */
let told: string[];

beforeEach(async () => {
  server = new ScriptedServer(certificate);
  proxy = new Proxy(await server.listen());
  transport = new HttpsTransport({ server: `https://127.0.0.1:${await proxy.listen()}`, ca: certificate.cert, maxSockets: 8 });
  client = new Client({ transport, clock: hastyClock });
  store = new Store();
  told = [];
  store.subscribe(({ object, old }) => {
    if (!object || !old) told.push(`${object ? '+' : '-'}${(object ?? old)!.metadata.name}`);
  });
  stop = new AbortController();
  const reflector = new Reflector({ client, type: POD, store, selection: { namespace: 'ns' }, clock: hastyClock });
  running = reflector.run(stop.signal);
  await reflector.synced;
});

afterEach(async () => {
  stop.abort();
  await running;
  await transport.close();
  await proxy.close();
  await server.close();
});

async function until(what: string, condition: () => boolean): Promise<void> {
  const startMs = systemClock.elapsed();
  while (!condition()) {
    if (systemClock.elapsed() - startMs > 20_000) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A write that somebody else makes, past the proxy. */
const write = (method: 'POST' | 'PATCH' | 'DELETE', name: string, body: object = {}) =>
  server.api.handle({ method, path: method === 'POST' ? COLLECTION : `${COLLECTION}/${name}`, body });

const versionsOf = (objects: Iterable<KubeObject>) =>
  [...objects].map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion} ${metadata.annotations?.note}`).sort();

const equalsServer = () => versionsOf(store.values()).join() === versionsOf(server.api.objects.values()).join();

test('connections that are cut in the middle of a line: nothing is lost, nothing told twice', async () => {
  let cuts = 0;
  proxy.cutAfter = () => 3_000 + 700 * (cuts++ % 7);
  server.script = { pieceLength: 97 };
  proxy.resetAll();
  for (let index = 0; index < 150; index++) {
    write('POST', '', pod(`pod-${index}`, 'ä'));
    if (index % 3 === 0) write('DELETE', `pod-${index}`);
    else write('PATCH', `pod-${index}`, { metadata: { annotations: { note: 'ü' } } });
    if (index % 10 === 9) await until('the news are there', equalsServer);
  }
  expect(proxy.resets).toBeGreaterThan(5);
  const created = told.filter((entry) => entry.startsWith('+'));
  expect(new Set(created).size).toBe(created.length);
  expect(store.size).toBe(100);
});

test('connections that are reset and delayed, with the history forgotten meanwhile', async () => {
  proxy.delayMs = 3;
  for (let round = 0; round < 10; round++) {
    for (let index = 0; index < 5; index++) write('POST', '', pod(`pod-${round}-${index}`));
    await until('a part of the news is there', () => store.get(`ns/pod-${round}-0`) !== undefined);
    proxy.resetAll();
    write('DELETE', `pod-${round}-1`);
    if (round % 2 === 0) server.api.forgetHistory();
    await until('all of it is there', equalsServer);
  }
  expect(told.filter((entry) => entry.startsWith('-'))).toHaveLength(10);
  expect(new Set(told).size).toBe(told.length);
});

test('lists and watches that are answered with 429, 500 and 410', async () => {
  const answers = [
    refusal(429, 'TooManyRequests', { 'retry-after': '1' }), refusal(500, 'InternalError'), refusal(410, 'Expired'),
    refusal(429, 'TooManyRequests'), refusal(503, 'ServiceUnavailable'), refusal(410, 'Expired'), refusal(500, 'InternalError'),
  ];
  server.script = { answer: ({ method }) => (method === 'GET' ? answers.shift() : undefined) };
  write('POST', '', pod('a'));
  proxy.resetAll();
  write('DELETE', 'a');
  write('POST', '', pod('b'));
  await until('the server has refused often enough', () => answers.length === 0);
  await until('the news are there', equalsServer);
  expect(versionsOf(store.values())).toHaveLength(1);
});

describe('a create', () => {
  const posts = () => server.seen.filter(({ method }) => method === 'POST').length;

  test('whose answer was lost is not sent again blindly, and AlreadyExists tells the caller that it worked', async () => {
    server.script = { answer: ({ method }) => (method === 'POST' ? 'lost' : undefined) };
    const lost = await client.create(POD, pod('a')).catch((error) => error);
    expect([isTransportError(lost), posts()]).toEqual([true, 1]);
    server.script = {};
    expect(isAlreadyExists(await client.create(POD, pod('a')).catch((error) => error))).toBe(true);
    await until('the pod is seen', () => store.get('ns/a') !== undefined);
  });

  test('that failed inside the server is not sent again, for it may have been carried out', async () => {
    server.script = { answer: () => refusal(500, 'InternalError') };
    await expect(client.create(POD, pod('a'))).rejects.toBeInstanceOf(ApiError);
    expect(posts()).toBe(1);
  });

  test('that was turned away with 429 is sent again, after the time that the server asked for', async () => {
    let refusals = 3;
    server.script = { answer: ({ method }) => (method === 'POST' && refusals-- > 0 ? refusal(429, 'TooManyRequests', { 'retry-after': '2' }) : undefined) };
    const startMs = hastyClock.elapsed();
    await client.create(POD, pod('a'));
    expect([posts(), server.api.objects.size]).toEqual([4, 1]);
    expect(hastyClock.elapsed() - startMs).toBeGreaterThanOrEqual(6_000);
  });

  test('of many, through resets: each pod is made exactly once', async () => {
    let answered = 0;
    server.script = { answer: ({ method }) => (method === 'POST' && ++answered % 4 === 0 ? 'lost' : undefined) };
    const names = Array.from({ length: 60 }, (_, index) => `pod-${index}`);
    await Promise.all(names.map((name) => create(name)));
    await until('all are seen', equalsServer);
    expect([store.size, new Set([...store.values()].map(({ metadata }) => metadata.uid)).size]).toEqual([60, 60]);
    expect(told).toHaveLength(60);
  });

  async function create(name: string): Promise<void> {
    for (;;) {
      try {
        store.written(await client.create(POD, pod(name)));
        return;
      } catch (error) {
        if (isAlreadyExists(error)) return;
        if (!isTransportError(error)) throw error;
      }
    }
  }
});

test('a delete with a uid is sent again when its answer was lost', async () => {
  const { metadata } = await client.create(POD, pod('a'));
  let losses = 1;
  server.script = { answer: ({ method }) => (method === 'DELETE' && losses-- > 0 ? 'lost' : undefined) };
  await expect(client.delete(POD, metadata, { uid: metadata.uid })).rejects.toMatchObject({ status: 404 });
  expect(server.api.objects.size).toBe(0);
});
