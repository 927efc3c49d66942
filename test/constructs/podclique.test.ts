import { Chart, Size, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { PodClique, PodCliqueProps, PodCliqueSet, StartupOrder } from '../../src';

/** The template of the only clique of a set, after `change` had its way with it. */
function synthesized(props: PodCliqueProps, change: (clique: PodClique, chart: Chart) => void = () => undefined): any {
  const chart = Testing.chart();
  change(new PodCliqueSet(chart, 'llm').addClique('decode', props), chart);
  const set = Testing.synth(chart).find(({ kind }) => kind === 'PodCliqueSet');
  return set.spec.template.cliques[0];
}

const containers = [{ image: 'server:1' }];

describe('what cdk8s-plus does to pods, and what becomes of it here', () => {
  test('its objects are written as Kubernetes writes them: quantities as text, acronyms in capitals', () => {
    const { podSpec } = synthesized({
      containers: [{ image: 'server:1', resources: { cpu: { request: kplus.Cpu.millis(1500) }, memory: { limit: Size.gibibytes(2) } } }],
      dns: { hostnameAsFQDN: true },
    }).spec;
    expect(podSpec.containers[0].resources).toEqual({ requests: { cpu: '1500m' }, limits: { memory: '2048Mi' } });
    expect(podSpec.setHostnameAsFQDN).toBe(true);
    expect(podSpec.setHostnameAsFqdn).toBeUndefined();
  });

  test('fields newer than its Kubernetes 1.28 are kept: they are merged after its conversion', () => {
    const resources = { limits: { cpu: '8', memory: '16Gi' } };
    const { podSpec } = synthesized({ containers, podSpecPatch: { resources, resourceClaims: [{ name: 'gpu', resourceClaimName: 'mine' }] } }).spec;
    expect(podSpec.resources).toEqual(resources);
    expect(podSpec.resourceClaims).toEqual([{ name: 'gpu', resourceClaimName: 'mine' }]);
  });

  test('GPUs and other extended resources join what a container asks for itself', () => {
    const { podSpec } = synthesized({
      containers: [{ image: 'server:1', resources: { memory: { limit: Size.gibibytes(2) } } }, { name: 'sidecar', image: 'sidecar:1' }],
      gpus: 4,
      extendedResources: { 'rdma/ib': 8 },
    }).spec;
    expect(podSpec.containers.map((container: any) => container.resources)).toEqual([
      { limits: { 'memory': '2048Mi', 'nvidia.com/gpu': '4', 'rdma/ib': '8' } },
      undefined,
    ]);
  });

  test.each<[string, PodCliqueProps, string]>([
    ['half a GPU', { gpus: 0.5 }, 'gpus: Invalid value 0.5: must be a whole number, 0 or more'],
    ['less than none', { extendedResources: { 'rdma/ib': -1 } }, 'extendedResources["rdma/ib"]: Invalid value -1: must be a whole number'],
    ['what is no extended resource', { extendedResources: { cpu: 2 } }, 'extendedResources["cpu"]: Invalid: the name of an extended resource has a domain'],
    ['GPUs twice', { gpus: 2, extendedResources: { 'nvidia.com/gpu': 4 } }, 'extendedResources["nvidia.com/gpu"]: Invalid: gpus says it already'],
    ['no pods', { replicas: 0 }, 'spec.replicas: Invalid value 0: must be above 0'],
  ])('a mistake in numbers is told of before pods are made: %s', (_what, props, text) => {
    expect(() => synthesized({ containers, ...props })).toThrow(`llm] spec.template.cliques[0].${text}`);
  });

  test('a container that asks for nothing gets nothing: no limits, security context, pull policy or start-up probe', () => {
    const { podSpec } = synthesized({ containers: [{ image: 'server:1', portNumber: 8000 }], initContainers: [{ name: 'fetch', image: 'fetch:1' }] }).spec;
    expect(podSpec).toEqual({
      containers: [{ name: 'main', image: 'server:1', ports: [{ containerPort: 8000, protocol: 'TCP' }] }],
      initContainers: [{ name: 'fetch', image: 'fetch:1' }],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
    });
  });

  test('what is asked for is kept', () => {
    const { podSpec } = synthesized({
      containers: [{
        image: 'server:1',
        portNumber: 8000,
        securityContext: { user: 1000 },
        imagePullPolicy: kplus.ImagePullPolicy.NEVER,
        startup: kplus.Probe.fromHttpGet('/health', { failureThreshold: 360 }),
      }],
      securityContext: { fsGroup: 1000 },
      automountServiceAccountToken: false,
    }).spec;
    expect(podSpec.containers[0]).toMatchObject({
      securityContext: { runAsUser: 1000 },
      imagePullPolicy: 'Never',
      startupProbe: { httpGet: { path: '/health', port: 8000 }, failureThreshold: 360 },
    });
    expect(podSpec).toMatchObject({ securityContext: { fsGroup: 1000 }, automountServiceAccountToken: false });
  });

  test('a security context says what was asked for, and no more', () => {
    const { podSpec } = synthesized({
      containers: [
        { image: 'server:1', securityContext: { user: 1000 } },
        { name: 'sidecar', image: 'sidecar:1', securityContext: { readOnlyRootFilesystem: true, privileged: false } },
      ],
      securityContext: { fsGroup: 1000, ensureNonRoot: true },
    }).spec;
    expect(podSpec.securityContext).toEqual({ fsGroup: 1000, runAsNonRoot: true });
    const contexts = podSpec.containers.map((container: any) => container.securityContext);
    expect(contexts).toEqual([{ runAsUser: 1000 }, { readOnlyRootFilesystem: true, privileged: false }]);
  });

  test('a container that was made elsewhere keeps all that it has', () => {
    const { podSpec } = synthesized({}, clique => clique.attachContainer(new kplus.Container({ image: 'server:1' }))).spec;
    expect(podSpec.containers[0]).toMatchObject({ imagePullPolicy: 'Always', resources: { limits: { cpu: '1500m' } } });
  });
});

test('shared memory is a volume in memory below /dev/shm of the first container', () => {
  const { podSpec } = synthesized({ containers: [...containers, { name: 'sidecar', image: 'sidecar:1' }], sharedMemory: Size.gibibytes(16) }).spec;
  expect(podSpec.volumes).toEqual([{ name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '16Gi' } }]);
  expect(podSpec.containers.map((container: any) => container.volumeMounts)).toEqual([[{ name: 'shared-memory', mountPath: '/dev/shm' }], undefined]);
});

