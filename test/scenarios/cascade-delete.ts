import { Cluster, Scenario, Template } from './cluster';
import { untilAvailable, untilPods } from './pods';
import { WL2 } from './workloads';
import { HORIZONTAL_POD_AUTOSCALER, POD, ResourceType, SERVICE } from '../../controller/src/kube';
import { POD_CLIQUE, POD_CLIQUE_SET, POD_GANG, SCALING_GROUP } from '../../controller/src/state/resources';

const KINDS: readonly ResourceType[] = [POD_CLIQUE_SET, POD_CLIQUE, SCALING_GROUP, POD_GANG, POD, SERVICE, HORIZONTAL_POD_AUTOSCALER];

async function left(on: Cluster): Promise<string[]> {
  const counts = await Promise.all(KINDS.map(async type => ({ kind: type.kind, count: (await on.all(type)).length })));
  return counts.filter(({ count }) => count > 0).map(({ kind }) => kind);
}

/** With everything that a set can have children of: a service, and autoscalers of a clique and a group. */
function withAutoscalers(template: Template): Template {
  const [a, ...others] = template.cliques;
  const [group] = template.podCliqueScalingGroups ?? [];
  return {
    ...template,
    headlessServiceConfig: { publishNotReadyAddresses: true },
    cliques: [{ ...a, spec: { ...a.spec, autoScalingConfig: { minReplicas: 1, maxReplicas: 3 } } }, ...others],
    podCliqueScalingGroups: [{ ...group, scaleConfig: { minReplicas: 1, maxReplicas: 3 } }],
  };
}

/** A deleted set takes everything with it (spec 10 §7). */
export const cascadeDelete: readonly Scenario[] = [{
  id: 'Cascade delete',
  title: 'a deleted set leaves nothing of itself behind',
  cluster: { nodes: 10 },
  async play(on) {
    await on.createSet('w', withAutoscalers(WL2(on)));
    await untilPods(on, { total: 10, ready: 10 });
    await untilAvailable(on);
    expect(await left(on)).toEqual(KINDS.map(({ kind }) => kind));
    await on.delete(POD_CLIQUE_SET, 'w');
    await on.until('nothing that is watched', ({ sets, cliques, scalingGroups, gangs, allPods }) =>
      sets.length + cliques.length + scalingGroups.length + gangs.length + allPods.length === 0);
    for (let waits = 0; waits < 20 && (await left(on)).length > 0; waits++) await on.pass(500);
    expect(await left(on)).toEqual([]);
  },
}];
