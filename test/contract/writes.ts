import { Bench, configMap, GADGET, gadget, GIZMO, outcome, pod, raw, refusal, Anything } from './subject';
import { ApiError } from '../../controller/src/kube/errors';
import { jsonPatch, mergePatch, strategicMergePatch } from '../../controller/src/kube/patch';
import { CONFIG_MAP, LEASE, POD } from '../../controller/src/kube/resource';

const UID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

export function creating(bench: () => Bench): void {
  describe('creating', () => {
    test('the server adds identity, time and version', async () => {
      const { client, home } = bench();
      const made = await client.create<Anything>(CONFIG_MAP, configMap(home, 'identity', { uid: 'mine', creationTimestamp: '2001-01-01T00:00:00Z' }));
      expect(made).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { greeting: 'hello' }, metadata: { name: 'identity', namespace: home } });
      expect(made.metadata.uid).toMatch(UID);
      expect(made.metadata.creationTimestamp).toMatch(TIME);
      expect(made.metadata.creationTimestamp! > '2020').toBe(true);
      expect(made.metadata.resourceVersion).toMatch(/^[1-9]\d*$/);
      expect(made.metadata.generation).toBeUndefined();
      expect(await client.get(CONFIG_MAP, made.metadata)).toEqual(made);
    });

    test('versions grow with every write, over all types', async () => {
      const { client, home } = bench();
      const first = await client.create(CONFIG_MAP, configMap(home, 'version-1'));
      const second = await client.create(GADGET, gadget(home, 'version-2'));
      expect(Number(second.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
    });

    test('a name can be generated', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(CONFIG_MAP, configMap(home, '', { name: undefined, generateName: 'generated-' }));
      expect(metadata.name).toMatch(/^generated-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      expect(metadata.generateName).toBe('generated-');
      const long = await client.create(CONFIG_MAP, configMap(home, '', { name: undefined, generateName: 'x'.repeat(70) }));
      expect(long.metadata.name).toHaveLength(63);
    });

    test('a name is taken once', async () => {
      const { client, home } = bench();
      await client.create(CONFIG_MAP, configMap(home, 'taken'));
      await client.create(GADGET, gadget(home, 'taken'));
      expect(await refusal(client.create(CONFIG_MAP, configMap(home, 'taken')))).toMatchObject({
        status: 409, reason: 'AlreadyExists', details: { name: 'taken', kind: 'configmaps' }, message: expect.stringContaining('configmaps "taken" already exists'),
      });
      expect(await refusal(client.create(GADGET, gadget(home, 'taken')))).toMatchObject({
        status: 409, reason: 'AlreadyExists', details: { name: 'taken', kind: 'gadgets', group: 'contract.example.com' },
      });
    });

    test.each([
      ['no name', '', /metadata\.name: Required value: name or generateName is required/],
      ['capital letters', 'Upper', /metadata\.name: Invalid value: "Upper": a lowercase RFC 1123 subdomain/],
      ['too long', 'x'.repeat(254), /must be no more than 253/],
    ])('an invalid name is refused: %s', async (_what, name, message) => {
      const { client, home } = bench();
      const refused = await refusal(client.create(CONFIG_MAP, configMap(home, name)));
      expect(refused).toMatchObject({ status: 422, reason: 'Invalid', details: { kind: 'ConfigMap' }, message: expect.stringMatching(message) });
      expect(refused.details?.causes?.[0]).toMatchObject({ field: 'metadata.name' });
    });

    test.each([
      ['label key', { labels: { 'a b': 'c' } }, 'metadata.labels'],
      ['label value', { labels: { a: 'b c' } }, 'metadata.labels'],
      ['long label value', { labels: { a: 'x'.repeat(64) } }, 'metadata.labels'],
      ['annotation key', { annotations: { 'a b': 'c' } }, 'metadata.annotations'],
      ['owner without uid', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: '' }] }, 'metadata.ownerReferences.uid'],
      ['finalizer', { finalizers: ['a b'] }, 'metadata.finalizers'],
    ])('invalid metadata is refused: %s', async (_what, metadata, field) => {
      const { client, home } = bench();
      const refused = await refusal(client.create(CONFIG_MAP, configMap(home, 'invalid', metadata)));
      expect(refused).toMatchObject({ status: 422, reason: 'Invalid' });
      expect(refused.details?.causes?.map((cause) => cause.field)).toContain(field);
    });

    test('two controllers are refused', async () => {
      const { client, home } = bench();
      const owner = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid: `uid-of-${name}`, controller: true });
      const refused = await refusal(client.create(CONFIG_MAP, configMap(home, 'two', { ownerReferences: [owner('a'), owner('b')] })));
      expect(refused.message).toContain('Only one reference can have Controller set to true');
    });

    test('a namespace that is not there is not found', async () => {
      const { client } = bench();
      const refused = await refusal(client.create(CONFIG_MAP, configMap('never-was', 'x')));
      expect(refused).toMatchObject({ status: 404, reason: 'NotFound', details: { name: 'never-was', kind: 'namespaces' }, message: expect.stringContaining('namespaces "never-was" not found') });
    });

    test('the namespaces of path and object have to agree', async () => {
      const { transport, home } = bench();
      const response = await raw(transport, { method: 'POST', path: `/api/v1/namespaces/${home}/configmaps`, body: configMap('another', 'x') });
      expect(response).toMatchObject({ status: 400, body: { kind: 'Status', reason: 'BadRequest', message: 'the namespace of the provided object does not match the namespace sent on the request' } });
    });

    test('the kinds of path and object have to agree', async () => {
      const { transport, home } = bench();
      const body = { ...configMap(home, 'x'), kind: 'Secret' };
      expect(await raw(transport, { method: 'POST', path: `/api/v1/namespaces/${home}/configmaps`, body })).toMatchObject({ status: 400, body: { reason: 'BadRequest' } });
    });

    test('an object with a version cannot be created', async () => {
      const { client, home } = bench();
      const refused = await refusal(client.create(CONFIG_MAP, configMap(home, 'versioned', { resourceVersion: '1' })));
      expect(refused.message).toContain('resourceVersion should not be set on objects to be created');
      expect(refused.status).toBe(500);
    });

    test('empty lists and maps in metadata are not kept', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(GADGET, gadget(home, 'tidy', {}, { labels: {}, annotations: {}, finalizers: [], ownerReferences: [] }));
      expect(Object.keys(metadata)).not.toEqual(expect.arrayContaining(['labels']));
      expect(Object.keys(metadata).filter((key) => ['labels', 'annotations', 'finalizers', 'ownerReferences'].includes(key))).toEqual([]);
    });
  });
}

