import { runController } from './operator';
import { Scenario, ScenarioOptions } from './scenario';
import { POD_CLIQUE_SET, SCALING_GROUP } from '../../controller/src/state/resources';
import { connect } from '../control-plane/connect';

const connection = connect();
runController(connection);
const begin = (name: string, options: ScenarioOptions) => Scenario.begin(connection, name, options);

/** The workloads of spec 10 §1, one pod to a node: pc-a alone, pc-b and pc-c in the scaling group sg-x, two replicas of it. */
const allNeeded = (scenario: Scenario, rest: object = {}) => ({
  cliques: [scenario.clique('pc-a', 2, 2), scenario.clique('pc-b', 1, 1), scenario.clique('pc-c', 3, 3)],
  podCliqueScalingGroups: [{ name: 'sg-x', cliqueNames: ['pc-b', 'pc-c'], replicas: 2, minAvailable: 2 }],
  ...rest,
});
const floorsOfOne = (scenario: Scenario, rest: object = {}) => ({
  cliques: [scenario.clique('pc-a', 2, 1), scenario.clique('pc-b', 1, 1), scenario.clique('pc-c', 3, 1)],
  podCliqueScalingGroups: [{ name: 'sg-x', cliqueNames: ['pc-b', 'pc-c'], replicas: 2, minAvailable: 1 }],
  ...rest,
});
const short = (gang: string, needed: number, free: number) =>
  `${gang} needs ${needed} nvidia.com/gpu; all nodes together have ${free} nvidia.com/gpu free`;

describe('all or nothing (GS1 to GS4)', () => {
  let scenario: Scenario;
  beforeAll(async () => { scenario = await begin('whole', { nodes: 28, cordoned: 19 }); });

  test('a gang of ten waits on nine nodes, and runs on ten', async () => {
    await scenario.createSet('w', allNeeded(scenario));
    await scenario.untilPending('w-0', short('w-0', 10, 9));
    await scenario.untilPods({ total: 10, bound: 0 });
    expect(await scenario.events('Unschedulable')).toEqual([short('w-0', 10, 9)]);
    await scenario.uncordon(1);
    await scenario.untilPods({ total: 10, ready: 10 });
    await scenario.untilAvailable('w');
    expect(await scenario.events('Unschedulable')).toHaveLength(1);
  });

  test('one more replica of the group waits for four nodes and takes no three', async () => {
    await scenario.scale(SCALING_GROUP, 'w-0-sg-x', 3);
    await scenario.untilPending('w-0-sg-x-0', short('w-0-sg-x-0', 4, 0));
    await scenario.uncordon(3);
    await scenario.untilPending('w-0-sg-x-0', short('w-0-sg-x-0', 4, 3));
    await scenario.untilPods({ total: 14, bound: 10 });
    await scenario.uncordon(1);
    await scenario.untilPods({ total: 14, ready: 14 });
  });

  test('one more replica of the set waits for ten nodes, with the template’s counts', async () => {
    await scenario.scale(POD_CLIQUE_SET, 'w', 2);
    await scenario.untilPending('w-1', short('w-1', 10, 0));
    await scenario.uncordon(9);
    await scenario.untilPending('w-1', short('w-1', 10, 9));
    await scenario.untilPods({ total: 24, bound: 14 });
    await scenario.uncordon(1);
    await scenario.untilPods({ total: 24, ready: 24 });
    await scenario.scale(SCALING_GROUP, 'w-1-sg-x', 3);
    await scenario.untilPending('w-1-sg-x-0', short('w-1-sg-x-0', 4, 0));
    await scenario.uncordon(4);
    await scenario.untilPods({ total: 28, ready: 28 });
    await scenario.untilAvailable('w', 2);
  });

  test('scaled in again, only what was added goes', async () => {
    const before = await scenario.pods();
    await Promise.all([scenario.scale(SCALING_GROUP, 'w-0-sg-x', 2), scenario.scale(POD_CLIQUE_SET, 'w', 1)]);
    const after = await scenario.untilPods({ total: 10, ready: 10 });
    expect((await scenario.gangs()).map(({ metadata }) => metadata.name)).toEqual(['w-0']);
    expect(before.map(({ metadata }) => metadata.uid)).toEqual(expect.arrayContaining(after.map(({ metadata }) => metadata.uid)));
    await scenario.untilAvailable('w');
  });
});

