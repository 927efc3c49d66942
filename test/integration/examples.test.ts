import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { runController } from './operator';
import { Scenario } from './scenario';
import { CONFIG_MAP, HORIZONTAL_POD_AUTOSCALER, KubeObject, NODE, ResourceType, SERVICE, applyPatch } from '../../controller/src/kube';
import { CLUSTER_TOPOLOGY_BINDING, POD_CLIQUE_SET, SCALING_GROUP } from '../../controller/src/state/resources';
import { ANNOTATION, Pod, PodCliqueSet, expand } from '../../src/core';
import { connect } from '../control-plane/connect';

const TYPES: Record<string, ResourceType> = {
  PodCliqueSet: POD_CLIQUE_SET, ClusterTopologyBinding: CLUSTER_TOPOLOGY_BINDING, Service: SERVICE, ConfigMap: CONFIG_MAP,
};
const RACK = 'nvidia.com/gpu.clique';
const NODES_OF_A_RACK = 18;

const connection = connect();
const operator = runController(connection);
let scenario: Scenario;
const topologies = new Set<string>();

const FOLDER = join(__dirname, '..', '..', 'examples');
/** Examples that have tests of their own here. */
const TOLD_APART = ['topology', 'chatbot', 'deepseek-r1-disagg', 'single-gpu', 'autoscaling'];

/** The objects of an example as its folder has them. */
function manifest(name: string): KubeObject[] {
  const file = join(FOLDER, name, `${name}.k8s.yaml`);
  return parseAllDocuments(readFileSync(file, 'utf8')).map(document => document.toJS() as KubeObject);
}

/** Applies an example; the pods of the cliques that others wait for are ready only a second and more after their start. */
async function apply(name: string, slow: readonly string[] = []): Promise<void> {
  for (const object of manifest(name)) {
    const type = TYPES[object.kind ?? ''];
    const namespace = type.namespaced ? { namespace: scenario.namespace } : {};
    const placed = { ...object, metadata: { ...object.metadata, ...namespace } };
    if (object.kind === 'PodCliqueSet') slowDown(withoutDomain(placed as PodCliqueSet), slow);
    if (type === CLUSTER_TOPOLOGY_BINDING) topologies.add(object.metadata.name ?? '');
    await connection.admin.patch(type, placed.metadata, applyPatch(placed, 'people', true));
  }
}

/** Without the wish for a ComputeDomain: nobody here has the driver that would answer it. */
function withoutDomain(set: PodCliqueSet): PodCliqueSet {
  delete (set.metadata.annotations as Record<string, string> | undefined)?.[ANNOTATION.mnnvlGroup];
  return set;
}

function slowDown(set: PodCliqueSet, cliques: readonly string[]): void {
  for (const clique of set.spec.template.cliques) {
    if (cliques.includes(clique.name)) Object.assign(clique, { annotations: { ...clique.annotations, 'test.grove.io/ready-after': '1200ms' } });
  }
}

beforeAll(async () => {
  scenario = await Scenario.begin(connection, 'examples', {
    nodes: 3 * NODES_OF_A_RACK,
    capacity: { 'cpu': '144', 'memory': '960Gi', 'nvidia.com/gpu': '4' },
    labels: node => ({
      'kubernetes.io/arch': 'arm64',
      'topology.kubernetes.io/zone': 'zone-a',
      [RACK]: `rack-${Math.floor(node / NODES_OF_A_RACK)}.0`,
      'nvidia.com/gpu.product': 'NVIDIA-GB200',
    }),
  });
  connection.atEnd(() => Promise.all([...topologies].map(name => scenario.delete(CLUSTER_TOPOLOGY_BINDING, name))));
  await apply('topology');
});

/** Racks of the pods that have GPUs, each once. */
async function racksOf(pods: readonly Pod[]): Promise<string[]> {
  const { items } = await connection.admin.list(NODE, { labelSelector: `test.grove.io/scenario=${scenario.namespace}` });
  const racks = new Map(items.map(({ metadata }) => [metadata.name, metadata.labels?.[RACK] ?? '']));
  return [...new Set(pods.filter(({ spec }) => spec.containers[0].resources?.limits?.['nvidia.com/gpu']).map(({ spec }) => racks.get(spec.nodeName) ?? ''))];
}

const podsOf = async (set: string) => (await scenario.pods()).filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/part-of'] === set);
const startedAt = ({ status }: Pod) => Date.parse(status?.containerStatuses?.[0]?.state?.running?.startedAt ?? '');
const readyAt = ({ status }: Pod) => Date.parse(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '');

/** Seconds by which the first pod of the clique started after so many of the parent's were ready. */
async function delayAfter(clique: string, parent: string, readyParents: number): Promise<number> {
  const [pods, parents] = await Promise.all([scenario.pods(clique), scenario.pods(parent)]);
  return (Math.min(...pods.map(startedAt)) - parents.map(readyAt).sort((a, b) => a - b)[readyParents - 1]) / 1000;
}

