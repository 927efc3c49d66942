import { Cluster, History, Scenario } from './cluster';
import { cliqueOf, survivors, untilPods } from './pods';
import { change, imageOf, images, progress, readyOf, revised, running, timesMade, untilSettled, untilUpdated } from './updates';
import { WL1 } from './workloads';
import { POD_CLIQUE, POD_CLIQUE_SET, SCALING_GROUP } from '../../controller/src/state/resources';
import { Pod, isActive } from '../../src/core';
import { State } from '../support/embedded';

const NEW = 'none:2';
const A = 'pc-a';
const B = 'pc-b';

/** A replica of the set, or the group in it, as it is named. */
const replica = (i: number) => new RegExp(`^w-${i}-`);

/** Of pc-a so many pods, of the group so many replicas, are not ready: pods and group replicas go away and come back as one. */
function down(pods: readonly Pod[], i: number): { a: number; group: number } {
  const whole = [0, 1].filter(j => readyOf(pods, `w-${i}-sg-x-${j}-pc-b`) === 1 && readyOf(pods, `w-${i}-sg-x-${j}-pc-c`) === 3);
  return { a: 2 - readyOf(pods, `w-${i}-pc-a`), group: 2 - whole.length };
}

/** At no moment was more than one pod of pc-a, or one replica of the group, away, nor two replicas of the set at once; the second waits for the first. */
function expectOneAtATime({ states }: History, changed: RegExp): void {
  for (const pods of states) {
    const [first, second] = [down(pods, 0), down(pods, 1)];
    expect(Math.max(first.a, first.group, second.a, second.group)).toBeLessThanOrEqual(1);
    expect((first.a + first.group) * (second.a + second.group)).toBe(0);
    const begun = (i: number) => pods.filter(pod => isActive(pod) && replica(i).test(cliqueOf(pod)) && changed.test(cliqueOf(pod)));
    if (begun(1).some(pod => imageOf(pod) === NEW)) expect(images(begun(0))).toEqual([NEW]);
  }
  expect(Math.max(...states.map(pods => down(pods, 0).a + down(pods, 0).group))).toBeGreaterThan(0);
}

/** Changes cliques of a set of two replicas; `replaced` of the 20 pods are others afterwards, each made once. */
const oneByOne = (replaced: RegExp, count: number, changed: RegExp, ...cliques: readonly string[]): Scenario['play'] => async cluster => {
  const before = await running(cluster, WL1, { replicas: 2 });
  const history = await cluster.watch();
  await change(cluster, WL1, revised(NEW, ...cliques));
  const after = await untilUpdated(cluster, 20, 2);
  for (const pod of after.pods) expect(imageOf(pod) === NEW).toBe(changed.test(cliqueOf(pod)));
  expect(survivors(before, after)).toHaveLength(20 - count);
  expect(timesMade(history, replaced)).toEqual(Array(count).fill(2));
  expectOneAtATime(history, changed);
};

/** Waits until the update has made its first new pod. */
const begun = (cluster: Cluster) => cluster.until('the update has begun', ({ pods }) => pods.some(pod => imageOf(pod) === NEW));

const updating = (cluster: Cluster, i: number) =>
  cluster.until(`replica ${i} is updated`, state => progress(state).currentlyUpdating?.[0]?.replicaIndex === i);

function expectAllNew(state: State, clique: RegExp): void {
  expect(images(state.pods.filter(pod => clique.test(cliqueOf(pod))))).toEqual([NEW]);
}

const pace = { readyAfterMs: 500 };
const GROUP = 'w-0-sg-x';
const STANDALONE = 'w-0-pc-a';

/** The standalone clique or the group is scaled before the update, and every pod of it is replaced once; or in its middle, and what comes is new at once. */
interface Scaling {
  readonly scale: (cluster: Cluster, replicas: number) => Promise<unknown>;
  readonly changed: string;
  /** Of every pod that the update replaces. */
  readonly affected: RegExp;
  readonly from: number;
  readonly to: number;
  readonly podsEach: number;
}

