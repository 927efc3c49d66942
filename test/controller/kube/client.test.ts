import { DirectTransport, refusal, SmallApi } from './small-api';
import {
  applyPatch, Client, isAlreadyExists, isConflict, isNotFound, isTransportError, jsonPatch, KubeObject, LEASE, mergePatch, NODE, POD, RequestObservation,
  resourcePath, strategicMergePatch, TransportError, VirtualClock,
} from '../../../controller/src/kube';

const PATH = '/api/v1/namespaces/ns/pods/a';
const pod: KubeObject = { metadata: { namespace: 'ns', name: 'a' } };

let clock: VirtualClock;
let transport: DirectTransport;
let observed: RequestObservation[];
let client: Client;

beforeEach(() => {
  clock = new VirtualClock();
  transport = new DirectTransport(new SmallApi());
  observed = [];
  client = new Client({ transport, clock, random: () => 0, maxAttempts: 3, observe: (observation) => observed.push(observation) });
});

/** Lets time pass until the request has ended; what it threw is its outcome, too. */
async function outcome(request: Promise<unknown>): Promise<unknown> {
  let ended = false;
  const result = request.catch((error) => error).finally(() => { ended = true; });
  await clock.runUntil(() => ended, 600_000);
  return result;
}

const lastRequest = () => transport.requests.at(-1)!;

test('writes and reads objects where their type and name put them', async () => {
  const created = await client.create(POD, pod);
  expect(created).toMatchObject({ apiVersion: 'v1', kind: 'Pod', metadata: { uid: 'uid-0', resourceVersion: '1' } });
  expect(await client.get(POD, pod.metadata)).toEqual(created);
  const updated = await client.update(POD, created);
  expect(isConflict(await outcome(client.update(POD, created)))).toBe(true);
  expect(isAlreadyExists(await outcome(client.create(POD, pod)))).toBe(true);
  expect((await client.list(POD)).items).toEqual([]); // the small API knows no lists over namespaces
  expect((await client.list(POD, { namespace: 'ns' })).items).toEqual([updated]);
  expect(await client.delete(POD, pod.metadata, { uid: 'uid-0', gracePeriodSeconds: 0 })).toBeUndefined();
  expect(lastRequest()).toMatchObject({ method: 'DELETE', path: PATH, body: { preconditions: { uid: 'uid-0' }, gracePeriodSeconds: 0 } });
  expect(isNotFound(await outcome(client.get(POD, pod.metadata)))).toBe(true);
});

test.each([
  [mergePatch({ a: 1 }), 'application/merge-patch+json', undefined],
  [jsonPatch([{ op: 'remove', path: '/a' }]), 'application/json-patch+json', undefined],
  [strategicMergePatch({ a: 1 }), 'application/strategic-merge-patch+json', undefined],
  [applyPatch({ a: 1 }, 'me'), 'application/apply-patch+yaml', { fieldManager: 'me', force: 'true' }],
])('a patch names its language', async (patch, contentType, query) => {
  await outcome(client.patch(POD, pod.metadata, patch, 'status'));
  expect(lastRequest()).toMatchObject({ method: 'PATCH', path: `${PATH}/status`, contentType, body: patch.body });
  expect(lastRequest().query).toEqual(query);
});

test('binds a pod by its uid', async () => {
  await outcome(client.bind({ metadata: { ...pod.metadata, uid: 'u' } }, 'node-1'));
  expect(transport.requests[0]).toMatchObject({
    method: 'POST', path: `${PATH}/binding`, body: { kind: 'Binding', metadata: { name: 'a', uid: 'u' }, target: { kind: 'Node', name: 'node-1' } },
  });
});

test('selections are asked of the server', async () => {
  await client.list(POD, { namespace: 'ns', labelSelector: 'app=x', fieldSelector: 'spec.nodeName=n' });
  expect(lastRequest().query).toEqual({ limit: '500', labelSelector: 'app=x', fieldSelector: 'spec.nodeName=n' });
});

