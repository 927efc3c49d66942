import { Anything, Bench, GADGET, gadget, raw, refusal } from './subject';
import { mergePatch } from '../../controller/src/kube/patch';
import { CUSTOM_RESOURCE_DEFINITION } from '../../controller/src/kube/resource';

export function customTypes(bench: () => Bench): void {
  describe('custom types', () => {
    test('their definition is established', async () => {
      const definition = await bench().client.get<Anything>(CUSTOM_RESOURCE_DEFINITION, { name: 'gadgets.contract.example.com' });
      const conditions = Object.fromEntries(definition.status.conditions.map(({ type, status }: any) => [type, status]));
      expect(conditions).toMatchObject({ Established: 'True', NamesAccepted: 'True' });
      expect(definition.status).toMatchObject({ storedVersions: ['v1'], acceptedNames: { kind: 'Gadget', plural: 'gadgets', shortNames: ['gdg'] } });
    });

    test('defaults are filled in at every depth, unknown fields are dropped', async () => {
      const { client, home } = bench();
      const made = await client.create<Anything>(GADGET, gadget(home, 'shaped', {
        unknown: 1, parts: [{ name: 'a', unknown: 1 }, { name: 'b', count: 5 }], settings: { any: 'key' }, anything: { goes: { here: [1] } },
      }));
      expect(made.spec).toEqual({
        size: 'small', replicas: 1, parts: [{ name: 'a', count: 2 }, { name: 'b', count: 5 }], settings: { any: 'key' }, anything: { goes: { here: [1] } },
      });
      const changed = await client.patch<Anything>(GADGET, made.metadata, mergePatch({ spec: { replicas: null, more: 1 } }));
      expect(changed.spec).toEqual(made.spec);
    });

    test('a null that is not allowed counts as absent in fields and in maps', async () => {
      const { client, home } = bench();
      const { spec } = await client.create<Anything>(GADGET, gadget(home, 'null', { mode: null, replicas: null, parts: [{ name: 'a', count: null }], settings: { any: 'key', none: null } }));
      expect(spec).toEqual({ size: 'small', replicas: 1, parts: [{ name: 'a', count: 2 }], settings: { any: 'key' } });
    });

    test.each([
      ['a required field', { size: undefined }, 'spec.size', 'Required value'],
      ['a required field of null', { size: null }, 'spec.size', 'Required value'],
      ['a null in a list', { parts: [null] }, 'spec.parts[0]', 'must be of type object: "null"'],
      ['a type', { replicas: 'two' }, 'spec.replicas', 'must be of type integer: "string"'],
      ['a minimum', { replicas: -1 }, 'spec.replicas', 'should be greater than or equal to 0'],
      ['a maximum', { replicas: 101 }, 'spec.replicas', 'should be less than or equal to 100'],
      ['a choice', { mode: 'medium' }, 'spec.mode', 'Unsupported value: "medium": supported values: "fast", "slow"'],
      ['a pattern', { code: 'A' }, 'spec.code', "should match '^[a-z]+$'"],
      ['a length', { size: 'x'.repeat(11) }, 'spec.size', 'may not be more than 10'],
      ['a list', { parts: [{ name: 'a' }, { count: 1 }] }, 'spec.parts[1].name', 'Required value'],
      ['a list\'s length', { parts: [1, 2, 3, 4].map((one) => ({ name: `${one}` })) }, 'spec.parts', 'must have at most 3 items'],
      ['a map', { settings: { a: 1 } }, 'spec.settings.a', 'must be of type string: "integer"'],
    ])('what its schema forbids is refused: %s', async (_what, spec, field, message) => {
      const { client, home } = bench();
      const refused = await refusal(client.create(GADGET, gadget(home, 'forbidden', spec)));
      expect(refused).toMatchObject({ status: 422, reason: 'Invalid', details: { name: 'forbidden', kind: 'Gadget', group: 'contract.example.com' } });
      expect(refused.details?.causes).toEqual(expect.arrayContaining([expect.objectContaining({ field, message: expect.stringContaining(message) })]));
      expect(refused.message).toContain('Gadget.contract.example.com "forbidden" is invalid: ');
    });

    test('a status that its schema forbids is refused, too', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(GADGET, gadget(home, 'forbidden-status'));
      expect(await refusal(client.patch(GADGET, metadata, mergePatch({ status: { replicas: 'many' } }), 'status'))).toMatchObject({ status: 422 });
    });

    test('a body without kind is a bad request', async () => {
      const { transport, home } = bench();
      const path = `/apis/contract.example.com/v1/namespaces/${home}/gadgets`;
      expect(await raw(transport, { method: 'POST', path, body: { metadata: { name: 'kindless' }, spec: { size: 'x' } } })).toMatchObject({ status: 400, body: { reason: 'BadRequest' } });
    });
  });

  describe('the status of a custom object', () => {
    test('is dropped at creation and in writes of the rest', async () => {
      const { client, home } = bench();
      const made = await client.create<Anything>(GADGET, { ...gadget(home, 'status-apart'), status: { replicas: 9 } });
      expect(made.status).toBeUndefined();
      const changed = await client.update<Anything>(GADGET, { ...made, spec: { size: 'big' }, status: { replicas: 9 } });
      expect(changed.status).toBeUndefined();
      expect(changed.spec.size).toBe('big');
    });

    test('is all that is written through its own path', async () => {
      const { client, home } = bench();
      const made = await client.create<Anything>(GADGET, gadget(home, 'status-only', {}, { labels: { a: 'b' } }));
      const body = { ...made, metadata: { ...made.metadata, labels: { c: 'd' }, finalizers: ['example.com/x'] }, spec: { size: 'big' }, status: { replicas: 3, unknown: 1 } };
      const changed = await client.update<Anything>(GADGET, body, 'status');
      expect(changed).toMatchObject({ spec: { size: 'small' }, metadata: { labels: { a: 'b' }, generation: 1 } });
      expect(changed.metadata.finalizers).toBeUndefined();
      expect(changed.status).toEqual({ replicas: 3 });
      expect(await refusal(client.update(GADGET, body, 'status'))).toMatchObject({ status: 409, reason: 'Conflict' });
      const patched = await client.patch<Anything>(GADGET, made.metadata, mergePatch({ spec: { size: 'big' }, status: { message: 'fine' } }), 'status');
      expect(patched).toMatchObject({ spec: { size: 'small' }, status: { replicas: 3, message: 'fine' } });
    });
  });

  describe('the scale of a custom object', () => {
    const scalePath = (home: string, name: string): string => `/apis/contract.example.com/v1/namespaces/${home}/gadgets/${name}/scale`;

    test('shows its replicas and is where they are set', async () => {
      const { client, transport, home } = bench();
      const made = await client.create<Anything>(GADGET, gadget(home, 'scaled', { replicas: 2 }));
      await client.patch(GADGET, made.metadata, mergePatch({ status: { replicas: 1, selector: 'app=scaled' } }), 'status');
      const scale = (await raw(transport, { method: 'GET', path: scalePath(home, 'scaled') })).body;
      expect(scale).toMatchObject({
        kind: 'Scale',
        apiVersion: 'autoscaling/v1',
        metadata: { name: 'scaled', namespace: home, uid: made.metadata.uid },
        spec: { replicas: 2 },
        status: { replicas: 1, selector: 'app=scaled' },
      });
      const put = await raw(transport, { method: 'PUT', path: scalePath(home, 'scaled'), body: { ...scale, spec: { replicas: 5 } } });
      expect(put).toMatchObject({ status: 200, body: { kind: 'Scale', spec: { replicas: 5 } } });
      expect(await client.get<Anything>(GADGET, made.metadata)).toMatchObject({ spec: { replicas: 5, size: 'small' }, metadata: { generation: 2 } });
      const stale = await raw(transport, { method: 'PUT', path: scalePath(home, 'scaled'), body: { ...scale, spec: { replicas: 6 } } });
      expect(stale).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    });

    test('can be patched', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(GADGET, gadget(home, 'scale-patch'));
      expect(await client.patch(GADGET, metadata, mergePatch({ spec: { replicas: 7 } }), 'scale')).toMatchObject({ kind: 'Scale', spec: { replicas: 7 } });
      expect(await refusal(client.patch(GADGET, metadata, mergePatch({ spec: { replicas: -1 } }), 'scale'))).toMatchObject({ status: 422 });
      expect(await refusal(client.patch(GADGET, { ...metadata, name: 'absent' }, mergePatch({ spec: { replicas: 1 } }), 'scale'))).toMatchObject({ status: 404 });
    });
  });
}

