import { HORIZONTAL_POD_AUTOSCALER, KubeObject } from '../../controller/src/kube';
import { POD_CLIQUE, POD_CLIQUE_SET, SCALING_GROUP } from '../../controller/src/state/resources';
import { AutoScalingConfig, PodCliqueSet } from '../../src/core';
import { EmbeddedCluster } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

type Autoscaler = KubeObject & { readonly spec: { readonly minReplicas: number; readonly maxReplicas: number; readonly scaleTargetRef: { kind: string } } };
const nodes = Array.from({ length: 4 }, (_, index) => ({ name: `n${index}`, labels: {}, allocatable: { cpu: '64' } }));

function workload(clique?: AutoScalingConfig, group?: AutoScalingConfig, replicas = 1): PodCliqueSet {
  const router = aCliqueTemplate('router', 2, 1);
  return aSet('w', {
    cliques: [{ ...router, spec: { ...router.spec, ...(clique ? { autoScalingConfig: clique } : {}) } }, aCliqueTemplate('worker', 1, 1)],
    podCliqueScalingGroups: [{ name: 'x', cliqueNames: ['worker'], replicas: 1, minAvailable: 1, ...(group ? { scaleConfig: group } : {}) }],
  }, replicas);
}

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

async function autoscalers(): Promise<Autoscaler[]> {
  const { items } = await cluster.client.list<Autoscaler>(HORIZONTAL_POD_AUTOSCALER);
  return items.sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1));
}

test('each clique and group that asks for one has an autoscaler, in every replica of the set, as long as it asks', async () => {
  cluster = await EmbeddedCluster.start({ nodes });
  await cluster.createSet(workload({ maxReplicas: 5 }, { minReplicas: 1, maxReplicas: 3 }, 2));
  await cluster.until('ready', ({ ready }) => ready.length === 6);
  const made = await autoscalers();
  expect(made.map(({ metadata, spec }) => [metadata.name, spec.scaleTargetRef.kind, spec.minReplicas, spec.maxReplicas])).toEqual([
    ['w-0-router', 'PodClique', 2, 5], ['w-0-x', 'PodCliqueScalingGroup', 1, 3], ['w-1-router', 'PodClique', 2, 5], ['w-1-x', 'PodCliqueScalingGroup', 1, 3],
  ]);
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: workload({ maxReplicas: 8 }, undefined, 1).spec });
  await cluster.clock.advance(5_000);
  expect((await autoscalers()).map(({ metadata, spec }) => [metadata.name, spec.maxReplicas])).toEqual([['w-0-router', 8]]);
});

test('what an autoscaler has set survives changes of the set', async () => {
  cluster = await EmbeddedCluster.start({ nodes });
  await cluster.createSet(workload({ maxReplicas: 5 }, { maxReplicas: 3 }));
  await cluster.until('ready', ({ ready }) => ready.length === 3);
  await cluster.patch(POD_CLIQUE, 'w-0-router', { spec: { replicas: 4 } }, 'scale');
  await cluster.patch(SCALING_GROUP, 'w-0-x', { spec: { replicas: 3 } }, 'scale');
  await cluster.until('scaled', ({ ready }) => ready.length === 7);
  const changed = workload({ maxReplicas: 6 }, { maxReplicas: 4 });
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { ...changed.spec, template: { ...changed.spec.template, priorityClassName: 'high' } } });
  await cluster.clock.advance(120_000);
  const { cliques, scalingGroups, ready } = await cluster.state();
  expect(cliques.find(({ metadata }) => metadata.name === 'w-0-router')!.spec.replicas).toBe(4);
  expect(scalingGroups[0].spec.replicas).toBe(3);
  expect(ready).toHaveLength(7);
});
