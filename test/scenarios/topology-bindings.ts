import { Cluster, Scenario, Template } from './cluster';
import { untilAvailable, untilPods } from './pods';
import { LEVELS, domainsOf, racks, required, shapeOf } from './racks';
import { inTopology } from './topology-packing';
import { CLUSTER_TOPOLOGY_BINDING, POD_CLIQUE_SET, SCALING_GROUP } from '../../controller/src/state/resources';
import { TopologyConstraint } from '../../src/core';

/** Half of the nodes are of one make, half of the other; both have blocks, under labels of their own. */
const MAKES = { h100: 'test.grove.io/h100-block', gb200: 'test.grove.io/gb200-nvl-block' } as const;
const PER_BLOCK = 4;
const mixed = {
  nodes: 16,
  labels: (node: number): Readonly<Record<string, string>> => {
    const make = node < 8 ? 'h100' : 'gb200';
    return { [MAKES[make]]: `${make}-${Math.floor(node / PER_BLOCK)}`, 'test.grove.io/make': make };
  },
};

/** Waits until the condition TopologyLevelsUnavailable of the only set says so. */
async function untilTopology(cluster: Cluster, status: string, reason: string): Promise<void> {
  await cluster.until(`TopologyLevelsUnavailable ${status} ${reason}`, ({ sets: [set] }) =>
    Boolean(set?.status?.conditions?.some(found => found.type === 'TopologyLevelsUnavailable' && found.status === status && found.reason === reason)));
}

/** What is said of a set that must not be: by the server, when it refuses it, else by the controller. */
async function refusalOf(cluster: Cluster, template: Template): Promise<string> {
  const refusal = await cluster.createSet('w', template).then(() => undefined, (error: Error) => error.message);
  if (refusal !== undefined) return refusal;
  const stalled = ({ sets: [set] }: { sets: readonly { status?: { conditions?: readonly { type: string; message?: string }[] } }[] }) =>
    set?.status?.conditions?.find(({ type }) => type === 'Stalled')?.message;
  const state = await cluster.until('refused', found => stalled(found) !== undefined);
  expect([...state.cliques, ...state.gangs]).toEqual([]);
  await cluster.delete(POD_CLIQUE_SET, 'w');
  await cluster.until('gone', ({ sets }) => sets.length === 0);
  return stalled(state) ?? '';
}

