import { Cluster, Scenario } from './cluster';
import { bound, uids, untilAvailable, untilBound, untilEvents, untilPending, untilPods } from './pods';
import { WL1, WL2, Workload } from './workloads';
import { POD_CLIQUE_SET, SCALING_GROUP } from '../../controller/src/state/resources';

const short = (gang: string, needed: number, free: number) =>
  `${gang} needs ${needed} nvidia.com/gpu; all nodes together have ${free} nvidia.com/gpu free`;

/** Bound pods of replica `i` of WL2's set: of pc-a, and for every replica of its group of pc-b and pc-c. */
function boundOf(i: number, a: number, ...groups: readonly (readonly [b: number, c: number])[]): Record<string, number> {
  const members = groups.flatMap(([b, c], j) => [[`w-${i}-sg-x-${j}-pc-b`, b], [`w-${i}-sg-x-${j}-pc-c`, c]] as const);
  return Object.fromEntries([[`w-${i}-pc-a`, a] as const, ...members].filter(([, count]) => count > 0));
}
const FLOOR = [1, 1] as const;
const FULL = [1, 3] as const;

async function begin(cluster: Cluster, workload: Workload, replicas = 1): Promise<void> {
  await cluster.createSet('w', workload(cluster), { replicas });
}

const scaleGroup = (cluster: Cluster, i: number) => cluster.scale(SCALING_GROUP, `w-${i}-sg-x`, 3);
const scaleSet = (cluster: Cluster) => cluster.scale(POD_CLIQUE_SET, 'w', 2);

/** GS1: ten pods wait on nine nodes, as one. */
async function tenOfNine(cluster: Cluster): Promise<void> {
  await begin(cluster, WL1);
  await untilPending(cluster, 'w-0', short('w-0', 10, 9));
  await untilPods(cluster, { total: 10, bound: 0 });
  expect(await untilEvents(cluster, 'Unschedulable')).toEqual([short('w-0', 10, 9)]);
  await cluster.uncordon(1);
  await untilPods(cluster, { total: 10, ready: 10 });
  await untilAvailable(cluster);
  expect(await cluster.events('Unschedulable')).toHaveLength(1);
}

/** One more replica of the group of replica `i` waits for four nodes and takes no three. */
async function groupOfFour(cluster: Cluster, i: number, before: number): Promise<void> {
  await scaleGroup(cluster, i);
  const gang = `w-${i}-sg-x-0`;
  await untilPending(cluster, gang, short(gang, 4, 0));
  await cluster.uncordon(3);
  await untilPending(cluster, gang, short(gang, 4, 3));
  await untilPods(cluster, { total: before + 4, bound: before });
  await cluster.uncordon(1);
  await untilPods(cluster, { total: before + 4, ready: before + 4 });
}

/** One more replica of the set waits for ten nodes and takes no nine. */
async function replicaOfTen(cluster: Cluster, before: number): Promise<void> {
  await scaleSet(cluster);
  await untilPending(cluster, 'w-1', short('w-1', 10, 0));
  await cluster.uncordon(9);
  await untilPending(cluster, 'w-1', short('w-1', 10, 9));
  await untilPods(cluster, { total: before + 10, bound: before });
  await cluster.uncordon(1);
  await untilPods(cluster, { total: before + 10, ready: before + 10 });
}

/** GS5: two nodes are too few for the base gang, with a third its three pods run; the others follow when there is room. */
async function floorThenRest(cluster: Cluster): Promise<void> {
  await begin(cluster, WL2);
  await untilPending(cluster, 'w-0', short('w-0', 3, 2));
  await untilPending(cluster, 'w-0-sg-x-0', 'waiting for the base gang w-0 to be placed');
  await untilPods(cluster, { total: 10, bound: 0 });
  await cluster.uncordon(1);
  await untilBound(cluster, 10, boundOf(0, 1, FLOOR));
  await untilPending(cluster, 'w-0-sg-x-0', short('w-0-sg-x-0', 2, 0));
  await cluster.uncordon(7);
  await untilBound(cluster, 10, boundOf(0, 2, FULL, FULL));
}

/** A third replica of the group: first its floor, then its surplus. */
async function oneMoreGroup(cluster: Cluster): Promise<void> {
  await scaleGroup(cluster, 0);
  await untilPods(cluster, { total: 14, bound: 10 });
  await untilPending(cluster, 'w-0-sg-x-1', short('w-0-sg-x-1', 2, 0));
  await cluster.uncordon(2);
  await untilBound(cluster, 14, boundOf(0, 2, FULL, FULL, FLOOR));
  await cluster.uncordon(2);
  await untilBound(cluster, 14, boundOf(0, 2, FULL, FULL, FULL));
}

