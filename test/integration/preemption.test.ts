import { runController } from './operator';
import { Scenario } from './scenario';
import { POD, PRIORITY_CLASS } from '../../controller/src/kube';
import { Pod, findCondition, isReady } from '../../src/core';
import { connect } from '../control-plane/connect';

const connection = connect();
const operator = runController(connection);

/** A class of the scenario's own, lest scenarios evict one another's pods. */
async function priorityClass(scenario: Scenario, name: string, value: number): Promise<string> {
  const own = `${scenario.namespace}-${name}`;
  await scenario.createObject(PRIORITY_CLASS, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: own }, value });
  return own;
}

test('a gang of higher priority gets the room of one whole gang, which waits as a whole and comes back', async () => {
  const scenario = await Scenario.begin(connection, 'preemption', { nodes: 5 });
  const high = await priorityClass(scenario, 'high', 1000);
  await scenario.createSet('one', { cliques: [scenario.clique('a', 2, 2)] });
  await scenario.createSet('two', { cliques: [scenario.clique('a', 3, 3)] });
  await scenario.untilPods({ total: 5, ready: 5 });
  await scenario.createSet('urgent', { cliques: [scenario.clique('a', 2, 2)], priorityClassName: high });
  await scenario.until('urgent is ready', async () => {
    const pods = await scenario.pods('urgent-0-a');
    return { seen: JSON.stringify(await scenario.bound()), result: pods.filter(isReady).length === 2 || undefined };
  });
  await scenario.untilPods({ total: 7, ready: 5 });
  expect(await scenario.bound()).toEqual({ 'two-0-a': 3, 'urgent-0-a': 2 });
  await scenario.untilPending('one-0', 'one-0 needs 2 nvidia.com/gpu; all nodes together have 0 nvidia.com/gpu free');
  expect(findCondition((await scenario.gang('one-0'))?.status?.conditions, 'DisruptionTarget')).toMatchObject({ status: 'True', reason: 'PreemptionByScheduler' });
  expect(operator.writes.filter(write => write === 'patch pods/status 200')).toHaveLength(2);
  expect(await scenario.events('Preempting')).toEqual([`evicts 2 pods of ${scenario.namespace}/one-0`]);
  await scenario.delete({ group: 'grove.io', version: 'v1alpha1', kind: 'PodCliqueSet', plural: 'podcliquesets', namespaced: true }, 'urgent');
  await scenario.untilPods({ total: 5, ready: 5 });
  await scenario.until('no target any more', async () => {
    const condition = findCondition((await scenario.gang('one-0'))?.status?.conditions, 'DisruptionTarget');
    return { seen: JSON.stringify(condition), result: condition?.status === 'False' || undefined };
  });
});

test('pods that nobody of Grove’s has made are evicted by their priority, and never for nothing', async () => {
  const scenario = await Scenario.begin(connection, 'foreign', { nodes: 3 });
  const [high, higher] = [await priorityClass(scenario, 'high', 1000), await priorityClass(scenario, 'higher', 2000)];
  const lone = (name: string, node: string, priorityClassName?: string) => scenario.createObject<Pod>(POD, {
    apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { ...scenario.clique('x', 1, 1).spec.podSpec, nodeName: node, ...(priorityClassName ? { priorityClassName } : {}) },
  } as Pod);
  await lone('weak', scenario.nodes[0]);
  await lone('strong', scenario.nodes[1], higher);
  await scenario.createSet('large', { cliques: [scenario.clique('a', 3, 3)], priorityClassName: high });
  await scenario.untilPending('large-0', 'large-0 needs 3 nvidia.com/gpu; all nodes together have 1 nvidia.com/gpu free');
  await scenario.createSet('small', { cliques: [scenario.clique('a', 2, 2)], priorityClassName: high });
  await scenario.until('small is ready', async () => {
    const pods = await scenario.pods('small-0-a');
    return { seen: JSON.stringify(await scenario.bound()), result: pods.filter(isReady).length === 2 || undefined };
  });
  const names = (await scenario.pods()).map(({ metadata }) => metadata.name);
  expect(names).toContain('strong');
  expect(names).not.toContain('weak');
  await scenario.delete(POD, 'strong');
});
