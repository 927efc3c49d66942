import { runController } from './operator';
import { Scenario } from './scenario';
import { RESOURCE_CLAIM } from '../../controller/src/kube';
import { connect } from '../control-plane/connect';

const connection = connect();
runController(connection);

const hostPort = { name: 'main', image: 'none', ports: [{ containerPort: 80, hostPort: 8080 }], resources: { limits: { 'nvidia.com/gpu': '1' } } };

test('pods that ask for what our placement does not know are placed by us and bound by kube-scheduler', async () => {
  const scenario = await Scenario.begin(connection, 'pinned', { nodes: 2 });
  await scenario.createSet('w', { cliques: [scenario.clique('a', 2, 2, { containers: [hostPort] })] });
  const pods = await scenario.untilPods({ total: 2, ready: 2 });
  expect(pods.map(({ spec }) => spec.schedulerName)).toEqual(['default-scheduler', 'default-scheduler']);
  for (const { metadata, spec } of pods) {
    expect(metadata.annotations?.['grove.io/pinned-node']).toBe(spec.nodeName);
    expect(spec.nodeSelector).toMatchObject({ 'kubernetes.io/hostname': spec.nodeName });
  }
  await scenario.untilAvailable('w');
});

test('all or nothing holds for them, too', async () => {
  const scenario = await Scenario.begin(connection, 'pinned-short', { nodes: 2, cordoned: 1 });
  await scenario.createSet('w', { cliques: [scenario.clique('a', 2, 2, { containers: [hostPort] })] });
  await scenario.untilPending('w-0', 'w-0 needs 2 nvidia.com/gpu; all nodes together have 1 nvidia.com/gpu free');
  await scenario.untilPods({ total: 2, bound: 0 });
  await scenario.uncordon(1);
  await scenario.untilPods({ total: 2, ready: 2 });
});

test('what kube-scheduler refuses is placed elsewhere', async () => {
  const scenario = await Scenario.begin(connection, 'refused', { nodes: 2, capacity: { 'nvidia.com/gpu': '2' } });
  await scenario.createSet('w', { cliques: [scenario.clique('a', 2, 2, { containers: [hostPort] })] });
  const pods = await scenario.untilPods({ total: 2, ready: 2 }, 45_000);
  expect(new Set(pods.map(({ spec }) => spec.nodeName)).size).toBe(2);
  expect((await scenario.events('PinRefused')).length).toBeGreaterThan(0);
});

test('shared claims are there before their pods, and go with what they are for', async () => {
  const scenario = await Scenario.begin(connection, 'claims', { nodes: 3 });
  const template = { name: 'shm', templateSpec: { spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'test.example.com' } }] } } } };
  const worker = scenario.clique('worker', 1, 1);
  await scenario.createSet('w', {
    cliques: [{ ...scenario.clique('router', 1, 1), resourceSharing: [{ name: 'shm', scope: 'AllReplicas' }] }, worker],
    podCliqueScalingGroups: [{ name: 'x', cliqueNames: ['worker'], replicas: 2, minAvailable: 1, resourceSharing: [{ name: 'shm', scope: 'PerReplica' }] }],
    resourceClaimTemplates: [template],
    resourceSharing: [{ name: 'shm', scope: 'AllReplicas' }],
  });
  await scenario.untilPods({ total: 3 });
  const claims = async () => (await scenario.all(RESOURCE_CLAIM)).map(({ metadata }) => metadata.name).sort();
  expect(await claims()).toEqual(['w-0-router-all-shm', 'w-0-x-0-shm', 'w-0-x-1-shm', 'w-all-shm']);
  const [router] = await scenario.pods('w-0-router');
  expect(router.spec.resourceClaims).toEqual(['w-all-shm', 'w-0-router-all-shm'].map(name => ({ name, resourceClaimName: name })));
});
