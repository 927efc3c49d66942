import { execFileSync } from 'node:child_process';
import { Chart, Duration, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { KubeObject } from '../../controller/src/kube/object';
import { applyPatch } from '../../controller/src/kube/patch';
import { CUSTOM_RESOURCE_DEFINITION, ResourceType, resourcePath } from '../../controller/src/kube/resource';
import { crdFiles } from '../../scripts/crds/files';
import { Autoscaling, ClusterTopology, Packing, PodCliqueSet, UpdateStrategy } from '../../src';
import { send } from '../control-plane/admin';
import { ensureBinaries } from '../control-plane/binaries';
import { connect } from '../control-plane/connect';
import { asRecorded, recordedVerdicts } from '../golden/schema-verdicts';

const { address, login, admin, namespace: newNamespace } = connect();
const files = crdFiles();
const types = new Map(files.map(({ crd: { spec } }): [string, ResourceType] => [spec.names.kind, {
  group: spec.group, version: spec.versions[0].name, kind: spec.names.kind, plural: spec.names.plural, namespaced: spec.scope === 'Namespaced',
}]));
const POD_CLIQUE_SET = types.get('PodCliqueSet')!;
let namespace: string;
let kubectlPath: string;

beforeAll(async () => {
  namespace = await newNamespace('crds');
  ({ kubectl: kubectlPath } = await ensureBinaries(['kubectl']));
}, 600_000);

const kubectl = (...args: string[]) => execFileSync(kubectlPath, ['--kubeconfig', address.kubeconfig, '--namespace', namespace, ...args], { encoding: 'utf8' });

test.each([...types.values()])('the definition of $kind is established and structural', async ({ plural, group }) => {
  const { status } = await admin.get<KubeObject & { status: any }>(CUSTOM_RESOURCE_DEFINITION, { name: `${plural}.${group}` });
  const conditions = Object.fromEntries(status.conditions.map((condition: any) => [condition.type, condition.status]));
  expect(conditions).toEqual({ NamesAccepted: 'True', Established: 'True' });
});

test.each(files)('the server accepts $path', async ({ crd }) => {
  const path = `${resourcePath(CUSTOM_RESOURCE_DEFINITION, { name: crd.metadata.name })}?fieldManager=test&force=true&dryRun=All&fieldValidation=Strict`;
  const { status, body } = await send(login, 'PATCH', path, crd, 'application/apply-patch+yaml');
  expect([status, body.message]).toEqual([200, undefined]);
});

test('kubectl explains fields, ours and those of pods', () => {
  expect(kubectl('explain', 'pcs.spec.template.cliques')).toMatch(/start-up order[\s\S]*name\s+<string> -required-\s+Name of the clique, unique in the set\./);
  expect(kubectl('explain', 'pcs.spec.template.cliques.spec.podSpec.containers.image')).toMatch(/Container image name/);
});

describe('kubectl get -o wide', () => {
  const columns: Record<string, string> = {
    pcs: 'NAME REPLICAS AVAILABLE UPDATED PCLQS-UPDATED PCLQS-TOTAL PCSGS-UPDATED PCSGS-TOTAL AGE',
    pclq: 'NAME MINAVAIL REPLICAS READY SCHEDULED UPDATED GATED MINBREACHED AGE',
    pcsg: 'NAME MINAVAIL REPLICAS AVAILABLE SCHEDULED UPDATED PCLQS-UPDATED PCLQS-TOTAL MINBREACHED AGE',
    pg: 'NAME PHASE AGE',
    ct: 'NAME DOMAINS AGE',
  };
  const clique = { roleName: 'r', replicas: 1, podSpec: { containers: [{ name: 'main', image: 'none' }] } };
  const specs: Record<string, object> = {
    PodCliqueSet: { replicas: 0, template: { cliques: [{ name: 'r', spec: clique }] } },
    PodClique: clique,
    PodCliqueScalingGroup: { replicas: 1, cliqueNames: ['r'] },
    PodGang: { podgroups: [] },
    ClusterTopologyBinding: { levels: [{ domain: 'zone', key: 'topology.kubernetes.io/zone' }, { domain: 'rack', key: 'example.com/rack' }] },
  };

  beforeAll(() => Promise.all(Object.entries(specs).map(([kind, spec]) => create(kind, 'shown', spec))));
  afterAll(() => admin.delete(types.get('ClusterTopologyBinding')!, { name: `${namespace}-shown` }));

  test.each(Object.entries(columns))('%s shows the columns of the specification', (shortName, header) => {
    const [first, row] = kubectl('get', shortName, '-o', 'wide').split('\n');
    expect(first.trim().split(/\s+/).join(' ')).toBe(header);
    expect(row).toMatch(/^(crds-\w+-)?shown\b/);
  });

  test('the narrow view leaves out what is of less interest', () => {
    expect(kubectl('get', 'pclq')).not.toMatch(/GATED|MINBREACHED/);
  });

  test.each(['pcs', 'pclq', 'pcsg'])('%s can be scaled', shortName => {
    kubectl('scale', shortName, 'shown', '--replicas', '3');
    expect(kubectl('get', shortName, 'shown', '-o', 'jsonpath={.spec.replicas}')).toBe('3');
  });

  test('status is changed through its subresource alone', async () => {
    const type = types.get('PodGang')!;
    const { status } = await admin.patch<KubeObject & { status?: unknown }>(type, { namespace, name: 'shown' },
      applyPatch({ apiVersion: 'scheduler.grove.io/v1alpha1', kind: 'PodGang', status: { phase: 'Running' } }, 'test'));
    expect(status).toBeUndefined();
  });
});

function create(kind: string, name: string, spec: object): Promise<KubeObject> {
  const type = types.get(kind)!;
  const metadata = type.namespaced ? { name, namespace } : { name: `${namespace}-${name}` };
  return admin.create(type, { apiVersion: `${type.group}/${type.version}`, kind, metadata, spec } as KubeObject);
}

test('what the constructs write comes back as it was written: nothing drifts', async () => {
  const chart = new Chart(Testing.app(), 'test', { namespace });
  everything(chart);
  const [object] = Testing.synth(chart);
  await admin.patch(POD_CLIQUE_SET, { namespace, name: 'everything' }, applyPatch(object, 'gitops'));
  const stored = await admin.get<KubeObject & { spec: any }>(POD_CLIQUE_SET, { namespace, name: 'everything' });
  expect(stored.spec).toEqual(object.spec);
  expect(object.spec.template.cliques[2].spec.podSpec.initContainers[0].ports).toEqual([{ containerPort: 9000, protocol: 'TCP' }]);
});

/** A set that uses what the constructs offer. */
function everything(chart: Chart): void {
  const dc = ClusterTopology.fromName('dc');
  const set = new PodCliqueSet(chart, 'everything', {
    replicas: 2,
    packing: Packing.required(dc.level('block')).butPreferably(dc.level('rack')),
    priorityClassName: 'high',
    terminationDelay: Duration.minutes(90),
    updateStrategy: UpdateStrategy.ON_DELETE,
  });
  const secret = kplus.Secret.fromSecretName(chart, 'token', 'token');
  const configMap = kplus.ConfigMap.fromConfigMapName(chart, 'settings', 'settings');
  const router = set.addClique('router', {
    labels: { team: 'chat' },
    annotations: { note: 'x' },
    autoscaling: Autoscaling.byController({ maxReplicas: 4, metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(70))] }),
    containers: [{
      image: 'router:1',
      portNumber: 8000,
      envVariables: { TOKEN: secret.envValue('token'), MODE: kplus.EnvValue.fromValue('fast') },
      readiness: kplus.Probe.fromHttpGet('/healthz', { port: 8000 }),
      volumeMounts: [{ path: '/settings', volume: kplus.Volume.fromConfigMap(chart, 'volume', configMap) }],
    }],
  });
  const group = set.addScalingGroup('decode', {
    replicas: 2, autoscaling: Autoscaling.byController({ minReplicas: 2, maxReplicas: 4 }), packing: Packing.preferred(dc.level('host')),
  });
  const leader = group.addClique('leader', { gpus: 8, containers: [{ image: 'server:1' }] });
  group.addClique('worker', {
    replicas: 3,
    gpus: 8,
    extendedResources: { 'rdma/ib': 8 },
    containers: [{ image: 'server:1' }],
    podSpecPatch: {
      resourceClaims: [{ name: 'net', resourceClaimTemplateName: 'net' }],
      initContainers: [{ name: 'sidecar', image: 'sidecar:1', restartPolicy: 'Always', ports: [{ containerPort: 9000 }] }],
    },
  }).startAfter(leader);
  router.startAfter(leader);
}

