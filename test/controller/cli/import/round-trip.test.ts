import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { ClusterTopologyBinding, KubeObject, PodCliqueSet, admit, canonicalJson, withDefaults } from '../../../../src/core';
import { golden } from '../../../golden/golden';
import { aCliqueTemplate, aSet } from '../../../support/objects';
import { file, grove } from '../command';

const ROOT = resolve(__dirname, '../../../..');
const EXAMPLES = join(ROOT, 'examples');
const folder = mkdtempSync(join(tmpdir(), 'grove-import-'));
symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));

/** Writes the program that `grove import` makes of a manifest. */
async function imported(name: string, path: string): Promise<void> {
  const { code, out } = await grove('import', '-f', path);
  expect({ name, code }).toEqual({ name, code: 0 });
  writeFileSync(join(folder, `${name}.ts`), out);
}

/** Runs all programs, as `cdk8s synth` would run each, in one process: starting it takes longer than a hundred of them. */
async function synthesized(names: readonly string[]): Promise<ReadonlyMap<string, KubeObject[]>> {
  const all = join(folder, 'all.ts');
  writeFileSync(all, names.map(name => `process.env.CDK8S_OUTDIR = ${JSON.stringify(join(folder, 'dist', name))};\nrequire(${JSON.stringify(`./${name}.ts`)});\n`).join(''));
  const tsx = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
  await promisify(execFile)('node', [tsx, '--tsconfig', join(ROOT, 'tsconfig.check.json'), all], { cwd: ROOT });
  return new Map(names.map(name => [name, readdirSync(join(folder, 'dist', name)).flatMap(manifest => read(join(folder, 'dist', name, manifest)))]));
}

function read(path: string): KubeObject[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).map(document => document.toJS() as KubeObject);
}

/** What a manifest asks for: every default written out, durations in one spelling. */
function meaning(objects: readonly KubeObject[]): unknown[] {
  return objects.filter(({ apiVersion }) => apiVersion.startsWith('grove.io/')).map(object => {
    if (object.kind !== 'PodCliqueSet') return JSON.parse(canonicalJson(object));
    const { metadata, spec } = withDefaults(object as unknown as PodCliqueSet);
    const { name, namespace, labels, annotations } = metadata;
    const hasReplicas = (object.spec as any).replicas !== undefined;
    return JSON.parse(canonicalJson({ metadata: { name, namespace, labels, annotations }, spec: { ...spec, hasReplicas } }));
  });
}

const cases: Record<string, KubeObject[]> = {};
for (const name of readdirSync(EXAMPLES)) cases[`example-${name}`] = read(join(EXAMPLES, name, `${name}.k8s.yaml`));

