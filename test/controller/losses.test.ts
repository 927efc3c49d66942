import { Faults } from '../../controller/src/cluster';
import { NODE, POD } from '../../controller/src/kube';
import { PodSpec } from '../../src/core';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

/** A gang that was whole keeps its pods when it loses one: what follows is its termination's matter, after the delay. */
const gpu: Partial<PodSpec> = { containers: [{ name: 'main', image: 'i', resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
const nodes = Array.from({ length: 4 }, (_, index) => ({ name: `n${index}`, labels: {}, allocatable: { 'cpu': '64', 'nvidia.com/gpu': '1' } }));
const workload = aSet('w', { cliques: [aCliqueTemplate('pc-a', 4, 4, gpu)] });

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

async function running(faults: Faults = {}): Promise<State> {
  cluster = await EmbeddedCluster.start({ nodes, faults });
  await cluster.createSet(workload);
  return cluster.until('4 pods ready', ({ ready }) => ready.length === 4);
}

/** One pod goes, and no node takes its successor. */
async function loseOne({ pods: [lost] }: State): Promise<void> {
  for (const { name } of nodes) await cluster.patch(NODE, name, { spec: { unschedulable: true } });
  await cluster.clock.advance(1_000);
  await cluster.delete(POD, lost.metadata.name!);
}

async function expectOthersThere({ pods: [, ...others] }: State): Promise<void> {
  const uids = (await cluster.state()).pods.map(({ metadata }) => metadata.uid);
  expect(uids).toEqual(expect.arrayContaining(others.map(({ metadata }) => metadata.uid)));
}

test('although the answer to a binding was lost', async () => {
  let lost = 0;
  const before = await running({ request: ({ path }) => (path.endsWith('/binding') && lost++ === 0 ? { reset: 'after' } : undefined) });
  await loseOne(before);
  await cluster.clock.advance(60_000);
  await expectOthersThere(before);
});

test('although the controller was restarted in between', async () => {
  const before = await running();
  await loseOne(before);
  await cluster.clock.advance(30_000);
  await cluster.killController();
  cluster.startController();
  await cluster.clock.advance(60_000);
  await expectOthersThere(before);
});

test('until the termination delay is over: then it has no nodes, and waits for new ones as a whole', async () => {
  const before = await running();
  await loseOne(before);
  await cluster.clock.advance(4 * 3_600_000 + 60_000);
  const waiting = await cluster.state();
  expect(waiting.bound).toHaveLength(0);
  expect(waiting.gang('w-0')?.status?.conditions?.find(({ type }) => type === 'Unhealthy')?.status).toBe('False');
});