/** All but one pod of pc-a, and all but one replica of the group, were there at every moment, of the two that the templates ask for at least. */
function expectServing({ states }: History): void {
  for (const pods of states) {
    const whole = [0, 1, 2].filter(j => readyOf(pods, `${GROUP}-${j}-pc-b`) === 1 && readyOf(pods, `${GROUP}-${j}-pc-c`) === 3);
    expect(Math.min(readyOf(pods, STANDALONE), whole.length)).toBeGreaterThanOrEqual(1);
  }
}

const podCount = ({ podsEach }: Scaling, replicas: number) => 10 + (replicas - 2) * podsEach;

const scaledBefore = (scaling: Scaling): Scenario['play'] => async cluster => {
  const { scale, changed, affected, from, to } = scaling;
  await running(cluster, WL1);
  if (from !== 2) await scale(cluster, from).then(() => untilSettled(cluster, podCount(scaling, from)));
  await scale(cluster, to);
  await untilSettled(cluster, podCount(scaling, to));
  const history = await cluster.watch();
  await change(cluster, WL1, revised(NEW, changed));
  const after = await untilUpdated(cluster, podCount(scaling, to));
  expectAllNew(after, new RegExp(changed));
  expect(new Set(timesMade(history, affected))).toEqual(new Set([2]));
  expectServing(history);
};

const scaledDuring = (scaling: Scaling): Scenario['play'] => async cluster => {
  const { scale, changed, affected, from, to } = scaling;
  await running(cluster, WL1);
  if (from !== 2) await scale(cluster, from).then(() => untilSettled(cluster, podCount(scaling, from)));
  const history = await cluster.watch();
  const hosts = new Set(history.states[0].map(({ spec }) => spec.hostname));
  await change(cluster, WL1, revised(NEW, changed));
  await begun(cluster);
  await scale(cluster, to);
  const after = await untilUpdated(cluster, podCount(scaling, to));
  expectAllNew(after, new RegExp(changed));
  expectServing(history);
  // A scale-in takes what is not ready first: of a clique, the pod that the update has just made.
  if (to > from) expect(Math.max(...timesMade(history, affected))).toBe(2);
  const added = after.pods.filter(({ spec }) => !hosts.has(spec.hostname));
  expect(added).toHaveLength(Math.max(0, to - from) * scaling.podsEach);
  for (const { spec } of added) expect(timesMade(history, new RegExp(`^${spec.hostname}$`))).toEqual([1]);
};

const ofGroup = { scale: (cluster: Cluster, replicas: number) => cluster.scale(SCALING_GROUP, GROUP, replicas), changed: B, affected: /sg-x/, podsEach: 4 };
const ofClique = { scale: (cluster: Cluster, replicas: number) => cluster.scale(POD_CLIQUE, STANDALONE, replicas), changed: A, affected: /pc-a/, podsEach: 1 };