test('a service selects the pods of a clique', () => {
  const chart = Testing.chart();
  const clique = new PodCliqueSet(chart, 'llm').addClique('router', { containers });
  new kplus.Service(chart, 'service', { selector: clique, ports: [{ port: 80, targetPort: 8000 }] });
  const [set, service] = Testing.synth(chart);
  expect(Object.keys(service.spec.selector)).toHaveLength(1);
  expect(set.spec.template.cliques[0].labels).toEqual(service.spec.selector);
});

test('labels and annotations come from the props and from podMetadata', () => {
  const clique = synthesized(
    { containers, labels: { tier: 'model' }, podMetadata: { labels: { team: 'chat' }, annotations: { 'example.com/scrape': 'yes' } } },
    ({ podMetadata }) => podMetadata.addLabel('added', 'later'),
  );
  expect(clique.labels).toEqual({ tier: 'model', team: 'chat', added: 'later' });
  expect(clique.annotations).toEqual({ 'example.com/scrape': 'yes' });
});

describe('mistakes', () => {
  test('a clique without containers', () => {
    expect(() => synthesized({})).toThrow(/llm\].*cliques\[0\]\.spec\.podSpec\.containers: Required: the pods of decode need a container/);
  });

  test('startAfter in a set that starts in the order of its cliques', () => {
    const chart = Testing.chart();
    const set = new PodCliqueSet(chart, 'llm', { startupOrder: StartupOrder.IN_ORDER });
    const router = set.addClique('router', { containers });
    set.addClique('decode', { containers }).startAfter(router);
    expect(() => Testing.synth(chart)).toThrow(/llm\].*cliqueStartupType: Invalid value "CliqueStartupTypeInOrder": startAfter needs StartupOrder.EXPLICIT/);
  });

  test('startAfter across sets', () => {
    const chart = Testing.chart();
    const other = new PodCliqueSet(chart, 'other').addClique('router', { containers });
    const clique = new PodCliqueSet(chart, 'llm').addClique('decode', { containers });
    expect(() => clique.startAfter(other)).toThrow('they are in different PodCliqueSets');
  });

  test('metadata, which a clique does not have', () => {
    expect(() => synthesized({ containers, metadata: { name: 'x' } })).toThrow('use name, labels and annotations');
  });
});
