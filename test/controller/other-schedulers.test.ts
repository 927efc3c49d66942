import { PodCliqueSet } from '../../src/core';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

const nodes = [{ name: 'n0', labels: {}, allocatable: { cpu: '64' } }];
const conditionOf = ({ sets: [set] }: State, type: string) => set.status?.conditions?.find(condition => condition.type === type);

function workload(schedulerName: string): PodCliqueSet {
  const set = aSet('w', {
    cliques: [aCliqueTemplate('a', 2, 2, { schedulerName }), aCliqueTemplate('b', 1, 1, { schedulerName })],
    podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['b'], replicas: 2, minAvailable: 1 }],
  });
  return { ...set, metadata: { ...set.metadata, labels: { 'kai.scheduler/queue': 'test' } } };
}

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

const others = ['kai-scheduler', 'volcano', 'lpx-scheduler', 'default-scheduler'];
test.each(others)('gangs for %s are made and left to it: base gang first, then the scaled one', async scheduler => {
  cluster = await EmbeddedCluster.start({ nodes });
  await cluster.createSet(workload(scheduler));
  const gated = ({ pods }: State) => pods.filter(({ spec }) => spec.schedulingGates?.length).map(({ metadata }) => metadata.labels!['grove.io/podgang']);
  const state = await cluster.until('the base gang is let go', found => found.pods.length === 4 && gated(found).length === 1);
  expect(gated(state)).toEqual(['w-0-g-0']);
  expect(state.bound).toEqual([]);
  expect(state.gangs.map(({ metadata }) => metadata.labels!['grove.io/scheduler-name'])).toEqual([scheduler, scheduler]);
  const told = await cluster.until('told', ({ gangs }) => gangs.every(({ status }) => status?.conditions?.some(({ type }) => type === 'Scheduled')));
  const scheduled = told.gang('w-0')?.status?.conditions?.find(({ type }) => type === 'Scheduled');
  expect(scheduled?.message).toBe(`waiting for the scheduler ${scheduler} to find nodes for 0/2 w-0-a, 0/1 w-0-g-0-b`);
  expect(conditionOf(state, 'Stalled')).toBeUndefined();
  for (const pod of state.pods.filter(({ metadata }) => metadata.labels!['grove.io/podgang'] === 'w-0')) await cluster.client.bind(pod, 'n0');
  await cluster.until('the scaled gang is let go', found => gated(found).length === 0 && found.ready.length === 3);
});

test.each([
  ['a scheduler that nobody knows', 'my-scheduler', {}], ['one that is switched off', 'volcano', { schedulers: ['grove-scheduler', 'kai-scheduler'] }],
])('a set for %s is not carried out, and says which there are', async (_, scheduler, admission) => {
  cluster = await EmbeddedCluster.start({ nodes, admission });
  await cluster.createSet(workload(scheduler));
  const state = await cluster.until('refused', found => conditionOf(found, 'Stalled') !== undefined);
  const message = expect.stringMatching(/is not enabled; enabled are .*kai-scheduler/) as string;
  expect(conditionOf(state, 'Stalled')).toMatchObject({ reason: 'InvalidSpec', message });
  expect(state.cliques).toEqual([]);
});
