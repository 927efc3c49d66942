import {
  CUSTOM_RESOURCE_DEFINITION, EVENT, KubeObject, KubeRequest, NAMESPACE, POD, RESOURCE_CLAIM, RESOURCE_CLAIM_TEMPLATE, ResourceType,
} from '../../controller/src/kube';
import { COMPUTE_DOMAIN, POD_CLIQUE, POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { PodCliqueSet, PodSpec } from '../../src/core';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

const nodes = Array.from({ length: 4 }, (_, index) => ({ name: `n${index}`, labels: {}, allocatable: { 'cpu': '64', 'nvidia.com/gpu': '4' } }));
const gpu: Partial<PodSpec> = { containers: [{ name: 'main', image: 'i', resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
const claimSpec = { spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.nvidia.com' } }] } } };

let cluster: EmbeddedCluster;
const requests: string[] = [];
const watched = { request: ({ method, path }: KubeRequest) => void requests.push(`${method} ${path.split('?')[0]}`) };
beforeEach(() => requests.splice(0));
afterEach(() => cluster.stop());

/** Makes the server know the type from now on. */
function install({ group, version, kind, plural }: ResourceType): Promise<unknown> {
  const schema = { openAPIV3Schema: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Namespaced', names: { kind, plural, singular: kind.toLowerCase() }, versions: [{ name: version, served: true, storage: true, schema }] },
  };
  return cluster.client.create(CUSTOM_RESOURCE_DEFINITION, definition as KubeObject);
}

const list = async (type: ResourceType) => (await cluster.client.list<KubeObject>(type)).items;
const stalled = ({ sets }: State, name: string) =>
  sets.find(({ metadata }) => metadata.name === name)?.status?.conditions?.find(({ type }) => type === 'Stalled');

/** Waits until the set says why it has no pods, and that nothing is asked of the server but now and then. */
async function untilRefused(message: string, discovery: string): Promise<void> {
  const state = await cluster.until('refused', found => stalled(found, 'w') !== undefined);
  expect(stalled(state, 'w')).toMatchObject({ status: 'True', reason: 'SyncFailed', message: expect.stringContaining(message) as string });
  expect(state.pods.filter(({ metadata }) => metadata.name?.startsWith('w-'))).toEqual([]);
  const asked = () => requests.filter(request => request === `GET ${discovery}`).length;
  const before = asked();
  await cluster.clock.advance(600_000);
  expect(asked() - before).toBeGreaterThanOrEqual(9);
  expect(asked() - before).toBeLessThanOrEqual(15);
  const events = await list(EVENT);
  expect(events.filter(event => (event as { reason?: string }).reason === 'SyncFailed')).toHaveLength(1);
}

test('without the ComputeDomain type a set that needs it says so, others run; it is carried out when the type is there', async () => {
  cluster = await EmbeddedCluster.start({ nodes, faults: watched });
  const set = aSet('w', { cliques: [aCliqueTemplate('a', 2, 2, gpu)] });
  await cluster.createSet({ ...set, metadata: { ...set.metadata, annotations: { 'grove.io/mnnvl-group': 'train' } } });
  await cluster.createSet(aSet('plain', { cliques: [aCliqueTemplate('a', 2, 2, gpu)] }));
  await cluster.until('the other runs', ({ ready }) => ready.length === 2);
  await untilRefused('the cluster does not serve ComputeDomain (resource.nvidia.com/v1beta1)', '/apis/resource.nvidia.com/v1beta1');
  await install(COMPUTE_DOMAIN);
  await cluster.until('all run', state => state.pods.length === 4 && stalled(state, 'w') === undefined);
  expect((await list(COMPUTE_DOMAIN)).map(({ metadata }) => metadata.name)).toEqual(['w-0-train']);
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { replicas: 0 } });
  await cluster.until('scaled down', ({ allPods }) => allPods.length === 2);
  expect(await list(COMPUTE_DOMAIN)).toEqual([]);
});

test('without DRA a set that shares claims says so, others run; it is carried out when the type is there', async () => {
  cluster = await EmbeddedCluster.start({ nodes, faults: watched, withoutGroups: ['resource.k8s.io'] });
  await cluster.createSet(aSet('w', {
    cliques: [aCliqueTemplate('a', 2, 2)],
    resourceClaimTemplates: [{ name: 'gpus', templateSpec: claimSpec }],
    resourceSharing: [{ name: 'gpus', scope: 'AllReplicas' }],
  }));
  await cluster.createSet(aSet('plain', { cliques: [aCliqueTemplate('a', 2, 2)] }));
  await cluster.until('the other runs', ({ ready }) => ready.length === 2);
  await untilRefused('the cluster does not serve ResourceClaim (resource.k8s.io/v1)', '/apis/resource.k8s.io/v1');
  await install(RESOURCE_CLAIM);
  await cluster.until('pods of both', state => state.pods.length === 4 && stalled(state, 'w') === undefined);
  expect((await list(RESOURCE_CLAIM)).map(({ metadata }) => metadata.name)).toEqual(['w-all-gpus']);
});

/** A set whose claims come from a template that is not part of it. */
const external = (): PodCliqueSet =>
  aSet('w', { cliques: [{ ...aCliqueTemplate('a', 2, 2), resourceSharing: [{ name: 'gpus', namespace: 'shared', scope: 'PerReplica' }] }] });
const template = {
  apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaimTemplate', metadata: { namespace: 'shared', name: 'gpus' }, spec: claimSpec,
} as KubeObject;

test('a template of another namespace is waited for, and read only when claims are made from it', async () => {
  cluster = await EmbeddedCluster.start({ nodes, faults: watched });
  await cluster.client.create(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shared' } });
  await cluster.createSet(external());
  const state = await cluster.until('refused', found => stalled(found, 'w') !== undefined);
  expect(stalled(state, 'w')).toMatchObject({
    reason: 'ResourceClaimFailed', message: 'PodClique w-0-a: there is no ResourceClaimTemplate shared/gpus, which resourceSharing names',
  });
  await cluster.client.create(RESOURCE_CLAIM_TEMPLATE, template);
  await cluster.until('pods', found => found.pods.length === 2 && stalled(found, 'w') === undefined);
  const reads = () => requests.filter(request => request.endsWith('/resourceclaimtemplates/gpus')).length;
  const before = reads();
  await cluster.patch(POD_CLIQUE_SET, 'w', { metadata: { annotations: { 'grove.io/reconcile-trigger': 'now' } } });
  const { pods: [lost] } = await cluster.state();
  await cluster.delete(POD, lost.metadata.name!);
  await cluster.until('a new pod', ({ pods }) => pods.length === 2 && pods.every(({ metadata }) => metadata.uid !== lost.metadata.uid));
  expect(reads()).toBe(before);
  await cluster.patch(POD_CLIQUE, 'w-0-a', { spec: { replicas: 3 } }, 'scale');
  await cluster.until('three pods', ({ pods }) => pods.length === 3);
  expect(reads()).toBe(before + 1);
  expect((await list(RESOURCE_CLAIM)).map(({ metadata }) => metadata.name).sort()).toEqual(['w-0-a-0-gpus', 'w-0-a-1-gpus', 'w-0-a-2-gpus']);
});
