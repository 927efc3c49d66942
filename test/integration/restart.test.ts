import { setTimeout as delay } from 'node:timers/promises';
import { runController } from './operator';
import { Scenario } from './scenario';
import { POD, Reflector, Store } from '../../controller/src/kube';
import { POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { Pod, podIndex } from '../../src/core';
import { connect } from '../control-plane/connect';

const connection = connect();
const operator = runController(connection);
let scenario: Scenario;

/** Every pod that the cluster has ever had from now on. */
const ever = new Map<string, Pod>();

beforeAll(async () => {
  scenario = await Scenario.begin(connection, 'restart', { nodes: 5, capacity: { 'nvidia.com/gpu': '8' } });
  const store = new Store<Pod>();
  store.subscribe(({ object }) => {
    if (object?.metadata.namespace === scenario.namespace) ever.set(object.metadata.uid!, object);
  });
  const stop = new AbortController();
  const reflector = new Reflector<Pod>({ client: connection.admin, type: POD, store });
  void reflector.run(stop.signal);
  await reflector.synced;
  connection.atEnd(async () => stop.abort());
});

/** A standalone clique, a group with a scaled replica, and an order to start in: ten pods. */
const template = () => ({
  cliqueStartupType: 'CliqueStartupTypeInOrder' as const,
  cliques: [scenario.clique('a', 2, 1), scenario.clique('b', 1, 1), scenario.clique('c', 3, 2)],
  podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['b', 'c'], replicas: 2, minAvailable: 1 }],
});

/** Waits until no write has been sent for longer than a status that is not urgent waits. */
async function untilQuiet(): Promise<void> {
  let last = -1;
  await scenario.until('quiet', async () => {
    const before = last;
    last = operator.writes.length;
    if (before !== last) await delay(2_000);
    return { seen: operator.writes.slice(-5).join(', '), result: before === last || undefined };
  });
}

/** Hosts of a clique by index must be there once each. */
function expectNoDuplicates(pods: Iterable<Pod>, count: number): void {
  const places = [...pods].map(pod => `${pod.metadata.labels?.['grove.io/podclique']}/${podIndex(pod)}`);
  expect(new Set(places).size).toBe(count);
  expect(places).toHaveLength(count);
}

test('killed while it creates three sets, its successor makes what is missing and nothing twice', async () => {
  await Promise.all(['x', 'y', 'z'].map(name => scenario.createSet(name, template())));
  await scenario.until('the first pods', async () => {
    const pods = await scenario.pods();
    return { seen: '', result: pods.length > 0 || undefined };
  });
  await operator.kill();
  const halfWay = (await scenario.pods()).length;
  await operator.start();
  await scenario.untilPods({ total: 30, ready: 30 });
  for (const name of ['x', 'y', 'z']) await scenario.untilAvailable(name);
  expect(halfWay).toBeLessThanOrEqual(30);
  expectNoDuplicates(ever.values(), 30);
});

test.each([10, 60, 250])('killed again and again while it works, every %i ms: no pod too many, none lost', async pauseMs => {
  const name = `k${pauseMs}`;
  ever.clear();
  await scenario.createSet(name, template());
  for (let round = 0; round < 5; round++) {
    await delay(pauseMs);
    await operator.kill();
    await operator.start();
  }
  await scenario.untilAvailable(name);
  expectNoDuplicates([...ever.values()].filter(pod => pod.metadata.labels?.['app.kubernetes.io/part-of'] === name), 10);
  await scenario.delete(POD_CLIQUE_SET, name);
});

test('restarted at rest it writes nothing and touches no pod', async () => {
  await scenario.untilPods({ total: 30, ready: 30 });
  await untilQuiet();
  const before = (await scenario.pods()).map(({ metadata }) => [metadata.uid, metadata.resourceVersion]);
  const written = operator.writes.length;
  await operator.stop();
  await operator.start();
  await delay(2_000);
  expect(operator.writes.slice(written)).toEqual([]);
  expect((await scenario.pods()).map(({ metadata }) => [metadata.uid, metadata.resourceVersion])).toEqual(before);
});

test('at rest nothing is written, though one gang waits for nodes and another for its parents', async () => {
  await scenario.createSet('large', { cliques: [scenario.clique('big', 20, 20, {})] });
  await scenario.untilPending('large-0', 'large-0 needs 20 nvidia.com/gpu; all nodes together have 10 nvidia.com/gpu free');
  const held = { ...scenario.clique('a', 1, 1), annotations: { 'test.grove.io/hold': 'true' } };
  await scenario.createSet('held', { cliqueStartupType: 'CliqueStartupTypeInOrder', cliques: [held, scenario.clique('b', 1, 1)] });
  await scenario.until('bound', async () => ({ seen: '', result: (await scenario.bound())['held-0-b'] === 1 || undefined }));
  await untilQuiet();
  const written = operator.writes.length;
  await delay(3_000);
  expect(operator.writes.slice(written)).toEqual([]);
  expect((await scenario.events('Unschedulable')).filter(note => note.startsWith('large-0'))).toHaveLength(1);
});

test('a restart does not repeat what a waiting gang has said', async () => {
  const before = await scenario.events('Unschedulable');
  await operator.stop();
  await operator.start();
  await scenario.untilPending('large-0', 'large-0 needs 20 nvidia.com/gpu; all nodes together have 8 nvidia.com/gpu free');
  await untilQuiet();
  expect(await scenario.events('Unschedulable')).toEqual(before);
});
