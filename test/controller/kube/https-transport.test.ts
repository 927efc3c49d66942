import { ScriptedServer, selfSigned } from './scripted-server';
import { answer, refusal } from './small-api';
import { ApiError, Client, HttpsTransport, isGone, KubeObject, NODE, POD, TransportError } from '../../../controller/src/kube';

const certificate = selfSigned();
const pod = (name: string, note = ''): KubeObject => ({ metadata: { namespace: 'ns', name, annotations: { note } } });

let server: ScriptedServer;
let port: number;
let transport: HttpsTransport;
let client: Client;

beforeEach(async () => {
  server = new ScriptedServer(certificate);
  port = await server.listen();
  transport = new HttpsTransport({ server: `https://127.0.0.1:${port}`, ca: certificate.cert, token: 'secret', maxSockets: 4, userAgent: 'tests' });
  client = new Client({ transport, maxAttempts: 1 });
});

afterEach(async () => {
  await transport.close();
  await server.close();
});

test('requests carry JSON, token and name, on few connections that stay open', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, index) => client.create(POD, pod(`pod-${index}`))));
  expect((await client.list(POD, { namespace: 'ns' })).items).toHaveLength(40);
  expect(server.remotePorts.size).toBeLessThanOrEqual(4);
  expect(server.seen[0].headers).toMatchObject({
    'authorization': 'Bearer secret', 'content-type': 'application/json', 'user-agent': 'tests', 'accept': 'application/json',
  });
});

test('watches do not take the connections of the requests', async () => {
  const streams = await Promise.all(Array.from({ length: 6 }, () => client.watch(POD, { resourceVersion: '0' })));
  await client.create(POD, pod('a'));
  for (const stream of streams) stream.cancel();
});

test('lines come whole however the bytes were cut', async () => {
  const names = ['plain', 'ümläut', '漢字', '😀'];
  const stream = await client.watch(POD, { namespace: 'ns', resourceVersion: '0' });
  server.script = { pieceLength: 1 };
  for (const [index, name] of names.entries()) await client.create(POD, pod(`pod-${index}`, name));
  const seen: unknown[] = [];
  for await (const line of stream.lines) {
    seen.push((line as any).object.metadata.annotations.note);
    if (seen.length === names.length) break;
  }
  expect(seen).toEqual(names);
});

test('a stream that is cancelled, aborted or closed ends without an error', async () => {
  const abort = new AbortController();
  const streams = await Promise.all([0, 1, 2].map((index) =>
    client.watch(POD, { resourceVersion: '0', signal: index === 1 ? abort.signal : undefined })));
  const reading = streams.map(async (stream) => {
    const lines: unknown[] = [];
    for await (const line of stream.lines) lines.push(line);
    return lines;
  });
  streams[0].cancel();
  abort.abort();
  await transport.close();
  expect(await Promise.all(reading)).toEqual([[], [], []]);
});

test('a slow reader holds the server back', async () => {
  const stream = await client.watch(POD, { namespace: 'ns', resourceVersion: '0' });
  const note = 'x'.repeat(100_000);
  for (let index = 0; index < 500; index++) server.api.handle({ method: 'POST', path: '/api/v1/namespaces/ns/pods', body: pod(`pod-${index}`, note) });
  for (let index = 0; index < 20; index++) await client.getPath('/api/v1/pods'); // time enough to read ahead
  expect(server.watchResponses[0].writableLength).toBeGreaterThan(30_000_000);
  let lines = 0;
  for await (const line of stream.lines) {
    expect((line as any).object.metadata.name).toBe(`pod-${lines}`);
    if (++lines === 500) break;
  }
});

test('a refused watch is an error with what the server said', async () => {
  server.api.handle({ method: 'POST', path: '/api/v1/pods', body: pod('a') });
  server.api.forgetHistory();
  const gone = await client.watch(POD, { resourceVersion: '0' }).catch((error) => error);
  expect(isGone(gone)).toBe(true);
  server.script = { answer: () => refusal(429, 'TooManyRequests', { 'retry-after': '3' }) };
  await expect(client.watch(POD, { resourceVersion: '0' })).rejects.toMatchObject({ status: 429, retryAfterMs: 3_000 });
});

test('a text that is no JSON is read as text', async () => {
  server.script = { answer: () => answer(503, 'no backend\nsorry') };
  await expect(client.get(NODE, { name: 'n' })).rejects.toThrow('get nodes n: no backend (503 ServiceUnavailable)');
});

describe('no answer', () => {
  const failureOf = (request: Promise<unknown>) => request.then(() => 'answered', (error) => (error instanceof TransportError ? error.code : error));

  test('when nobody listens', async () => {
    await server.close();
    expect(await failureOf(client.getPath('/version'))).toBe('ECONNREFUSED');
  });

  test('when the connection breaks after the request was carried out', async () => {
    server.script = { answer: () => 'lost' };
    expect(await failureOf(client.create(POD, pod('a')))).toBe('ECONNRESET');
    expect(server.api.objects.size).toBe(1);
  });

  test('when it takes too long, or is aborted', async () => {
    server.script = { answer: () => ({ status: 200, headers: { 'content-length': '100', 'content-type': 'application/json' }, body: 'begun' }) };
    expect(await failureOf(transport.request({ method: 'GET', path: '/a', timeoutMs: 50 }))).toBe('ETIMEDOUT');
    const abort = new AbortController();
    const request = failureOf(transport.request({ method: 'GET', path: '/a', signal: abort.signal }));
    abort.abort();
    expect(await request).toBe('ABORT_ERR');
    expect(await failureOf(transport.request({ method: 'GET', path: '/a', signal: abort.signal }))).toBe('ABORT_ERR');
  });

  test('when the server is not who it should be, in one line', async () => {
    const stranger = new HttpsTransport({ server: `https://127.0.0.1:${port}` });
    const error = await stranger.request({ method: 'GET', path: '/version' }).catch((thrown) => thrown);
    expect(error.code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(error.message).toBe(`GET https://127.0.0.1:${port}/version: self-signed certificate`);
  });

  test('when no credentials can be had: nothing is sent', async () => {
    const poor = new HttpsTransport({ server: `https://127.0.0.1:${port}`, ca: certificate.cert, authorize: () => Promise.reject(new Error('no token file')) });
    expect(await failureOf(poor.request({ method: 'GET', path: '/version' }))).toBe('EAUTH');
    expect(server.seen).toEqual([]);
  });
});

test('an error of the server is an ApiError', async () => {
  await expect(client.get(POD, { namespace: 'ns', name: 'a' })).rejects.toBeInstanceOf(ApiError);
});
