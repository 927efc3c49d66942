import { POD } from '../../controller/src/kube';
import { POD_CLIQUE, POD_CLIQUE_SET, SCALING_GROUP } from '../../controller/src/state/resources';
import { LABEL, PodCliqueSet, PodSpec, isActive, isReady } from '../../src/core';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

const nodes = Array.from({ length: 8 }, (_, index) => ({ name: `n${index}`, labels: {}, allocatable: { 'cpu': '64', 'nvidia.com/gpu': '8' } }));
const running = (image: string): Partial<PodSpec> => ({ containers: [{ name: 'main', image, resources: { limits: { 'nvidia.com/gpu': '1' } } }] });

/** Two replicas of: pc-a alone, three of which two are needed; a group of pc-b and pc-c, three replicas of which two are needed. */
function workload(images: { a: string; b: string; c: string }, strategy: 'RollingRecreate' | 'OnDelete' = 'RollingRecreate'): PodCliqueSet {
  const set = aSet('w', {
    cliques: [aCliqueTemplate('pc-a', 3, 2, running(images.a)), aCliqueTemplate('pc-b', 1, 1, running(images.b)), aCliqueTemplate('pc-c', 2, 2, running(images.c))],
    podCliqueScalingGroups: [{ name: 'x', cliqueNames: ['pc-b', 'pc-c'], replicas: 3, minAvailable: 2 }],
  }, 2);
  return { ...set, spec: { ...set.spec, updateStrategy: { type: strategy } } };
}
const V1 = { a: 'a:1', b: 'b:1', c: 'c:1' };
const PODS = 24;

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

const watched: State[] = [];
async function start(set: PodCliqueSet): Promise<State> {
  watched.length = 0;
  cluster = await EmbeddedCluster.start({ nodes, kubelet: { startMs: 1_000, readyMs: 1_000, stopMs: 500 }, invariant: state => { watched.push(state); } });
  await cluster.createSet(set);
  const state = await cluster.until(`${PODS} pods ready`, ({ ready, sets: [{ status }] }) => ready.length === PODS && status?.availableReplicas === 2);
  watched.length = 0;
  return state;
}

const change = (set: PodCliqueSet) => cluster.patch(POD_CLIQUE_SET, 'w', { spec: set.spec });
const imageOf = ({ spec }: State['pods'][number]) => spec.containers[0].image;
const images = (state: State, clique: RegExp) => new Set(state.pods.filter(({ metadata }) => clique.test(metadata.labels![LABEL.podClique])).map(imageOf));
const uids = (state: State) => state.pods.map(({ metadata }) => metadata.uid!).sort();
const ended = ({ sets: [{ status }], ready }: State) =>
  status?.updateProgress?.updateEndedAt !== undefined && status.updatedReplicas === 2 && ready.length === PODS;
const podsOf = (state: State, clique: string) => state.pods.filter(pod => pod.metadata.labels![LABEL.podClique] === clique);
const readyOf = (state: State, clique: string) => podsOf(state, clique).filter(pod => isActive(pod) && isReady(pod)).length;

test('a changed standalone clique is replaced pod by pod and replica by replica, never below its minimum; the rest stays', async () => {
  const before = await start(workload(V1));
  await change(workload({ ...V1, a: 'a:2' }));
  const after = await cluster.until('the update ended', ended, 300_000);
  expect(images(after, /pc-a/)).toEqual(new Set(['a:2']));
  expect(uids(after).filter(uid => uids(before).includes(uid))).toHaveLength(PODS - 6);
  for (const state of watched) for (const clique of ['w-0-pc-a', 'w-1-pc-a']) expect(readyOf(state, clique)).toBeGreaterThanOrEqual(2);
  const untouched = (state: State) => podsOf(state, 'w-1-pc-a').filter(pod => imageOf(pod) === 'a:1').length === 3;
  const done = (state: State) => podsOf(state, 'w-0-pc-a').every(pod => imageOf(pod) === 'a:2');
  expect(watched.every(state => untouched(state) || done(state))).toBe(true);
  expect(after.sets[0].status).toMatchObject({ updatedReplicas: 2, updateProgress: { updatedPodCliquesCount: 2, totalPodCliquesCount: 2 } });
});

test('a changed member recreates its group’s replicas whole, one at a time', async () => {
  const before = await start(workload(V1));
  await change(workload({ ...V1, c: 'c:2' }));
  const after = await cluster.until('the update ended', ended, 300_000);
  expect(images(after, /pc-c/)).toEqual(new Set(['c:2']));
  expect(uids(after).filter(uid => uids(before).includes(uid))).toHaveLength(6);
  const whole = (state: State, i: number) => [0, 1, 2].filter(j => readyOf(state, `w-${i}-x-${j}-pc-b`) === 1 && readyOf(state, `w-${i}-x-${j}-pc-c`) === 2).length;
  for (const state of watched) for (const i of [0, 1]) expect(whole(state, i)).toBeGreaterThanOrEqual(2);
});

test('a further change in mid-update leads to the last template', async () => {
  await start(workload(V1));
  await change(workload({ ...V1, a: 'a:2' }));
  await cluster.until('the first pod of the second template', ({ pods }) => pods.some(pod => imageOf(pod) === 'a:2' && isReady(pod)));
  await change(workload({ ...V1, a: 'a:3' }));
  const after = await cluster.until('the update ended', state => ended(state) && images(state, /pc-a/).has('a:3'), 300_000);
  expect(images(after, /pc-a/)).toEqual(new Set(['a:3']));
});

test('a population that another controller has made is taken over: no pod is touched', async () => {
  const before = await start(workload(V1));
  await cluster.killController();
  const foreign = { metadata: { labels: { [LABEL.podTemplateHash]: 'foreign' } } };
  for (const { metadata } of before.cliques) await cluster.patch(POD_CLIQUE, metadata.name!, foreign);
  for (const { metadata } of before.pods) await cluster.patch(POD, metadata.name!, foreign);
  for (const { metadata } of before.cliques) {
    await cluster.patch(POD_CLIQUE, metadata.name!, { status: { currentPodTemplateHash: 'foreign', currentPodCliqueSetGenerationHash: 'theirs' } }, 'status');
  }
  for (const { metadata } of before.scalingGroups) await cluster.patch(SCALING_GROUP, metadata.name!, { status: { currentPodCliqueSetGenerationHash: 'theirs' } }, 'status');
  await cluster.patch(POD_CLIQUE_SET, 'w', { status: { currentGenerationHash: 'theirs' } }, 'status');
  cluster.startController();
  await cluster.clock.advance(120_000);
  const after = await cluster.state();
  expect(uids(after)).toEqual(uids(before));
  expect(after.sets[0].status).toMatchObject({ availableReplicas: 2, updatedReplicas: 2 });
});
