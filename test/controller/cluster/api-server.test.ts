import { EmbeddedApiServer } from '../../../controller/src/cluster';
import { Client } from '../../../controller/src/kube/client';
import { VirtualClock } from '../../../controller/src/kube/clock';
import { applyPatch, mergePatch } from '../../../controller/src/kube/patch';
import { CONFIG_MAP, CUSTOM_RESOURCE_DEFINITION } from '../../../controller/src/kube/resource';
import { Anything, configMap, GADGET, gadget, installDefinitions, refusal } from '../../contract/subject';
import { Watching } from '../../contract/watching';

/** The same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

function cluster(options: ConstructorParameters<typeof EmbeddedApiServer>[0] = {}) {
  const clock = new VirtualClock();
  const server = new EmbeddedApiServer({ clock, random: seeded(7), ...options });
  const transport = server.transport();
  return { clock, server, transport, client: new Client({ transport, clock }) };
}

test('nobody can change an object that somebody else has, too', async () => {
  const { client } = cluster();
  const sent = { ...configMap('default', 'mine'), data: { greeting: 'hello' } };
  const made = await client.create<Anything>(CONFIG_MAP, sent);
  sent.data.greeting = 'changed';
  expect((await client.get<Anything>(CONFIG_MAP, made.metadata)).data.greeting).toBe('hello');
  expect(() => { (made.data as any).greeting = 'changed'; }).toThrow(TypeError);
});

test('two runs from one seed make the same names, uids and times', async () => {
  const run = async (): Promise<unknown> => {
    const { client } = cluster();
    await client.create(CONFIG_MAP, configMap('default', '', { name: undefined, generateName: 'x-' }));
    return (await client.list(CONFIG_MAP)).items;
  };
  expect(await run()).toEqual(await run());
});

test('a custom type can be there from the start', async () => {
  const { client } = cluster({ customTypes: [{ type: GADGET }] });
  const made = await client.create<Anything>(GADGET, gadget('default', 'early'));
  expect(made.metadata.generation).toBe(1);
  expect((await client.patch<Anything>(GADGET, made.metadata, mergePatch({ status: { any: 'thing' } }), 'status')).status).toEqual({ any: 'thing' });
});

test('objects of a custom type go with its definition', async () => {
  const { client, clock } = cluster();
  await installDefinitions(client);
  const made = await client.create<Anything>(GADGET, gadget('default', 'last', {}, { finalizers: ['example.com/wait'] }));
  await client.delete(CUSTOM_RESOURCE_DEFINITION, { name: 'gadgets.contract.example.com' });
  await clock.advance(1);
  expect((await client.get(GADGET, made.metadata)).metadata.deletionTimestamp).toBeDefined();
  await client.patch(GADGET, made.metadata, mergePatch({ metadata: { finalizers: null } }));
  await clock.advance(1);
  await expect(client.list(GADGET)).rejects.toThrow('the server could not find the requested resource');
  await expect(client.get(CUSTOM_RESOURCE_DEFINITION, { name: 'gadgets.contract.example.com' })).rejects.toThrow('not found');
});

test('history is bounded: a watch that wants to go back further is refused', async () => {
  const { client, transport } = cluster({ historyLimit: 10 });
  const { resourceVersion } = await client.list(CONFIG_MAP);
  for (let index = 0; index <= 20; index++) await client.create(CONFIG_MAP, configMap('default', `map-${index}`));
  const watched = await Watching.raw(transport, '/api/v1/configmaps', { resourceVersion });
  await watched.end();
  expect(watched.lines).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
});

test('forgotten history ends watches that resume and lists that go on', async () => {
  const { client, transport, server } = cluster();
  for (const name of ['a', 'b', 'c']) await client.create(CONFIG_MAP, configMap('default', name));
  const page = await transport.request({ method: 'GET', path: '/api/v1/configmaps', query: { limit: '2' } }) as unknown as Anything;
  server.forgetHistory();
  const rest = await transport.request({ method: 'GET', path: '/api/v1/configmaps', query: { continue: page.body.metadata.continue } });
  expect(rest).toMatchObject({ status: 410, body: { reason: 'Expired' } });
  const watched = await Watching.raw(transport, '/api/v1/configmaps', { resourceVersion: '1' });
  await watched.end();
  expect(watched.story).toEqual(['ERROR Expired']);
});

test('bookmarks come every minute and move the version on', async () => {
  const { client, transport, clock } = cluster();
  const { resourceVersion } = await client.list(CONFIG_MAP);
  const watched = await Watching.raw(transport, '/api/v1/configmaps', { resourceVersion, allowWatchBookmarks: 'true', timeoutSeconds: '150' });
  await clock.advance(60_000);
  await client.patch(CONFIG_MAP, (await client.create(CONFIG_MAP, configMap('kube-system', 'other'))).metadata, mergePatch({ data: { a: 'b' } }));
  await clock.advance(60_000);
  expect(watched.lines.map(({ type }) => type)).toEqual(['BOOKMARK', 'ADDED', 'MODIFIED', 'BOOKMARK']);
  expect(Number(watched.lines[3].object.metadata.resourceVersion)).toBe(Number(resourceVersion) + 2);
  await clock.advance(30_000);
  await watched.end();
});

test('what it does not know, it refuses', async () => {
  const { client, transport } = cluster();
  const { metadata } = await client.create(CONFIG_MAP, configMap('default', 'x'));
  expect(await refusal(client.patch(CONFIG_MAP, metadata, applyPatch(configMap('default', 'x'), 'me')))).toMatchObject({ status: 415 });
  expect(await transport.request({ method: 'DELETE', path: '/api/v1/namespaces/default/configmaps/x', query: { dryRun: 'All' } })).toMatchObject({ status: 400 });
});
