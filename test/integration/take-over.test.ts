import { setTimeout as delay } from 'node:timers/promises';
import { Operator, grantControllerRights } from './operator';
import { Scenario } from './scenario';
import { POD } from '../../controller/src/kube';
import { CLUSTER_TOPOLOGY_BINDING, POD_CLIQUE_SET, SCALING_GROUP } from '../../controller/src/state/resources';
import { DEFAULT_STARTUP_IMAGE, LABEL, Pod, PodCliqueSet, isReady } from '../../src/core';
import { installComputeDomains, removeComputeDomains } from '../control-plane/compute-domains';
import { connect } from '../control-plane/connect';
import { PopulationOptions, forgetStartup, inventory, populate } from '../golden/population';
import { treeTopologies, trees } from '../golden/trees';

const describeTrees = trees.length > 0 ? describe : describe.skip;

describeTrees('a cluster that upstream’s operator leaves to us', () => {
  const connection = connect();
  const operator = new Operator(connection, {});
  let scenario: Scenario;
  let options: PopulationOptions;
  let before: string[];

  const podsOf = async (set: string) => (await scenario.pods()).filter(({ metadata }) => metadata.labels?.[LABEL.partOf] === set);
  const uids = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.uid).sort();

  /** Waits until the controller has written nothing for longer than a status that is not urgent waits. */
  async function untilQuiet(): Promise<void> {
    let last = -1;
    await scenario.until('quiet', async () => {
      const count = last;
      last = operator.writes.length;
      if (count !== last) await delay(3_000);
      return { seen: operator.writes.slice(-5).join(', '), result: count === last || undefined };
    });
  }

  beforeAll(async () => {
    await Promise.all([grantControllerRights(connection.admin), installComputeDomains(connection.admin)]);
    scenario = await Scenario.begin(connection, 'taken', { nodes: 4, capacity: { 'nvidia.com/gpu': '64' } });
    for (const topology of treeTopologies) {
      await connection.admin.create(CLUSTER_TOPOLOGY_BINDING, topology);
      connection.atEnd(() => scenario.delete(CLUSTER_TOPOLOGY_BINDING, topology.metadata.name ?? ''));
    }
    options = { client: connection.admin, namespace: scenario.namespace, nodes: scenario.nodes };
    for (const tree of trees) await populate(tree, options);
    const running = trees.flatMap(({ children }) => Object.values(children.Pod)).filter(pod => (pod as unknown as Pod).status?.phase === 'Running').length;
    await scenario.until(`${running} pods run`, async () => {
      const ready = (await scenario.pods()).filter(isReady).length;
      return { seen: `${ready} ready`, result: ready >= running || undefined };
    });
    await forgetStartup(options);
    before = await inventory(options);
    await operator.start();
  });
  connection.atEnd(() => removeComputeDomains(connection.admin));
  connection.atEnd(() => operator.stop());

  test('nothing is made anew, nothing taken away: no pod restarts', async () => {
    await untilQuiet();
    expect(await inventory(options)).toEqual(before);
    expect([...new Set(operator.writes.filter(write => !/ events /.test(write)).map(write => write.split(' ')[0]))]).toEqual(['patch']);
    const restarts = (await scenario.pods()).flatMap(({ status }) => status?.containerStatuses ?? []).map(({ restartCount }) => restartCount);
    expect(new Set(restarts)).toEqual(new Set([0]));
  });

  test('the sets are ours, as far as they were: available, updated, no update under way', async () => {
    const sets = await scenario.all<PodCliqueSet>(POD_CLIQUE_SET);
    for (const { set, object: { metadata: { name } } } of trees as unknown as { set: PodCliqueSet; object: PodCliqueSet }[]) {
      const { status } = sets.find(({ metadata }) => metadata.name === name)!;
      const { availableReplicas, updatedReplicas, replicas, observedGeneration } = set.status!;
      expect({ name, ...status }).toMatchObject({ name, availableReplicas, updatedReplicas, replicas, observedGeneration });
      expect(status?.updateProgress).toBeUndefined();
      expect(status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe(availableReplicas === replicas ? 'True' : 'False');
      expect(status?.conditions?.find(({ type }) => type === 'Stalled')).toBeUndefined();
    }
  });

  test('a restart of ours changes nothing more', async () => {
    const written = operator.writes.length;
    await operator.stop();
    await operator.start();
    await delay(3_000);
    expect(operator.writes.slice(written)).toEqual([]);
  });

  test('a lost pod comes back, the others stay', async () => {
    const pods = await podsOf('many');
    await scenario.delete(POD, pods[0].metadata.name!);
    await scenario.until('replaced', async () => {
      const now = await podsOf('many');
      return { seen: `${now.length}`, result: (now.length === pods.length && now.every(isReady) && !uids(now).includes(pods[0].metadata.uid)) || undefined };
    });
    expect(uids(await podsOf('many'))).toEqual(expect.arrayContaining(uids(pods.slice(1))));
  });

  test('a later change is rolled out, to that set alone and to changed cliques alone', async () => {
    const [others, old] = [(await scenario.pods()).filter(({ metadata }) => metadata.labels?.[LABEL.partOf] !== 'grouped'), await podsOf('grouped')];
    const { object } = trees.find(({ id }) => id === 'grouped')!;
    const [first, ...rest] = object.spec.template.cliques;
    const podSpec = { ...first.spec.podSpec, containers: first.spec.podSpec.containers.map(container => ({ ...container, image: 'registry.example/app:2' })) };
    await scenario.patch(POD_CLIQUE_SET, 'grouped', { spec: { template: { cliques: [{ ...first, spec: { ...first.spec, podSpec } }, ...rest] } } });
    await scenario.until('rolled out', async () => {
      const [{ status }, pods] = [await scenario.set('grouped'), await podsOf('grouped')];
      const done = status?.updateProgress?.updateEndedAt !== undefined && status.updatedReplicas === 1 && pods.every(isReady) && pods.length === old.length;
      return { seen: JSON.stringify(status), result: done || undefined };
    });
    const changed = (await podsOf('grouped')).filter(pod => !uids(old).includes(pod.metadata.uid));
    const imageOf = ({ spec }: Pod) => spec.containers[0].image;
    expect(new Set(changed.map(imageOf))).toEqual(new Set(['registry.example/app:2']));
    expect((await podsOf('grouped')).filter(pod => imageOf(pod) === 'registry.example/app:2')).toHaveLength(changed.length);
    expect(uids((await scenario.pods()).filter(({ metadata }) => metadata.labels?.[LABEL.partOf] !== 'grouped'))).toEqual(uids(others));
  });

  test('sets and groups grow, with our start-up gate in the new pods and upstream’s in the old', async () => {
    const old = await podsOf('inorder-g');
    await scenario.scale(POD_CLIQUE_SET, 'inorder-g', 2);
    await scenario.scale(SCALING_GROUP, 'inorder-g-0-g', 3);
    const grown = await scenario.until('grown', async () => {
      const pods = await podsOf('inorder-g');
      return { seen: `${pods.filter(isReady).length} of ${pods.length}`, result: pods.length === old.length * 2 + 3 && pods.every(isReady) ? pods : undefined };
    });
    expect(uids(grown)).toEqual(expect.arrayContaining(uids(old)));
    const gates = (pods: readonly Pod[]) => new Set(pods.flatMap(({ spec }) => spec.initContainers ?? []).map(({ image }) => image));
    expect([...gates(old)]).toEqual([expect.stringContaining('registry.example/initc')]);
    const fresh = grown.filter(pod => !uids(old).includes(pod.metadata.uid));
    expect([...gates(fresh)]).toEqual([DEFAULT_STARTUP_IMAGE]);
  });

  test('deleted, nothing is left, upstream’s credentials included', async () => {
    await Promise.all(trees.map(({ id }) => scenario.delete(POD_CLIQUE_SET, id)));
    await scenario.untilNothing();
    await scenario.until('nothing of ours', async () => {
      const left = await inventory(options);
      return { seen: left.join(', '), result: left.length === 0 || undefined };
    });
  });
});
