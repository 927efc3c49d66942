import { CUSTOM_RESOURCE_DEFINITION, KubeObject, NODE } from '../../../controller/src/kube';
import { CLUSTER_TOPOLOGY_BINDING, COMPUTE_DOMAIN, SCALING_GROUP } from '../../../controller/src/state/resources';
import { PodCliqueSet, PodSpec, findCondition } from '../../../src/core';
import { EmbeddedCluster, State } from '../../support/embedded';
import { aCliqueTemplate, aSet } from '../../support/objects';

const BLOCK = 'example.com/block';
const RACK = 'example.com/rack';
const CLIQUE = 'nvidia.com/gpu.clique';
const gpus = (count: number, spec: Partial<PodSpec> = {}): Partial<PodSpec> =>
  ({ containers: [{ name: 'main', image: 'i', resources: { limits: { 'nvidia.com/gpu': String(count) } } }], ...spec });
/** Nodes with 4 GPUs each. */
const nodes = (prefix: string, count: number, labels: Record<string, string> = {}) => Array.from({ length: count }, (_, index) =>
  ({ name: `${prefix}-${index}`, labels, allocatable: { 'cpu': '64', 'memory': '256Gi', 'nvidia.com/gpu': '4' } }));
const inRack = (block: string, rack: string, count: number) => nodes(`${block}-${rack}`, count, { [BLOCK]: block, [RACK]: `${block}-${rack}` });

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

/** Where the pods of the clique, or of all, are: what is before the last dash of their nodes' names. */
function places(state: State, clique = ''): string[] {
  const pods = state.bound.filter(({ metadata }) => (metadata.labels?.['grove.io/podclique'] ?? '').startsWith(clique));
  return [...new Set(pods.map(({ spec }) => spec.nodeName!.replace(/-\d+$/, '')))].sort();
}

const scheduled = (state: State, gang: string) => findCondition(state.gang(gang)?.status?.conditions, 'Scheduled');

async function withTopology(...labels: string[]): Promise<void> {
  const spec = { levels: labels.map(key => ({ domain: key.replace('example.com/', ''), key })) };
  await cluster.client.create(CLUSTER_TOPOLOGY_BINDING, { apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name: 'dc' }, spec } as KubeObject);
}

/** A base gang of a router and one engine, and one scaled gang of a further engine; engines take 8 GPUs in one rack. */
function engines(replicas: number, spec: Partial<PodSpec> = {}): PodCliqueSet {
  return aSet('w', {
    cliques: [aCliqueTemplate('router', 1, 1, gpus(4, spec)), aCliqueTemplate('engine', 2, 2, gpus(4, spec))],
    podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['engine'], replicas, minAvailable: 1, topologyConstraint: { topologyName: 'dc', pack: { required: 'rack' } } }],
    topologyConstraint: { topologyName: 'dc', pack: { required: 'block' } },
  });
}

test('the base gang goes where the declared scaled gangs still fit, and they follow it', async () => {
  cluster = await EmbeddedCluster.start({ nodes: [...inRack('b0', 'r0', 3), ...inRack('b1', 'r0', 3), ...inRack('b1', 'r1', 2)] });
  await withTopology(BLOCK, RACK);
  await cluster.createSet(engines(2));
  const state = await cluster.until('all ready', ({ ready }) => ready.length === 5);
  expect(places(state).map(place => place.slice(0, 2))).toEqual(['b1', 'b1']);
});

test('a scaled gang stays in the block of its base gang, and says that it waits for room there', async () => {
  cluster = await EmbeddedCluster.start({ nodes: [...inRack('b0', 'r0', 2), ...inRack('b0', 'r1', 1), ...inRack('b1', 'r0', 1)] });
  await withTopology(BLOCK, RACK);
  await cluster.createSet(engines(1));
  await cluster.until('base ready', ({ ready }) => ready.length === 3);
  await cluster.addNodes(inRack('b1', 'r1', 4));
  await cluster.patch(SCALING_GROUP, 'w-0-g', { spec: { replicas: 2 } });
  await cluster.until('it waits', found => scheduled(found, 'w-0-g-0')?.reason === 'Unschedulable');
  await cluster.pass(10_000);
  const waiting = await cluster.state();
  expect(places(waiting).map(place => place.slice(0, 2))).toEqual(['b0', 'b0']);
  expect(scheduled(waiting, 'w-0-g-0')?.message).toMatch(/^w-0-g-0 needs 8 nvidia.com\/gpu in one example.com\/rack; best is b0-r\d with 0 nvidia.com\/gpu free/);
  await cluster.addNodes(inRack('b0', 'r2', 2));
  const after = await cluster.until('scaled ready', ({ ready }) => ready.length === 5);
  expect(places(after, 'w-0-g-1')).toEqual(['b0-r2']);
});

