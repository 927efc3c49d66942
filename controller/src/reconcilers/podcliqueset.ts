import {
  CONDITION, FINALIZER, FieldError, KubeObject, LastError, PodCliqueSet, Trouble, childTroubles, describeErrors, earliest, errorTroubles, findCondition,
  isTerminating, isUrgentSetStatus, planSetChildren, podCliqueSetStatus, refusalReason, stalledStatus, stallsAfterMs,
} from 'cdk8s-grove/core';
import { isDomainInUse, releaseComputeDomains, withExternalTemplates } from './claims';
import { terminateBreached } from './termination';
import { World, guarded, lastErrorsOf, pass, soonest } from './world';
import { ReconcileResult, keyOf, mergePatch } from '../kube';
import { scopedKey } from '../state/caches';
import { authored, mergeDiff } from '../state/merge-diff';

/** Keeps what a PodCliqueSet owns directly, gangs aside, and its status. A set that admission would refuse is not touched, only reported. */
export async function reconcilePodCliqueSet(world: World, key: string): Promise<ReconcileResult | void> {
  const set = world.caches.sets.store.get(key);
  if (!set) {
    world.gangFailures.forget(key);
    return releaseComputeDomains(world, key, 'those that go');
  }
  if (isTerminating(set)) {
    await releaseComputeDomains(world, key, 'all');
    return world.writer.releaseFinalizers(set);
  }
  const { allowed, errors } = world.admission(set);
  if (!allowed) return refuse(world, set, errors);
  const owned = await world.writer.ensureFinalizer(set, FINALIZER.podCliqueSet);
  let breachDueMs: number | undefined;
  let domainsDueMs: number | undefined;
  const againMs = await pass(async () => {
    await guarded(world, owned, 'ERR_DELETE_PCS_REPLICA', 'PodCliqueSetReplicaDeleteFailed', async () => { breachDueMs = await terminateBreached(world, owned); });
    await guarded(world, owned, 'ERR_SYNC_PODCLIQUESET', 'SyncFailed', async () => { domainsDueMs = await syncChildren(world, owned); });
  }, lastErrors => writeStatus(world, keyOf(owned), lastErrors));
  return soonest(breachDueMs, domainsDueMs, againMs);
}

/** Tells what is wrong with a set, and counts what of it runs. */
async function refuse({ caches, writer, events, clock }: World, set: PodCliqueSet, errors: readonly FieldError[]): Promise<void> {
  const before = findCondition(set.status?.conditions, CONDITION.stalled);
  const topologies = [...caches.topologies.store.values()];
  const key = keyOf(set);
  const [cliques, scalingGroups] = [caches.cliques.store.byIndex('set', key), caches.scalingGroups.store.byIndex('set', key)];
  await writer.writeStatus(set, stalledStatus({ set, errors, topologies, cliques, scalingGroups, nowMs: clock.now() }));
  const message = describeErrors(errors);
  if (before?.message !== message) events.event(set, 'Warning', refusalReason({ set, errors, topologies }), message);
}

/** A pod that goes tells its clique, not its set: a ComputeDomain that is too much and in use is looked at again after so long. */
const DOMAIN_IN_USE_MS = 2_000;

/**
 * What pods need comes before what has pods: a claim or an NVLink domain that cannot be made leaves no pods that would wait for it forever.
 * Resolves to the milliseconds until what is still in use is looked at again, if there is any.
 */
async function syncChildren(world: World, set: PodCliqueSet): Promise<number | undefined> {
  const { caches, writer } = world;
  const plan = await withExternalTemplates(writer.client, set, external => planSetChildren(set, children(caches, set), external));
  await writer.createAll(plan.create.filter(isNeededByPods));
  await writer.createAll(plan.create.filter(object => !isNeededByPods(object)));
  for (const object of plan.revise) await revise(world, object);
  const kept = plan.remove.filter(object => isDomainInUse(world, set, object));
  await writer.removeAll(plan.remove.filter(object => !kept.includes(object)), () => writer.hasSameSpec(set));
  await releaseComputeDomains(world, keyOf(set), 'those that go');
  return kept.length > 0 ? DOMAIN_IN_USE_MS : undefined;
}

function isNeededByPods({ kind }: KubeObject): boolean {
  return kind === 'ComputeDomain' || kind === 'ResourceClaim';
}

/** Of scaling groups labels and annotations are the set's, too; of others the server, or people, have added to what the set asks for. */
async function revise({ caches, writer }: World, wanted: KubeObject): Promise<void> {
  const live = caches.scalingGroups.store.get(keyOf(wanted));
  const change = wanted.kind === 'PodCliqueScalingGroup' && live ? mergeDiff(authored(live), authored(wanted)) : { spec: wanted.spec };
  await writer.patch(wanted, mergePatch(change));
}

async function writeStatus(world: World, key: string, errors?: readonly LastError[]): Promise<number | undefined> {
  const { caches, writer, clock } = world;
  const set = caches.sets.store.get(key);
  if (!set) return undefined;
  const within = (name: string) => scopedKey(set, name);
  const lastErrors = lastErrorsOf(set, errors);
  const troubles = troublesOf(world, set, lastErrors);
  const status = podCliqueSetStatus({
    set,
    clique: name => caches.cliques.store.get(within(name)),
    scalingGroup: name => caches.scalingGroups.store.get(within(name)),
    topologies: [...caches.topologies.store.values()],
    complete: errors === undefined,
    troubles,
    nowMs: clock.now(),
  });
  const isNews = (lastErrors === undefined) !== (set.status?.lastErrors === undefined);
  const againMs = await writer.writeStatus(set, { ...status, lastErrors }, isNews || isUrgentSetStatus(set, status));
  return earliest([againMs, stallsAfterMs(troubles, clock.now())]);
}

/** What has gone wrong for the set, and for everything that belongs to it. */
function troublesOf({ caches, gangFailures }: World, set: PodCliqueSet, lastErrors: readonly LastError[] | undefined): Trouble[] {
  const key = keyOf(set);
  const parts = [...caches.cliques.store.byIndex('set', key), ...caches.scalingGroups.store.byIndex('set', key)];
  return [
    ...errorTroubles(`PodCliqueSet ${set.metadata.name}`, lastErrors),
    ...parts.filter(part => !isTerminating(part)).flatMap(childTroubles),
    ...[...gangFailures.of(key)].flatMap(([name, error]) => errorTroubles(`PodGang ${name}`, [error])),
  ];
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
