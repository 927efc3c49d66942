import {
  CONDITION, FINALIZER, KubeObject, PodCliqueSet, admit, describeErrors, findCondition, isTerminating, isUrgentSetStatus, planSetChildren, podCliqueSetStatus, stalledStatus,
} from 'cdk8s-grove/core';
import { World, guarded, soonest } from './world';
import { ReconcileResult, keyOf, mergePatch } from '../kube';
import { scopedKey } from '../state/caches';

/** Keeps what a PodCliqueSet owns directly, gangs aside, and its status. A set that admission would refuse is not touched, only reported. */
export async function reconcilePodCliqueSet(world: World, key: string): Promise<ReconcileResult | void> {
  const set = world.caches.sets.store.get(key);
  if (!set) return;
  if (isTerminating(set)) return world.writer.releaseFinalizers(set);
  const { allowed, errors } = admit({ object: set, topologies: [...world.caches.topologies.store.values()] });
  if (!allowed) {
    const before = findCondition(set.status?.conditions, CONDITION.stalled);
    await world.writer.writeStatus(set, stalledStatus(set, errors, world.clock.now()));
    if (before?.message !== describeErrors(errors)) world.events.event(set, 'Warning', 'InvalidSpec', describeErrors(errors));
    return;
  }
  const owned = await world.writer.ensureFinalizer(set, FINALIZER.podCliqueSet);
  await guarded(world, owned, 'ERR_SYNC_PODCLIQUESET', 'SyncFailed', () => syncChildren(world, owned));
  return soonest(await writeStatus(world, keyOf(owned)));
}

async function syncChildren({ caches, writer }: World, set: PodCliqueSet): Promise<void> {
  const plan = planSetChildren(set, children(caches, set));
  await writer.createAll(plan.create);
  for (const service of plan.revise) {
    await writer.patch(service, mergePatch({ spec: service.spec }));
  }
  await writer.removeAll(plan.remove);
}

async function writeStatus({ caches, writer, clock }: World, key: string): Promise<number | undefined> {
  const set = caches.sets.store.get(key);
  if (!set) return undefined;
  const within = (name: string) => scopedKey(set, name);
  const status = podCliqueSetStatus({
    set,
    clique: name => caches.cliques.store.get(within(name)),
    scalingGroup: name => caches.scalingGroups.store.get(within(name)),
    topologies: [...caches.topologies.store.values()],
    complete: true,
    nowMs: clock.now(),
  });
  return writer.writeStatus(set, { ...status, lastErrors: undefined }, isUrgentSetStatus(set, status));
}

/** What belongs to the set directly: members of its scaling groups belong to those. */
function children({ services, cliques, scalingGroups }: World['caches'], set: PodCliqueSet) {
  const key = scopedKey(set, set.metadata.name ?? '');
  const byName = <T extends KubeObject>(objects: readonly T[]) => new Map(
    objects.filter(({ metadata }) => metadata.ownerReferences?.some(({ kind }) => kind === 'PodCliqueSet'))
      .map(object => [object.metadata.name ?? '', object]));
  return {
    services: byName(services.store.byIndex('set', key)),
    cliques: byName(cliques.store.byIndex('set', key)),
    scalingGroups: byName(scalingGroups.store.byIndex('set', key)),
  };
}