test('chatbot: fourteen pods in one rack, since one has room, the routers after what they need', async () => {
  await apply('chatbot', ['prefill', 'decode']);
  const pods = await scenario.untilPods({ total: 14, ready: 14 });
  expect(await racksOf(pods)).toHaveLength(1);
  expect(await delayAfter('chatbot-0-router', 'chatbot-0-prefill', 2)).toBeGreaterThanOrEqual(0);
  expect(await delayAfter('chatbot-0-router', 'chatbot-0-decode', 4)).toBeGreaterThanOrEqual(0);
  await scenario.untilAvailable('chatbot');
});

test('deepseek-r1-disagg: ten pods in one NVLink domain, the other one, the leader after all its workers', async () => {
  await apply('deepseek-r1-disagg', ['worker']);
  await scenario.untilPods({ total: 24, ready: 24 });
  const pods = await podsOf('deepseek-r1');
  expect(pods).toHaveLength(10);
  expect((await racksOf([...pods, ...await podsOf('chatbot')])).length).toBe(2);
  expect(await racksOf(pods)).toHaveLength(1);
  expect(new Set(pods.filter(({ spec }) => spec.containers[0].resources?.limits).map(({ spec }) => spec.nodeName)).size).toBe(9);
  expect(await delayAfter('deepseek-r1-0-decode-0-leader', 'deepseek-r1-0-decode-0-worker', 7)).toBeGreaterThanOrEqual(0);
  await scenario.untilAvailable('deepseek-r1');
  expect((await scenario.gang('deepseek-r1-0'))?.status).toMatchObject({ phase: 'Running', placementScore: expect.any(Number) });
});

test('single-gpu: one pod', async () => {
  await apply('single-gpu');
  await scenario.untilPods({ total: 25, ready: 25 });
  await scenario.untilAvailable('qwen');
});

test('a second decode engine comes whole, and in one NVLink domain', async () => {
  await scenario.scale(SCALING_GROUP, 'deepseek-r1-0-decode', 2);
  await scenario.untilPods({ total: 33, ready: 33 });
  const second = [...await scenario.pods('deepseek-r1-0-decode-1-leader'), ...await scenario.pods('deepseek-r1-0-decode-1-worker')];
  expect(second).toHaveLength(8);
  expect(await racksOf(second)).toHaveLength(1);
});

test('autoscaling: two instances, each whole in one rack, and what scales them', async () => {
  await apply('autoscaling', ['worker']);
  await scenario.untilPods({ total: 43, ready: 43 });
  await scenario.untilAvailable('maverick');
  const instances = (await scenario.scalingGroups()).filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/part-of'] === 'maverick');
  expect(instances).toHaveLength(1);
  for (const j of [0, 1]) {
    const pods = (await podsOf('maverick')).filter(({ metadata }) => metadata.labels?.['grove.io/podcliquescalinggroup-replica-index'] === String(j));
    expect(pods).toHaveLength(4);
    expect(await racksOf(pods)).toHaveLength(1);
  }
  const autoscalers = await scenario.all<KubeObject & { spec: { scaleTargetRef: { kind: string } } }>(HORIZONTAL_POD_AUTOSCALER);
  expect(autoscalers.map(({ spec }) => spec.scaleTargetRef.kind).sort()).toEqual(['PodClique', 'PodCliqueScalingGroup']);
  expect(operator.writes.filter(write => write.startsWith('patch horizontalpodautoscalers'))).toEqual([]);
});

test('what was applied is what is stored: nothing drifts, and applied again nothing changes', async () => {
  const versions = async () => Promise.all(['deepseek-r1', 'chatbot', 'qwen'].map(async name => (await scenario.set(name)).metadata.generation));
  const before = await versions();
  await apply('deepseek-r1-disagg', ['worker']);
  await apply('chatbot', ['prefill', 'decode']);
  await apply('single-gpu');
  expect(await versions()).toEqual(before);
});

describe('the other examples, one after another on an empty cluster', () => {
  beforeAll(async () => {
    await Promise.all((await scenario.all(POD_CLIQUE_SET)).map(({ metadata }) => scenario.delete(POD_CLIQUE_SET, metadata.name ?? '')));
    await scenario.untilNothing();
    await Scenario.begin(connection, 'hopper', {
      nodes: 12,
      capacity: { 'cpu': '192', 'memory': '2Ti', 'nvidia.com/gpu': '8', 'rdma/ib': '8' },
      labels: node => ({
        'topology.kubernetes.io/zone': 'zone-b',
        'example.com/rack': `rack-${Math.floor(node / 6)}`,
        'fabric.topograph.run/tier-0': `leaf-${Math.floor(node / 6)}`,
      }),
    });
  });

  test.each(readdirSync(FOLDER).filter(name => !TOLD_APART.includes(name)))('%s: every pod of it is ready, and nothing is left of it when it goes', async name => {
    await apply(name);
    const set = manifest(name).find(({ kind }) => kind === 'PodCliqueSet') as PodCliqueSet;
    const pods = expand(set).filter(({ kind }) => kind === 'Pod');
    await scenario.untilPods({ total: pods.length, ready: pods.length });
    await scenario.untilAvailable(set.metadata.name ?? '', set.spec.replicas);
    await scenario.delete(POD_CLIQUE_SET, set.metadata.name ?? '');
    await scenario.untilNothing();
  });
});
