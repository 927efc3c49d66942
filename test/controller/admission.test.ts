import { EVENT, KubeObject, NODE, POD } from '../../controller/src/kube';
import { CLUSTER_TOPOLOGY_BINDING, POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { ClusterTopologyBinding, PodCliqueSet } from '../../src/core';
import { EmbeddedCluster } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

const node = { name: 'n0', labels: { 'kubernetes.io/hostname': 'n0', 'example.com/rack': 'r0' }, allocatable: { cpu: '64', memory: '256Gi' } };
const binding = (...domains: string[]): ClusterTopologyBinding => ({
  apiVersion: 'grove.io/v1alpha1',
  kind: 'ClusterTopologyBinding',
  metadata: { name: 'dc' },
  spec: { levels: domains.map(domain => ({ domain, key: domain === 'host' ? 'kubernetes.io/hostname' : `example.com/${domain}` })) },
});
const packed = (required: string): PodCliqueSet => aSet('w', { cliques: [aCliqueTemplate('a', 2, 2)], topologyConstraint: { topologyName: 'dc', pack: { required } } });

const conditionsOf = (set: PodCliqueSet | undefined) => Object.fromEntries((set?.status?.conditions ?? []).map(({ type, reason }) => [type, reason]));

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

test('a new set whose topology is not there yet, or lacks its level, waits for it: pods placed without it would stay where they are', async () => {
  cluster = await EmbeddedCluster.start({ nodes: [node] });
  await cluster.createSet(packed('rack'));
  const told = (reason: string) => ({ sets: [set] }: { sets: readonly PodCliqueSet[] }) => conditionsOf(set).Stalled === reason;
  const { sets } = await cluster.until('the topology is missed', told('ClusterTopologyNotFound'));
  expect(conditionsOf(sets[0])).toMatchObject({ Ready: 'ClusterTopologyNotFound', TopologyLevelsUnavailable: 'ClusterTopologyNotFound' });
  await cluster.client.create(CLUSTER_TOPOLOGY_BINDING, binding('host'));
  const waiting = await cluster.until('the level is missed', told('ClusterTopologyLevelsUnavailable'));
  expect([...waiting.cliques, ...waiting.gangs, ...waiting.allPods]).toEqual([]);
  expect(await reasonsOfEvents()).toEqual(['ClusterTopologyNotFound', 'ClusterTopologyLevelsUnavailable']);
  await cluster.patch(CLUSTER_TOPOLOGY_BINDING, 'dc', { spec: binding('rack', 'host').spec });
  const running = await cluster.until('ready', ({ ready, sets: [set] }) => ready.length === 2 && !('Stalled' in conditionsOf(set)));
  expect(running.gang('w-0')?.spec.topologyConstraint).toEqual({ packConstraint: { required: 'example.com/rack' } });
});

async function reasonsOfEvents(): Promise<unknown[]> {
  const { items } = await cluster.client.list<KubeObject & { reason: string; eventTime: string }>(EVENT);
  return items.filter(({ reason }) => reason.startsWith('ClusterTopology')).sort((one, other) => (one.eventTime < other.eventTime ? -1 : 1)).map(({ reason }) => reason);
}

test('a running set does not stall when its topology loses a level, or goes; it still scales and is updated', async () => {
  cluster = await EmbeddedCluster.start({ nodes: [node] });
  await cluster.client.create(CLUSTER_TOPOLOGY_BINDING, binding('rack', 'host'));
  await cluster.createSet(packed('rack'));
  const told = (reason: string) => ({ sets: [set] }: { sets: readonly PodCliqueSet[] }) => conditionsOf(set).TopologyLevelsUnavailable === reason;
  await cluster.until('ready', state => state.ready.length === 2 && told('AllClusterTopologyLevelsAvailable')(state));
  await cluster.patch(CLUSTER_TOPOLOGY_BINDING, 'dc', { spec: binding('host').spec });
  await cluster.until('the level is missed', told('ClusterTopologyLevelsUnavailable'));
  await cluster.delete(CLUSTER_TOPOLOGY_BINDING, 'dc');
  await cluster.until('the topology is missed', told('ClusterTopologyNotFound'));
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { replicas: 2 } });
  const { sets } = await cluster.until('four pods', ({ ready }) => ready.length === 4);
  expect(conditionsOf(sets[0])).not.toHaveProperty('Stalled');
});

test('what runs of a set that was made invalid goes on to count: it is lost, and comes back', async () => {
  cluster = await EmbeddedCluster.start({ nodes: [node] });
  await cluster.createSet(aSet('w', { cliques: [aCliqueTemplate('a', 2, 2), aCliqueTemplate('b', 1, 1)] }));
  await cluster.until('available', ({ sets: [set] }) => set.status?.availableReplicas === 1);
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { template: { podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['nobody'] }] } } });
  const told = (available: number) => ({ sets: [set] }: { sets: readonly PodCliqueSet[] }) =>
    conditionsOf(set).Stalled === 'InvalidSpec' && set.status?.availableReplicas === available;
  await cluster.until('stalled, and available', told(1));
  await cluster.patch(NODE, 'n0', { spec: { unschedulable: true } });
  await cluster.delete(POD, (await cluster.state()).pods[0].metadata.name!);
  await cluster.until('stalled, and not available', told(0));
  await cluster.patch(NODE, 'n0', { spec: { unschedulable: null } });
  await cluster.until('stalled, and available again', told(1));
});

test('what is only asked of new sets is asked of a new one, and does not stop one that runs', async () => {
  cluster = await EmbeddedCluster.start({ nodes: [node] });
  const bound = { ...packed('rack'), spec: { replicas: 1, template: { cliques: [aCliqueTemplate('a', 2, 2, { nodeName: 'n0' })] } } };
  await cluster.createSet(bound);
  const { sets: [stalled] } = await cluster.until('Stalled', ({ sets: [set] }) => 'Stalled' in conditionsOf(set));
  expect(stalled.status!.conditions!.find(({ type }) => type === 'Stalled')!.message).toContain('nodeName');
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { template: { cliques: [aCliqueTemplate('a', 2, 2)] } } });
  await cluster.until('ready', ({ ready }) => ready.length === 2);
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { template: { cliques: [aCliqueTemplate('a', 2, 2, { nodeName: 'n0' })] } } });
  await cluster.until('refused by the server, not by us', ({ sets: [set] }) => conditionsOf(set).Stalled === 'PodCreateFailed');
});
