import { Anything, Bench, configMap, GADGET, gadget, pod, raw, refusal } from './subject';
import { Watching } from './watching';
import { mergePatch } from '../../controller/src/kube/patch';
import { CONFIG_MAP, POD } from '../../controller/src/kube/resource';

export function listing(bench: () => Bench): void {
  describe('listing', () => {
    let home: string;
    beforeAll(async () => {
      const { client, namespace } = bench();
      home = await namespace('listing');
      const labels = [{ app: 'web', tier: 'front' }, { app: 'web', tier: 'back' }, { app: 'db' }, {}];
      for (const [index, one] of labels.entries()) await client.create(GADGET, gadget(home, `g${3 - index}`, {}, { labels: one }));
    });

    const names = async (selection: object): Promise<string[]> =>
      (await bench().client.list(GADGET, { namespace: home, ...selection })).items.map(({ metadata }) => metadata.name!);

    test('objects come in the order of their names, with the version to watch from', async () => {
      const { items, resourceVersion } = await bench().client.list(GADGET, { namespace: home });
      expect(items.map(({ metadata }) => metadata.name)).toEqual(['g0', 'g1', 'g2', 'g3']);
      expect(Number(resourceVersion)).toBeGreaterThanOrEqual(Math.max(...items.map(({ metadata }) => Number(metadata.resourceVersion))));
    });

    test('only custom objects carry kind and version in a list', async () => {
      const { client, transport } = bench();
      await client.create(CONFIG_MAP, configMap(home, 'in-a-list'));
      const maps = await raw(transport, { method: 'GET', path: `/api/v1/namespaces/${home}/configmaps` });
      expect(maps.body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
      expect(maps.body.items.every((item: Anything) => item.kind === undefined && item.apiVersion === undefined)).toBe(true);
      const gadgets = await raw(transport, { method: 'GET', path: `/apis/contract.example.com/v1/namespaces/${home}/gadgets` });
      expect(gadgets.body).toMatchObject({ kind: 'GadgetList', apiVersion: 'contract.example.com/v1' });
      expect(gadgets.body.items[0]).toMatchObject({ kind: 'Gadget', apiVersion: 'contract.example.com/v1' });
    });

    test.each([
      ['app=web', ['g2', 'g3']],
      ['app==web', ['g2', 'g3']],
      ['app!=web', ['g0', 'g1']],
      ['app', ['g1', 'g2', 'g3']],
      ['!app', ['g0']],
      ['app in (web, db)', ['g1', 'g2', 'g3']],
      ['app notin (web)', ['g0', 'g1']],
      ['app in (web),tier!=back', ['g3']],
      ['app=web,tier in (front,back)', ['g2', 'g3']],
    ])('label selector %s', async (labelSelector, expected) => {
      expect(await names({ labelSelector })).toEqual(expected);
    });

    test('a label selector that nobody understands is a bad request', async () => {
      expect(await refusal(names({ labelSelector: 'a===b' }))).toMatchObject({ status: 400, reason: 'BadRequest' });
    });

    test('field selectors', async () => {
      expect(await names({ fieldSelector: 'metadata.name=g2' })).toEqual(['g2']);
      expect(await names({ fieldSelector: 'metadata.name!=g2' })).toEqual(['g0', 'g1', 'g3']);
      expect(await names({ fieldSelector: 'metadata.name=g2', labelSelector: 'app=db' })).toEqual([]);
      const refused = await refusal(names({ fieldSelector: 'spec.size=small' }));
      expect(refused).toMatchObject({ status: 400, reason: 'BadRequest', message: expect.stringContaining('field label not supported: spec.size') });
    });

    test('field selectors of pods', async () => {
      const { client } = bench();
      await client.create(POD, pod(home, 'selected', { schedulerName: 'nobody-else' }));
      await client.create(POD, pod(home, 'unselected'));
      const pods = async (fieldSelector: string): Promise<string[]> =>
        (await client.list(POD, { namespace: home, fieldSelector })).items.map(({ metadata }) => metadata.name!);
      expect(await pods('spec.schedulerName=nobody-else')).toEqual(['selected']);
      expect(await pods('status.phase=Pending,spec.nodeName=')).toEqual(['selected', 'unselected']);
      expect(await pods('spec.nodeName!=')).toEqual([]);
    });

    test('page by page, each from the same moment', async () => {
      const { transport, client } = bench();
      const path = `/apis/contract.example.com/v1/namespaces/${home}/gadgets`;
      const first = await raw(transport, { method: 'GET', path, query: { limit: '3' } });
      expect(first.body.items).toHaveLength(3);
      expect(first.body.metadata).toMatchObject({ remainingItemCount: 1, continue: expect.stringMatching(/./) });
      await client.create(GADGET, gadget(home, 'g9'));
      const second = await raw(transport, { method: 'GET', path, query: { limit: '3', continue: first.body.metadata.continue } });
      expect(second.body.items.map((item: Anything) => item.metadata.name)).toEqual(['g3']);
      expect(second.body.metadata.continue).toBeFalsy();
      expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
      await client.delete(GADGET, { namespace: home, name: 'g9' });
    });

    test('all namespaces at once', async () => {
      const { client, namespace } = bench();
      const other = await namespace('listing-other');
      await client.create(GADGET, gadget(other, 'elsewhere', {}, { labels: { everywhere: 'yes' } }));
      await client.create(GADGET, gadget(home, 'here', {}, { labels: { everywhere: 'yes' } }));
      const { items } = await client.list(GADGET, { labelSelector: 'everywhere=yes' });
      expect(items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort()).toEqual([`${home}/here`, `${other}/elsewhere`].sort());
    });
  });
}

export function watching(bench: () => Bench): void {
  describe('watching', () => {
    let home: string;
    let start: string;
    const open: Watching[] = [];
    beforeEach(async () => {
      home = await bench().namespace('watching');
      start = (await bench().client.list(GADGET, { namespace: home })).resourceVersion;
    });
    afterEach(() => open.splice(0).forEach((one) => one.cancel()));

    const watch = async (options: object = {}): Promise<Watching> => {
      const watched = await Watching.open(bench().client, GADGET, { namespace: home, resourceVersion: start, ...options });
      open.push(watched);
      return watched;
    };

    /** Creates, changes and deletes. */
    const live = async (name: string, metadata: object = {}): Promise<void> => {
      const { client } = bench();
      await client.create(GADGET, gadget(home, name, {}, metadata));
      await client.patch(GADGET, { namespace: home, name }, mergePatch({ spec: { replicas: 2 } }));
      await client.delete(GADGET, { namespace: home, name });
    };

    test('every change comes once and in order', async () => {
      const watched = await watch();
      await live('one');
      await live('two');
      await watched.deleted('two');
      expect(watched.story).toEqual(['ADDED one', 'MODIFIED one', 'DELETED one', 'ADDED two', 'MODIFIED two', 'DELETED two']);
    });

    test('changes before the watch come, too, when they are after its version', async () => {
      await live('early');
      const watched = await watch();
      await watched.deleted('early');
      expect(watched.story).toEqual(['ADDED early', 'MODIFIED early', 'DELETED early']);
    });

    test('a deletion shows the last state, under a version of its own', async () => {
      const watched = await watch();
      await live('last');
      const { object } = await watched.deleted('last');
      const changed = await watched.line('MODIFIED', ({ type }) => type === 'MODIFIED');
      expect(object).toMatchObject({ kind: 'Gadget', apiVersion: 'contract.example.com/v1', spec: { replicas: 2 } });
      expect(Number(object.metadata.resourceVersion)).toBeGreaterThan(Number(changed.object.metadata.resourceVersion));
    });

    test('other namespaces are not told of', async () => {
      const watched = await watch();
      const other = await bench().namespace('watching-other');
      await bench().client.create(GADGET, gadget(other, 'not-here'));
      await live('here');
      await watched.deleted('here');
      expect(watched.story).toEqual(['ADDED here', 'MODIFIED here', 'DELETED here']);
    });

    test('who enters a selection was added, who leaves it was deleted', async () => {
      const { client } = bench();
      const watched = await watch({ labelSelector: 'in=yes' });
      const { metadata } = await client.create(GADGET, gadget(home, 'wanderer', {}, { labels: { in: 'no' } }));
      await client.patch(GADGET, metadata, mergePatch({ metadata: { labels: { in: 'yes' } } }));
      await client.patch(GADGET, metadata, mergePatch({ spec: { replicas: 2 } }));
      const left = await client.patch(GADGET, metadata, mergePatch({ metadata: { labels: { in: 'no' } } }));
      const gone = await watched.deleted('wanderer');
      expect(watched.story).toEqual(['ADDED wanderer', 'MODIFIED wanderer', 'DELETED wanderer']);
      expect(gone.object.metadata).toMatchObject({ labels: { in: 'yes' }, resourceVersion: left.metadata.resourceVersion });
    });

    test('one object by its name', async () => {
      const watched = await watch({ fieldSelector: 'metadata.name=chosen' });
      await live('other');
      await live('chosen');
      await watched.deleted('chosen');
      expect(watched.story).toEqual(['ADDED chosen', 'MODIFIED chosen', 'DELETED chosen']);
    });

    test('no version, or 0: begins with what is there', async () => {
      await bench().client.create(GADGET, gadget(home, 'present'));
      for (const resourceVersion of ['', '0']) {
        const watched = await watch({ resourceVersion });
        await watched.line('ADDED present', ({ type, object }) => type === 'ADDED' && object.metadata.name === 'present');
      }
    });

    test('initial events end with a bookmark', async () => {
      await bench().client.create(GADGET, gadget(home, 'initial'));
      const path = `/apis/contract.example.com/v1/namespaces/${home}/gadgets`;
      const watched = await Watching.raw(bench().transport, path, { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' });
      open.push(watched);
      const { object } = await watched.line('a bookmark', ({ type }) => type === 'BOOKMARK');
      expect(watched.story).toEqual(['ADDED initial']);
      expect(object).toMatchObject({ kind: 'Gadget', apiVersion: 'contract.example.com/v1', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } });
      expect(Number(object.metadata.resourceVersion)).toBeGreaterThan(0);
    });

    test('a version that is forgotten is answered with an error that is a line of the watch', async () => {
      const watched = await watch({ resourceVersion: '1' });
      const { object } = await watched.line('ERROR', ({ type }) => type === 'ERROR');
      expect(object).toMatchObject({ kind: 'Status', status: 'Failure', code: 410, reason: 'Expired', message: expect.stringContaining('too old resource version: 1 (') });
      await watched.end();
    });

    test('it ends when its time is over', async () => {
      const watched = await watch({ timeoutSeconds: 1 });
      await live('in-time');
      await watched.end();
      expect(watched.story).toEqual(['ADDED in-time', 'MODIFIED in-time', 'DELETED in-time']);
    });
  });
}
