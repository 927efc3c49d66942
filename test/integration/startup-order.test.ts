import { runController } from './operator';
import { Scenario } from './scenario';
import { Pod, PodCliqueSet } from '../../src/core';
import { connect } from '../control-plane/connect';

const connection = connect();
runController(connection);
let scenario: Scenario;

type Cliques = PodCliqueSet['spec']['template']['cliques'];

/** Every pod is ready two seconds after it has started: whoever waits for it starts in a later second, whoever does not in an earlier one. */
const READY_AFTER = { 'test.grove.io/ready-after': '2s' };

/** The workloads WL3 to WL6 of spec 10 §1: what is needed of pc-a and pc-c, replicas of the group in the base gang, who starts after whom. */
const workloads: Record<string, { floors: [number, number]; base: number; explicit?: Record<string, string> }> = {
  so1: { floors: [2, 3], base: 2 },
  so2: { floors: [1, 1], base: 1 },
  so3: { floors: [2, 3], base: 2, explicit: { 'pc-c': 'pc-a', 'pc-b': 'pc-c' } },
  so4: { floors: [1, 1], base: 1, explicit: { 'pc-b': 'pc-a', 'pc-c': 'pc-b' } },
};

function template({ floors: [a, c], base, explicit }: (typeof workloads)[string]): PodCliqueSet['spec']['template'] {
  const cliques = [scenario.clique('pc-a', 2, a), scenario.clique('pc-b', 1, 1), scenario.clique('pc-c', 3, c)].map(clique => ({
    ...clique, annotations: READY_AFTER, spec: { ...clique.spec, ...(explicit?.[clique.name] ? { startsAfter: [explicit[clique.name]] } : {}) },
  })) as Cliques;
  return {
    cliques,
    cliqueStartupType: explicit ? 'CliqueStartupTypeExplicit' : 'CliqueStartupTypeInOrder',
    podCliqueScalingGroups: [{ name: 'sg-x', cliqueNames: ['pc-b', 'pc-c'], replicas: 2, minAvailable: base }],
  };
}

beforeAll(async () => {
  scenario = await Scenario.begin(connection, 'order', { nodes: 5, capacity: { 'nvidia.com/gpu': '8' } });
  await Promise.all(Object.entries(workloads).map(([name, workload]) => scenario.createSet(name, template(workload))));
});

/** Seconds since the epoch at which the containers of a clique's pods started, and at which the pods became ready, each in order. */
async function times(clique: string): Promise<{ started: number[]; ready: number[] }> {
  const seconds = (pods: Pod[], of: (pod: Pod) => string | undefined) => pods.map(pod => Date.parse(of(pod) ?? '') / 1000).sort((a, b) => a - b);
  const pods = await scenario.pods(clique);
  return {
    started: seconds(pods, ({ status }) => status?.containerStatuses?.[0]?.state?.running?.startedAt),
    ready: seconds(pods, ({ status }) => status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime),
  };
}

/** The clique's pods started when so many of the parent's were ready, and not all at once with them. */
async function expectAfter(clique: string, parent: string, readyParents: number): Promise<void> {
  const [child, before] = await Promise.all([times(clique), times(parent)]);
  expect({ clique, parent, late: child.started[0] >= before.ready[readyParents - 1] && child.started[0] > before.started[0] })
    .toEqual({ clique, parent, late: true });
}

beforeAll(() => scenario.untilPods({ total: 40, ready: 40 }, 40_000));

test('SO1: in order, the whole group in the base gang: a, then both b, then both c', async () => {
  for (const j of [0, 1]) {
    await expectAfter(`so1-0-sg-x-${j}-pc-b`, 'so1-0-pc-a', 2);
    for (const parent of [0, 1]) await expectAfter(`so1-0-sg-x-${j}-pc-c`, `so1-0-sg-x-${parent}-pc-b`, 1);
  }
});

test('SO2: in order, one replica of the group scaled: that one waits for nobody outside', async () => {
  await expectAfter('so2-0-sg-x-0-pc-b', 'so2-0-pc-a', 1);
  await expectAfter('so2-0-sg-x-0-pc-c', 'so2-0-sg-x-0-pc-b', 1);
  await expectAfter('so2-0-sg-x-1-pc-c', 'so2-0-sg-x-1-pc-b', 1);
  const [scaled, a] = await Promise.all([times('so2-0-sg-x-1-pc-b'), times('so2-0-pc-a')]);
  expect(scaled.started[0]).toBeLessThan(a.ready[0]);
});

test('SO3: explicit: a, then both c, then both b', async () => {
  for (const j of [0, 1]) {
    await expectAfter(`so3-0-sg-x-${j}-pc-c`, 'so3-0-pc-a', 2);
    for (const parent of [0, 1]) await expectAfter(`so3-0-sg-x-${j}-pc-b`, `so3-0-sg-x-${parent}-pc-c`, 3);
  }
});

test('SO4: explicit, one replica of the group scaled', async () => {
  await expectAfter('so4-0-sg-x-0-pc-b', 'so4-0-pc-a', 1);
  await expectAfter('so4-0-sg-x-0-pc-c', 'so4-0-sg-x-0-pc-b', 1);
  await expectAfter('so4-0-sg-x-1-pc-c', 'so4-0-sg-x-1-pc-b', 1);
});

test('all pods have their nodes long before they may start', async () => {
  const pods = await scenario.pods();
  const scheduled = pods.map(({ status }) => Date.parse(status?.conditions?.find(({ type }) => type === 'PodScheduled')?.lastTransitionTime ?? ''));
  expect(Math.max(...scheduled) - Math.min(...scheduled)).toBeLessThanOrEqual(2_000);
});