/** A second replica of the set: its base gang, then its scaled gang, then its surplus. */
async function oneMoreReplica(cluster: Cluster, before: number, first: Record<string, number>): Promise<void> {
  await scaleSet(cluster);
  await untilPods(cluster, { total: before + 10, bound: before });
  await untilPending(cluster, 'w-1', short('w-1', 3, 0));
  await cluster.uncordon(3);
  await untilBound(cluster, before + 10, { ...first, ...boundOf(1, 1, FLOOR) });
  await cluster.uncordon(2);
  await untilBound(cluster, before + 10, { ...first, ...boundOf(1, 1, FLOOR, FLOOR) });
  await cluster.uncordon(5);
  await untilBound(cluster, before + 10, { ...first, ...boundOf(1, 2, FULL, FULL) });
}

async function untilScaleable(cluster: Cluster, groups: number): Promise<void> {
  await cluster.until(`${groups} groups`, ({ scalingGroups }) => scalingGroups.length === groups);
}

/** Gangs get all the nodes that they need or none; floors come before scaled gangs, and these before surplus (spec 10 §2). */
export const gangScheduling: readonly Scenario[] = [
  {
    id: 'GS1',
    title: 'a gang of ten waits on nine nodes, and runs on ten; then nothing is written any more',
    cluster: { nodes: 10, cordoned: 1 },
    async play(cluster) {
      await tenOfNine(cluster);
      await cluster.pass(3_000);
      const written = cluster.writes();
      await cluster.pass(5_000);
      expect(cluster.writes()).toBe(written);
    },
  },
  {
    id: 'GS2',
    title: 'one more replica of the group waits for four nodes and takes no three',
    cluster: { nodes: 14, cordoned: 5 },
    async play(cluster) {
      await tenOfNine(cluster);
      await groupOfFour(cluster, 0, 10);
    },
  },
  {
    id: 'GS3',
    title: 'one more replica of the set waits for ten nodes',
    cluster: { nodes: 20, cordoned: 11 },
    async play(cluster) {
      await tenOfNine(cluster);
      await replicaOfTen(cluster, 10);
      await untilAvailable(cluster, 2);
    },
  },
  {
    id: 'GS4',
    title: 'group, set and the other group grow one after the other; scaled in again, only what was added goes',
    cluster: { nodes: 28, cordoned: 19 },
    async play(cluster) {
      await tenOfNine(cluster);
      const before = await cluster.state();
      await groupOfFour(cluster, 0, 10);
      await replicaOfTen(cluster, 14);
      await groupOfFour(cluster, 1, 24);
      await untilAvailable(cluster, 2);
      await Promise.all([cluster.scale(SCALING_GROUP, 'w-0-sg-x', 2), cluster.scale(POD_CLIQUE_SET, 'w', 1)]);
      const after = await untilPods(cluster, { total: 10, ready: 10 });
      expect(uids(after.pods)).toEqual(uids(before.pods));
      await cluster.until('one gang', ({ gangs }) => gangs.map(({ metadata }) => metadata.name).join() === 'w-0');
    },
  },
  {
    id: 'GS5',
    title: 'with three nodes exactly the three pods run that the base gang cannot do without; the rest follow with capacity',
    cluster: { nodes: 10, cordoned: 8 },
    play: floorThenRest,
  },
  {
    id: 'GS6',
    title: 'a later replica of the group: two nodes are its floor’s, two more its surplus’s',
    cluster: { nodes: 14, cordoned: 12 },
    async play(cluster) {
      await floorThenRest(cluster);
      await oneMoreGroup(cluster);
    },
  },
  {
    id: 'GS7',
    title: 'in small steps: base gang, scaled gang, surplus, and a gang that comes later before the surplus of all',
    cluster: { nodes: 14, cordoned: 12 },
    async play(cluster) {
      await begin(cluster, WL2);
      await untilPods(cluster, { total: 10, bound: 0 });
      await cluster.uncordon(1);
      await untilBound(cluster, 10, boundOf(0, 1, FLOOR));
      await cluster.uncordon(2);
      await untilBound(cluster, 10, boundOf(0, 1, FLOOR, FLOOR));
      await cluster.uncordon(4);
      await untilPods(cluster, { total: 10, ready: 9 });
      await scaleGroup(cluster, 0);
      await untilPending(cluster, 'w-0-sg-x-1', short('w-0-sg-x-1', 2, 0));
      await cluster.uncordon(2);
      const state = await untilPods(cluster, { total: 14, ready: 11 });
      expect(bound(state)).toMatchObject({ 'w-0-sg-x-2-pc-b': 1, 'w-0-sg-x-2-pc-c': 1 });
      await cluster.uncordon(3);
      await untilBound(cluster, 14, boundOf(0, 2, FULL, FULL, FULL));
    },
  },
  {
    id: 'GS8',
    title: 'scaled before anything runs: the base gang, both scaled gangs, the rest',
    cluster: { nodes: 14, cordoned: 12 },
    async play(cluster) {
      await begin(cluster, WL2);
      await untilScaleable(cluster, 1);
      await scaleGroup(cluster, 0);
      await untilPods(cluster, { total: 14, bound: 0 });
      await cluster.uncordon(1);
      await untilBound(cluster, 14, boundOf(0, 1, FLOOR));
      await cluster.uncordon(4);
      await untilBound(cluster, 14, boundOf(0, 1, FLOOR, FLOOR, FLOOR));
      await cluster.uncordon(7);
      await untilBound(cluster, 14, boundOf(0, 2, FULL, FULL, FULL));
    },
  },
  {
    id: 'GS9',
    title: 'a second replica of the set comes floor by floor, too',
    cluster: { nodes: 20, cordoned: 18 },
    async play(cluster) {
      await floorThenRest(cluster);
      await oneMoreReplica(cluster, 10, boundOf(0, 2, FULL, FULL));
    },
  },
  {
    id: 'GS10',
    title: 'two replicas before there is room: two base gangs, two scaled gangs, the rest',
    cluster: { nodes: 20, cordoned: 18 },
    async play(cluster) {
      await begin(cluster, WL2);
      await scaleSet(cluster);
      await untilPods(cluster, { total: 20, bound: 0 });
      await cluster.uncordon(4);
      await untilBound(cluster, 20, { ...boundOf(0, 1, FLOOR), ...boundOf(1, 1, FLOOR) });
      await cluster.uncordon(4);
      await untilBound(cluster, 20, { ...boundOf(0, 1, FLOOR, FLOOR), ...boundOf(1, 1, FLOOR, FLOOR) });
      await cluster.uncordon(10);
      await untilBound(cluster, 20, { ...boundOf(0, 2, FULL, FULL), ...boundOf(1, 2, FULL, FULL) });
    },
  },
  {
    id: 'GS11',
    title: 'group, set and the other group grow while everything else runs',
    cluster: { nodes: 28, cordoned: 26 },
    async play(cluster) {
      await floorThenRest(cluster);
      await oneMoreGroup(cluster);
      const first = boundOf(0, 2, FULL, FULL, FULL);
      await oneMoreReplica(cluster, 14, first);
      await scaleGroup(cluster, 1);
      await untilPods(cluster, { total: 28, bound: 24 });
      await cluster.uncordon(2);
      await untilBound(cluster, 28, { ...first, ...boundOf(1, 2, FULL, FULL, FLOOR) });
      await cluster.uncordon(2);
      await untilBound(cluster, 28, { ...first, ...boundOf(1, 2, FULL, FULL, FULL) });
      await untilAvailable(cluster, 2);
    },
  },
  {
    id: 'GS12',
    title: 'set and groups scaled before there is room: two base gangs, four scaled ones, the rest',
    cluster: { nodes: 28, cordoned: 26 },
    async play(cluster) {
      await begin(cluster, WL2);
      await scaleSet(cluster);
      await untilScaleable(cluster, 2);
      await Promise.all([0, 1].map(i => scaleGroup(cluster, i)));
      await untilPods(cluster, { total: 28, bound: 0 });
      await cluster.uncordon(4);
      await untilBound(cluster, 28, { ...boundOf(0, 1, FLOOR), ...boundOf(1, 1, FLOOR) });
      await cluster.uncordon(8);
      await untilBound(cluster, 28, { ...boundOf(0, 1, FLOOR, FLOOR, FLOOR), ...boundOf(1, 1, FLOOR, FLOOR, FLOOR) });
      await cluster.uncordon(14);
      await untilBound(cluster, 28, { ...boundOf(0, 2, FULL, FULL, FULL), ...boundOf(1, 2, FULL, FULL, FULL) });
      await untilAvailable(cluster, 2);
    },
  },
];
