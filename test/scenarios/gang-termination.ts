import { Cluster, Scenario } from './cluster';
import { podsOf, survivors, uids, untilPods } from './pods';
import { WL1_GT, WL2_GT, WL5_GT, Workload } from './workloads';
import { CONDITION, PodClique, findCondition } from '../../src/core';
import { State } from '../support/embedded';

/** What lacks its minimum so soon after its creation has never been well, and is not recreated (spec 05 §6). */
const EVER_WELL_MS = 6_000;

async function running(cluster: Cluster, workload: Workload): Promise<State> {
  await cluster.createSet('w', workload(cluster));
  await untilPods(cluster, { total: 10, ready: 10 });
  await cluster.pass(EVER_WELL_MS);
  return cluster.state();
}

/** Takes running pods of a clique away while no node takes new ones. */
async function lose(cluster: Cluster, clique: string, count: number): Promise<void> {
  await cluster.cordon();
  const pods = podsOf(await cluster.state(), clique).filter(({ spec }) => spec.nodeName);
  await cluster.kill(pods.slice(0, count));
}

/** Much longer than anything would take that should not happen. */
async function delayPasses(cluster: Cluster): Promise<void> {
  await cluster.pass(2 * cluster.terminationDelayMs);
}

/** Pods whose clique is there: those of a clique that is gone are on their way out. */
const ownedPods = ({ pods, cliques }: State): number =>
  pods.filter(pod => cliques.some(({ metadata }) => pod.metadata.ownerReferences?.some(owner => owner.uid === metadata.uid))).length;

const cliqueNamed = ({ cliques }: State, name: string): PodClique | undefined => cliques.find(({ metadata }) => metadata.name === name);

/** The clique is said to lack its minimum, and nothing goes yet; a delay later, and no sooner, all pods of before but these are recreated. */
async function untilRecreated(cluster: Cluster, before: State, breached: string, kept: readonly string[]): Promise<State> {
  const breach = (state: State) => findCondition(cliqueNamed(state, breached)?.status?.conditions, CONDITION.minAvailableBreached);
  const noticed = await cluster.until(`${breached} breached`, state => breach(state)?.status === 'True');
  const { uid } = cliqueNamed(noticed, breached)!.metadata;
  const after = await cluster.until(`all but ${kept.length} pods recreated`, state =>
    survivors(before, state).length === kept.length && state.pods.length === 10 && ownedPods(state) === 10
    && (cliqueNamed(state, breached)?.metadata.uid ?? uid) !== uid);
  expect(uids(survivors(before, after))).toEqual([...kept].sort());
  const tookMs = Date.parse(cliqueNamed(after, breached)!.metadata.creationTimestamp!) - Date.parse(breach(noticed)!.lastTransitionTime);
  expect(tookMs).toBeGreaterThanOrEqual(cluster.terminationDelayMs);
  expect(tookMs).toBeLessThan(cluster.terminationDelayMs + 15_000);
  return after;
}

/** What was recreated waits for nodes, is not recreated once more, and runs when there are some. */
async function recovers(cluster: Cluster): Promise<void> {
  const waiting = await cluster.state();
  await delayPasses(cluster);
  expect(survivors(waiting, await cluster.state())).toHaveLength(10);
  await cluster.uncordon();
  await untilPods(cluster, { total: 10, ready: 10 });
}

const oneOf = (workload: Workload, clique: string): Scenario['play'] => async cluster => {
  const before = await running(cluster, workload);
  await lose(cluster, clique, 1);
  await untilRecreated(cluster, before, clique, []);
  await recovers(cluster);
};

const cluster = { nodes: 10 };

/** Gangs that lack their minimum for longer than the termination delay are recreated (spec 10 §3). */
export const gangTermination: readonly Scenario[] = [
  { id: 'GT1', title: 'a lost pod that the gang needs: after the delay all ten pods are others', cluster, play: oneOf(WL1_GT, 'w-0-pc-a') },
  { id: 'GT2', title: 'a lost pod of a scaling group whose replicas are all needed: likewise', cluster, play: oneOf(WL1_GT, 'w-0-sg-x-0-pc-c') },
  {
    id: 'GT3',
    title: 'one of two pods is spare; when the second is lost, too, everything is recreated',
    cluster,
    async play(on) {
      const before = await running(on, WL2_GT);
      await lose(on, 'w-0-pc-a', 1);
      await delayPasses(on);
      const spared = await on.state();
      expect(survivors(before, spared)).toHaveLength(9);
      await lose(on, 'w-0-pc-a', 1);
      await untilRecreated(on, spared, 'w-0-pc-a', []);
      await recovers(on);
    },
  },
  {
    id: 'GT4',
    title: 'a group replica that lost a whole clique is recreated alone; when both have, everything is',
    cluster,
    async play(on) {
      const before = await running(on, WL2_GT);
      await lose(on, 'w-0-sg-x-1-pc-c', 2);
      await delayPasses(on);
      expect(survivors(before, await on.state())).toHaveLength(8);
      await lose(on, 'w-0-sg-x-1-pc-c', 1);
      const kept = ['w-0-pc-a', 'w-0-sg-x-0-pc-b', 'w-0-sg-x-0-pc-c'].flatMap(clique => uids(podsOf(before, clique)));
      const halved = await untilRecreated(on, before, 'w-0-sg-x-1-pc-c', kept);
      await lose(on, 'w-0-sg-x-0-pc-c', 3);
      await untilRecreated(on, halved, 'w-0-sg-x-0-pc-c', []);
      await recovers(on);
    },
  },
  {
    id: 'GT5',
    title: 'only the group replica that lacks its minimum gets other pods',
    cluster,
    async play(on) {
      const before = await running(on, WL5_GT);
      await lose(on, 'w-0-sg-x-1-pc-c', 3);
      const kept = before.pods.filter(({ metadata }) => !metadata.name!.startsWith('w-0-sg-x-1-'));
      await untilRecreated(on, before, 'w-0-sg-x-1-pc-c', uids(kept));
      await recovers(on);
    },
  },
  {
    id: 'GT6',
    title: 'a deleted pod of a scaled gang comes back, an evicted one, too, and nothing else happens',
    cluster,
    async play(on) {
      const before = await running(on, WL2_GT);
      const [deleted, evicted] = podsOf(before, 'w-0-sg-x-1-pc-c');
      await on.kill([deleted]);
      await on.until('ten ready, one of them new', state => survivors(before, state).length === 9 && state.ready.length === 10);
      await on.fail(evicted);
      await on.until('ten ready, two of them new', state => survivors(before, state).length === 8 && state.ready.length === 10);
      await delayPasses(on);
      expect(survivors(before, await on.state())).toHaveLength(8);
    },
  },
];
