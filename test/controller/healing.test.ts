import { EVENT, HORIZONTAL_POD_AUTOSCALER, KubeObject, SERVICE } from '../../controller/src/kube';
import { POD_CLIQUE, POD_CLIQUE_SET, POD_GANG, SCALING_GROUP } from '../../controller/src/state/resources';
import { LABEL, PodCliqueSet, PodSpec } from '../../src/core';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

const nodes = Array.from({ length: 4 }, (_, index) => ({ name: `n${index}`, labels: { zone: 'z' }, allocatable: { cpu: '64' } }));
const PODS = 4;

function workload(podSpec: Partial<PodSpec> = {}, annotations: Record<string, string> = { team: 'a' }): PodCliqueSet {
  const router = aCliqueTemplate('router', 2, 1, podSpec);
  return aSet('w', {
    cliques: [{ ...router, annotations, spec: { ...router.spec, autoScalingConfig: { minReplicas: 2, maxReplicas: 5 } } }, aCliqueTemplate('worker', 1, 1)],
    podCliqueScalingGroups: [{ name: 'x', cliqueNames: ['worker'], replicas: 2, minAvailable: 1, annotations }],
  });
}

let cluster: EmbeddedCluster;
let before: State;
beforeEach(async () => {
  cluster = await EmbeddedCluster.start({ nodes });
  await cluster.createSet(workload());
  before = await cluster.until('ready', ({ ready, sets: [{ status }] }) => ready.length === PODS && status?.availableReplicas === 1);
});
afterEach(() => cluster.stop());

const list = async (type: typeof SERVICE) => (await cluster.client.list<KubeObject & { spec: object }>(type)).items;
const uids = ({ pods }: State) => pods.map(({ metadata }) => metadata.uid).sort();
const clique = ({ cliques }: State, name: string) => cliques.find(({ metadata }) => metadata.name === name)!;

test('what somebody changes of an object that the set stands for is set right; pods stay', async () => {
  const specs = (state: State) => [...state.cliques, ...state.scalingGroups, ...state.gangs].map(({ metadata, spec }) => [metadata.name, spec]);
  const whole = await cluster.until('the gangs list their pods', ({ gangs }) => gangs.every(({ status }) => status?.phase === 'Running'));
  const autoscaler = await list(HORIZONTAL_POD_AUTOSCALER);
  const other = { containers: [{ name: 'main', image: 'other' }], nodeSelector: { zone: 'z' } };
  await cluster.patch(POD_CLIQUE, 'w-0-router', { spec: { podSpec: other, minAvailable: 2, startsAfter: ['w-0-x-0-worker'] } });
  await cluster.patch(POD_CLIQUE, 'w-0-x-0-worker', { spec: { podSpec: other } });
  await cluster.patch(SCALING_GROUP, 'w-0-x', { metadata: { annotations: { team: null, mine: 'x' } }, spec: { minAvailable: 2 } });
  await cluster.patch(POD_GANG, 'w-0', { spec: { podgroups: [] } });
  await cluster.patch(HORIZONTAL_POD_AUTOSCALER, 'w-0-router', { spec: { maxReplicas: 50 } });
  await cluster.patch(POD_CLIQUE_SET, 'w', { metadata: { annotations: { 'grove.io/reconcile-trigger': 'now' } } });
  const after = await cluster.until('as before', state => JSON.stringify(specs(state)) === JSON.stringify(specs(whole)));
  expect(after.scalingGroups[0].metadata.annotations).toEqual({ team: 'a' });
  expect((await list(HORIZONTAL_POD_AUTOSCALER)).map(({ spec }) => spec)).toEqual(autoscaler.map(({ spec }) => spec));
  expect(uids(after)).toEqual(uids(before));
});

const children = [
  ['w-0-router', POD_CLIQUE], ['w-0-x-1-worker', POD_CLIQUE], ['w-0-x', SCALING_GROUP], ['w-0-x-0', POD_GANG], ['w-0', SERVICE],
  ['w-0-router', HORIZONTAL_POD_AUTOSCALER],
] as const;
test.each(children.map(([name, type]) => [type.kind, name, type] as const))('%s %s, which somebody deletes, comes back, with what belongs to it and nothing twice', async (_, name, type) => {
  const named = async () => (await list(type)).filter(({ metadata }) => metadata.name === name && !metadata.deletionTimestamp);
  const [{ metadata: { uid } }] = await named();
  await cluster.delete(type, name);
  const isWhole = ({ allPods, ready, sets: [{ status }], gangs }: State) =>
    allPods.length === PODS && ready.length === PODS && status?.availableReplicas === 1 && gangs.length === 2 && gangs.every(gang => gang.status?.phase === 'Running');
  await cluster.clock.advance(5_000);
  const after = await cluster.until('whole again', isWhole);
  expect((await named()).map(({ metadata }) => metadata.uid)).toEqual([expect.not.stringMatching(`^${uid}$`)]);
  const kept = uids(after).filter(pod => uids(before).includes(pod)).length;
  expect(kept).toBe(type === SCALING_GROUP ? 2 : type === POD_CLIQUE ? PODS - (name === 'w-0-router' ? 2 : 1) : PODS);
});