describe('floors first, then scaled gangs, then the rest (GS5 to GS7)', () => {
  let scenario: Scenario;
  beforeAll(async () => { scenario = await begin('floors', { nodes: 14, cordoned: 12 }); });

  test('with three nodes the three pods run that the base gang cannot do without', async () => {
    await scenario.createSet('w', floorsOfOne(scenario));
    await scenario.untilPending('w-0', short('w-0', 3, 2));
    await scenario.untilPending('w-0-sg-x-0', 'waiting for the base gang w-0 to be placed');
    await scenario.untilPods({ total: 10, bound: 0 });
    await scenario.uncordon(1);
    await scenario.untilPods({ total: 10, ready: 3 });
    expect(await scenario.bound()).toEqual({ 'w-0-pc-a': 1, 'w-0-sg-x-0-pc-b': 1, 'w-0-sg-x-0-pc-c': 1 });
    await scenario.untilPending('w-0-sg-x-0', short('w-0-sg-x-0', 2, 0));
  });

  test('two nodes more are the scaled gang’s, even one after the other', async () => {
    await scenario.uncordon(2);
    await scenario.untilPods({ total: 10, ready: 5 });
    expect(await scenario.bound()).toMatchObject({ 'w-0-pc-a': 1, 'w-0-sg-x-1-pc-b': 1, 'w-0-sg-x-1-pc-c': 1 });
  });

  test('surplus follows, and a gang that was added later comes before the surplus of all', async () => {
    await scenario.uncordon(4);
    await scenario.untilPods({ total: 10, ready: 9 });
    await scenario.scale(SCALING_GROUP, 'w-0-sg-x', 3);
    await scenario.untilPending('w-0-sg-x-1', short('w-0-sg-x-1', 2, 0));
    await scenario.uncordon(2);
    await scenario.untilPods({ total: 14, ready: 11 });
    expect(await scenario.bound()).toMatchObject({ 'w-0-sg-x-2-pc-b': 1, 'w-0-sg-x-2-pc-c': 1 });
    await scenario.uncordon(3);
    await scenario.untilPods({ total: 14, ready: 14 });
    await scenario.untilAvailable('w');
  });
});

test('scaled before there is capacity: two base gangs, then four scaled ones, then the rest (GS8 to GS12)', async () => {
  const scenario = await begin('early', { nodes: 28, cordoned: 28 });
  await scenario.createSet('w', floorsOfOne(scenario), 2);
  await scenario.until('two groups', async () => ({ seen: '', result: (await scenario.scalingGroups()).length === 2 || undefined }));
  await Promise.all(['w-0-sg-x', 'w-1-sg-x'].map(group => scenario.scale(SCALING_GROUP, group, 3)));
  await scenario.untilPods({ total: 28, bound: 0 });
  await scenario.uncordon(6);
  await scenario.untilPods({ total: 28, ready: 6 });
  const floor = (i: number, j: number) => ({ [`w-${i}-sg-x-${j}-pc-b`]: 1, [`w-${i}-sg-x-${j}-pc-c`]: 1 });
  const bases = { 'w-0-pc-a': 1, 'w-1-pc-a': 1, ...floor(0, 0), ...floor(1, 0) };
  expect(await scenario.bound()).toEqual(bases);
  await scenario.uncordon(8);
  await scenario.untilPods({ total: 28, ready: 14 });
  expect(await scenario.bound()).toEqual({ ...bases, ...floor(0, 1), ...floor(0, 2), ...floor(1, 1), ...floor(1, 2) });
  await scenario.uncordon(14);
  await scenario.untilPods({ total: 28, ready: 28 });
  await scenario.untilAvailable('w', 2);
});
