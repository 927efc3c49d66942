import { POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { CONDITION, PodCliqueSet, PodSpec, RollingUpdateConfiguration, findCondition, isActive, isReady } from '../../src/core';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

const nodes = Array.from({ length: 8 }, (_, index) => ({ name: `n${index}`, labels: {}, allocatable: { 'cpu': '64', 'nvidia.com/gpu': '8' } }));
const running = (image: string): Partial<PodSpec> => ({ containers: [{ name: 'main', image, resources: { limits: { 'nvidia.com/gpu': '1' } } }] });
const PODS = 14;

/** Six pods of which three are needed, and a group of four replicas of two pods of which two are. */
function workload(image: string, rollingUpdate: RollingUpdateConfiguration | undefined): PodCliqueSet {
  const pace = rollingUpdate ? { rollingUpdate } : {};
  return aSet('w', {
    cliques: [{ ...aCliqueTemplate('a', 6, 3, running(image)), ...pace }, aCliqueTemplate('b', 2, 2, running(image))],
    podCliqueScalingGroups: [{ name: 'x', cliqueNames: ['b'], replicas: 4, minAvailable: 2, ...pace }],
  });
}

let cluster: EmbeddedCluster;
const watched: State[] = [];
afterEach(() => cluster.stop());

async function start(rollingUpdate?: RollingUpdateConfiguration): Promise<void> {
  cluster = await EmbeddedCluster.start({ nodes, kubelet: { startMs: 4_000, stopMs: 500 }, invariant: state => { watched.push(state); } });
  await cluster.createSet(workload('v1', rollingUpdate));
  await cluster.until(`${PODS} pods ready`, ({ ready, sets: [{ status }] }) => ready.length === PODS && status?.availableReplicas === 1);
  watched.length = 0;
}

const change = (set: PodCliqueSet) => cluster.patch(POD_CLIQUE_SET, 'w', { spec: set.spec });
const imageOf = ({ spec }: State['pods'][number]) => spec.containers[0].image;
const ended = (image: string) => ({ sets: [{ status }], ready }: State) => status?.updateProgress?.updateEndedAt !== undefined
  && ready.length === PODS && ready.every(pod => imageOf(pod) === image);
const readyOf = ({ pods }: State, clique: string) => pods.filter(pod => isActive(pod) && isReady(pod) && pod.metadata.labels!['grove.io/podclique'] === clique).length;
const fewest = (count: (state: State) => number) => Math.min(...watched.map(count));
const wholeReplicas = (state: State) => [0, 1, 2, 3].filter(j => readyOf(state, `w-0-x-${j}-b`) === 2).length;

test.each([
  [undefined, { pods: 5, replicas: 3 }], [2, { pods: 4, replicas: 2 }], [3, { pods: 3, replicas: 2 }], [6, { pods: 3, replicas: 2 }],
])('with maxUnavailable %s an update leaves ready %o', async (maxUnavailable, left) => {
  const pace = maxUnavailable === undefined ? undefined : { maxUnavailable };
  await start(pace);
  await change(workload('v2', pace));
  await cluster.until('the update ended', ended('v2'), 300_000);
  expect({ pods: fewest(state => readyOf(state, 'w-0-a')), replicas: fewest(wholeReplicas) }).toEqual(left);
});

describe('an update that comes no further', () => {
  const pace = { progressDeadline: '10m' };
  const said = ({ sets: [set], cliques }: State) => {
    const clique = cliques.find(({ metadata }) => metadata.name === 'w-0-a')!;
    const words = [
      findCondition(clique.status?.conditions, CONDITION.updateInProgress),
      findCondition(set.status?.conditions, CONDITION.progressing),
      findCondition(set.status?.conditions, CONDITION.stalled),
    ];
    return words.map(condition => condition && `${condition.status} ${condition.reason}`);
  };
  const stuck = ['Unknown ProgressDeadlineExceeded', 'False ProgressDeadlineExceeded', 'True ProgressDeadlineExceeded'];

  test('is reported at its deadline, by one wake-up, goes on all the same, and is reported no longer', async () => {
    await start(pace);
    const release = cluster.kubelet.hold(pod => imageOf(pod) === 'v2');
    await change(workload('v2', pace));
    await cluster.until('a pod of the new template waits', ({ pods }) => pods.some(pod => imageOf(pod) === 'v2' && pod.spec.nodeName));
    await cluster.clock.advance(30_000);
    expect(said(await cluster.state())).toEqual(['True Progressing', 'True UpdateInProgress', undefined]);
    const writes = cluster.writes.length;
    await cluster.clock.advance(9 * 60_000);
    expect(cluster.writes.slice(writes)).toEqual([]);
    await cluster.clock.advance(60_000);
    expect(said(await cluster.state())).toEqual(stuck);
    await cluster.clock.advance(3_600_000);
    expect(said(await cluster.state())).toEqual(stuck);
    release();
    await cluster.until('it goes on', state => said(state)[2] === undefined, 60_000);
    await cluster.until('the update ended', ended('v2'), 300_000);
    await cluster.clock.advance(30_000);
    expect(said(await cluster.state())).toEqual(['False NoActiveUpdate', 'False Complete', undefined]);
  });

  test('is not when pods become ready one by one, however long it takes in all', async () => {
    await start(pace);
    cluster.kubelet.hold(pod => imageOf(pod) === 'v2' && cluster.clock.now() - Date.parse(pod.metadata.creationTimestamp!) < 8 * 60_000);
    await change(workload('v2', pace));
    for (let minute = 0; minute < 60; minute++) {
      await cluster.clock.advance(60_000);
      cluster.kubelet.hold(() => false)();
      expect(said(await cluster.state())[2]).toBeUndefined();
    }
    await cluster.until('the update ended', ended('v2'), 300_000);
  });

  test('is for ever in progress without a deadline', async () => {
    await start();
    cluster.kubelet.hold(pod => imageOf(pod) === 'v2');
    await change(workload('v2', undefined));
    await cluster.clock.advance(24 * 3_600_000);
    expect(said(await cluster.state())).toEqual(['True Progressing', 'True UpdateInProgress', undefined]);
  });
});