const labelled = [['w-0-router', POD_CLIQUE], ['w-0-x', SCALING_GROUP], ['w-0', SERVICE]] as const;
test.each(labelled)('labels that somebody takes from %s come back, and nothing is made twice', async (name, type) => {
  const [{ metadata: { labels } }] = (await list(type)).filter(({ metadata }) => metadata.name === name);
  await cluster.patch(type, name, { metadata: { labels: { [LABEL.partOf]: null, [LABEL.managedBy]: null } } });
  await cluster.clock.advance(70_000);
  const [{ metadata }] = (await list(type)).filter(object => object.metadata.name === name);
  expect(metadata.labels).toEqual(labels);
  const after = await cluster.state();
  expect(uids(after)).toEqual(uids(before));
  expect(after.sets[0].status).toMatchObject({ availableReplicas: 1 });
});

test('what an update takes from a template is gone from its cliques, and from the pods that are made then', async () => {
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: workload({ nodeSelector: { zone: 'z' } }).spec });
  await cluster.until('with the selector', state => state.ready.filter(({ spec }) => spec.nodeSelector?.zone === 'z').length === 2, 300_000);
  const router = { ...workload({}, {}).spec.template.cliques[0], annotations: null };
  router.spec = { ...router.spec, podSpec: { ...router.spec.podSpec, nodeSelector: null } as unknown as PodSpec };
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { template: { cliques: [router, workload().spec.template.cliques[1]] } } });
  const bare = ({ spec, metadata }: State['pods'][number]) => spec.nodeSelector === undefined && metadata.annotations?.team === undefined;
  const after = await cluster.until('without', state => state.ready.filter(bare).length === PODS, 300_000);
  expect(clique(after, 'w-0-router').spec.podSpec).not.toHaveProperty('nodeSelector');
  expect(clique(after, 'w-0-router').metadata.annotations ?? {}).toEqual({});
});

test('labels and annotations that a set gets later reach its gangs, and go with it', async () => {
  const said = (state: State) => state.gangs.map(({ metadata: { labels, annotations } }) => [labels!.tier, annotations?.note]);
  await cluster.patch(POD_CLIQUE_SET, 'w', { metadata: { labels: { tier: 'gold' }, annotations: { note: 'x' } } });
  await cluster.until('told', state => JSON.stringify(said(state)) === '[["gold","x"],["gold","x"]]', 5_000);
  await cluster.patch(POD_CLIQUE_SET, 'w', { metadata: { labels: { tier: null }, annotations: { note: null } } });
  const after = await cluster.until('gone', state => said(state).every(([tier, note]) => tier === undefined && note === undefined), 5_000);
  expect(uids(after)).toEqual(uids(before));
});

test('a clique, or a group, that is scaled below what its gang needs obeys, and it, the set and an event say so until it is scaled up', async () => {
  const below = ({ status }: { status?: { conditions?: readonly { type: string; message?: string }[] } }) =>
    status?.conditions?.find(({ type }) => type === 'ScaledBelowMinAvailable')?.message;
  const stalled = ({ sets: [{ status }] }: State) => status?.conditions?.find(({ type }) => type === 'Stalled');
  const said = 'it is scaled to 0, and its gang needs 1 (minAvailable); scale it to 1 at least';
  for (const [type, name] of [[POD_CLIQUE, 'w-0-router'], [SCALING_GROUP, 'w-0-x']] as const) {
    await cluster.patch(type, name, { spec: { replicas: 0 } }, 'scale');
    const state = await cluster.until('told', found => stalled(found) !== undefined);
    expect(stalled(state)).toMatchObject({ reason: 'ScaledBelowMinAvailable', message: `${type.kind} ${name}: ${said}` });
    const object = type === POD_CLIQUE ? clique(state, name) : state.scalingGroups[0];
    expect(below(object)).toBe(said);
    expect(state.pods).toHaveLength(2);
    await cluster.patch(type, name, { spec: { replicas: 2 } }, 'scale');
    const mended = (found: State) => stalled(found) === undefined && found.ready.length === PODS && found.sets[0].status?.availableReplicas === 1;
    const after = await cluster.until('mended', mended);
    expect([...after.cliques, ...after.scalingGroups].map(below)).toEqual([...after.cliques, ...after.scalingGroups].map(() => undefined));
  }
  const { items } = await cluster.client.list<KubeObject & { reason: string; note: string }>(EVENT);
  expect(items.filter(({ reason }) => reason === 'ScaledBelowMinAvailable').map(({ note }) => note)).toEqual([said, said]);
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { replicas: 0 } }, 'scale');
  const none = await cluster.until('nothing', state => state.allPods.length === 0 && state.sets[0].status?.replicas === 0);
  expect(none.sets[0].status?.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True', message: '0 of 0 replicas are available' }));
});
