import { setTimeout as delay } from 'node:timers/promises';
import { runController } from './operator';
import { Scenario } from './scenario';
import { POD } from '../../controller/src/kube';
import { CONDITION, Pod, findCondition } from '../../src/core';
import { connect } from '../control-plane/connect';
import { SkippingClock } from '../support/skipping-clock';

/** Hours of the controller's life on a real control plane, in seconds: its clock skips what nothing happens in. */
const clock = new SkippingClock();
const connection = connect();
const operator = runController(connection, { clock });

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const uids = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.uid).sort();

/** Waits until the controller has written nothing for a second: what a skipped hour has set off is done then. */
async function settled({ namespace }: Scenario): Promise<void> {
  for (let before = -1; before !== operator.writesTo(namespace);) {
    before = operator.writesTo(namespace);
    await delay(1_000);
  }
}

const breached = (scenario: Scenario) => scenario.until('the clique lacks its minimum', async () => {
  const [clique] = await scenario.cliques();
  const condition = findCondition(clique.status?.conditions, CONDITION.minAvailableBreached);
  return { seen: JSON.stringify(condition), result: condition?.status === 'True' || undefined };
});

test('a gang that lacks its minimum is recreated after the four hours that are the default, and not a quarter of an hour before', async () => {
  const scenario = await Scenario.begin(connection, 'hours', { nodes: 2 });
  await scenario.createSet('w', { cliques: [scenario.clique('pc-a', 2, 2)] });
  const before = await scenario.untilPods({ total: 2, ready: 2 });
  clock.skip(MINUTE_MS);
  await scenario.cordon();
  await scenario.delete(POD, before[0].metadata.name ?? '');
  await breached(scenario);
  clock.skip(4 * HOUR_MS - 15 * MINUTE_MS);
  await settled(scenario);
  const late = await scenario.untilPods({ total: 2, ready: 1 });
  expect(uids(late)).toContain(before[1].metadata.uid);
  clock.skip(16 * MINUTE_MS);
  const after = await scenario.untilPods({ total: 2, bound: 0 });
  expect(uids([...late, ...after])).toHaveLength(4);
  await scenario.uncordon();
  await scenario.untilPods({ total: 2, ready: 2 });
});

test('a model that takes a hundred minutes to load is left to load, however short the termination delay', async () => {
  const scenario = await Scenario.begin(connection, 'slow', { nodes: 2 });
  const clique = { ...scenario.clique('pc-a', 2, 2), annotations: { 'test.grove.io/hold': 'start' } };
  await scenario.createSet('w', { cliques: [clique], terminationDelay: '1m' });
  const before = await scenario.untilPods({ total: 2, bound: 2 });
  for (let minutes = 0; minutes < 100; minutes += 20) {
    clock.skip(20 * MINUTE_MS);
    await settled(scenario);
  }
  for (const { metadata } of before) await scenario.patch(POD, metadata.name ?? '', { metadata: { annotations: { 'test.grove.io/hold': null } } });
  expect(uids(await scenario.untilPods({ total: 2, ready: 2 }))).toEqual(uids(before));
});
