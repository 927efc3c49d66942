import { Size, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { MERGE_KEYS } from '../../constructs/pod-spec-patch';
import { crdFiles } from '../../scripts/crds/files';
import type { Schema } from '../../scripts/crds/schema';
import { PodCliqueProps, PodCliqueSet } from '../../src';

function podSpec(props: PodCliqueProps): any {
  const chart = Testing.chart();
  new PodCliqueSet(chart, 'llm').addClique('decode', props);
  return Testing.synth(chart)[0].spec.template.cliques[0].spec.podSpec;
}

const containers = [
  { name: 'server', image: 'server:1', portNumber: 8000, envVariables: { MODE: kplus.EnvValue.fromValue('fast'), LOG: kplus.EnvValue.fromValue('info') } },
  { name: 'proxy', image: 'proxy:1', args: ['--quiet'] },
];

test('fields that nobody knows yet are kept, however deep', () => {
  const spec = podSpec({
    containers,
    podSpecPatch: {
      tomorrow: { deeper: [{ and: { deeper: 1 } }] },
      containers: [{ name: 'server', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }], securityContext: { newer: { mode: 'x' } } }],
    },
  });
  expect(spec.tomorrow).toEqual({ deeper: [{ and: { deeper: 1 } }] });
  expect(spec.containers[0]).toMatchObject({
    image: 'server:1',
    ports: [{ containerPort: 8000 }],
    restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
    securityContext: { newer: { mode: 'x' } },
  });
  expect(spec.containers[1]).toEqual({ name: 'proxy', image: 'proxy:1', args: ['--quiet'] });
});

test('objects are merged field by field', () => {
  const spec = podSpec({ containers, gpus: 8, securityContext: { fsGroup: 1000 }, podSpecPatch: { securityContext: { supplementalGroupsPolicy: 'Strict' }, containers: [{ name: 'server', resources: { limits: { cpu: '8' } } }] } });
  expect(spec.securityContext).toEqual({ fsGroup: 1000, supplementalGroupsPolicy: 'Strict' });
  expect(spec.containers[0].resources).toEqual({ limits: { 'cpu': '8', 'nvidia.com/gpu': '8' } });
});

test('named things are merged thing by thing, and new ones follow', () => {
  const spec = podSpec({
    containers,
    sharedMemory: Size.gibibytes(1),
    initContainers: [{ name: 'sidecar', image: 'sidecar:1' }],
    podSpecPatch: {
      initContainers: [{ name: 'sidecar', restartPolicy: 'Always' }, { name: 'late', image: 'late:1' }],
      volumes: [{ name: 'shared-memory', emptyDir: { sizeLimit: '2Gi' } }, { name: 'image', image: { reference: 'model:1' } }],
      containers: [{
        name: 'server',
        env: [{ name: 'LOG', value: 'debug' }, { name: 'KEY', valueFrom: { fileKeyRef: { path: 'p', key: 'k', volumeName: 'v' } } }],
        ports: [{ containerPort: 8000, name: 'http' }, { containerPort: 8000, protocol: 'UDP' }],
        volumeMounts: [{ mountPath: '/dev/shm', recursiveReadOnly: 'Disabled' }, { mountPath: '/model', name: 'image' }],
      }],
    },
  });
  expect(spec.initContainers).toEqual([{ name: 'sidecar', image: 'sidecar:1', restartPolicy: 'Always' }, { name: 'late', image: 'late:1' }]);
  expect(spec.volumes).toEqual([{ name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '2Gi' } }, { name: 'image', image: { reference: 'model:1' } }]);
  expect(spec.containers[0].env).toEqual([
    { name: 'MODE', value: 'fast' }, { name: 'LOG', value: 'debug' }, { name: 'KEY', valueFrom: { fileKeyRef: { path: 'p', key: 'k', volumeName: 'v', optional: false } } },
  ]);
  expect(spec.containers[0].ports).toEqual([{ containerPort: 8000, name: 'http', protocol: 'TCP' }, { containerPort: 8000, protocol: 'UDP' }]);
  expect(spec.containers[0].volumeMounts).toEqual([{ name: 'shared-memory', mountPath: '/dev/shm', recursiveReadOnly: 'Disabled' }, { mountPath: '/model', name: 'image' }]);
});

test('lists without names take the place of the old ones, and null removes', () => {
  const spec = podSpec({ containers, podSpecPatch: { terminationGracePeriodSeconds: 5, containers: [{ name: 'proxy', args: ['--loud'] }, { name: 'server', env: null }] } });
  expect(spec.terminationGracePeriodSeconds).toBe(5);
  expect(spec.containers[1].args).toEqual(['--loud']);
  expect(spec.containers[0]).toEqual({ name: 'server', image: 'server:1', ports: [{ containerPort: 8000, protocol: 'TCP' }] });
});

test('the lists that are merged are those that Kubernetes merges, by the same fields', () => {
  const podSpecSchema = crdFiles().find(({ crd }) => crd.spec.names.kind === 'PodClique')!.crd.spec.versions[0].schema.openAPIV3Schema.properties!.spec!.properties!.podSpec!;
  expect(Object.fromEntries([...keyedLists(podSpecSchema)].sort(([one], [other]) => (one < other ? -1 : 1)))).toEqual(MERGE_KEYS);
});

/** Every list in a schema whose entries have keys, by its name. */
function* keyedLists({ properties = {}, items, additionalProperties }: Schema): Generator<[string, unknown]> {
  for (const [name, field] of Object.entries(properties)) {
    if (field['x-kubernetes-list-type'] === 'map') yield [name, field['x-kubernetes-list-map-keys']];
    yield* keyedLists(field);
  }
  for (const below of [items, additionalProperties]) if (below) yield* keyedLists(below);
}
