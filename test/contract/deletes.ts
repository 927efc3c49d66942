import { Anything, Bench, configMap, GADGET, gadget, outcome, pod, raw, refusal } from './subject';
import { Watching } from './watching';
import { ApiError, isNotFound } from '../../controller/src/kube/errors';
import { KubeObject, ObjectKey, OwnerReference } from '../../controller/src/kube/object';
import { mergePatch } from '../../controller/src/kube/patch';
import { CONFIG_MAP, NAMESPACE, POD, ResourceType } from '../../controller/src/kube/resource';
import { until } from '../control-plane/until';

/** A real garbage collector looks for new types every half minute. */
const COLLECTION_LIMIT_MS = 45_000;

/** Waits until the object is not there any more. */
export function gone(bench: Bench, type: ResourceType, key: ObjectKey): Promise<boolean> {
  return until(`${type.kind} ${key.name} gone`, async () => isNotFound(await outcome(bench.client.get(type, key))) || undefined, COLLECTION_LIMIT_MS);
}

export function deleting(bench: () => Bench): void {
  describe('deleting', () => {
    test('an object without finalizers goes at once; the answer is a status', async () => {
      const { client, transport, home } = bench();
      const { metadata } = await client.create(GADGET, gadget(home, 'plain'));
      const answer = await raw(transport, { method: 'DELETE', path: `/apis/contract.example.com/v1/namespaces/${home}/gadgets/plain` });
      expect(answer).toMatchObject({ status: 200, body: { kind: 'Status', status: 'Success', details: { name: 'plain', kind: 'gadgets', uid: metadata.uid } } });
      const refused = await refusal(client.get(GADGET, metadata));
      expect(refused).toMatchObject({ status: 404, reason: 'NotFound', details: { name: 'plain', kind: 'gadgets' }, message: expect.stringContaining('gadgets.contract.example.com "plain" not found') });
      expect(await refusal(client.delete(GADGET, metadata))).toMatchObject({ status: 404 });
    });

    test('with finalizers it is marked, and goes with the last of them', async () => {
      const { client, home } = bench();
      const made = await client.create<Anything>(GADGET, gadget(home, 'finalized', {}, { finalizers: ['example.com/a', 'example.com/b'] }));
      const marked = await client.delete(GADGET, made.metadata);
      expect(marked?.metadata).toMatchObject({ finalizers: ['example.com/a', 'example.com/b'], deletionGracePeriodSeconds: 0, generation: 2 });
      expect(marked?.metadata.deletionTimestamp).toMatch(/Z$/);
      expect((await client.delete(GADGET, made.metadata))?.metadata.resourceVersion).toBe(marked?.metadata.resourceVersion);

      const one = await client.patch<Anything>(GADGET, made.metadata, mergePatch({ metadata: { finalizers: ['example.com/b'] }, spec: { replicas: 4 } }));
      expect(one.spec.replicas).toBe(4);
      const adding = client.patch(GADGET, made.metadata, mergePatch({ metadata: { finalizers: ['example.com/b', 'example.com/c'] } }));
      expect(await refusal(adding)).toMatchObject({
        status: 422, message: expect.stringContaining('metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted'),
      });
      const last = await client.patch<Anything>(GADGET, made.metadata, mergePatch({ metadata: { finalizers: null } }));
      expect(last.metadata.deletionTimestamp).toBe(marked?.metadata.deletionTimestamp);
      expect(await refusal(client.get(GADGET, made.metadata))).toMatchObject({ status: 404 });
    });

    test('watchers see a finalized object change and then go', async () => {
      const { client, home } = bench();
      const { resourceVersion } = await client.list(GADGET, { namespace: home });
      const watched = await Watching.open(client, GADGET, { namespace: home, resourceVersion, fieldSelector: 'metadata.name=watched' });
      const { metadata } = await client.create(GADGET, gadget(home, 'watched', {}, { finalizers: ['example.com/a'] }));
      await client.delete(GADGET, metadata);
      await client.patch(GADGET, metadata, mergePatch({ metadata: { finalizers: null } }));
      await watched.deleted('watched');
      expect(watched.story).toEqual(['ADDED watched', 'MODIFIED watched', 'DELETED watched']);
      watched.cancel();
    });

    test('conditions: uid and version', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(GADGET, gadget(home, 'conditions'));
      expect(await refusal(client.delete(GADGET, metadata, { uid: '11111111-1111-4111-8111-111111111111' }))).toMatchObject({ status: 409, reason: 'Conflict' });
      expect(await refusal(client.delete(GADGET, metadata, { resourceVersion: '1' }))).toMatchObject({ status: 409, reason: 'Conflict' });
      await client.delete(GADGET, metadata, { uid: metadata.uid, resourceVersion: metadata.resourceVersion });
    });

    test('a collection, by selection', async () => {
      const { client, namespace } = bench();
      const home = await namespace('collection');
      for (const name of ['a', 'b', 'c']) await client.create(GADGET, gadget(home, name, {}, { labels: { go: name === 'c' ? 'no' : 'yes' } }));
      await client.deleteCollection(GADGET, { namespace: home, labelSelector: 'go=yes' });
      expect((await client.list(GADGET, { namespace: home })).items.map(({ metadata }) => metadata.name)).toEqual(['c']);
    });

    test('the same name again is another object', async () => {
      const { client, home } = bench();
      const first = await client.create(GADGET, gadget(home, 'again'));
      await client.delete(GADGET, first.metadata);
      const second = await client.create(GADGET, gadget(home, 'again'));
      expect(second.metadata.uid).not.toBe(first.metadata.uid);
    });
  });
}

