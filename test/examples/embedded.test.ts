import { EXAMPLES, exampleObjects, exampleSet, exampleTopologies } from './charts';
import type { NodeShape } from '../../controller/src/cluster';
import { CUSTOM_RESOURCE_DEFINITION } from '../../controller/src/kube';
import { CLUSTER_TOPOLOGY_BINDING } from '../../controller/src/state/resources';
import { computeDomainDefinition } from '../control-plane/compute-domains';
import { EmbeddedCluster, State } from '../support/embedded';
import { LABEL, Pod } from 'cdk8s-grove/core';

/** A zone with two racks of GB200 nodes, and two zones with two racks and two blocks of eight-GPU nodes each: more than any example needs, twice over. */
const gb200: NodeShape[] = Array.from({ length: 36 }, (_, i) => ({
  name: `gb200-${i}`,
  labels: { 'topology.kubernetes.io/zone': 'a', 'nvidia.com/gpu.clique': `rack-${Math.floor(i / 18)}`, 'kubernetes.io/hostname': `gb200-${i}`, 'kubernetes.io/arch': 'arm64' },
  allocatable: { 'cpu': '144', 'memory': '960Gi', 'nvidia.com/gpu': '4' },
}));
const hopper: NodeShape[] = Array.from({ length: 20 }, (_, i) => ({
  name: `hopper-${i}`,
  labels: {
    'topology.kubernetes.io/zone': i < 10 ? 'b' : 'c',
    'example.com/rack': `rack-${Math.floor(i / 5)}`,
    'fabric.topograph.run/tier-0': `leaf-${Math.floor(i / 5)}`,
    'kubernetes.io/hostname': `hopper-${i}`,
  },
  allocatable: { 'cpu': '192', 'memory': '2Ti', 'nvidia.com/gpu': '8', 'rdma/ib': '8' },
}));
const labelsOf = new Map([...gb200, ...hopper].map(({ name, labels }) => [name, labels]));

let cluster: EmbeddedCluster | undefined;
afterEach(() => cluster?.stop());

/** The example on the cluster, when everything of it is ready. */
async function ready(name: string): Promise<State> {
  cluster = await EmbeddedCluster.start({ nodes: [...gb200, ...hopper], kubelet: { startMs: 2_000, readyMs: 1_000 } });
  await cluster.client.create(CUSTOM_RESOURCE_DEFINITION, computeDomainDefinition());
  for (const topology of exampleTopologies()) await cluster.client.create(CLUSTER_TOPOLOGY_BINDING, { ...topology });
  const set = exampleSet(name);
  await cluster.createSet({ ...set, metadata: { ...set.metadata, namespace: 'default' } });
  return cluster.until(`all pods of ${name} are ready`, ({ sets: [{ status }], pods, ready: up, gangs }) =>
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true
    && pods.length > 0 && up.length === pods.length && gangs.every(gang => gang.status?.phase === 'Running'));
}

const withGpus = (pods: readonly Pod[]) => pods.filter(({ spec }) => Number(spec.containers[0]!.resources?.limits?.['nvidia.com/gpu'] ?? 0) > 0);
const domains = (pods: readonly Pod[], key: string) => new Set(pods.map(({ spec }) => labelsOf.get(spec.nodeName!)![key]));
/** The pods by the copy of the scaling group that they are in. */
function copies({ pods }: State): Pod[][] {
  const groups = new Map<string, Pod[]>();
  for (const pod of withGpus(pods)) {
    const key = `${pod.metadata.labels![LABEL.scalingGroup]}-${pod.metadata.labels![LABEL.scalingGroupReplicaIndex]}`;
    groups.set(key, [...groups.get(key) ?? [], pod]);
  }
  return [...groups.values()];
}

const withSets = Object.keys(EXAMPLES).filter(name => exampleObjects(name).some(({ kind }) => kind === 'PodCliqueSet'));

test.each(withSets)('%s becomes ready, every pod of it', async name => {
  const { pods, sets } = await ready(name);
  expect(pods.length).toBeGreaterThan(0);
  expect(sets[0].status).toMatchObject({ availableReplicas: 1, updatedReplicas: 1 });
});

test.each(['kimi-k2-wide-ep', 'deepseek-r1-vllm-gb200', 'deepseek-v32-kv-router'])('%s: everything with GPUs in one rack, though two have room', async name => {
  expect(domains(withGpus((await ready(name)).pods), 'nvidia.com/gpu.clique').size).toBe(1);
});

test('deepseek-r1-vllm-hopper: each engine below one switch', async () => {
  const engines = copies(await ready('deepseek-r1-vllm-hopper'));
  expect(engines.map(engine => [engine.length, domains(engine, 'fabric.topograph.run/tier-0').size])).toEqual([[2, 1], [2, 1]]);
});

test('llama4-maverick: each instance in a rack of its own, since none holds two, and both in one zone', async () => {
  const state = await ready('llama4-maverick');
  const instances = copies(state);
  expect(instances.map(instance => [instance.length, domains(instance, 'example.com/rack').size])).toEqual([[4, 1], [4, 1]]);
  expect(domains(withGpus(state.pods), 'topology.kubernetes.io/zone').size).toBe(1);
});
