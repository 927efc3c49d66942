import { Cluster, Template } from './cluster';
import { podsOf, uids, untilAvailable, untilPods } from './pods';
import { POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { Pod } from '../../src/core';
import { Version } from '../support/other-version';

/** Ends the controller that runs, and starts one of that version. */
export type ChangeVersion = (version: Version) => Promise<void>;

const BEFORE: Version = { startupImage: 'registry.example/startup:1', hashPrefix: 'older' };
const AFTER: Version = { startupImage: 'registry.example/startup:2' };

/** The workload upgrade-survivor: the worker starts after the bootstrap pod; and a group beside them, which updates replace whole. */
const template = (cluster: Cluster): Template => ({
  cliqueStartupType: 'CliqueStartupTypeExplicit',
  cliques: [
    cluster.clique('bootstrap', 1, 1), { ...cluster.clique('worker', 1, 1), spec: { ...cluster.clique('worker', 1, 1).spec, startsAfter: ['bootstrap'] } },
    cluster.clique('member', 1, 1),
  ],
  podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['member'], replicas: 2, minAvailable: 1 }],
});

const PODS = 4;
const startupOf = (pods: readonly Pod[]) => pods.map(({ spec }) => spec.initContainers?.[0]?.image);

/** Nothing restarts when the controller becomes another version, forwards or backwards; what is made from then on is that version's. */
export async function playUpgrade(cluster: Cluster, change: ChangeVersion): Promise<void> {
  await change(BEFORE);
  await cluster.createSet('w', template(cluster));
  await untilPods(cluster, { total: PODS, ready: PODS });
  const before = await untilAvailable(cluster);
  expect(startupOf(podsOf(before, 'w-0-worker'))).toEqual([BEFORE.startupImage]);

  await change(AFTER);
  await cluster.pass(3_000);
  await expectUntouched(cluster, before.pods);
  await cluster.scale(POD_CLIQUE_SET, 'w', 2);
  const scaled = await untilPods(cluster, { total: 2 * PODS, ready: 2 * PODS });
  expect(uids(scaled.pods)).toEqual(expect.arrayContaining(uids(before.pods)));
  expect([startupOf(podsOf(scaled, 'w-0-worker')), startupOf(podsOf(scaled, 'w-1-worker'))]).toEqual([[BEFORE.startupImage], [AFTER.startupImage]]);
  await untilAvailable(cluster, 2);

  await change(BEFORE);
  await cluster.pass(3_000);
  await expectUntouched(cluster, scaled.pods);

  await change(AFTER);
  const { cliques: [bootstrap, ...others] } = template(cluster);
  const podSpec = { ...bootstrap.spec.podSpec, terminationGracePeriodSeconds: 1 };
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { template: { cliques: [{ ...bootstrap, spec: { ...bootstrap.spec, podSpec } }, ...others] } } });
  const after = await cluster.until('rolled out', ({ sets: [{ status }], ready, pods }) =>
    status?.updateProgress?.updateEndedAt !== undefined && status.updatedReplicas === 2 && ready.length === 2 * PODS && pods.length === 2 * PODS);
  const kept = after.pods.filter(pod => uids(scaled.pods).includes(pod.metadata.uid ?? ''));
  expect(kept.map(({ metadata }) => metadata.labels?.['grove.io/podclique']).filter(clique => clique?.endsWith('bootstrap'))).toEqual([]);
  expect(kept).toHaveLength(2 * (PODS - 1));
}

async function expectUntouched(cluster: Cluster, pods: readonly Pod[]): Promise<void> {
  const state = await cluster.state();
  expect(uids(state.allPods)).toEqual(uids(pods));
  expect(new Set(state.pods.flatMap(({ status }) => status?.containerStatuses ?? []).map(({ restartCount }) => restartCount))).toEqual(new Set([0]));
  const [{ status }] = state.sets;
  expect([status?.updateProgress, status?.updatedReplicas]).toEqual([undefined, status?.replicas]);
}
