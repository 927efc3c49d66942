import { EVENT, KubeObject, KubeRequest } from '../../controller/src/kube';
import { POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

const nodes = Array.from({ length: 4 }, (_, index) => ({ name: `n${index}`, labels: {}, allocatable: { cpu: '64' } }));
const router = aCliqueTemplate('router', 2, 1);
const set = aSet('w', {
  cliques: [{ ...router, spec: { ...router.spec, autoScalingConfig: { minReplicas: 2, maxReplicas: 5 } } }, aCliqueTemplate('worker', 1, 1)],
  podCliqueScalingGroups: [{ name: 'x', cliqueNames: ['worker'], replicas: 2, minAvailable: 1 }],
});
const PODS = 4;

/** Refuses to create objects of one kind, as a server does whose webhook or storage fails, until it is mended. */
class Trouble {
  isOver = false;
  attempts = 0;

  constructor(private readonly plural: string) {}

  request({ method, path }: KubeRequest) {
    if (this.isOver || method !== 'POST' || !path.split('?')[0].endsWith(`/${this.plural}`)) return undefined;
    this.attempts += 1;
    return { refuse: { status: 500 as const } };
  }
}

const conditionOf = ({ sets: [found] }: State, type: string) => found.status?.conditions?.find(condition => condition.type === type);

test.each([
  ['pods', 'PodCreateFailed', /^PodClique w-0-/, 'False'], ['podgangs', 'PodGangCreateOrUpdateFailed', /^PodGang w-0/, 'False'],
  ['podcliquescalinggroups', 'SyncFailed', /^PodCliqueSet w: /, 'False'],
  // The pods run all the same.
  ['services', 'SyncFailed', /^PodCliqueSet w: /, 'True'], ['horizontalpodautoscalers', 'SyncFailed', /^PodCliqueSet w: /, 'True'],
])('no %s can be made: first slow, then stalled, tried ever more rarely, one event, and all is made once when they can', async (plural, reason, message, ready) => {
  const trouble = new Trouble(plural);
  const cluster = await EmbeddedCluster.start({ nodes, faults: trouble });
  try {
    await cluster.createSet(set);
    const slow = await cluster.until('slow', state => conditionOf(state, 'Progressing')?.reason === reason);
    expect(conditionOf(slow, 'Progressing')).toMatchObject({ status: 'True', message: expect.stringMatching(message) as string });
    expect(conditionOf(slow, 'Stalled')).toBeUndefined();
    const stalled = await cluster.until('stalled', state => conditionOf(state, 'Stalled')?.reason === reason, 30_000);
    expect(conditionOf(stalled, 'Progressing')).toMatchObject({ status: 'False', reason });
    expect(conditionOf(stalled, 'Ready')?.status).toBe(ready);
    await cluster.clock.advance(120_000);
    const before = trouble.attempts;
    await cluster.clock.advance(600_000);
    expect((trouble.attempts - before) / PODS).toBeLessThan(60);
    const { items } = await cluster.client.list<KubeObject & { reason: string; regarding: { name: string } }>(EVENT);
    const events = items.filter(event => event.reason === reason);
    expect(events.length).toBe(new Set(events.map(({ regarding }) => regarding.name)).size);
    trouble.isOver = true;
    const isWell = (state: State) => state.ready.length === PODS && conditionOf(state, 'Ready')?.status === 'True' && !conditionOf(state, 'Stalled');
    const well = await cluster.until('well', isWell, 120_000);
    expect(conditionOf(well, 'Progressing')).toMatchObject({ status: 'False', reason: 'Complete' });
    expect(new Set(well.pods.map(pod => pod.spec.hostname)).size).toBe(PODS);
    expect(well.sets[0].status?.lastErrors).toBeUndefined();
    await cluster.delete(POD_CLIQUE_SET, 'w');
    await cluster.until('nothing', ({ sets, cliques, gangs, allPods }) => sets.length + cliques.length + gangs.length + allPods.length === 0);
  } finally {
    await cluster.stop();
  }
});
