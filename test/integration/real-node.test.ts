import { KubeObject } from '../../controller/src/kube/object';
import { mergePatch } from '../../controller/src/kube/patch';
import { NODE, POD } from '../../controller/src/kube/resource';
import { withStartupGate } from '../../src/core/startup/gate';
import { connect } from '../control-plane/connect';
import { BUSYBOX_IMAGE, REAL_NODE, RealNode, startRealNode, whyNoRealNode } from '../control-plane/real-node';
import { until } from '../control-plane/until';

type Pod = KubeObject & { readonly spec?: any; readonly status?: any };

const reason = whyNoRealNode();
const describeRealNode = reason ? describe.skip : describe;

describeRealNode(reason ? `a real node (skipped: ${reason})` : 'a real node', () => {
  const { address, admin, namespace: newNamespace } = connect();
  let namespace: string;
  let node: RealNode;

  beforeAll(async () => {
    namespace = await newNamespace('real-node');
    node = await startRealNode(address, { labels: { 'test.grove.io/rack': 'rack-r' } });
  }, 600_000);
  afterAll(() => node?.stop());

  test('is Ready with fake GPUs, its labels and its taint', async () => {
    const { metadata, spec, status } = await admin.get<Pod>(NODE, { name: node.name });
    expect(status.nodeInfo.kubeletVersion).toBe('v1.36.3');
    expect(status.allocatable['nvidia.com/gpu']).toBe('8');
    expect((metadata as any).labels).toMatchObject({ 'test.grove.io/real-node': 'true', 'test.grove.io/rack': 'rack-r' });
    expect(spec.taints).toEqual([{ key: 'test.grove.io/real-node', value: 'true', effect: 'NoSchedule' }]);
  });

  test('runs a pod with GPUs, whose environment is seen from inside', async () => {
    await create('env', {
      containers: [{
        name: 'main',
        image: BUSYBOX_IMAGE,
        command: ['sh', '-c', 'env; sleep 1000'],
        env: [{ name: 'GREETING', value: 'hello' }, { name: 'INDEX', valueFrom: { fieldRef: { fieldPath: "metadata.labels['index']" } } }],
        resources: { limits: { 'nvidia.com/gpu': '2' } },
      }],
    });
    await untilPod('env', (pod) => pod.status?.containerStatuses?.[0].ready === true);
    const logs = await until('the environment is printed', async () => {
      const text = await node.logs(namespace, 'env');
      return text.includes('INDEX') ? text : undefined;
    });
    expect(logs.split('\n')).toEqual(expect.arrayContaining(['GREETING=hello', 'INDEX=7']));
  });

  test('a pod with the start-up gate starts after the annotation, not before', async () => {
    const containers = [{ name: 'main', image: BUSYBOX_IMAGE, command: ['sleep', '1000'] }];
    await create('gated', withStartupGate({ containers } as never, BUSYBOX_IMAGE) as object);
    const waiting = await untilPod('gated', (pod) => pod.status?.initContainerStatuses?.[0].state.running !== undefined);
    expect(waiting.status.phase).toBe('Pending');
    const annotatedMs = Date.now();
    await admin.patch(POD, { name: 'gated', namespace }, mergePatch({ metadata: { annotations: { 'grove.io/startup': 'ready' } } }));
    const { status } = await untilPod('gated', (pod) => pod.status?.containerStatuses?.[0].state.running !== undefined);
    expect(Date.parse(status.containerStatuses[0].state.running.startedAt)).toBeGreaterThanOrEqual(Math.floor(annotatedMs / 1000) * 1000);
    expect(status.initContainerStatuses[0].state.terminated.exitCode).toBe(0);
  });

  test('a killed container is started again', async () => {
    await create('killed', { containers: [{ name: 'main', image: BUSYBOX_IMAGE, command: ['sh', '-c', 'sleep 1; exit 3'] }] });
    const { status } = await untilPod('killed', (pod) => pod.status?.containerStatuses?.[0].restartCount > 0);
    expect(status.containerStatuses[0].lastState.terminated.exitCode).toBe(3);
  });

  function create(name: string, spec: object): Promise<Pod> {
    return admin.create<Pod>(POD, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: { index: '7' } } as KubeObject['metadata'],
      spec: { ...REAL_NODE, automountServiceAccountToken: false, terminationGracePeriodSeconds: 1, ...spec },
    });
  }

  function untilPod(name: string, condition: (pod: Pod) => boolean): Promise<Pod> {
    return until(`pod ${name}: ${condition}`, async () => {
      const pod = await admin.get<Pod>(POD, { name, namespace });
      return condition(pod) ? pod : undefined;
    });
  }
});
