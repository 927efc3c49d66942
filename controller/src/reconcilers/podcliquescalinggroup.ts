import {
  FINALIZER, LABEL, PodClique, PodCliqueScalingGroup, PodCliqueSet, generationHash, isTerminating, memberCliqueName, memberCliquesOf, scalingGroupStatus,
} from 'cdk8s-grove/core';
import { World, guarded } from './world';
import { scopedKey } from '../state/caches';

/** Keeps the cliques of every replica of a scaling group, and its status. */
export async function reconcileScalingGroup(world: World, key: string): Promise<void> {
  const live = world.caches.scalingGroups.store.get(key);
  if (!live) return;
  if (isTerminating(live)) return world.writer.releaseFinalizers(live);
  const set = world.caches.sets.store.get(scopedKey(live, live.metadata.labels?.[LABEL.partOf] ?? ''));
  if (!set || isTerminating(set)) return;
  const group = await world.writer.ensureFinalizer(live, FINALIZER.scalingGroup);
  await guarded(world, group, 'ERR_CREATE_PODCLIQUES', 'PodCliqueCreateFailed', () => syncMembers(world, set, group));
  const status = scalingGroupStatus({
    group,
    clique: name => world.caches.cliques.store.get(scopedKey(group, name)),
    generationHash: generationHash(set),
    nowMs: world.clock.now(),
  });
  await world.writer.writeStatus(group, { ...status, lastErrors: undefined });
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
  await writer.removeAll(members.filter(member => replicaIndex(member) >= replicas && !isTerminating(member)));
}

function replicaIndex({ metadata }: PodClique): number {
  return Number(metadata.labels?.[LABEL.scalingGroupReplicaIndex] ?? 0);
}
