import { HORIZONTAL_POD_AUTOSCALER, POD, RESOURCE_CLAIM, SERVICE } from '../../controller/src/kube';
import { CLUSTER_TOPOLOGY_BINDING, POD_CLIQUE, POD_GANG, SCALING_GROUP } from '../../controller/src/state/resources';
import { PopulationOptions, forgetStartup, inventory, populate } from '../golden/population';
import { Tree, treeTopologies, trees } from '../golden/trees';
import { EmbeddedCluster } from '../support/embedded';

/** Kinds that the embedded cluster knows. */
const types = [SERVICE, SCALING_GROUP, POD_CLIQUE, HORIZONTAL_POD_AUTOSCALER, RESOURCE_CLAIM, POD, POD_GANG];
const nodes = Array.from({ length: 4 }, (_, index) => ({ name: `n${index}`, labels: {}, allocatable: { 'cpu': '64', 'nvidia.com/gpu': '64' } }));
/** Sets whose pods ran. */
const running = trees.filter(({ children }) => Object.values(children.Pod).every(pod => (pod as { status?: { phase?: string } }).status?.phase === 'Running'));

const describeTrees = running.length > 0 ? describe : describe.skip;

describeTrees('a set that upstream’s operator leaves to us', () => {
  let cluster: EmbeddedCluster;
  afterEach(() => cluster.stop());

  /** The cluster after upstream has gone and before we come. */
  async function left(tree: Tree): Promise<PopulationOptions> {
    cluster = await EmbeddedCluster.start({ nodes });
    await cluster.killController();
    for (const topology of treeTopologies) await cluster.client.create(CLUSTER_TOPOLOGY_BINDING, topology);
    const options = { client: cluster.client, namespace: 'default', nodes: nodes.map(({ name }) => name), types, now: cluster.clock.now() };
    await populate(tree, options);
    await cluster.until('running', ({ pods, ready }) => ready.length === pods.length && pods.length === Object.keys(tree.children.Pod).length);
    await forgetStartup(options);
    return options;
  }

  test.each(running.map(tree => [tree.id, tree] as const))('%s: nothing is made anew, and a second start writes nothing', async (_, tree) => {
    const options = await left(tree);
    const [before, { pods }] = [await inventory(options), await cluster.state()];
    cluster.writes.splice(0);
    cluster.startController();
    await cluster.clock.advance(600_000);
    expect(await inventory(options)).toEqual(before);
    expect(cluster.writes.filter(write => !write.startsWith('PATCH') && !write.includes('/events'))).toEqual([]);
    const { sets: [{ status }] } = await cluster.state();
    expect([status?.availableReplicas, status?.updatedReplicas, status?.updateProgress]).toEqual([status?.replicas, status?.replicas, undefined]);
    expect((await cluster.state()).pods).toHaveLength(pods.length);
    const written = cluster.writes.length;
    await cluster.killController();
    cluster.startController();
    await cluster.clock.advance(600_000);
    expect(cluster.writes.slice(written)).toEqual([]);
  });
});
