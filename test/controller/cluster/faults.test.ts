import { EmbeddedApiServer, Faults, RequestFault } from '../../../controller/src/cluster';
import { Client } from '../../../controller/src/kube/client';
import { VirtualClock } from '../../../controller/src/kube/clock';
import { KubeObject } from '../../../controller/src/kube/object';
import { Reflector } from '../../../controller/src/kube/reflector';
import { CONFIG_MAP } from '../../../controller/src/kube/resource';
import { Store } from '../../../controller/src/kube/store';
import { configMap, refusal } from '../../contract/subject';

/** A cluster with one client in trouble and one that has none. */
function cluster(faults: Faults) {
  const clock = new VirtualClock();
  const server = new EmbeddedApiServer({ clock });
  const troubled = new Client({ transport: server.transport({ faults }), clock, maxAttempts: 1 });
  return { clock, server, troubled, calm: new Client({ transport: server.transport(), clock }) };
}

/** Each fault once, in order, for creates. */
function onCreates(...faults: RequestFault[]): Faults {
  return { request: ({ method }) => (method === 'POST' ? faults.shift() : undefined) };
}

test.each([409, 429, 500, 503] as const)('a refusal with %d, and nothing done', async (status) => {
  const { troubled, calm } = cluster(onCreates({ refuse: { status, retryAfterSeconds: 3 } }));
  expect(await refusal(troubled.create(CONFIG_MAP, configMap('default', 'x')))).toMatchObject({ status, retryAfterMs: 3000 });
  expect((await calm.list(CONFIG_MAP)).items).toEqual([]);
  await troubled.create(CONFIG_MAP, configMap('default', 'x'));
});

test('a reset before the server has done anything, and one after it has', async () => {
  const { troubled, calm } = cluster(onCreates({ reset: 'before' }, { reset: 'after' }));
  await expect(troubled.create(CONFIG_MAP, configMap('default', 'x'))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect((await calm.list(CONFIG_MAP)).items).toHaveLength(0);
  await expect(troubled.create(CONFIG_MAP, configMap('default', 'x'))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect((await calm.list(CONFIG_MAP)).items).toHaveLength(1);
});

test('a delay takes the clock\'s time, and times out', async () => {
  const { clock, server } = cluster({});
  const transport = server.transport({ faults: { request: () => ({ delayMs: 5000 }) } });
  const answers: string[] = [];
  void transport.request({ method: 'GET', path: '/version' }).then(({ status }) => answers.push(`${status}`));
  void transport.request({ method: 'GET', path: '/version', timeoutMs: 1000 }).catch(({ code }) => answers.push(code));
  await clock.advance(1000);
  expect(answers).toEqual(['ETIMEDOUT']);
  await clock.advance(4000);
  expect(answers).toEqual(['ETIMEDOUT', '200']);
});

test('an aborted request and a closed transport answer nothing', async () => {
  const { server } = cluster({});
  const transport = server.transport();
  await expect(transport.request({ method: 'GET', path: '/version', signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORT_ERR' });
  await transport.close();
  await expect(transport.request({ method: 'GET', path: '/version' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a reflector behind resets, delays and forgotten history loses nothing', async () => {
  let lines = 0;
  const faults: Faults = { line: () => ({ reset: ++lines % 3 === 0, delayMs: lines % 2 === 0 ? 50 : 0 }) };
  const { clock, server, troubled, calm } = cluster(faults);
  const store = new Store<KubeObject>();
  const stop = new AbortController();
  void new Reflector({ client: troubled, type: CONFIG_MAP, store, clock, random: () => 0.5 }).run(stop.signal);
  for (let index = 0; index < 40; index++) {
    await calm.create(CONFIG_MAP, configMap('default', `map-${index}`));
    if (index % 4 === 3) await calm.delete(CONFIG_MAP, { namespace: 'default', name: `map-${index - 1}` });
    if (index % 10 === 9) server.forgetHistory();
    if (index % 15 === 14) server.resetWatches();
    await clock.advance(200);
  }
  const expected = (await calm.list(CONFIG_MAP)).items.map(({ metadata }) => metadata.name);
  expect(expected).toHaveLength(30);
  expect(await clock.runUntil(() => [...store.values()].length === 30, 120_000)).toBe(true);
  expect([...store.values()].map(({ metadata }) => metadata.name).sort()).toEqual(expected);
  expect(lines).toBeGreaterThan(10);
  stop.abort();
});