export function updating(bench: () => Bench): void {
  describe('updating', () => {
    test('a newer version is kept', async () => {
      const { client, home } = bench();
      const made = await client.create<Anything>(GADGET, gadget(home, 'update'));
      const changed = await client.update<Anything>(GADGET, { ...made, spec: { ...made.spec, replicas: 3 } });
      expect(changed.spec.replicas).toBe(3);
      expect(Number(changed.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion));
      expect(changed.metadata).toMatchObject({ uid: made.metadata.uid, creationTimestamp: made.metadata.creationTimestamp });
    });

    test('who writes on an old picture is refused', async () => {
      const { client, home } = bench();
      const made = await client.create<Anything>(GADGET, gadget(home, 'stale'));
      await client.update(GADGET, { ...made, spec: { ...made.spec, replicas: 2 } });
      expect(await refusal(client.update(GADGET, { ...made, spec: { ...made.spec, replicas: 3 } }))).toMatchObject({
        status: 409,
        reason: 'Conflict',
        details: { name: 'stale', kind: 'gadgets', group: 'contract.example.com' },
        message: expect.stringContaining('Operation cannot be fulfilled on gadgets.contract.example.com "stale": the object has been modified; please apply your changes to the latest version and try again'),
      });
    });

    test('nothing changed means nothing written', async () => {
      const { client, home } = bench();
      const made = await client.create<Anything>(GADGET, gadget(home, 'noop'));
      expect((await client.update(GADGET, made)).metadata.resourceVersion).toBe(made.metadata.resourceVersion);
      expect((await client.patch(GADGET, made.metadata, mergePatch({ spec: { size: 'small' } }))).metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    });

    test('without a version, built-in types are overwritten, custom ones and leases refused', async () => {
      const { client, home } = bench();
      await client.create(CONFIG_MAP, configMap(home, 'unversioned'));
      expect(await client.update<Anything>(CONFIG_MAP, { ...configMap(home, 'unversioned'), data: { a: 'b' } })).toMatchObject({ data: { a: 'b' } });
      await client.create(GADGET, gadget(home, 'unversioned'));
      expect(await refusal(client.update(GADGET, gadget(home, 'unversioned')))).toMatchObject({ status: 422, message: expect.stringContaining('must be specified for an update') });
    });

    test('a lease is made by an update when it is not there', async () => {
      const { client, home } = bench();
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace: home, name: 'made' }, spec: { holderIdentity: 'me' } };
      expect(await client.update<Anything>(LEASE, lease)).toMatchObject({ spec: { holderIdentity: 'me' } });
    });

    test('who is not there, or somebody else, cannot be updated', async () => {
      const { client, home } = bench();
      expect(await refusal(client.update(GADGET, gadget(home, 'absent', {}, { resourceVersion: '1' })))).toMatchObject({ status: 404, details: { name: 'absent' } });
      const made = await client.create<Anything>(GADGET, gadget(home, 'somebody'));
      const other = { ...made, metadata: { ...made.metadata, uid: '11111111-1111-4111-8111-111111111111' } };
      expect(await refusal(client.update(GADGET, other))).toMatchObject({ status: 409, reason: 'Conflict', message: expect.stringContaining('UID in precondition: 11111111') });
    });

    test('generation counts the changes of what is asked for', async () => {
      const { client, home } = bench();
      const made = await client.create<Anything>(GADGET, gadget(home, 'generation', {}, { generation: 7 }));
      expect(made.metadata.generation).toBe(1);
      const labelled = await client.patch<Anything>(GADGET, made.metadata, mergePatch({ metadata: { labels: { a: 'b' } } }));
      expect(labelled.metadata.generation).toBe(1);
      const reported = await client.patch<Anything>(GADGET, made.metadata, mergePatch({ status: { replicas: 1 } }), 'status');
      expect(reported.metadata.generation).toBe(1);
      const asked = await client.patch<Anything>(GADGET, made.metadata, mergePatch({ spec: { replicas: 2 } }));
      expect(asked.metadata.generation).toBe(2);
    });

    test('what is the server\'s own cannot be changed', async () => {
      const { client, home } = bench();
      const made = await client.create<Anything>(GADGET, gadget(home, 'fixed'));
      const body = { ...made, metadata: { ...made.metadata, creationTimestamp: '2001-01-01T00:00:00Z', generation: 9 } };
      const changed = await client.update<Anything>(GADGET, { ...body, spec: { size: 'big' } });
      expect(changed.metadata).toMatchObject({ creationTimestamp: made.metadata.creationTimestamp, generation: 2 });
      const ending = { ...changed, metadata: { ...changed.metadata, deletionTimestamp: '2030-01-01T00:00:00Z' } };
      expect(await refusal(client.update(GADGET, ending))).toMatchObject({ status: 422, message: expect.stringContaining('metadata.deletionTimestamp: Invalid value: "2030-01-01T00:00:00Z": field is immutable') });
    });
  });
}

