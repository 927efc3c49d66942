import { NODE, PRIORITY_CLASS } from '../../../controller/src/kube';
import { POD_CLIQUE_SET } from '../../../controller/src/state/resources';
import { PodCliqueSet, PodSpec, findCondition } from '../../../src/core';
import { EmbeddedCluster, State } from '../../support/embedded';
import { aCliqueTemplate, aSet } from '../../support/objects';

const MINUTE_MS = 60_000;
const nodes = Array.from({ length: 4 }, (_, index) => ({ name: `n${index}`, labels: {}, allocatable: { 'cpu': '64', 'memory': '256Gi', 'nvidia.com/gpu': '1' } }));

/** A set of one gang whose pods take a node each. */
function gangOf(name: string, pods: number, priorityClassName?: string): PodCliqueSet {
  const spec: Partial<PodSpec> = { containers: [{ name: 'main', image: 'i', resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
  return aSet(name, { cliques: [aCliqueTemplate('pc', pods, pods, spec)], ...(priorityClassName ? { priorityClassName } : {}) });
}

/** A cluster with small gangs on their nodes, and a large one that waits. */
async function startWith(names: string[], pods = 4): Promise<void> {
  cluster = await EmbeddedCluster.start({ nodes, observeDecision: () => { decisions += 1; } });
  for (const name of names) await cluster.createSet(gangOf(name, 1));
  for (const name of names) await bound(name, 1);
  await cluster.createSet(gangOf('large', pods));
}

let cluster: EmbeddedCluster;
let decisions = 0;
afterEach(() => cluster.stop());

const isBound = (state: State, set: string, pods: number) => state.boundOf(`${set}-0-pc`) === pods;
const bound = (set: string, pods: number) => cluster.until(`${set} is bound`, state => isBound(state, set, pods));
const message = (state: State, gang: string) => findCondition(state.gang(gang)?.status?.conditions, 'Scheduled')?.message;

test('a gang that small ones of its priority keep passing has room kept for it after ten minutes', async () => {
  await startWith(['s0', 's1', 's2', 's3']);
  let minutes = 0;
  for (; minutes < 30 && !isBound(await cluster.state(), 'large', 4); minutes += 1) {
    await cluster.createSet(gangOf(`s${minutes + 4}`, 1));
    await cluster.delete(POD_CLIQUE_SET, `s${minutes}`);
    await cluster.pass(MINUTE_MS);
    const state = await cluster.state();
    if (minutes < 9) expect(isBound(state, `s${minutes + 4}`, 1)).toBe(true);
    if (minutes === 11) expect(message(state, 'large-0')).toMatch(/; waits for .* of .* to leave, room is kept for it there$/);
  }
  expect(minutes).toBeGreaterThanOrEqual(13);
  expect(minutes).toBeLessThanOrEqual(15);
});

test('room that nobody leaves is not searched again and again, and is for everybody after ten minutes', async () => {
  await startWith(['s0', 's1', 's2']);
  await cluster.pass(10 * MINUTE_MS);
  await cluster.createSet(gangOf('small', 1));
  await cluster.pass(MINUTE_MS);
  const before = decisions;
  await cluster.patch(NODE, 'n0', { metadata: { annotations: { 'example.com/heartbeat': '1' } } });
  await cluster.pass(8 * MINUTE_MS);
  expect(isBound(await cluster.state(), 'small', 1)).toBe(false);
  expect(decisions).toBe(before);
  await cluster.pass(2 * MINUTE_MS);
  expect(isBound(await cluster.state(), 'small', 1)).toBe(true);
});

test('it is kept on as long as somebody leaves it every ten minutes', async () => {
  await startWith(['s0', 's1', 's2', 's3']);
  await cluster.pass(10 * MINUTE_MS);
  for (const index of [0, 1, 2, 3]) {
    await cluster.createSet(gangOf(`s${index + 4}`, 1));
    await cluster.delete(POD_CLIQUE_SET, `s${index}`);
    await cluster.pass(9 * MINUTE_MS);
  }
  expect(isBound(await cluster.state(), 'large', 4)).toBe(true);
});

test('it is other room when that is nearer', async () => {
  await startWith(['s0', 's1', 's2', 's3'], 2);
  await cluster.pass(10 * MINUTE_MS);
  await cluster.createSet(gangOf('s4', 1));
  const state = await cluster.until('it waits in turn', found => message(found, 'large-0')?.includes('room is kept for it') ?? false);
  const awaited = ['s0', 's1', 's2', 's3'].filter(set => message(state, 'large-0')!.includes(`of default/${set}-0`));
  const others = ['s0', 's1', 's2', 's3'].filter(set => !awaited.includes(set));
  expect(others).toHaveLength(2);
  for (const set of others) {
    await cluster.pass(MINUTE_MS);
    await cluster.delete(POD_CLIQUE_SET, set);
  }
  await bound('large', 2);
});

test('a gang of higher priority does not wait for it', async () => {
  await startWith(['s0', 's1', 's2']);
  await cluster.client.create(PRIORITY_CLASS, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 9 });
  await cluster.pass(10 * MINUTE_MS);
  await cluster.createSet(gangOf('small', 1));
  await cluster.createSet(gangOf('urgent', 1, 'high'));
  await bound('urgent', 1);
  expect((await cluster.state()).bound).toHaveLength(4);
});
