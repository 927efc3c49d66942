import {
  CONDITION, FINALIZER, KubeObject, LastError, PodCliqueSet, describeErrors, findCondition, isTerminating, isUrgentSetStatus, planSetChildren,
  podCliqueSetStatus, stalledStatus,
} from 'cdk8s-grove/core';
import { externalTemplates, releaseComputeDomains } from './claims';
import { terminateBreached } from './termination';
import { World, guarded, lastErrorsOf, pass, soonest } from './world';
import { ReconcileResult, keyOf, mergePatch } from '../kube';
import { scopedKey } from '../state/caches';

/** Keeps what a PodCliqueSet owns directly, gangs aside, and its status. A set that admission would refuse is not touched, only reported. */
export async function reconcilePodCliqueSet(world: World, key: string): Promise<ReconcileResult | void> {
  const set = world.caches.sets.store.get(key);
  if (!set) return;
  if (isTerminating(set)) {
    await releaseComputeDomains(world, set);
    return world.writer.releaseFinalizers(set);
  }
  const { allowed, errors } = world.admission(set);
  if (!allowed) {
    const before = findCondition(set.status?.conditions, CONDITION.stalled);
    await world.writer.writeStatus(set, stalledStatus(set, errors, world.clock.now()));
    if (before?.message !== describeErrors(errors)) world.events.event(set, 'Warning', 'InvalidSpec', describeErrors(errors));
    return;
  }
  const owned = await world.writer.ensureFinalizer(set, FINALIZER.podCliqueSet);
  let breachDueMs: number | undefined;
  const againMs = await pass(async () => {
    await guarded(world, owned, 'ERR_DELETE_PCS_REPLICA', 'PodCliqueSetReplicaDeleteFailed', async () => { breachDueMs = await terminateBreached(world, owned); });
    await guarded(world, owned, 'ERR_SYNC_PODCLIQUESET', 'SyncFailed', () => syncChildren(world, owned));
  }, lastErrors => writeStatus(world, keyOf(owned), lastErrors));
  return soonest(breachDueMs, againMs);
}

async function syncChildren(world: World, set: PodCliqueSet): Promise<void> {
  const { caches, writer } = world;
  const plan = planSetChildren(set, children(caches, set), await externalTemplates(writer.client, set));
  await writer.createAll(plan.create);
  for (const object of plan.revise) await writer.patch(object, mergePatch({ spec: object.spec }));
  await writer.removeAll(plan.remove);
  await releaseComputeDomains(world, set);
}

async function writeStatus({ caches, writer, clock }: World, key: string, errors?: readonly LastError[]): Promise<number | undefined> {
  const set = caches.sets.store.get(key);
  if (!set) return undefined;
  const within = (name: string) => scopedKey(set, name);
  const status = podCliqueSetStatus({
    set,
    clique: name => caches.cliques.store.get(within(name)),
    scalingGroup: name => caches.scalingGroups.store.get(within(name)),
    topologies: [...caches.topologies.store.values()],
    complete: errors === undefined,
    nowMs: clock.now(),
  });
  const lastErrors = lastErrorsOf(set, errors);
  const isNews = (lastErrors === undefined) !== (set.status?.lastErrors === undefined);
  return writer.writeStatus(set, { ...status, lastErrors }, isNews || isUrgentSetStatus(set, status));
}

/** What belongs to the set directly: members of its scaling groups belong to those. */
function children({ services, autoscalers, claims, computeDomains, cliques, scalingGroups }: World['caches'], set: PodCliqueSet) {
  const key = scopedKey(set, set.metadata.name ?? '');
  const byName = <T extends KubeObject>(objects: readonly T[]) => new Map(
    objects.filter(({ metadata }) => metadata.ownerReferences?.some(({ kind }) => kind === 'PodCliqueSet'))
      .map(object => [object.metadata.name ?? '', object]));
  return {
    services: byName(services.store.byIndex('set', key)),
    others: [...autoscalers.store.byIndex('set', key), ...computeDomains.store.byIndex('set', key), ...claims.store.byIndex('owner', set.metadata.uid ?? '')],
    cliques: byName(cliques.store.byIndex('set', key)),
    scalingGroups: byName(scalingGroups.store.byIndex('set', key)),
  };
}
