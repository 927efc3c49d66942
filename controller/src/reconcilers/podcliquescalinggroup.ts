import {
  FINALIZER, LABEL, LastError, Pod, PodClique, PodCliqueScalingGroup, PodCliqueScalingGroupUpdateProgress, PodCliqueSet, RollingUpdateConfiguration,
  ScalingGroupUpdate, generationHash, groupRollingUpdate, isGroupReplacing, isOutdated, isTerminating, memberCliqueName, memberCliquesOf, planGroupUpdate,
  progressDueMs, scalingGroupStatus, withPodCounts,
} from 'cdk8s-grove/core';
import { syncGroupClaims } from './claims';
import { removeTogether } from './recreation';
import { terminateBreachedReplicas } from './termination';
import { World, guarded, lastErrorsOf, pass, soonest, tellWhenBelowFloor } from './world';
import { ReconcileResult, keyOf } from '../kube';
import { scopedKey } from '../state/caches';

/** Keeps the cliques of every replica of a scaling group, and its status. */
export async function reconcileScalingGroup(world: World, key: string): Promise<ReconcileResult | void> {
  const live = world.caches.scalingGroups.store.get(key);
  if (!live) return;
  if (isTerminating(live)) return world.writer.releaseFinalizers(live);
  const set = world.caches.sets.store.get(scopedKey(live, live.metadata.labels?.[LABEL.partOf] ?? ''));
  if (!set || isTerminating(set)) return;
  const group = await world.writer.ensureFinalizer(live, FINALIZER.scalingGroup);
  const isSound = world.admission(set).allowed;
  const update = isSound
    ? planGroupUpdate(set, group, j => countedMembers(world, group, j), world.clock.now())
    : { recreate: [], progress: group.status?.updateProgress };
  const rollingUpdate = isSound ? groupRollingUpdate(set, group) : undefined;
  let breachDueMs: number | undefined;
  await pass(async () => {
    if (!isSound) return;
    await guarded(world, group, 'ERR_DELETE_PODCLIQUES', 'PodCliqueScalingGroupReplicaDeleteFailed', async () => {
      const isDue = (clique: PodClique) => planUpdate(world, key)?.recreate.includes(replicaIndex(clique)) ?? false;
      await removeTogether(world.writer, update.recreate.flatMap(j => membersOf(world, group, j)), clique => isOutdated(set, clique), isDue);
      if (!isGroupReplacing(group)) breachDueMs = await terminateBreachedReplicas(world, set, group);
    });
    await guarded(world, group, 'ERR_SYNC_PCSG_RESOURCE_CLAIM', 'ResourceClaimFailed', () => syncGroupClaims(world, set, group));
    await guarded(world, group, 'ERR_CREATE_PODCLIQUES', 'PodCliqueCreateFailed', () => syncMembers(world, set, group));
  }, errors => writeStatus(world, group, isSound ? generationHash(set) : set.status?.currentGenerationHash ?? '', { progress: update.progress, rollingUpdate }, errors));
  const dueMs = progressDueMs(update.progress, { rollingUpdate, nowMs: world.clock.now() });
  return soonest(breachDueMs, dueMs !== undefined && dueMs > 0 ? dueMs : undefined);
}

async function writeStatus(
  { caches, writer, events, clock }: World, group: PodCliqueScalingGroup, hash: string,
  update: { readonly progress: PodCliqueScalingGroupUpdateProgress | undefined; readonly rollingUpdate: RollingUpdateConfiguration | undefined },
  errors?: readonly LastError[],
): Promise<void> {
  const status = scalingGroupStatus({
    group,
    clique: name => caches.cliques.store.get(scopedKey(group, name)),
    generationHash: hash,
    ...update,
    nowMs: clock.now(),
  });
  tellWhenBelowFloor(events, group, status);
  await writer.writeStatus(group, { ...status, lastErrors: lastErrorsOf(group, errors) });
}

/** The next step of the group's update by what the caches show now; undefined when the group or its set is gone. */
function planUpdate(world: World, key: string): ScalingGroupUpdate | undefined {
  const group = world.caches.scalingGroups.store.get(key);
  const set = group && world.caches.sets.store.get(scopedKey(group, group.metadata.labels?.[LABEL.partOf] ?? ''));
  return set && planGroupUpdate(set, group, j => countedMembers(world, group, j), world.clock.now());
}

/** The cliques of one replica of the group that are not on their way out. */
function membersOf({ caches }: World, group: PodCliqueScalingGroup, j: number): PodClique[] {
  const found = group.spec.cliqueNames.map(name => caches.cliques.store.get(scopedKey(group, memberCliqueName(group.metadata.name ?? '', j, name))));
  return found.flatMap(clique => (clique && !isTerminating(clique) ? [clique] : []));
}

function countedMembers(world: World, group: PodCliqueScalingGroup, j: number): PodClique[] {
  return membersOf(world, group, j).map(clique => withPodCounts(clique, world.caches.pods.store.byIndex('clique', keyOf(clique)).filter(pod => isOwnedBy(pod, clique))));
}

function isOwnedBy({ metadata }: Pod, owner: PodClique): boolean {
  return (metadata.ownerReferences ?? []).some(({ uid }) => uid === owner.metadata.uid);
}

async function syncMembers({ caches, writer }: World, set: PodCliqueSet, group: PodCliqueScalingGroup): Promise<void> {
  const { name = '' } = group.metadata;
  const { replicas, cliqueNames } = group.spec;
  const exists = (j: number, clique: string) => caches.cliques.store.get(scopedKey(group, memberCliqueName(name, j, clique))) !== undefined;
  const incomplete = Array.from({ length: replicas }, (_, j) => j).filter(j => !cliqueNames.every(clique => exists(j, clique)));
  const missing = incomplete.flatMap(j => memberCliquesOf(set, group, j))
    .filter(member => caches.cliques.store.get(scopedKey(group, member.metadata.name ?? '')) === undefined);
  await writer.createAll(missing);
  const members = caches.cliques.store.byIndex('scalingGroup', scopedKey(group, name));
  await writer.removeAll(members.filter(member => replicaIndex(member) >= replicas && !isTerminating(member)), () => writer.hasSameSpec(group));
}

function replicaIndex({ metadata }: PodClique): number {
  return Number(metadata.labels?.[LABEL.scalingGroupReplicaIndex] ?? 0);
}
