import { gone } from './deletes';
import { Anything, Bench, gatedPod, pod, raw, refusal } from './subject';
import { Watching } from './watching';
import { jsonPatch, mergePatch, strategicMergePatch } from '../../controller/src/kube/patch';
import { NODE, POD, PRIORITY_CLASS } from '../../controller/src/kube/resource';
import { until } from '../control-plane/until';

/** A node of this name exists nowhere, so that nobody runs what is bound to it. */
const NOWHERE = 'contract-nowhere';
const GATES = '/spec/schedulingGates';

export function startingPods(bench: () => Bench): void {
  describe('new pods', () => {
    test('defaults are filled in', async () => {
      const { client, home } = bench();
      const resources = { limits: { 'cpu': '2', 'nvidia.com/gpu': 4 }, requests: { cpu: '1' } };
      const made = await client.create<Anything>(POD, pod(home, 'defaults', { containers: [{ name: 'main', image: 'busybox', resources }] }));
      expect(made.metadata.generation).toBe(1);
      expect(made.spec).toMatchObject({
        restartPolicy: 'Always',
        dnsPolicy: 'ClusterFirst',
        terminationGracePeriodSeconds: 30,
        schedulerName: 'nobody',
        priority: 0,
        preemptionPolicy: 'PreemptLowerPriority',
        enableServiceLinks: true,
        securityContext: {},
      });
      expect(made.spec.containers).toMatchObject([{
        imagePullPolicy: 'Always',
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        resources: { limits: { 'cpu': '2', 'nvidia.com/gpu': '4' }, requests: { 'cpu': '1', 'nvidia.com/gpu': '4' } },
      }]);
      expect(made.spec.tolerations).toEqual(['not-ready', 'unreachable'].map((trouble) =>
        ({ key: `node.kubernetes.io/${trouble}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })));
      expect(made.status).toEqual({ phase: 'Pending', qosClass: 'Burstable' });
    });

    test.each([
      ['130', '130'], ['1000', '1k'], ['1500', '1500'], ['0.5', '500m'], ['1000m', '1'], ['1.5', '1500m'], ['2e3', '2e3'], ['0', '0'],
      ['870400Mi', '850Gi'], ['1.5Gi', '1536Mi'], ['1024Ki', '1Mi'], ['512', '512'], ['1025Ki', '1025Ki'], ['1.1Ki', '1126400m'], ['1G', '1G'], ['1000M', '1G'],
    ])('quantities come back in one form: %s', async (sent, kept) => {
      const { client, home } = bench();
      const containers = [{ name: 'main', image: 'busybox', resources: { requests: { 'ephemeral-storage': sent } } }];
      const made = await client.create<Anything>(POD, pod(home, '', { containers }, { name: undefined, generateName: 'quantity-' }));
      expect(made.spec.containers[0].resources.requests['ephemeral-storage']).toBe(kept);
    });

    test('a tagged image is pulled only when it is absent', async () => {
      const { client, home } = bench();
      const made = await client.create<Anything>(POD, pod(home, 'tagged'));
      expect(made.spec.containers[0]).toMatchObject({ imagePullPolicy: 'IfNotPresent', resources: {} });
      expect(made.status.qosClass).toBe('BestEffort');
    });

    test('a status that comes along is dropped', async () => {
      const { client, home } = bench();
      expect((await client.create<Anything>(POD, { ...pod(home, 'status'), status: { phase: 'Running' } })).status.phase).toBe('Pending');
    });

    test('gated: the condition says so', async () => {
      const { client, home } = bench();
      const { status } = await client.create<Anything>(POD, gatedPod(home, 'gated'));
      expect(status.conditions).toEqual([{
        type: 'PodScheduled',
        status: 'False',
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
        lastProbeTime: null,
        lastTransitionTime: expect.stringMatching(/Z$/),
      }]);
    });

    test('the priority comes from its class', async () => {
      const { client, home } = bench();
      const name = `contract-${home}`;
      await client.create(PRIORITY_CLASS, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: 1234 } as Anything);
      const create = () => client.create<Anything>(POD, pod(home, 'important', { priorityClassName: name })).catch(() => undefined);
      const important = await until('the class is known', create);
      expect(important.spec.priority).toBe(1234);
      await client.delete(PRIORITY_CLASS, { name });
      const refused = await refusal(client.create(POD, pod(home, 'unknown-class', { priorityClassName: 'unknown' })));
      expect(refused).toMatchObject({ status: 403, reason: 'Forbidden', message: expect.stringContaining('no PriorityClass with name unknown was found') });
    });

    test('a node, unlike a pod, comes with its status', async () => {
      const { client, home } = bench();
      const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: home }, status: { capacity: { cpu: '4' } } } as Anything;
      expect((await client.create<Anything>(NODE, node)).status.capacity).toEqual({ cpu: '4' });
      const changed = await client.patch<Anything>(NODE, { name: home }, mergePatch({ status: { allocatable: { cpu: '3' } } }), 'status');
      expect(changed.status).toMatchObject({ capacity: { cpu: '4' }, allocatable: { cpu: '3' } });
      await client.delete(NODE, { name: home });
    });

    test.each([
      ['no containers', { containers: [] }, 'spec.containers'],
      ['no image', { containers: [{ name: 'main' }] }, 'spec.containers[0].image'],
      ['container name', { containers: [{ name: 'Main', image: 'x' }] }, 'spec.containers[0].name'],
      ['two of a name', { containers: [{ name: 'a', image: 'x' }, { name: 'a', image: 'x' }] }, 'spec.containers[1].name'],
      ['restart policy', { restartPolicy: 'Sometimes' }, 'spec.restartPolicy'],
      ['a gate twice', { schedulingGates: [{ name: 'example.com/a' }, { name: 'example.com/a' }] }, 'spec.schedulingGates[1]'],
      ['a gate and a node', { schedulingGates: [{ name: 'example.com/a' }], nodeName: NOWHERE }, 'spec.nodeName'],
    ])('an invalid pod is refused: %s', async (_what, spec, field) => {
      const { client, home } = bench();
      const refused = await refusal(client.create(POD, pod(home, 'invalid', spec)));
      expect(refused).toMatchObject({ status: 422, reason: 'Invalid', details: { name: 'invalid', kind: 'Pod' } });
      expect(refused.details?.causes?.map((cause) => cause.field)).toContain(field);
    });
  });
}

export function changingPods(bench: () => Bench): void {
  describe('changing pods', () => {
    test('gates may go, by either patch', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(POD, gatedPod(home, 'ungate'));
      const half = await client.patch<Anything>(POD, metadata, strategicMergePatch({ spec: { schedulingGates: [{ name: 'example.com/more', $patch: 'delete' }] } }));
      expect(half.spec.schedulingGates).toEqual([{ name: 'example.com/wait' }]);
      expect(half.metadata.generation).toBe(2);
      const open = await client.patch<Anything>(POD, metadata, jsonPatch([{ op: 'test', path: `${GATES}/0/name`, value: 'example.com/wait' }, { op: 'remove', path: `${GATES}/0` }]));
      expect(open.spec.schedulingGates).toBeUndefined();
      expect(open.status.conditions).toMatchObject([{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }]);
    });

    test('gates may not come', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(POD, gatedPod(home, 'regate'));
      const refused = await refusal(client.patch(POD, metadata, strategicMergePatch({ spec: { schedulingGates: [{ name: 'example.com/new' }] } })));
      expect(refused).toMatchObject({ status: 422, message: expect.stringMatching(/schedulingGates.*Forbidden: only deletion is allowed, but found new scheduling gate 'example.com\/new'/) });
    });

    test('a gated pod may be narrowed to fewer nodes, not widened', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(POD, gatedPod(home, 'narrow', { nodeSelector: { zone: 'a' } }));
      const narrowed = await client.patch<Anything>(POD, metadata, mergePatch({ spec: { nodeSelector: { rack: '1' } } }));
      expect(narrowed.spec.nodeSelector).toEqual({ zone: 'a', rack: '1' });
      const required = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'rack', operator: 'In', values: ['1'] }] }] };
      const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
      const pinned = await client.patch<Anything>(POD, metadata, mergePatch({ spec: { affinity } }));
      expect(pinned.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution).toEqual(required);
      const widened = client.patch(POD, metadata, mergePatch({ spec: { nodeSelector: { zone: 'b' } } }));
      expect(await refusal(widened)).toMatchObject({ status: 422, details: { causes: [expect.objectContaining({ field: 'spec.nodeSelector' })] } });
    });

    test.each([
      ['environment', [{ op: 'add', path: '/spec/containers/0/env', value: [{ name: 'A', value: 'b' }] }]],
      ['node selector without a gate', [{ op: 'add', path: '/spec/nodeSelector', value: { a: 'b' } }]],
      ['node name', [{ op: 'add', path: '/spec/nodeName', value: NOWHERE }]],
      ['one container more', [{ op: 'add', path: '/spec/containers/-', value: { name: 'more', image: 'x' } }]],
    ] as const)('the rest of the spec stays as it is: %s', async (what, operations) => {
      const { client, home } = bench();
      const { metadata } = await client.create(POD, pod(home, `fixed-${what.replaceAll(' ', '-')}`));
      expect(await refusal(client.patch(POD, metadata, jsonPatch(operations)))).toMatchObject({ status: 422, reason: 'Invalid', message: expect.stringMatching(/Forbidden: pod updates may not/) });
    });

    test('the image may change, labels and annotations too', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(POD, pod(home, 'image'));
      const changed = await client.patch<Anything>(POD, metadata, strategicMergePatch({ metadata: { annotations: { a: 'b' } }, spec: { containers: [{ name: 'main', image: 'busybox:1.38' }] } }));
      expect(changed.spec.containers[0].image).toBe('busybox:1.38');
      expect(changed.metadata.generation).toBe(2);
    });

    test('status and the rest are written apart', async () => {
      const { client, home } = bench();
      const { metadata } = await client.create(POD, pod(home, 'parts'));
      const ignored = await client.patch<Anything>(POD, metadata, mergePatch({ status: { message: 'ignored' } }));
      expect(ignored.status.message).toBeUndefined();
      const told = await client.patch<Anything>(POD, metadata, mergePatch({ metadata: { annotations: { along: 'yes' } }, status: { message: 'told' } }), 'status');
      expect(told).toMatchObject({ metadata: { annotations: { along: 'yes' }, generation: 1 }, status: { message: 'told', phase: 'Pending', qosClass: 'BestEffort' } });
    });
  });
}

export function bindingPods(bench: () => Bench): void {
  describe('binding', () => {
    test('sets the node and says so', async () => {
      const { client, home } = bench();
      const made = await client.create(POD, pod(home, 'bound'));
      await client.bind(made, NOWHERE);
      const bound = await client.get<Anything>(POD, made.metadata);
      expect(bound.spec.nodeName).toBe(NOWHERE);
      expect(bound.status.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True', lastTransitionTime: expect.stringMatching(/Z$/) }]);
      expect((await client.list(POD, { namespace: home, fieldSelector: `spec.nodeName=${NOWHERE}` })).items).toHaveLength(1);
      expect(await refusal(client.bind(made, 'other'))).toMatchObject({
        status: 409,
        reason: 'Conflict',
        details: { name: 'bound', kind: 'pods/binding' },
        message: expect.stringContaining(`Operation cannot be fulfilled on pods/binding "bound": pod bound is already assigned to node "${NOWHERE}"`),
      });
      await client.delete(POD, made.metadata, { gracePeriodSeconds: 0 });
    });

    test('answers with a status', async () => {
      const { client, transport, home } = bench();
      const { metadata } = await client.create(POD, pod(home, 'answered'));
      const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'answered' }, target: { kind: 'Node', name: NOWHERE } };
      const answer = await raw(transport, { method: 'POST', path: `/api/v1/namespaces/${home}/pods/answered/binding`, body });
      expect(answer).toMatchObject({ status: 201, body: { kind: 'Status', status: 'Success' } });
      await client.delete(POD, metadata, { gracePeriodSeconds: 0 });
    });

    test('a gated pod is not bound', async () => {
      const { client, home } = bench();
      const made = await client.create(POD, gatedPod(home, 'still-gated'));
      expect(await refusal(client.bind(made, NOWHERE))).toMatchObject({ status: 409, reason: 'Conflict', message: expect.stringContaining('pod still-gated has non-empty .spec.schedulingGates') });
    });

    test('another pod of the name is not bound', async () => {
      const { client, home } = bench();
      const made = await client.create(POD, pod(home, 'other-uid'));
      const other = { metadata: { ...made.metadata, uid: '11111111-1111-4111-8111-111111111111' } };
      expect(await refusal(client.bind(other, NOWHERE))).toMatchObject({ status: 409, reason: 'Conflict' });
      expect(await refusal(client.bind({ metadata: { ...made.metadata, name: 'not-there' } }, NOWHERE))).toMatchObject({ status: 404, reason: 'NotFound' });
    });
  });

  describe('deleting pods', () => {
    test('one without a node goes at once', async () => {
      const { client, home } = bench();
      const { resourceVersion } = await client.list(POD, { namespace: home });
      const watched = await Watching.open(client, POD, { namespace: home, resourceVersion, fieldSelector: 'metadata.name=homeless' });
      const made = await client.create(POD, gatedPod(home, 'homeless'));
      const answer = await client.delete(POD, made.metadata);
      expect(answer).toMatchObject({ kind: 'Pod', metadata: { uid: made.metadata.uid } });
      await watched.deleted('homeless');
      expect(watched.story).toEqual(['ADDED homeless', 'MODIFIED homeless', 'DELETED homeless']);
      watched.cancel();
    });

    test('one with a node waits for its kubelet', async () => {
      const { client, home } = bench();
      const made = await client.create(POD, pod(home, 'graceful', { terminationGracePeriodSeconds: 20 }));
      await client.bind(made, NOWHERE);
      const marked = await client.delete(POD, made.metadata);
      expect(marked?.metadata).toMatchObject({ deletionGracePeriodSeconds: 20, generation: 2 });
      expect(Date.parse(marked!.metadata.deletionTimestamp!)).toBeGreaterThan(Date.now() + 10_000);
      const again = await client.delete(POD, made.metadata);
      expect(again?.metadata.resourceVersion).toBe(marked?.metadata.resourceVersion);
      const hurried = await client.delete(POD, made.metadata, { gracePeriodSeconds: 5 });
      expect(hurried?.metadata).toMatchObject({ deletionGracePeriodSeconds: 5, generation: 2 });
      expect(await refusal(client.bind(made, 'other'))).toMatchObject({ status: 409, message: expect.stringContaining('pod graceful is being deleted, cannot be assigned to a host') });
      await client.delete(POD, made.metadata, { gracePeriodSeconds: 0, uid: made.metadata.uid });
      await gone(bench(), POD, made.metadata);
    });

    test('one that has ended goes at once', async () => {
      const { client, home } = bench();
      const made = await client.create(POD, pod(home, 'ended'));
      await client.bind(made, NOWHERE);
      await client.patch(POD, made.metadata, mergePatch({ status: { phase: 'Failed' } }), 'status');
      await client.delete(POD, made.metadata);
      expect(await refusal(client.get(POD, made.metadata))).toMatchObject({ status: 404 });
    });

    test('finalizers hold it after its kubelet, too', async () => {
      const { client, home } = bench();
      const made = await client.create(POD, pod(home, 'held', {}, { finalizers: ['example.com/wait'] }));
      const marked = await client.delete(POD, made.metadata);
      expect(marked?.metadata).toMatchObject({ deletionGracePeriodSeconds: 0, finalizers: ['example.com/wait'] });
      await client.patch(POD, made.metadata, mergePatch({ metadata: { finalizers: null } }));
      expect(await refusal(client.get(POD, made.metadata))).toMatchObject({ status: 404 });
    });

    test('an eviction is a deletion', async () => {
      const { client, transport, home } = bench();
      const { metadata } = await client.create(POD, pod(home, 'evicted'));
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'evicted', namespace: home } };
      expect(await raw(transport, { method: 'POST', path: `/api/v1/namespaces/${home}/pods/evicted/eviction`, body })).toMatchObject({ status: 201, body: { status: 'Success' } });
      await gone(bench(), POD, metadata);
    });
  });
}