describe('repeats', () => {
  const lost = () => Promise.reject(new TransportError('ECONNRESET', 'reset'));
  const attempts = () => observed.map(({ verb, attempt, status }) => `${verb} ${attempt} ${status}`);

  test('a read whose answer was lost, so often and no more', async () => {
    transport.fault = lost;
    expect(isTransportError(await outcome(client.get(POD, pod.metadata)))).toBe(true);
    expect(attempts()).toEqual(['get 1 ECONNRESET', 'get 2 ECONNRESET', 'get 3 ECONNRESET']);
  });

  test.each<[string, () => Promise<unknown>, number]>([
    ['create', () => client.create(POD, pod), 1],
    ['update', () => client.update(POD, pod), 3],
    ['merge patch', () => client.patch(POD, pod.metadata, mergePatch({})), 3],
    ['JSON patch', () => client.patch(POD, pod.metadata, jsonPatch([])), 1],
    ['delete of a name', () => client.delete(POD, pod.metadata), 1],
    ['delete of a uid', () => client.delete(POD, pod.metadata, { uid: 'u' }), 3],
    ['deletecollection', () => client.deleteCollection(POD, { namespace: 'ns' }), 1],
    ['bind', () => client.bind(pod, 'n'), 1],
  ])('%s', async (_, request, expected) => {
    for (const fault of [lost, () => Promise.resolve(refusal(503, 'ServiceUnavailable'))]) {
      observed.length = 0;
      transport.fault = fault;
      await outcome(request());
      expect(observed).toHaveLength(expected);
    }
  });

  test('anything that was never sent, or was turned away', async () => {
    for (const fault of [() => Promise.reject(new TransportError('ECONNREFUSED', 'refused')), () => Promise.resolve(refusal(429, 'TooManyRequests'))]) {
      observed.length = 0;
      transport.fault = fault;
      await outcome(client.create(POD, pod));
      expect(observed).toHaveLength(3);
    }
  });

  test('not when the deletion is not due any more, nor sent at all', async () => {
    let isDue = true;
    transport.fault = () => { isDue = false; return Promise.resolve(refusal(429, 'TooManyRequests')); };
    const options = { uid: 'u', isDue: () => isDue };
    expect(isConflict(await outcome(client.delete(POD, pod.metadata, options)))).toBe(true);
    expect(isConflict(await outcome(client.delete(POD, pod.metadata, options)))).toBe(true);
    expect(attempts()).toEqual(['delete 1 429']);
  });

  test('not when the server asks for a wait that is too long', async () => {
    transport.fault = () => Promise.resolve(refusal(429, 'TooManyRequests', { 'retry-after': '31' }));
    expect(await outcome(client.create(POD, pod))).toMatchObject({ retryAfterMs: 31_000 });
    expect(attempts()).toEqual(['create 1 429']);
  });
});

test('no more requests at once than allowed', async () => {
  let underWay = 0;
  let most = 0;
  transport.fault = () => {
    most = Math.max(most, ++underWay);
    return new Promise((resolve) => clock.setTimeout(() => {
      underWay--;
      resolve(refusal(404, 'NotFound'));
    }, 10));
  };
  const narrow = new Client({ transport, clock, maxInFlight: 5 });
  await outcome(Promise.allSettled(Array.from({ length: 30 }, () => narrow.get(POD, pod.metadata))));
  expect([most, transport.requests.length]).toEqual([5, 30]);
});

test('a refusal says what was asked and why not', async () => {
  transport.fault = () => Promise.resolve(refusal(403, 'Forbidden'));
  expect((await outcome(client.update(LEASE, { metadata: { namespace: 'ns', name: 'l' } }, 'status')) as Error).message)
    .toBe('update leases.coordination.k8s.io/status ns/l: refused: Forbidden (403 Forbidden)');
});

test('a path that would reach something else than was meant is refused', () => {
  expect(() => resourcePath(NODE, { namespace: 'ns', name: 'n' })).toThrow('cluster-scoped');
  expect(() => resourcePath(POD, { name: 'a' })).toThrow('the namespace is missing');
  expect(resourcePath(LEASE, { namespace: 'n/s', name: 'ä' })).toBe('/apis/coordination.k8s.io/v1/namespaces/n%2Fs/leases/%C3%A4');
});
