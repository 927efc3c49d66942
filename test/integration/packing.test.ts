import { runController } from './operator';
import { Scenario } from './scenario';
import { NODE } from '../../controller/src/kube';
import { CLUSTER_TOPOLOGY_BINDING, SCALING_GROUP } from '../../controller/src/state/resources';
import { PodCliqueSet } from '../../src/core';
import { connect } from '../control-plane/connect';

const RACK = 'test.grove.io/rack';
const connection = connect();
runController(connection);

/** Racks of so many nodes each, one pod to a node; `<name>-0` and so on. */
function racks(name: string, sizes: number[]): Promise<Scenario> {
  const rackOf = sizes.flatMap((size, rack) => Array<string>(size).fill(`${name}-${rack}`));
  return Scenario.begin(connection, 'packing', { nodes: rackOf.length, labels: node => ({ [RACK]: rackOf[node] }) });
}

/** The racks that the pods of a clique are on, each once. */
async function racksOf(scenario: Scenario, clique?: string): Promise<string[]> {
  const nodes = await connection.admin.list(NODE, { labelSelector: `test.grove.io/scenario=${scenario.namespace}` });
  const labels = new Map(nodes.items.map(({ metadata }) => [metadata.name, metadata.labels?.[RACK] ?? '']));
  return [...new Set((await scenario.pods(clique)).flatMap(({ spec }) => labels.get(spec.nodeName) ?? []))].sort();
}

const constraint = (scenario: Scenario, pack: object) => ({ topologyConstraint: { topologyName: scenario.namespace, pack } });

test('a gang that needs one rack waits while no rack has room for it, says which comes closest, and then is in one', async () => {
  const scenario = await racks('tight', [3, 3]);
  await scenario.createTopology([{ domain: 'rack', key: RACK }]);
  const cliques = [scenario.clique('a', 2, 2), scenario.clique('b', 2, 2)];
  await scenario.createSet('w', { cliques, ...constraint(scenario, { required: 'rack' }) });
  await scenario.untilPending('w-0', `w-0 needs 4 nvidia.com/gpu in one ${RACK}; best is tight-0 with 3 nvidia.com/gpu free`);
  await scenario.untilPods({ total: 4, bound: 0 });
  expect((await scenario.gang('w-0'))?.spec.topologyConstraint).toEqual({ packConstraint: { required: RACK } });
  await scenario.patch(NODE, scenario.nodes[0], { metadata: { labels: { [RACK]: 'tight-1' } } });
  await scenario.untilPods({ total: 4, ready: 4 });
  expect(await racksOf(scenario)).toEqual(['tight-1']);
  await scenario.untilSetCondition('w', { type: 'TopologyLevelsUnavailable', status: 'False', reason: 'AllClusterTopologyLevelsAvailable' });
});

test('replicas of a scaling group are packed each by itself, the fullest rack first; a lost pod comes back to its rack', async () => {
  const scenario = await racks('own', [2, 3, 3]);
  await scenario.createTopology([{ domain: 'rack', key: RACK }]);
  const template: PodCliqueSet['spec']['template'] = {
    cliques: [scenario.clique('router', 1, 1), scenario.clique('lead', 1, 1), scenario.clique('work', 1, 1)],
    podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['lead', 'work'], replicas: 2, minAvailable: 1, ...constraint(scenario, { required: 'rack' }) }],
  };
  await scenario.createSet('w', template);
  await scenario.untilPods({ total: 5, ready: 5 });
  const homes = async () => Promise.all([0, 1].map(async j =>
    [...new Set([...await racksOf(scenario, `w-0-g-${j}-lead`), ...await racksOf(scenario, `w-0-g-${j}-work`)])]));
  const before = await homes();
  expect(before.map(rack => rack.length)).toEqual([1, 1]);
  const [lost] = await scenario.pods('w-0-g-1-work');
  await scenario.delete({ group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }, lost.metadata.name!);
  await scenario.until('a new pod', async () => {
    const [pod] = await scenario.pods('w-0-g-1-work');
    return { seen: '', result: (pod && pod.metadata.uid !== lost.metadata.uid) || undefined };
  });
  await scenario.untilPods({ total: 5, ready: 5 });
  expect(await homes()).toEqual(before);
  await scenario.scale(SCALING_GROUP, 'w-0-g', 3);
  await scenario.untilPods({ total: 7, ready: 7 });
  expect(await racksOf(scenario, 'w-0-g-2-lead')).toEqual(await racksOf(scenario, 'w-0-g-2-work'));
});

test('a preferred rack holds what it can, and surplus that it cannot hold goes elsewhere', async () => {
  const scenario = await racks('near', [2, 2]);
  await scenario.createTopology([{ domain: 'rack', key: RACK }]);
  await scenario.createSet('w', { cliques: [scenario.clique('a', 3, 2)], ...constraint(scenario, { preferred: 'rack' }) });
  await scenario.untilPods({ total: 3, ready: 3 });
  expect(await racksOf(scenario)).toHaveLength(2);
});

test('without its topology a set tells so; with it again, all is well, and no pod has moved', async () => {
  const scenario = await racks('lost', [3, 2]);
  const { kind, apiVersion, metadata: { name }, spec } = await scenario.createTopology([{ domain: 'rack', key: RACK }]);
  await scenario.createSet('w', { cliques: [scenario.clique('a', 3, 3)], ...constraint(scenario, { required: 'rack' }) });
  const before = await scenario.untilPods({ total: 3, ready: 3 });
  await scenario.delete(CLUSTER_TOPOLOGY_BINDING, scenario.namespace);
  await scenario.untilSetCondition('w', { type: 'TopologyLevelsUnavailable', status: 'Unknown', reason: 'ClusterTopologyNotFound' });
  expect((await scenario.set('w')).status?.conditions?.map(({ type }) => type)).not.toContain('Stalled');
  await scenario.createObject(CLUSTER_TOPOLOGY_BINDING, { kind, apiVersion, metadata: { name }, spec });
  await scenario.untilSetCondition('w', { type: 'TopologyLevelsUnavailable', status: 'False' });
  await scenario.until('the constraint is back', async () => {
    const gang = await scenario.gang('w-0');
    return { seen: JSON.stringify(gang?.spec), result: gang?.spec.topologyConstraint };
  });
  const after = await scenario.untilPods({ total: 3, ready: 3 });
  expect(after.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
  await scenario.untilAvailable('w');
});