/** What a pod spec from elsewhere may have: what cdk8s-plus knows, what it knows in part, and what it does not. */
const foreign = {
  serviceAccountName: 'reader',
  restartPolicy: 'OnFailure',
  terminationGracePeriodSeconds: 600,
  hostNetwork: true,
  securityContext: { fsGroup: 1000, runAsNonRoot: true, supplementalGroupsPolicy: 'Strict' },
  tolerations: [{ key: 'gpu', operator: 'Exists' }],
  initContainers: [
    { name: 'fetch', image: 'fetch:1', command: ['fetch'], resources: { requests: { cpu: '100m', memory: '64Mi' } }, volumeMounts: [{ name: 'cache', mountPath: '/cache' }] },
    { name: 'proxy', image: 'proxy:1', restartPolicy: 'Always', startupProbe: { tcpSocket: { port: 80 }, failureThreshold: 5 } },
  ],
  containers: [
    {
      name: 'server',
      image: 'server:1',
      imagePullPolicy: 'IfNotPresent',
      workingDir: '/srv',
      env: [
        { name: 'A', value: '1' },
        { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'hub', key: 'token', optional: true } } },
        { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
        { name: 'RANK', valueFrom: { fieldRef: { fieldPath: 'metadata.labels[\'rank\']' } } },
        { name: 'AFTER', value: '$(RANK)' },
      ],
      ports: [{ containerPort: 8000, name: 'http', protocol: 'TCP' }, { containerPort: 8001, protocol: 'UDP', hostPort: 8001 }],
      resources: {
        limits: { 'cpu': '8', 'memory': '65536Mi', 'ephemeral-storage': '10Gi', 'nvidia.com/gpu': '2', 'hugepages-2Mi': '1Gi' },
        requests: { 'cpu': '500m', 'nvidia.com/gpu': '2' },
        claims: [{ name: 'net' }],
      },
      readinessProbe: { httpGet: { path: '/ready', port: 8000, scheme: 'HTTPS', host: 'x' }, failureThreshold: 3, periodSeconds: 3600 },
      livenessProbe: { exec: { command: ['alive'] }, failureThreshold: 2, timeoutSeconds: 7, successThreshold: 1 },
      startupProbe: { grpc: { port: 9000 }, failureThreshold: 60 },
      lifecycle: { preStop: { exec: { command: ['drain'] } } },
      securityContext: { runAsUser: 0, privileged: true, capabilities: { add: ['IPC_LOCK'] } },
      volumeMounts: [
        { name: 'models', mountPath: '/models', readOnly: true, subPath: 'r1' },
        { name: 'cache', mountPath: '/cache' },
        { name: 'shared-memory', mountPath: '/dev/shm' },
      ],
    },
    { name: 'side', image: 'side:1', resources: { limits: { 'rdma/ib': '1' } }, volumeMounts: [{ name: 'keys', mountPath: '/keys' }] },
  ],
  resourceClaims: [{ name: 'net', resourceClaimTemplateName: 'net' }],
  volumes: [
    { name: 'models', persistentVolumeClaim: { claimName: 'models', readOnly: true } },
    { name: 'cache', emptyDir: {} },
    { name: 'keys', secret: { secretName: 'keys', defaultMode: 256 } },
    { name: 'spare', configMap: { name: 'spare' } },
    { name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '16Gi' } },
  ],
};
const unknownVolumes = {
  containers: [{ name: 'main', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v', recursiveReadOnly: 'Enabled' }] }],
  volumes: [{ name: 'v', image: { reference: 'model:1' } }],
};
const pods = { cliques: [aCliqueTemplate('known', 1, 1, foreign as any), aCliqueTemplate('other', 1, 1, unknownVolumes as any), aCliqueTemplate('again', 1, 1, foreign as any)] };
cases.foreign = [aSet('foreign', pods) as unknown as KubeObject];
cases.paced = [aSet('paced', {
  cliques: [{ ...aCliqueTemplate('a', 2, 1), rollingUpdate: { maxUnavailable: 2, progressDeadline: '1h30m0s' } }, aCliqueTemplate('b', 1, 1)],
  podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['b'], rollingUpdate: { progressDeadline: '1.5h' } }],
} as any) as unknown as KubeObject];

const trees = golden<{ cases: { id: string; object: KubeObject }[] }>('trees.json');
for (const { id, object } of trees?.cases ?? []) cases[`tree-${id}`] = [object];

