import { Faults } from '../../controller/src/cluster';
import { POD_CLIQUE_SET, SCALING_GROUP } from '../../controller/src/state/resources';
import { PodSpec } from '../../src/core';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

/** What is wanted again stays, although the request for its deletion was put off and would be repeated. */
const workload = aSet('w', {
  cliques: [aCliqueTemplate('alone', 2, 1), aCliqueTemplate('worker', 1, 1)],
  podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['worker'], replicas: 2, minAvailable: 1 }],
});

const PODS = 8;

const NEWER: Partial<PodSpec> = { containers: [{ name: 'main', image: 'newer' }] };

const uids = ({ pods }: State) => pods.map(({ metadata }) => metadata.uid).sort();

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

/** A busy server asks to come again in 5 seconds with every deletion. */
async function running(): Promise<{ before: State; trouble: { isBusy: boolean; refused: number } }> {
  const trouble = { isBusy: true, refused: 0 };
  const faults: Faults = {
    request: ({ method }) => (method === 'DELETE' && trouble.isBusy ? (trouble.refused++, { refuse: { status: 429, retryAfterSeconds: 5 } }) : undefined),
  };
  const nodes = [{ name: 'n', labels: {}, allocatable: { cpu: '64' } }];
  cluster = await EmbeddedCluster.start({ nodes, faults, kubelet: { startMs: 1_000, readyMs: 1_000 } });
  await cluster.createSet({ ...workload, spec: { ...workload.spec, replicas: 2 } });
  return { before: await cluster.until('ready', ({ ready }) => ready.length === PODS), trouble };
}

test.each([
  ['set', POD_CLIQUE_SET, 'w'],
  ['scaling group', SCALING_GROUP, 'w-0-g'],
])('a %s that is scaled in and at once out again', async (_what, type, name) => {
  const { before, trouble } = await running();
  await cluster.patch(type, name, { spec: { replicas: 1 } });
  await cluster.clock.advance(1_000);
  expect(trouble.refused).toBeGreaterThan(0);
  trouble.isBusy = false;
  await cluster.patch(type, name, { spec: { replicas: 2 } });
  await cluster.clock.advance(60_000);
  const after = await cluster.state();
  expect(uids(after)).toEqual(uids(before));
});

const changeAlone = (podSpec: Partial<PodSpec>) => cluster.patch(POD_CLIQUE_SET, 'w', {
  spec: { template: { cliques: [aCliqueTemplate('alone', 2, 1, podSpec), aCliqueTemplate('worker', 1, 1)] } },
});

test('a pod whose replacement was put off, when the edit that asked for it is taken back', async () => {
  const { before, trouble } = await running();
  await changeAlone(NEWER);
  await cluster.until('its deletion is put off', () => trouble.refused > 0);
  await changeAlone({});
  trouble.isBusy = false;
  await cluster.clock.advance(60_000);
  const after = await cluster.state();
  expect(uids(after)).toEqual(uids(before));
  expect(after.sets[0]!.status).toMatchObject({ updatedReplicas: 2, updateProgress: { updateEndedAt: expect.any(String) as string } });
});

test('a pod whose replacement was put off, when it has become the one that is needed', async () => {
  const { before, trouble } = await running();
  await changeAlone(NEWER);
  await cluster.until('its deletion is put off', () => trouble.refused > 0);
  const pair = before.pods.filter(({ metadata }) => metadata.labels?.['grove.io/podclique'] === 'w-0-alone').map(({ metadata }) => metadata.name!).sort();
  cluster.kubelet.crash(`default/${pair[1]}`);
  trouble.isBusy = false;
  await cluster.until('both are updated', ({ ready }) => {
    const alone = ready.filter(({ metadata }) => metadata.labels?.['grove.io/podclique'] === 'w-0-alone');
    expect(alone.length).toBeGreaterThanOrEqual(1);
    return alone.length === 2 && alone.every(({ spec }) => spec.containers[0]!.image === 'newer');
  });
});

test('a replica of a group that is whole again while its recreation was put off, when it has become the one that is needed', async () => {
  const { before, trouble } = await running();
  const worker = (j: number, { pods }: State) => pods.find(({ metadata }) => metadata.labels?.['grove.io/podclique'] === `w-0-g-${j}-worker`)!;
  const crash = (j: number) => cluster.kubelet.crash(`default/${worker(j, before).metadata.name}`);
  crash(1);
  await cluster.until('one is not ready', ({ ready }) => ready.length === PODS - 1);
  const cliques = workload.spec.template.cliques.map(clique => (clique.name === 'worker' ? aCliqueTemplate('worker', 1, 1, NEWER) : clique));
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { template: { cliques } } });
  await cluster.until('its deletion is put off', () => trouble.refused > 0);
  await cluster.until('it is ready again', ({ ready }) => ready.length === PODS);
  crash(0);
  const { pods } = await cluster.until('the other one is not ready', ({ ready }) => ready.length === PODS - 1);
  expect(worker(1, { pods } as State).metadata.uid).toBe(worker(1, before).metadata.uid);
  trouble.isBusy = false;
  await cluster.until('both are updated', ({ ready }) => {
    const workers = ready.filter(({ metadata }) => metadata.labels?.['grove.io/podclique']?.startsWith('w-0-g-'));
    expect(workers.length).toBeGreaterThanOrEqual(1);
    return workers.length === 2 && workers.every(({ spec }) => spec.containers[0]!.image === 'newer');
  });
});
