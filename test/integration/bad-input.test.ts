import { runController } from './operator';
import { Scenario } from './scenario';
import { POD, ResourceType } from '../../controller/src/kube';
import { POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { PodCliqueSet } from '../../src/core';
import { connect } from '../control-plane/connect';

const RESOURCE_QUOTA: ResourceType = { group: '', version: 'v1', kind: 'ResourceQuota', plural: 'resourcequotas', namespaced: true };

const connection = connect();
runController(connection);
const begin = (nodes: number) => Scenario.begin(connection, 'bad', { nodes, capacity: { 'nvidia.com/gpu': '4' } });

const grouped = (scenario: Scenario, member: string): PodCliqueSet['spec']['template'] => ({
  cliques: [scenario.clique('a', 2, 1), scenario.clique('b', 1, 1)],
  podCliqueScalingGroups: [{ name: 'g', cliqueNames: [member], replicas: 2, minAvailable: 1 }],
});

test('a set that the schema lets pass and admission would not is reported, not carried out, and carried out when it is mended', async () => {
  const scenario = await begin(1);
  await scenario.createSet('w', grouped(scenario, 'nobody'));
  await scenario.untilSetCondition('w', { type: 'Stalled', status: 'True', reason: 'InvalidSpec' });
  const { status } = await scenario.set('w');
  expect(status?.conditions?.find(({ type }) => type === 'Stalled')?.message).toContain('spec.template.podCliqueScalingGroups');
  expect(await scenario.events('InvalidSpec')).toHaveLength(1);
  expect([...await scenario.cliques(), ...await scenario.scalingGroups(), ...await scenario.gangs(), ...await scenario.pods()]).toEqual([]);
  await scenario.patch(POD_CLIQUE_SET, 'w', { spec: { template: grouped(scenario, 'b') } });
  await scenario.untilPods({ total: 4, ready: 4 });
  const mended = await scenario.untilAvailable('w');
  expect(mended.status?.conditions?.map(({ type }) => type)).not.toContain('Stalled');
  expect(await scenario.events('InvalidSpec')).toHaveLength(1);
});

test('a running set that is made invalid keeps running: lost pods come back, nothing else is touched, until it is mended', async () => {
  const scenario = await begin(2);
  await scenario.createSet('w', grouped(scenario, 'b'));
  await scenario.untilPods({ total: 4, ready: 4 });
  await scenario.untilAvailable('w');
  const before = await scenario.pods();
  const broken = grouped(scenario, 'nobody');
  const image = { ...broken.cliques[0].spec.podSpec, containers: [{ ...broken.cliques[0].spec.podSpec.containers[0], image: 'other' }] };
  const cliques = broken.cliques.map(clique => ({ ...clique, spec: { ...clique.spec, podSpec: image } }));
  await scenario.patch(POD_CLIQUE_SET, 'w', { spec: { replicas: 2, template: { ...broken, cliques } } });
  await scenario.untilSetCondition('w', { type: 'Stalled', status: 'True' });
  const lost = before.find(({ metadata }) => metadata.name?.startsWith('w-0-a-'))!;
  await scenario.delete(POD, lost.metadata.name!);
  await scenario.until('a new pod', async () => {
    const pods = await scenario.pods();
    return { seen: '', result: (pods.length === 4 && !pods.some(({ metadata }) => metadata.uid === lost.metadata.uid)) || undefined };
  });
  const after = await scenario.untilPods({ total: 4, ready: 4 });
  expect(after.map(({ spec }) => spec.containers[0].image)).toEqual(['none', 'none', 'none', 'none']);
  expect((await scenario.gangs()).map(({ metadata }) => metadata.name)).toEqual(['w-0', 'w-0-g-0']);
  expect((await scenario.cliques()).flatMap(({ status }) => (status as { lastErrors?: unknown[] } | undefined)?.lastErrors ?? [])).toEqual([]);
  await scenario.patch(POD_CLIQUE_SET, 'w', { spec: { template: grouped(scenario, 'b') } });
  await scenario.untilPods({ total: 8, ready: 8 });
  await scenario.untilAvailable('w', 2);
});

test('pods that the server refuses are told of, the others count, and they come when it takes them and somebody asks', async () => {
  const scenario = await begin(2);
  await scenario.createObject(RESOURCE_QUOTA, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard: { pods: '3' } } });
  await scenario.patch(RESOURCE_QUOTA, 'few', { status: { hard: { pods: '3' }, used: { pods: '0' } } }, 'status');
  await scenario.createSet('w', { cliques: [scenario.clique('a', 4, 2)] });
  await scenario.untilPods({ total: 3, ready: 3 });
  const clique = await scenario.until('the clique tells both', async () => {
    const [{ status }] = await scenario.cliques();
    return { seen: JSON.stringify(status), result: status?.readyReplicas === 3 && status.lastErrors?.length ? status : undefined };
  });
  expect(clique.lastErrors).toMatchObject([{ code: 'ERR_CREATE_POD', description: expect.stringContaining('exceeded quota') }]);
  await scenario.untilAvailable('w');
  expect(new Set(await scenario.events('PodCreateFailed')).size).toBeGreaterThanOrEqual(1);
  await scenario.delete(RESOURCE_QUOTA, 'few');
  await scenario.patch(POD_CLIQUE_SET, 'w', { metadata: { annotations: { 'grove.io/reconcile-trigger': 'the quota is gone' } } });
  await scenario.untilPods({ total: 4, ready: 4 });
  await scenario.until('no error any more', async () => {
    const [{ status }] = await scenario.cliques();
    return { seen: JSON.stringify(status), result: status?.lastErrors === undefined || undefined };
  });
});

test('an object of somebody else by a name that is needed is left alone and named in the error', async () => {
  const scenario = await begin(1);
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'w-0' }, spec: { clusterIP: 'None', ports: [{ port: 80 }] } };
  await scenario.createObject({ group: '', version: 'v1', kind: 'Service', plural: 'services', namespaced: true }, service);
  await scenario.createSet('w', { cliques: [scenario.clique('a', 1, 1)] });
  const { lastErrors } = await scenario.until('an error', async () => {
    const { status } = await scenario.set('w');
    return { seen: JSON.stringify(status), result: status?.lastErrors?.length ? status : undefined };
  });
  expect(lastErrors![0].description).toBe(`Service ${scenario.namespace}/w-0 is there already and belongs to somebody else; delete or rename it`);
  await scenario.delete({ group: '', version: 'v1', kind: 'Service', plural: 'services', namespaced: true }, 'w-0');
  await scenario.untilPods({ total: 1, ready: 1 });
  await scenario.until('no error any more', async () => {
    const { status } = await scenario.set('w');
    return { seen: JSON.stringify(status), result: status?.lastErrors === undefined || undefined };
  });
});