const container = { name: 'main', image: 'i' };
const odd = aSet('odd', {
  cliqueStartupType: 'CliqueStartupTypeExplicit',
  priorityClassName: 'it\'s "high"\n',
  terminationDelay: '1h30m0s',
  headlessServiceConfig: { publishNotReadyAddresses: false },
  topologyConstraint: { topologyName: 'dc', pack: { preferred: 'rack' } },
  cliques: [
    { ...aCliqueTemplate('class', 3, 2), annotations: { 'grove.io/mnnvl-group': 'none', 'a/b': 'c' }, labels: { team: 'red' } },
    {
      ...aCliqueTemplate('9-lives', 1, 1, { containers: [{ ...container, name: 'one', ports: [{ containerPort: 80, name: 'http', protocol: 'TCP' }, { containerPort: 81, name: 'x', protocol: 'UDP' }] }, { ...container, name: 'two' }] }),
      resourceSharing: [{ name: 'shm', scope: 'AllReplicas' }],
    },
    aCliqueTemplate('tuned', 1, 1, { terminationGracePeriodSeconds: 5, restartPolicy: 'OnFailure', newerField: { a: 1 }, containers: [{ ...container, env: [{ name: 'A', value: '$(B)' }, { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }] } as any),
    aCliqueTemplate('gpus', 2, 2, { containers: [{ ...container, imagePullPolicy: 'Always', workingDir: '/w', resources: { limits: { 'nvidia.com/gpu': '8', 'rdma/ib': '8' } }, env: [{ name: 'A', value: 'b' }], args: ['-x'] }] }),
  ].map((clique, index) => ({ ...clique, spec: { ...clique.spec, ...(index === 1 ? { startsAfter: ['gpus', 'class'] } : {}), ...(index === 0 ? { roleName: 'teacher' } : {}) } })) as any,
  resourceClaimTemplates: [
    { name: 'shm', templateSpec: { spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu.example.com', count: 2 } }] } } } },
    { name: 'all', templateSpec: { metadata: { labels: { a: 'b' } }, spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c', allocationMode: 'All' } }] } } } },
  ],
  resourceSharing: [{ name: 'shm', scope: 'PerReplica', filter: { childCliqueNames: ['class'], childScalingGroupNames: ['g'] } }, { name: 'outside', namespace: 'elsewhere', scope: 'AllReplicas' }],
  podCliqueScalingGroups: [{
    name: 'g',
    cliqueNames: ['tuned', 'gpus'],
    replicas: 3,
    minAvailable: 2,
    scaleConfig: { minReplicas: 2, maxReplicas: 6, metrics: [{ type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '3' } } }] as any },
    annotations: { 'grove.io/mnnvl-group': 'pair' },
    resourceSharing: [{ name: 'all', scope: 'PerReplica', filter: { childCliqueNames: ['gpus'] } }],
  }],
}, 3);
cases.odd = [{ ...odd, metadata: { name: 'odd', labels: { a: 'b' }, annotations: { 'x': 'y', 'grove.io/mnnvl-group': 'main' } }, spec: { ...odd.spec, updateStrategy: { type: 'OnDelete' } } } as unknown as KubeObject];
const plain = (name: string, change: object = {}) => ({ ...aSet(name, { cliques: [aCliqueTemplate('a', 1, 1)] }), metadata: { name, ...change } }) as unknown as KubeObject;
cases.twins = [plain('twin', { namespace: 'one' }), plain('twin', { namespace: 'two' })];
const uncounted = structuredClone(plain('uncounted')) as any;
delete uncounted.spec.replicas;
cases.uncounted = [uncounted];
cases.ordered = [{ ...aSet('ordered', { cliqueStartupType: 'CliqueStartupTypeInOrder', terminationDelay: '1.5s', cliques: [aCliqueTemplate('a', 1, 1), aCliqueTemplate('b', 1, 1)] }), metadata: { name: 'ordered' } } as unknown as KubeObject];
const levels: ClusterTopologyBinding['spec'] = { levels: [{ domain: 'rack', key: 'example.com/rack' }], schedulerTopologyBindings: [{ schedulerName: 'kai-scheduler', topologyReference: 'x' }] };
cases.topology = [{ apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name: 'dc', labels: { a: 'b' } }, spec: levels }];

test('every program synthesizes what it was made from', async () => {
  const names = Object.keys(cases);
  for (const name of names) await imported(name, file(...cases[name]!));
  const results = await synthesized(names);
  for (const name of names) expect({ name, objects: meaning(results.get(name)!) }).toEqual({ name, objects: meaning(cases[name]!) });
  expect(names.length).toBeGreaterThanOrEqual(10);
});

test('nothing that cdk8s-plus knows is left to podSpecPatch', async () => {
  const { out } = await grove('import', '-f', file(...cases.foreign!));
  expect(out).toContain('startup: Probe.fromTcpSocket({ port: 80, failureThreshold: 5 })');
  expect(out).toContain('EnvValue.fromSecretValue({ secret: hubSecret, key: \'token\' }, { optional: true })');
  expect(out).toContain('sharedMemory: Size.gibibytes(16)');
  const [patch] = /podSpecPatch: \{[\s\S]*?\n  \}/.exec(out)!;
  for (const word of ['supplementalGroupsPolicy', 'tolerations', 'resourceClaims', 'hugepages-2Mi', 'grpc', 'lifecycle', 'IPC_LOCK', 'AFTER', 'rdma/ib']) expect(patch).toContain(word);
  for (const word of ['readinessProbe', 'livenessProbe', 'cpu', 'memory\'', 'TOKEN', 'volumes', 'volumeMounts', 'runAsUser', 'image']) expect(patch).not.toContain(word);
});

test('nothing of the examples needs podSpecPatch but where pods may be placed', async () => {
  for (const name of readdirSync(EXAMPLES)) {
    const { out } = await grove('import', '-f', join(EXAMPLES, name, `${name}.k8s.yaml`));
    const fields = [...out.matchAll(/podSpecPatch: \{\s*(\w+)/g)].map(([, field]) => field);
    expect(['affinity', 'tolerations']).toEqual(expect.arrayContaining(fields));
  }
});

test('what comes out in other words is told: it would restart pods', async () => {
  const pod = { containers: [{ name: 'main', image: 'i', readinessProbe: { httpGet: { path: '/', port: 80 } }, resources: { limits: { 'memory': '1Gi', 'nvidia.com/gpu': 8 } } }] };
  const { err } = await grove('import', '-f', file(aSet('spelt', { cliques: [aCliqueTemplate('a', 1, 1, pod as any)] })));
  expect(err).toContain('spelt: resources, readinessProbe say the same in other words');
});

test('the odd case is one that a cluster would take', () => {
  expect(admit({ object: cases.odd![0] as unknown as PodCliqueSet }).errors).toEqual([]);
});