export function discovering(bench: () => Bench): void {
  describe('discovery', () => {
    test('the version', async () => {
      expect(await bench().client.getPath('/version')).toMatchObject({ major: '1', minor: '36', gitVersion: expect.stringMatching(/^v1\.36\.3/) });
    });

    test('groups and their types', async () => {
      const { client } = bench();
      expect(await client.getPath('/api')).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
      const { groups } = await client.getPath('/apis') as Anything;
      expect(groups).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'contract.example.com', preferredVersion: { groupVersion: 'contract.example.com/v1', version: 'v1' } })]));
      expect(await client.getPath('/apis/contract.example.com')).toMatchObject({ kind: 'APIGroup', name: 'contract.example.com' });
      const { resources } = await client.getPath('/apis/contract.example.com/v1') as Anything;
      expect(resources).toEqual(expect.arrayContaining([
        expect.objectContaining({ name: 'gadgets', singularName: 'gadget', kind: 'Gadget', namespaced: true, shortNames: ['gdg'] }),
        expect.objectContaining({ name: 'gadgets/status', kind: 'Gadget' }),
        expect.objectContaining({ name: 'gadgets/scale', kind: 'Scale', group: 'autoscaling', version: 'v1' }),
        expect.objectContaining({ name: 'gizmos', namespaced: false }),
      ]));
      const core = await client.getPath('/api/v1') as Anything;
      expect(core.resources.map((resource: Anything) => resource.name)).toEqual(expect.arrayContaining(['pods', 'pods/status', 'pods/binding', 'nodes', 'services']));
    });

    test('what is not there', async () => {
      const { client, transport, home } = bench();
      expect(await refusal(client.getPath('/apis/nothing.example.com/v1'))).toMatchObject({ status: 404 });
      for (const path of ['/apis/contract.example.com/v1/nothing', `/api/v1/namespaces/${home}/nothing`, `/apis/contract.example.com/v1/namespaces/${home}/gadgets/x/nothing`]) {
        expect(await raw(transport, { method: 'GET', path })).toMatchObject({ status: 404 });
      }
    });

    test('a method that nothing answers', async () => {
      expect(await raw(bench().transport, { method: 'POST', path: '/api/v1/pods', body: {} })).toMatchObject({ status: 405, body: { reason: 'MethodNotAllowed' } });
    });
  });
}