export const topologyBindings: readonly Scenario[] = [
  {
    id: 'TAS17',
    title: 'two makes of nodes, each with a binding in which a block is another label: the sets of both are packed right',
    cluster: mixed,
    async play(cluster) {
      for (const [make, key] of Object.entries(MAKES)) {
        const { metadata: { name = '' } } = await cluster.createTopology([{ domain: 'block', key }, { domain: 'host', key: 'kubernetes.io/hostname' }]);
        await cluster.createSet(make, inTopology({ ...required('block'), cliques: [cluster.clique('a', PER_BLOCK, PER_BLOCK)] }, name));
      }
      await untilPods(cluster, { total: 8, ready: 8 });
      const state = await cluster.until('available', ({ sets }) => sets.every(({ status }) => status?.availableReplicas === 1));
      for (const [make, key] of Object.entries(MAKES)) {
        expect(state.gang(`${make}-0`)?.spec.topologyConstraint).toEqual({ packConstraint: { required: key } });
        const nodes = state.pods.filter(({ metadata }) => metadata.name?.startsWith(make)).map(({ spec }) => cluster.nodes.indexOf(spec.nodeName ?? ''));
        expect(new Set(nodes.map(node => mixed.labels(node)[key]))).toEqual(new Set([expect.stringMatching(`^${make}-`)]));
      }
    },
  },
  {
    id: 'TAS20',
    title: 'a binding that goes under a set that runs: told, what is added then is not constrained; when it is back all is as before',
    cluster: racks(4),
    async play(cluster) {
      const { metadata: { name = '' }, ...binding } = await cluster.createTopology(LEVELS);
      const template = { cliques: [cluster.clique('a', 2, 2)], podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['a'], replicas: 1, minAvailable: 1, ...required('rack') }] };
      await cluster.createSet('w', inTopology({ ...template, ...required('block') }, name));
      await untilPods(cluster, { total: 2, ready: 2 });
      await untilTopology(cluster, 'False', 'AllClusterTopologyLevelsAvailable');
      const before = await untilAvailable(cluster);
      await cluster.delete(CLUSTER_TOPOLOGY_BINDING, name);
      await untilTopology(cluster, 'Unknown', 'ClusterTopologyNotFound');
      const bare = await cluster.until('no constraints', state => shapeOf(state, 'w-0').whole === undefined);
      expect(shapeOf(bare, 'w-0')).toEqual({ members: ['w-0-g-0-a'] });
      expect(bare.pods.map(({ metadata }) => metadata.uid).sort()).toEqual(before.pods.map(({ metadata }) => metadata.uid).sort());
      await cluster.scale(SCALING_GROUP, 'w-0-g', 3);
      const grown = await untilPods(cluster, { total: 6, ready: 6 });
      expect(grown.sets[0].status?.conditions?.find(({ type }) => type === 'Stalled')).toBeUndefined();
      expect(shapeOf(grown, 'w-0-g-0')).toEqual({ members: ['w-0-g-1-a'] });
      await cluster.create(CLUSTER_TOPOLOGY_BINDING, { apiVersion: binding.apiVersion, kind: binding.kind, metadata: { name }, spec: binding.spec });
      await untilTopology(cluster, 'False', 'AllClusterTopologyLevelsAvailable');
      const after = await cluster.until('constrained again', state => shapeOf(state, 'w-0-g-0').whole === 'rack' && shapeOf(state, 'w-0').whole === 'block');
      expect(shapeOf(after, 'w-0')).toEqual({ members: ['w-0-g-0-a'], whole: 'block', configs: { 'w-0-g-0': 'rack' } });
      expect(domainsOf(cluster, before.pods, 'rack')).toHaveLength(1);
      expect(after.pods).toHaveLength(6);
    },
  },
  {
    id: 'TAS22',
    title: 'constraints that the schema refuses: the deprecated spelling, none at all, an empty one, both spellings at once',
    cluster: racks(1),
    async play(cluster) {
      const { metadata: { name = '' } } = await cluster.createTopology(LEVELS);
      const plain = (): Template => ({ cliques: [cluster.clique('a', 1, 1)], podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['a'], replicas: 1, minAvailable: 1 }] });
      const deprecated = /packDomain is deprecated and cannot be used on new workloads; use pack\.required/;
      const topologyConstraint = (constraint: object) => ({ topologyConstraint: { topologyName: name, ...constraint } as TopologyConstraint });
      const old = topologyConstraint({ packDomain: 'rack' });
      const { cliques: [clique], podCliqueScalingGroups: [group] = [] } = plain();
      expect(await refusalOf(cluster, { ...plain(), ...old })).toMatch(deprecated);
      expect(await refusalOf(cluster, { ...plain(), cliques: [{ ...clique, ...old }] })).toMatch(deprecated);
      expect(await refusalOf(cluster, { ...plain(), podCliqueScalingGroups: [{ ...group, ...old }] })).toMatch(deprecated);
      expect(await refusalOf(cluster, { ...plain(), ...topologyConstraint({}) })).toMatch(/topologyConstraint must specify pack or deprecated packDomain/);
      expect(await refusalOf(cluster, { ...plain(), ...topologyConstraint({ pack: {} }) })).toMatch(/pack must specify at least one of required or preferred/);
      const both = topologyConstraint({ pack: { required: 'rack' }, packDomain: 'rack' });
      expect(await refusalOf(cluster, { ...plain(), ...both })).toMatch(/must not set both pack\.required and deprecated packDomain/);
    },
  },
];