/** Changed templates are rolled out (spec 10 §6). */
export const rollingUpdate: readonly Scenario[] = [
  { id: 'RU7', title: 'a standalone clique: one pod at a time, one replica of the set after the other', cluster: { nodes: 20, ...pace }, play: oneByOne(/pc-a/, 4, /pc-a/, A) },
  { id: 'RU8', title: 'a member of a group: one replica of the group at a time', cluster: { nodes: 20, ...pace }, play: oneByOne(/sg-x/, 16, /pc-b/, B) },
  { id: 'RU9', title: 'all cliques: one pod of the standalone clique and one replica of the group at a time', cluster: { nodes: 20, ...pace }, play: oneByOne(/^w-/, 20, /pc-/) },
  {
    id: 'RU10',
    title: 'no node takes pods: exactly one pod is taken away, and the update goes on when there are nodes',
    cluster: { nodes: 10, ...pace },
    async play(cluster) {
      const before = await running(cluster, WL1);
      await cluster.cordon();
      await change(cluster, WL1, revised(NEW, A));
      await untilPods(cluster, { total: 10, bound: 9 });
      await cluster.pass(5_000);
      const waiting = await untilPods(cluster, { total: 10, bound: 9, ready: 9 });
      expect(survivors(before, waiting)).toHaveLength(9);
      expect(progress(waiting).updateEndedAt).toBeUndefined();
      await cluster.uncordon();
      const after = await untilUpdated(cluster, 10);
      expectAllNew(after, /pc-a/);
      expect(survivors(before, after)).toHaveLength(8);
    },
  },
  {
    id: 'RU11',
    title: 'a replica that comes in mid-update is made from the new template',
    cluster: { nodes: 30, ...pace },
    async play(cluster) {
      await running(cluster, WL1, { replicas: 2 });
      const history = await cluster.watch();
      await change(cluster, WL1, revised(NEW, A, B));
      await begun(cluster);
      await cluster.scale(POD_CLIQUE_SET, 'w', 3);
      const after = await untilUpdated(cluster, 30, 3);
      expectAllNew(after, /pc-[ab]/);
      expect(timesMade(history, replica(2))).toEqual(Array(10).fill(1));
    },
  },
  {
    id: 'RU12',
    title: 'the last replica goes while it is being updated: the update ends',
    cluster: { nodes: 20, ...pace },
    async play(cluster) {
      await running(cluster, WL1, { replicas: 2 });
      await change(cluster, WL1, revised(NEW, A));
      await updating(cluster, 1);
      await cluster.scale(POD_CLIQUE_SET, 'w', 1);
      expectAllNew(await untilUpdated(cluster, 10), /pc-a/);
    },
  },
  {
    id: 'RU13',
    title: 'the last replica goes after it was updated: the update has ended, and nothing is done again',
    cluster: { nodes: 20, ...pace },
    async play(cluster) {
      await running(cluster, WL1, { replicas: 2 });
      await change(cluster, WL1, revised(NEW, A));
      const updated = await untilUpdated(cluster, 20, 2);
      await cluster.scale(POD_CLIQUE_SET, 'w', 1);
      const after = await untilUpdated(cluster, 10);
      expectAllNew(after, /pc-a/);
      expect(survivors(updated, after)).toHaveLength(10);
    },
  },
  { id: 'RU14', title: 'a group scaled out in mid-update: its new replica is made once', cluster: { nodes: 14, ...pace }, play: scaledDuring({ ...ofGroup, from: 2, to: 3 }) },
  { id: 'RU15', title: 'a group scaled out before: every replica is recreated once', cluster: { nodes: 14, ...pace }, play: scaledBefore({ ...ofGroup, from: 2, to: 3 }) },
  { id: 'RU16', title: 'a group scaled in in mid-update', cluster: { nodes: 14, ...pace }, play: scaledDuring({ ...ofGroup, from: 3, to: 2 }) },
  { id: 'RU17', title: 'a group scaled in before', cluster: { nodes: 14, ...pace }, play: scaledBefore({ ...ofGroup, from: 3, to: 2 }) },
  { id: 'RU18', title: 'a clique scaled out in mid-update: its new pod is made once', cluster: { nodes: 11, ...pace }, play: scaledDuring({ ...ofClique, from: 2, to: 3 }) },
  { id: 'RU19', title: 'a clique scaled out before: every pod is replaced once', cluster: { nodes: 11, ...pace }, play: scaledBefore({ ...ofClique, from: 2, to: 3 }) },
  { id: 'RU20', title: 'a clique scaled in in mid-update', cluster: { nodes: 11, ...pace }, play: scaledDuring({ ...ofClique, from: 3, to: 2 }) },
  { id: 'RU21', title: 'a clique scaled in before', cluster: { nodes: 11, ...pace }, play: scaledBefore({ ...ofClique, from: 3, to: 2 }) },
];
