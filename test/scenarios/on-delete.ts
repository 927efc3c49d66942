import { Cluster, Scenario } from './cluster';
import { cliqueOf, podsOf, survivors, uids, untilPods } from './pods';
import { change, imageOf, images, progress, revised, running, untilUpdated, withPodSpec } from './updates';
import { WORKLOAD_ONDELETE } from './workloads';
import { POD_CLIQUE, POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { CONDITION, Pod, PodCliqueSet, findCondition } from '../../src/core';
import { State } from '../support/embedded';

const NEW = 'none:2';
const NEWER = 'none:3';
const onDelete = { updateStrategy: { type: 'OnDelete' } } as const;
const cluster = { nodes: 10, readyAfterMs: 200 };

const begin = (on: Cluster, replicas = 1) => running(on, WORKLOAD_ONDELETE, { ...onDelete, replicas });

/** Changes cliques, and sees that the update is over at once with no pod touched, and none later. */
async function changeNothing(on: Cluster, image: string, ...cliques: readonly string[]): Promise<State> {
  const before = await on.state();
  const { uid, generation } = before.sets[0].metadata;
  await change(on, WORKLOAD_ONDELETE, revised(image, ...cliques));
  await on.until('the change is taken in', state => {
    const { updateStartedAt, updateEndedAt } = progress(state);
    return state.sets[0].metadata.generation !== generation && state.sets[0].status?.observedGeneration === state.sets[0].metadata.generation
      && updateStartedAt !== undefined && updateEndedAt !== undefined;
  });
  await on.pass(3_000);
  const after = await on.state();
  expect(after.sets[0].metadata.uid).toBe(uid);
  expect(uids(after.pods)).toEqual(uids(before.pods));
  expect(images(after.pods)).toEqual(images(before.pods));
  return after;
}

/** Deletes these pods; the others are left alone, and what comes for them is made from the image. */
async function replace(on: Cluster, pods: readonly Pod[], image: string): Promise<State> {
  const before = await on.state();
  await on.kill(pods);
  const after = await on.until('all ready again', ({ allPods, ready }) => allPods.length === before.pods.length && ready.length === allPods.length
    && !allPods.some(({ metadata }) => uids(pods).includes(metadata.uid ?? '')));
  expect(survivors(before, after)).toHaveLength(before.pods.length - pods.length);
  const replacements = after.pods.filter(({ metadata }) => !uids(before.pods).includes(metadata.uid ?? ''));
  expect(replacements.map(({ spec }) => spec.hostname).sort()).toEqual(pods.map(({ spec }) => spec.hostname).sort());
  expect(images(replacements)).toEqual([image]);
  return after;
}

const one = (state: State, clique: string): Pod => podsOf(state, clique)[0];

/** Waits until the status of the clique says that so many of its pods are of the latest template. */
const untilCounted = (on: Cluster, clique: string, updatedReplicas: number) => on.until(`${updatedReplicas} updated pods of ${clique}`, ({ cliques }) =>
  cliques.find(({ metadata }) => metadata.name === clique)?.status?.updatedReplicas === updatedReplicas);

const untilReplicasUpdated = (on: Cluster, updatedReplicas: number) =>
  on.until(`${updatedReplicas} updated replicas`, ({ sets }) => (sets[0].status?.updatedReplicas ?? 0) === updatedReplicas);

const switchTo = (on: Cluster, type: NonNullable<PodCliqueSet['spec']['updateStrategy']>['type']) =>
  on.patch(POD_CLIQUE_SET, 'w', { spec: { updateStrategy: { type } } });

const MEMBERS = ['w-0-sg-x-0-pc-b', 'w-0-sg-x-0-pc-c', 'w-0-sg-x-1-pc-b', 'w-0-sg-x-1-pc-c'];

/** Pods change when somebody deletes them (spec 10 §6). */
export const updateOnDelete: readonly Scenario[] = [
  {
    id: 'OD1',
    title: 'a changed standalone clique: the update is over at once, and no pod is deleted',
    cluster,
    async play(on) {
      await begin(on);
      await changeNothing(on, NEW, 'pc-a');
    },
  },
  {
    id: 'OD2',
    title: 'a deleted pod comes back from the new template, and the counts say so',
    cluster,
    async play(on) {
      await begin(on);
      const changed = await changeNothing(on, NEW, 'pc-a');
      await untilCounted(on, 'w-0-pc-a', 0);
      const half = await replace(on, [one(changed, 'w-0-pc-a')], NEW);
      await untilCounted(on, 'w-0-pc-a', 1);
      expect(half.sets[0].status?.updatedReplicas ?? 0).toBe(0);
      await replace(on, podsOf(half, 'w-0-pc-a').filter(pod => imageOf(pod) !== NEW), NEW);
      await untilCounted(on, 'w-0-pc-a', 2);
      await untilReplicasUpdated(on, 1);
    },
  },
  {
    id: 'OD3',
    title: 'a scale-in takes the outdated pod first',
    cluster,
    async play(on) {
      await begin(on);
      const changed = await changeNothing(on, NEW, 'pc-a');
      await replace(on, [one(changed, 'w-0-pc-a')], NEW);
      await on.until('the new pod is known to be ready', ({ cliques }) => cliques.some(({ metadata, status }) =>
        metadata.name === 'w-0-pc-a' && status?.readyReplicas === 2 && status.updatedReplicas === 1));
      await on.scale(POD_CLIQUE, 'w-0-pc-a', 1);
      const after = await untilPods(on, { total: 9, ready: 9 });
      expect(images(podsOf(after, 'w-0-pc-a'))).toEqual([NEW]);
    },
  },
  {
    id: 'OD4',
    title: 'changed members of a group: the update is over at once, and no pod is deleted',
    cluster,
    async play(on) {
      await begin(on);
      await changeNothing(on, NEW, 'pc-b', 'pc-c');
    },
  },
  {
    id: 'OD5',
    title: 'a deleted member comes back from the new template, its group replica stays, and the counts say so',
    cluster,
    async play(on) {
      await begin(on);
      const changed = await changeNothing(on, NEW, 'pc-c');
      const partly = await replace(on, [one(changed, 'w-0-sg-x-0-pc-c')], NEW);
      await untilCounted(on, 'w-0-sg-x-0-pc-c', 1);
      await replace(on, partly.pods.filter(pod => cliqueOf(pod).endsWith('pc-c') && imageOf(pod) !== NEW), NEW);
      for (const j of [0, 1]) await untilCounted(on, `w-0-sg-x-${j}-pc-c`, 3);
      await untilReplicasUpdated(on, 1);
    },
  },
  {
    id: 'OD6',
    title: 'all cliques changed, and a pod of each deleted',
    cluster,
    async play(on) {
      await begin(on);
      const changed = await changeNothing(on, NEW, 'pc-a', 'pc-b', 'pc-c');
      const cliques = ['w-0-pc-a', ...MEMBERS];
      const after = await replace(on, cliques.map(clique => one(changed, clique)), NEW);
      for (const clique of cliques) expect(podsOf(after, clique).filter(pod => imageOf(pod) === NEW)).toHaveLength(1);
    },
  },
  {
    id: 'OD7',
    title: 'two replicas of the set behave alike, whichever is dealt with first',
    cluster: { ...cluster, nodes: 20 },
    async play(on) {
      await begin(on, 2);
      const changed = await changeNothing(on, NEW, 'pc-a');
      const half = await replace(on, podsOf(changed, 'w-1-pc-a'), NEW);
      expect(images(podsOf(half, 'w-0-pc-a'))).toEqual(['none']);
      await untilReplicasUpdated(on, 1);
      await replace(on, podsOf(half, 'w-0-pc-a'), NEW);
      await untilReplicasUpdated(on, 2);
    },
  },
  {
    id: 'OD8',
    title: 'a node is avoided from now on: its pod moves when it is deleted, the healthy ones stay',
    cluster: { ...cluster, nodes: 11 },
    async play(on) {
      const before = await begin(on);
      const lost = one(before, 'w-0-pc-a');
      const matchExpressions = [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: [lost.spec.nodeName ?? ''] }];
      const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } } };
      await change(on, WORKLOAD_ONDELETE, clique => withPodSpec(clique, { affinity }));
      await on.until('the change is taken in', ({ cliques }) => cliques.every(({ spec }) => spec.podSpec.affinity !== undefined));
      await on.kill([lost]);
      const after = await on.until('ten others ready', state => survivors(before, state).length === 9 && state.ready.length === 10);
      const [moved] = after.pods.filter(({ spec }) => spec.hostname === lost.spec.hostname);
      expect(moved.spec.nodeName).not.toBe(lost.spec.nodeName);
      expect(on.nodes).toContain(moved.spec.nodeName);
    },
  },
  {
    id: 'OD9',
    title: 'the strategy may change: what is rolled out is what changes while it is RollingRecreate',
    cluster,
    async play(on) {
      await begin(on);
      const outdated = await changeNothing(on, NEW, 'pc-a');
      await switchTo(on, 'RollingRecreate');
      await on.pass(3_000);
      expect(uids((await on.state()).pods)).toEqual(uids(outdated.pods));
      await change(on, WORKLOAD_ONDELETE, revised(NEWER, 'pc-a'));
      await on.until('the update has begun', ({ pods }) => images(pods).includes(NEWER));
      const rolled = await untilUpdated(on, 10);
      expect(images(podsOf(rolled, 'w-0-pc-a'))).toEqual([NEWER]);
      await switchTo(on, 'OnDelete');
      await changeNothing(on, NEW, 'pc-a');
    },
  },
  {
    id: 'OD9 in mid-update',
    title: 'a rolling update rests while the strategy is OnDelete, and goes on when it is RollingRecreate again',
    cluster: { ...cluster, readyAfterMs: 1_000 },
    async play(on) {
      await running(on, WORKLOAD_ONDELETE);
      await change(on, WORKLOAD_ONDELETE, revised(NEW));
      const begun = await on.until('the update has begun', ({ pods }) => images(podsOf({ pods } as State, 'w-0-pc-a')).includes(NEW));
      expect(images(podsOf(begun, 'w-0-pc-a'))).toEqual(['none', NEW]);
      await switchTo(on, 'OnDelete');
      const resting = await on.until('everything is ready, and nothing is said to go on', ({ allPods, ready, sets: [{ status }] }) =>
        allPods.length === 10 && ready.length === 10 && findCondition(status?.conditions, CONDITION.progressing)?.status === 'False');
      await on.pass(3_000);
      expect(uids((await on.state()).pods)).toEqual(uids(resting.pods));
      await switchTo(on, 'RollingRecreate');
      const after = await untilUpdated(on, 10);
      expect(images(after.pods)).toEqual([NEW]);
      expect(survivors(resting, after).length).toBeGreaterThan(0);
    },
  },
];
