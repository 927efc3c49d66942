import {
  LABEL, PodClique, PodCliqueScalingGroup, PodCliqueSet, cliqueName, earliest, isBreached, isTerminating, memberCliqueName, planGroupTermination,
  planReplicaTermination, scalingGroupName, scalingGroups, setReplicaIndex, standaloneCliques, terminationDelayMs,
} from 'cdk8s-grove/core';
import { markRecreated, removeTogether } from './recreation';
import { World } from './world';
import { scopedKey } from '../state/caches';

/**
 * Recreates the replicas of a set that have lacked their minimum for too long: all their cliques go at once, and come back as one gang.
 * Resolves to the milliseconds until the next replica is due.
 */
export async function terminateBreached(world: World, set: PodCliqueSet): Promise<number | undefined> {
  const [delayMs, nowMs] = [terminationDelayMs(set), world.clock.now()];
  const indices = Array.from({ length: set.spec.replicas ?? 0 }, (_, i) => i);
  const plans = indices.map(i => planReplicaTermination(i, standalone(world, set, i), groups(world, set, i), delayMs, nowMs));
  for (const i of plans.flatMap(({ terminate }) => terminate)) await recreateReplica(world, set, i);
  return earliest(plans.map(({ againAfterMs }) => againAfterMs));
}

/** The same for single replicas of a scaling group that can spare them. */
export async function terminateBreachedReplicas(world: World, set: PodCliqueSet, group: PodCliqueScalingGroup): Promise<number | undefined> {
  const cliquesOf = (j: number) => group.spec.cliqueNames.flatMap(name => alive(world, scopedKey(group, memberCliqueName(group.metadata.name ?? '', j, name))) ?? []);
  const plan = planGroupTermination(group, cliquesOf, terminationDelayMs(set), world.clock.now());
  for (const j of plan.terminate) {
    await removeTogether(world.writer, cliquesOf(j), isBreached);
    world.events.event(set, 'Normal', 'PodCliqueScalingGroupReplicaDeleteSuccessful',
      `replica ${j} of ${group.metadata.name} lacked its minimum for the termination delay and is recreated`);
  }
  return plan.againAfterMs;
}

async function recreateReplica(world: World, set: PodCliqueSet, i: number): Promise<void> {
  const { caches, writer, events } = world;
  const cliques = caches.cliques.store.byIndex('set', scopedKey(set, set.metadata.name ?? '')).filter(clique => setReplicaIndex(clique) === i);
  await removeTogether(writer, cliques.filter(clique => !isTerminating(clique)), isBreached);
  events.event(set, 'Normal', 'PodCliqueSetReplicaDeleteSuccessful', `replica ${i} lacked its minimum for the termination delay and is recreated`);
  for (const name of new Set(cliques.flatMap(({ metadata }) => metadata.labels?.[LABEL.scalingGroup] ?? []))) {
    const group = caches.scalingGroups.store.get(scopedKey(set, name));
    if (group) await markRecreated(world, group);
  }
}

function standalone(world: World, set: PodCliqueSet, i: number): (PodClique | undefined)[] {
  return standaloneCliques(set).map(({ name }) => alive(world, scopedKey(set, cliqueName(set.metadata.name ?? '', i, name))));
}

function groups({ caches }: World, set: PodCliqueSet, i: number): PodCliqueScalingGroup[] {
  return scalingGroups(set).flatMap(({ name }) => caches.scalingGroups.store.get(scopedKey(set, scalingGroupName(set.metadata.name ?? '', i, name))) ?? []);
}

function alive({ caches }: World, key: string): PodClique | undefined {
  const clique = caches.cliques.store.get(key);
  return clique && !isTerminating(clique) ? clique : undefined;
}
