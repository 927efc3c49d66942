import { Faults } from '../../controller/src/cluster';
import { KubeRequest, POD } from '../../controller/src/kube';
import { POD_CLIQUE, POD_CLIQUE_SET, SCALING_GROUP } from '../../controller/src/state/resources';
import { KubeObject, PodSpec, expand, isActive, isFinished, isTerminating } from '../../src/core';
import { EmbeddedCluster, State, seededRandom } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

const HISTORIES = Number(process.env.GROVE_HISTORIES ?? 40);
const FIRST_SEED = Number(process.env.GROVE_SEED ?? 1);
const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const gpu: Partial<PodSpec> = { containers: [{ name: 'main', image: 'i', resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
const nodes = Array.from({ length: 14 }, (_, index) => ({ name: `n${index}`, labels: {}, allocatable: { 'cpu': '64', 'nvidia.com/gpu': '1' } }));
const seeds = Array.from({ length: HISTORIES }, (_, index) => FIRST_SEED + index);

/** Refused, lost and delayed requests, answers lost after the deed, broken and late watches; until `calm` is set. */
class Trouble implements Faults {
  calm = false;
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  request({ method }: KubeRequest) {
    if (this.calm || this.random() > 0.15) return undefined;
    const kind = this.random();
    if (kind < 0.2) return { refuse: { status: 429 as const, retryAfterSeconds: 1 } };
    if (kind < 0.4) return { refuse: { status: 500 as const } };
    if (kind < 0.5 && WRITES.has(method)) return { refuse: { status: 409 as const } };
    if (kind < 0.65) return { reset: 'before' as const };
    if (kind < 0.8) return { reset: 'after' as const };
    return { delayMs: Math.floor(this.random() * 3_000) };
  }

  line() {
    if (this.calm || this.random() > 0.05) return undefined;
    return this.random() < 0.3 ? { reset: true } : { delayMs: Math.floor(this.random() * 2_000) };
  }
}

const set = aSet('w', {
  cliques: [aCliqueTemplate('pc-a', 2, 1, gpu), aCliqueTemplate('pc-b', 1, 1, gpu), aCliqueTemplate('pc-c', 2, 2, gpu)],
  podCliqueScalingGroups: [{ name: 'x', cliqueNames: ['pc-b', 'pc-c'], replicas: 2, minAvailable: 1 }],
  cliqueStartupType: 'CliqueStartupTypeInOrder',
});

test.each(seeds)('history %i ends as the set asks for, whatever happened on the way', async seed => {
  const trouble = new Trouble(seed);
  const random = seededRandom(seed * 7_919);
  const kubelet = { startMs: 300, readyMs: 200, stopMs: 500 };
  const cluster = await EmbeddedCluster.start({ seed, nodes, faults: trouble, kubelet, invariant: expectNoDuplicates });
  try {
    await cluster.createSet(set);
    for (let step = 0; step < 8; step++) {
      await cluster.pass(Math.floor(random() * 4_000));
      await disturb(cluster, random);
    }
    trouble.calm = true;
    const wanted = await finalScale(cluster);
    await cluster.until(`${wanted.pods.length} pods ready`, state => isSettled(state, wanted.pods.length), 600_000);
    const state = await rest(cluster);
    expect(state.pods.map(pod => pod.spec.hostname).sort()).toEqual(wanted.pods);
    expect(state.gangs.map(({ metadata }) => metadata.name).sort()).toEqual(wanted.gangs);
    expect(state.gangs.map(({ status }) => status?.phase)).toEqual(wanted.gangs.map(() => 'Running'));
    expectWholeGangs(state);
  } finally {
    await cluster.stop();
  }
});

/** One thing that happens in the life of a cluster. */
async function disturb(cluster: EmbeddedCluster, random: () => number): Promise<void> {
  const { pods } = await cluster.state();
  const pod = pods[Math.floor(random() * pods.length)];
  const kind = Math.floor(random() * 6);
  if (kind === 0) await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { replicas: Math.floor(random() * 3) } });
  if (kind === 1) await cluster.patch(SCALING_GROUP, 'w-0-x', { spec: { replicas: 1 + Math.floor(random() * 3) } }).catch(ignore);
  if (kind === 2) await cluster.patch(POD_CLIQUE, 'w-0-pc-a', { spec: { replicas: 1 + Math.floor(random() * 3) } }).catch(ignore);
  if (kind === 3 && pod) await cluster.delete(POD, pod.metadata.name!).catch(ignore);
  if (kind === 4 && pod) await cluster.patch(POD, pod.metadata.name!, { status: { phase: 'Failed', reason: 'Evicted' } }, 'status').catch(ignore);
  if (kind === 5) {
    await cluster.killController();
    cluster.startController();
  }
}

/** Brings the set to a size that fits, and tells what has to be there in the end. */
async function finalScale(cluster: EmbeddedCluster): Promise<{ pods: string[]; gangs: string[] }> {
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { replicas: 1 } });
  await cluster.until('one replica, seen by the controller', ({ sets: [{ metadata, status }], scalingGroups, cliques }) =>
    status?.observedGeneration === metadata.generation && isAlive(scalingGroups, 'w-0-x') && isAlive(cliques, 'w-0-pc-a'), 600_000);
  await cluster.patch(SCALING_GROUP, 'w-0-x', { spec: { replicas: 3 } });
  await cluster.patch(POD_CLIQUE, 'w-0-pc-a', { spec: { replicas: 3 } });
  const objects = expand(set, { live: { scalingGroupReplicas: { 'w-0-x': 3 }, cliqueReplicas: { 'w-0-pc-a': 3 } } });
  const named = (kind: string) => objects.filter(object => object.kind === kind).map(({ metadata }) => metadata.name!).sort();
  return { pods: named('Pod'), gangs: named('PodGang') };
}

function isAlive(objects: readonly KubeObject[], name: string): boolean {
  return objects.some(object => object.metadata.name === name && !isTerminating(object));
}

function isSettled({ allPods, ready, sets: [found] }: State, pods: number): boolean {
  return allPods.length === pods && ready.length === pods && found.status?.availableReplicas === 1;
}

/** Nothing is written any more; the state then. */
async function rest(cluster: EmbeddedCluster): Promise<State> {
  await cluster.clock.advance(30_000);
  const before = cluster.writes.length;
  await cluster.clock.advance(600_000);
  expect(cluster.writes.slice(before)).toEqual([]);
  return cluster.state();
}

/** No two pods do the work of one: every index of a clique is there once at most. */
function expectNoDuplicates({ pods }: State): void {
  const hosts = pods.filter(isActive).map(pod => pod.spec.hostname);
  if (new Set(hosts).size < hosts.length) throw new Error(`an index is there twice: ${hosts.sort().join(', ')}`);
}

/** Each group of a gang has its minimum on nodes, or none of them has any. */
function expectWholeGangs({ gangs, allPods }: State): void {
  for (const { spec, metadata } of gangs) {
    const placed = spec.podgroups.map(group => {
      const members = new Set(group.podReferences.map(({ name }) => name));
      return allPods.filter(pod => members.has(pod.metadata.name!) && pod.spec.nodeName && !isFinished(pod)).length >= group.minReplicas;
    });
    expect([metadata.name, new Set(placed).size]).toEqual([metadata.name, 1]);
  }
}

function ignore(): undefined {
  return undefined;
}