export function patching(bench: () => Bench): void {
  describe('patching', () => {
    test('merge: sets, removes, replaces lists', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(GADGET, gadget(home, 'merge', { parts: [{ name: 'a' }, { name: 'b' }], settings: { x: '1', y: '2' } }, { labels: { keep: '1', drop: '1' } }));
      const changed = await client.patch<Anything>(GADGET, metadata, mergePatch({
        metadata: { labels: { drop: null, add: '1' } }, spec: { parts: [{ name: 'c' }], settings: { x: null, z: '3' } },
      }));
      expect(changed.metadata.labels).toEqual({ keep: '1', add: '1' });
      expect(changed.spec).toEqual({ size: 'small', replicas: 1, parts: [{ name: 'c', count: 2 }], settings: { y: '2', z: '3' } });
    });

    test('merge: a version in it is a condition', async () => {
      const { client, home } = bench();
      const made = await client.create(GADGET, gadget(home, 'merge-version'));
      const patch = mergePatch({ metadata: { resourceVersion: made.metadata.resourceVersion }, spec: { replicas: 2 } });
      await client.patch(GADGET, made.metadata, patch);
      expect(await refusal(client.patch(GADGET, made.metadata, patch))).toMatchObject({ status: 409, reason: 'Conflict' });
    });

    test('a uid in it is a condition, but its refusal is no conflict', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(GADGET, gadget(home, 'patch-uid'));
      await client.patch(GADGET, metadata, mergePatch({ metadata: { uid: metadata.uid }, spec: { replicas: 2 } }));
      const other = { metadata: { uid: '11111111-1111-4111-8111-111111111111' } };
      const immutable = { status: 422, reason: 'Invalid', message: expect.stringContaining('metadata.uid: Invalid value: "11111111-1111-4111-8111-111111111111": field is immutable') };
      expect(await refusal(client.patch(GADGET, metadata, mergePatch(other)))).toMatchObject(immutable);
      await client.create(POD, pod(home, 'patch-uid'));
      expect(await refusal(client.patch(POD, metadata, strategicMergePatch({ ...other, status: { message: 'x' } }), 'status'))).toMatchObject(immutable);
    });

    test('a version of long ago in a patch is a conflict for every type', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(CONFIG_MAP, configMap(home, 'patch-version'));
      expect(await refusal(client.patch(CONFIG_MAP, metadata, mergePatch({ metadata: { resourceVersion: '1' } })))).toMatchObject({ status: 409, reason: 'Conflict' });
    });

    test('JSON: adds, replaces, removes, moves and copies', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(GADGET, gadget(home, 'json', { parts: [{ name: 'a' }, { name: 'b' }] }, { annotations: { 'x/y': 'old' } }));
      const changed = await client.patch<Anything>(GADGET, metadata, jsonPatch([
        { op: 'test', path: '/spec/size', value: 'small' },
        { op: 'replace', path: '/metadata/annotations/x~1y', value: 'new' },
        { op: 'add', path: '/spec/parts/-', value: { name: 'c', count: 9 } },
        { op: 'add', path: '/spec/parts/0', value: { name: 'z' } },
        { op: 'remove', path: '/spec/parts/1' },
        { op: 'add', path: '/spec/settings', value: { from: 'here' } },
        { op: 'copy', from: '/spec/settings/from', path: '/spec/settings/copy' },
        { op: 'move', from: '/spec/settings/from', path: '/spec/settings/to' },
      ]));
      expect(changed.metadata.annotations).toEqual({ 'x/y': 'new' });
      expect(changed.spec.parts).toEqual([{ name: 'z', count: 2 }, { name: 'b', count: 2 }, { name: 'c', count: 9 }]);
      expect(changed.spec.settings).toEqual({ copy: 'here', to: 'here' });
    });

    test.each([
      ['a test that fails', { op: 'test', path: '/spec/size', value: 'big' }],
      ['a field that is not there', { op: 'remove', path: '/spec/nothing' }],
      ['an index that is not there', { op: 'replace', path: '/spec/parts/5', value: { name: 'x' } }],
      ['a parent that is not there', { op: 'add', path: '/spec/settings/x', value: 'y' }],
    ] as const)('JSON: all or nothing: %s', async (what, operation) => {
      const { client, home } = bench();
      const name = `json-${what.replaceAll(' ', '-')}`;
      const { metadata } = await client.create(GADGET, gadget(home, name, { parts: [{ name: 'a' }] }));
      const refused = await refusal(client.patch(GADGET, metadata, jsonPatch([{ op: 'replace', path: '/spec/replicas', value: 5 }, operation])));
      expect(refused).toMatchObject({ status: 422, reason: 'Invalid', message: expect.stringContaining('the server rejected our request due to an error in our request') });
      expect(await client.get<Anything>(GADGET, metadata)).toMatchObject({ spec: { replicas: 1 } });
    });

    test('strategic: lists are merged by key, and only for built-in types', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(POD, pod(home, 'strategic', {}, { finalizers: ['example.com/a'] }));
      const condition = (type: string, status: string) => ({ type, status, reason: 'Test' });
      await client.patch(POD, metadata, strategicMergePatch({ status: { conditions: [condition('example.com/a', 'False'), condition('example.com/b', 'False')] } }), 'status');
      const changed = await client.patch<Anything>(POD, metadata, strategicMergePatch({ status: { conditions: [condition('example.com/b', 'True'), { type: 'example.com/a', $patch: 'delete' }] } }), 'status');
      expect(changed.status.conditions).toMatchObject([condition('example.com/b', 'True')]);
      const finalized = await client.patch<Anything>(POD, metadata, strategicMergePatch({ metadata: { finalizers: ['example.com/b'] } }));
      expect([...finalized.metadata.finalizers!].sort()).toEqual(['example.com/a', 'example.com/b']);
      const bare = await client.patch<Anything>(POD, metadata, strategicMergePatch({ metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/a', 'example.com/b'] } }));
      expect(bare.metadata.finalizers).toBeUndefined();

      await client.create(GADGET, gadget(home, 'strategic'));
      expect(await refusal(client.patch(GADGET, metadata, strategicMergePatch({ spec: { replicas: 2 } })))).toMatchObject({ status: 415, reason: 'UnsupportedMediaType' });
    });

    test('what is not there cannot be patched', async () => {
      const { client, home } = bench();
      expect(await refusal(client.patch(GADGET, { namespace: home, name: 'absent' }, mergePatch({ spec: { replicas: 2 } })))).toMatchObject({ status: 404, reason: 'NotFound' });
    });

    test('a field of a cluster-scoped object without parts', async () => {
      const { client } = bench();
      const made = await outcome(client.create<Anything>(GIZMO, { apiVersion: 'contract.example.com/v1', kind: 'Gizmo', metadata: { name: 'patched' }, status: { was: 'here' } }));
      if (made instanceof ApiError) throw made;
      expect(made).toMatchObject({ status: { was: 'here' }, metadata: { generation: 1 } });
      const changed = await client.patch<Anything>(GIZMO, { name: 'patched' }, mergePatch({ status: { is: 'here' } }));
      expect(changed).toMatchObject({ status: { was: 'here', is: 'here' }, metadata: { generation: 2 } });
      expect(await refusal(client.patch(GIZMO, { name: 'patched' }, mergePatch({ status: {} }), 'status'))).toMatchObject({ status: 404 });
      await client.delete(GIZMO, { name: 'patched' });
    });
  });
}