const TYPES: Record<string, string> = {
  FieldValueRequired: 'Required',
  FieldValueForbidden: 'Forbidden',
  FieldValueNotSupported: 'NotSupported',
  FieldValueDuplicate: 'Duplicate',
};

/** Not of the schema: the object's name, the scale subresource's own check (`.spec.replicas`), and the remark that CEL was left out (`<nil>`). */
const NOT_OF_THE_SCHEMA = /^(metadata\.|\.|<nil>)/;

const creates = recordedVerdicts().filter(({ oldObject }) => oldObject === undefined);
(creates.length > 0 ? test : test.skip)('the server’s verdict on every recorded PodCliqueSet is the recorded one', async () => {
  const path = `${resourcePath(POD_CLIQUE_SET, { namespace })}?dryRun=All`;
  const verdicts = await Promise.all(creates.map(async ({ id, object }) => {
    const { body } = await send(login, 'POST', path, { ...object, metadata: { ...object.metadata, namespace } });
    const causes: { reason: string; field: string }[] = body.details?.causes ?? [];
    const findings = causes.filter(({ field }) => !NOT_OF_THE_SCHEMA.test(field)).map(({ reason, field }) => `${TYPES[reason] ?? 'Invalid'} ${field}`);
    return { id, verdict: asRecorded(findings) };
  }));
  expect(verdicts).toEqual(creates.map(({ id, verdict }) => ({ id, verdict })));
});