export function collecting(bench: () => Bench): void {
  describe('garbage collection', () => {
    const owner = ({ apiVersion, kind, metadata }: KubeObject, blockOwnerDeletion = true): OwnerReference =>
      ({ apiVersion: apiVersion!, kind: kind!, name: metadata.name!, uid: metadata.uid!, controller: true, blockOwnerDeletion });

    test('dependents go after their owner, and theirs after them', async () => {
      const { client, home } = bench();
      const top = await client.create(GADGET, gadget(home, 'top'));
      const middle = await client.create(GADGET, gadget(home, 'middle', {}, { ownerReferences: [owner(top)] }));
      const bottom = await client.create(CONFIG_MAP, configMap(home, 'bottom', { ownerReferences: [owner(middle)] }));
      const free = await client.create(CONFIG_MAP, configMap(home, 'free'));
      await client.delete(GADGET, top.metadata);
      await gone(bench(), GADGET, middle.metadata);
      await gone(bench(), CONFIG_MAP, bottom.metadata);
      await client.get(CONFIG_MAP, free.metadata);
    });

    test('an object whose owner never was goes', async () => {
      const { client, home } = bench();
      const ownerReferences = [{ apiVersion: 'contract.example.com/v1', kind: 'Gadget', name: 'never', uid: '11111111-1111-4111-8111-111111111111' }];
      const orphan = await client.create(CONFIG_MAP, configMap(home, 'orphan', { ownerReferences }));
      await gone(bench(), CONFIG_MAP, orphan.metadata);
    });

    test('one of two owners is enough to stay', async () => {
      const { client, home } = bench();
      const [first, second] = await Promise.all(['first', 'second'].map((name) => client.create(GADGET, gadget(home, name))));
      const shared = await client.create(CONFIG_MAP, configMap(home, 'shared', { ownerReferences: [owner(first), { ...owner(second), controller: false }] }));
      await client.delete(GADGET, first.metadata);
      const left = await until('one owner left', async () => {
        const { metadata } = await client.get(CONFIG_MAP, shared.metadata);
        return metadata.ownerReferences?.length === 1 ? metadata.ownerReferences : undefined;
      });
      expect(left[0].name).toBe('second');
    });

    test('in the foreground, the owner goes last', async () => {
      const { client, home } = bench();
      const top = await client.create(GADGET, gadget(home, 'foreground'));
      const part = await client.create(GADGET, gadget(home, 'foreground-part', {}, { ownerReferences: [owner(top)], finalizers: ['example.com/wait'] }));
      const marked = await client.delete(GADGET, top.metadata, { propagationPolicy: 'Foreground' });
      expect(marked?.metadata.finalizers).toEqual(['foregroundDeletion']);
      await until('the part is to go', async () => (await client.get(GADGET, part.metadata)).metadata.deletionTimestamp);
      await client.get(GADGET, top.metadata);
      await client.patch(GADGET, part.metadata, mergePatch({ metadata: { finalizers: null } }));
      await gone(bench(), GADGET, top.metadata);
    });

    test('orphaned dependents stay', async () => {
      const { client, home } = bench();
      const top = await client.create(GADGET, gadget(home, 'orphaning'));
      const part = await client.create(GADGET, gadget(home, 'orphaning-part', {}, { ownerReferences: [owner(top)] }));
      await until('the collector knows both', async () => (await client.get(GADGET, part.metadata)).metadata.uid);
      await client.delete(GADGET, top.metadata, { propagationPolicy: 'Orphan' });
      await gone(bench(), GADGET, top.metadata);
      expect((await client.get(GADGET, part.metadata)).metadata.ownerReferences).toBeUndefined();
    });
  });

  describe('namespaces', () => {
    test('a namespace takes everything in it along, and nothing new meanwhile', async () => {
      const { client } = bench();
      const name = (await client.create<Anything>(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { generateName: 'ending-' } })).metadata.name!;
      const kept = await client.create(GADGET, gadget(name, 'kept', {}, { finalizers: ['example.com/wait'] }));
      await client.create(CONFIG_MAP, configMap(name, 'inside'));
      await client.create(POD, pod(name, 'inside'));
      const closing = await client.delete(NAMESPACE, { name });
      expect(closing).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' } });
      await gone(bench(), CONFIG_MAP, { namespace: name, name: 'inside' });
      await gone(bench(), POD, { namespace: name, name: 'inside' });

      const refused = await refusal(client.create(CONFIG_MAP, configMap(name, 'late')));
      expect(refused).toMatchObject({ status: 403, reason: 'Forbidden', message: expect.stringContaining(`unable to create new content in namespace ${name} because it is being terminated`) });
      expect(refused.details?.causes).toEqual([{ reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' }]);
      await client.patch(GADGET, kept.metadata, mergePatch({ metadata: { finalizers: null } }));
      await gone(bench(), NAMESPACE, { name });
    });

    test('it starts active, with its own name as a label', async () => {
      const { client, home } = bench();
      expect(await client.get<Anything>(NAMESPACE, { name: home })).toMatchObject({
        metadata: { labels: { 'kubernetes.io/metadata.name': home } }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' },
      });
    });

    test('its name is a DNS label', async () => {
      const { client } = bench();
      const refused = await outcome(client.create(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'with.dots' } }));
      expect(refused).toBeInstanceOf(ApiError);
      expect(refused).toMatchObject({ status: 422, reason: 'Invalid' });
    });
  });
}