test('a block that the pods may not use does not keep their gangs waiting for one that could hold all', async () => {
  const pool = (name: string, shapes: ReturnType<typeof nodes>) => shapes.map(shape => ({ ...shape, labels: { ...shape.labels, pool: name } }));
  const ours = pool('ours', [...inRack('b0', 'r0', 2), ...inRack('b0', 'r1', 1), ...inRack('b1', 'r0', 2)]);
  cluster = await EmbeddedCluster.start({ nodes: [...ours, ...pool('others', inRack('b2', 'r0', 8))] });
  await withTopology(BLOCK, RACK);
  await cluster.createSet(engines(2, { nodeSelector: { pool: 'ours' } }));
  const state = await cluster.until('all ready', ({ ready }) => ready.length === 5);
  expect(places(state)).toEqual(['b0-r0', 'b0-r1', 'b1-r0']);
});

test('without any topology, NVLink domains that are whole stay so, and the gang tells how close together it is', async () => {
  const racks = ['a', 'b', 'c'].flatMap(rack => nodes(`rack-${rack}`, 2, { [CLIQUE]: `${rack}.0`, 'topology.kubernetes.io/zone': 'z' }));
  cluster = await EmbeddedCluster.start({ nodes: racks });
  await cluster.createSet(aSet('first', { cliques: [aCliqueTemplate('c', 1, 1, gpus(4, { nodeSelector: { [CLIQUE]: 'b.0' } }))] }));
  await cluster.until('first ready', ({ ready }) => ready.length === 1);
  await cluster.createSet(aSet('second', { cliques: [aCliqueTemplate('c', 1, 1, gpus(4))] }));
  const second = await cluster.until('second ready', ({ ready }) => ready.length === 2);
  expect(places(second)).toEqual(['rack-b']);
  await cluster.createSet(aSet('third', { cliques: [aCliqueTemplate('c', 3, 3, gpus(4))] }));
  const third = await cluster.until('third ready', found => found.ready.length === 5 && found.gang('third-0')?.status?.placementScore !== undefined);
  expect(third.gang('third-0')?.status?.placementScore).toBe(0.5);
  expect(third.gang('second-0')?.status?.placementScore).toBe(1);
});

describe('NVLink groups', () => {
  const domain = (name: string, count: number) => nodes(`nvl-${name}`, count, { [CLIQUE]: `${name}.0` });
  const ofGroup = (name: string, set: PodCliqueSet) => ({ ...set, metadata: { ...set.metadata, annotations: { 'grove.io/mnnvl-group': name } } });

  async function start(...racks: ReturnType<typeof domain>[]): Promise<void> {
    cluster = await EmbeddedCluster.start({ nodes: racks.flat() });
    const { group, version, kind, plural } = COMPUTE_DOMAIN;
    const schema = { openAPIV3Schema: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const spec = { group, scope: 'Namespaced', names: { kind, plural, singular: 'computedomain' }, versions: [{ name: version, served: true, storage: true, schema }] };
    await cluster.client.create(CUSTOM_RESOURCE_DEFINITION, { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.${group}` }, spec } as KubeObject);
  }

  test('all cliques of one go into one NVLink domain, or wait for one', async () => {
    await start(domain('a', 2), domain('b', 2), domain('c', 4));
    await cluster.patch(NODE, 'nvl-c-0', { spec: { unschedulable: true } });
    await cluster.createSet(ofGroup('train', aSet('w', { cliques: [aCliqueTemplate('x', 2, 2, gpus(4)), aCliqueTemplate('y', 2, 2, gpus(4))] })));
    const waiting = await cluster.until('it waits', found => scheduled(found, 'w-0')?.reason === 'Unschedulable');
    expect(scheduled(waiting, 'w-0')?.message).toMatch(/^NVLink domain w-0-train needs 16 nvidia.com\/gpu in one nvidia.com\/gpu.clique; best is c.0 with 12 nvidia.com\/gpu free/);
    await cluster.patch(NODE, 'nvl-c-0', { spec: { unschedulable: null } });
    const state = await cluster.until('ready', ({ ready }) => ready.length === 4);
    expect(places(state)).toEqual(['nvl-c']);
  });

  test('what one domain holds while all its nodes are well is not split while one is down, but is when that one is gone', async () => {
    await start(domain('a', 2), domain('b', 3));
    const ready = (status: string) => ({ status: { conditions: [{ type: 'Ready', status }] } });
    await cluster.patch(NODE, 'nvl-b-0', ready('False'), 'status');
    await cluster.createSet(ofGroup('train', aSet('w', { cliques: [aCliqueTemplate('x', 2, 2, gpus(4)), aCliqueTemplate('y', 1, 1, gpus(4))] })));
    const waiting = await cluster.until('it waits', found => scheduled(found, 'w-0')?.reason === 'Unschedulable');
    expect(scheduled(waiting, 'w-0')?.message).toMatch(/^NVLink domain w-0-train needs 12 nvidia.com\/gpu in one nvidia.com\/gpu.clique; best is [ab].0 with 8 /);
    await cluster.pass(10_000);
    expect((await cluster.state()).bound).toEqual([]);
    await cluster.delete(NODE, 'nvl-b-0');
    const state = await cluster.until('ready', found => found.ready.length === 3);
    expect(places(state, 'w-0-x')).toHaveLength(1);
    expect(places(state)).toEqual(['nvl-a', 'nvl-b']);
  });

  test('pods without GPUs go anywhere, a node serves one group', async () => {
    await start(domain('a', 2), nodes('cpu', 1));
    const cpu = { containers: [{ name: 'main', image: 'i', resources: { requests: { cpu: '1' } } }], nodeSelector: { 'kubernetes.io/hostname': 'cpu-0' } };
    await cluster.createSet(ofGroup('one', aSet('w', { cliques: [aCliqueTemplate('x', 1, 1, gpus(1)), aCliqueTemplate('front', 1, 1, cpu)] })));
    await cluster.until('first', ({ ready }) => ready.length === 2);
    await cluster.createSet(ofGroup('two', aSet('v', { cliques: [aCliqueTemplate('x', 2, 2, gpus(1))] })));
    const state = await cluster.until('second', ({ ready }) => ready.length === 4);
    const on = (clique: string) => [...new Set(state.bound.filter(({ metadata }) => metadata.labels?.['grove.io/podclique'] === clique).map(({ spec }) => spec.nodeName))];
    expect(places(state)).toEqual(['cpu', 'nvl-a']);
    expect(on('v-0-x')).toHaveLength(1);
    expect(on('v-0-x')).not.toEqual(on('w-0-x'));
  });

  test('a scaled gang joins the NVLink domain of its base gang, until one domain cannot hold them all any more', async () => {
    await start(domain('a', 3), domain('b', 4));
    await cluster.createSet(aSet('other', { cliques: [aCliqueTemplate('c', 1, 1, gpus(4, { nodeSelector: { [CLIQUE]: 'a.0' } }))] }));
    await cluster.until('other', ({ ready }) => ready.length === 1);
    const set = aSet('w', {
      cliques: [aCliqueTemplate('x', 2, 2, gpus(4, { nodeSelector: { pool: 'train' } }))],
      podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['x'], replicas: 1, minAvailable: 1 }],
    });
    for (const node of ['nvl-b-0', 'nvl-b-1']) await cluster.patch(NODE, node, { metadata: { labels: { pool: 'train' } } });
    await cluster.createSet(ofGroup('train', set));
    await cluster.until('base', ({ ready }) => ready.length === 3);
    for (const node of ['nvl-a-0', 'nvl-a-1', 'nvl-a-2', 'nvl-b-2', 'nvl-b-3']) await cluster.patch(NODE, node, { metadata: { labels: { pool: 'train' } } });
    await cluster.patch(SCALING_GROUP, 'w-0-g', { spec: { replicas: 2 } });
    const joined = await cluster.until('joined', ({ ready }) => ready.length === 5);
    expect(places(joined, 'w-0-g')).toEqual(['nvl-b']);
    await cluster.patch(SCALING_GROUP, 'w-0-g', { spec: { replicas: 3 } });
    const outgrown = await cluster.until('outgrown', ({ ready }) => ready.length === 7);
    expect(places(outgrown, 'w-0-g-2')).toEqual(['nvl-a']);
  });
});

test('pods go only to nodes that their affinity admits, and follow when a label comes', async () => {
  cluster = await EmbeddedCluster.start({ nodes: [...nodes('old', 2, { generation: '4' }), ...nodes('new', 2, { generation: '9' })] });
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'generation', operator: 'Gt', values: ['6'] }] }] } } };
  await cluster.createSet(aSet('w', { cliques: [aCliqueTemplate('c', 3, 3, gpus(4, { affinity }))] }));
  const waiting = await cluster.until('it waits', found => scheduled(found, 'w-0')?.reason === 'Unschedulable');
  expect(scheduled(waiting, 'w-0')?.message).toBe('w-0 needs 12 nvidia.com/gpu; all nodes together have 8 nvidia.com/gpu free');
  await cluster.patch(NODE, 'old-1', { metadata: { labels: { generation: '7' } } });
  const state = await cluster.until('ready', ({ ready }) => ready.length === 3);
  expect(state.bound.map(({ spec }) => spec.nodeName).sort()).toEqual(['new-0', 'new-1', 'old-1']);
});

test('the reason why a gang waits follows what happens', async () => {
  cluster = await EmbeddedCluster.start({ nodes: nodes('n', 1) });
  await cluster.createSet(aSet('w', { cliques: [aCliqueTemplate('c', 3, 3, gpus(4))] }));
  await cluster.until('4 free', found => scheduled(found, 'w-0')?.message === 'w-0 needs 12 nvidia.com/gpu; all nodes together have 4 nvidia.com/gpu free');
  await cluster.addNodes(nodes('m', 1));
  await cluster.until('8 free', found => scheduled(found, 'w-0')?.message === 'w-0 needs 12 nvidia.com/gpu; all nodes together have 8 nvidia.com/gpu free');
});
