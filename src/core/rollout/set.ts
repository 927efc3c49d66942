import type { PodClique, PodCliqueScalingGroup, PodCliqueSet, PodCliqueSetUpdateProgress } from '../api';
import { conforms } from './conformity';
import { updatesOnDelete } from './strategy';
import { generationHash } from '../desired/hash';
import { timestamp } from '../status/conditions';
import { isBreached } from '../status/podclique';
import { hasFloorReady, isUpdated, scalingGroupFloor } from '../status/scaling-group';

/** A replica of the set as far as it is there: a standalone clique or scaling group that is missing, or on its way out, is undefined. */
export interface SetReplica {
  readonly i: number;
  readonly cliques: readonly (PodClique | undefined)[];
  readonly groups: readonly (PodCliqueScalingGroup | undefined)[];
  /** The cliques of all replicas of the groups. */
  readonly members: () => readonly (PodClique | undefined)[];
}

/** How far the update of the set is, and whose turn it is next (spec 07 §2). Undefined when there never was one. */
export function setUpdateProgress(set: PodCliqueSet, replicas: readonly SetReplica[], nowMs: number): PodCliqueSetUpdateProgress | undefined {
  const now = timestamp(nowMs);
  const started = startedProgress(set, replicas, now);
  if (!started) return undefined;
  const hash = generationHash(set);
  const progress = { ...started, ...counters(replicas, hash) };
  return started.updateEndedAt !== undefined || updatesOnDelete(set) ? progress : advanced(progress, replicas, hash, now);
}

function startedProgress(set: PodCliqueSet, replicas: readonly SetReplica[], now: string): PodCliqueSetUpdateProgress | undefined {
  const known = set.status?.currentGenerationHash;
  if (known === undefined || known === generationHash(set) || isAdopted(set, replicas)) return set.status?.updateProgress;
  return { updateStartedAt: now, ...(updatesOnDelete(set) ? { updateEndedAt: now } : {}) };
}

/** Whether only the hash differs, as after a take-over from another controller or version: the cliques are what the set asks for. */
function isAdopted(set: PodCliqueSet, replicas: readonly SetReplica[]): boolean {
  const cliques = replicas.flatMap(replica => [...replica.cliques, ...replica.members()]);
  return cliques.length > 0 && cliques.every(clique => clique !== undefined && conforms(set, clique));
}

function advanced(progress: PodCliqueSetUpdateProgress, replicas: readonly SetReplica[], hash: string, now: string): PodCliqueSetUpdateProgress {
  const [current] = progress.currentlyUpdating ?? [];
  const outdated = replicas.filter(replica => !isDone(replica, hash));
  if (current && outdated.some(({ i }) => i === current.replicaIndex)) return progress;
  const [next] = [...outdated].sort((a, b) => rank(a) - rank(b) || a.i - b.i);
  if (next) return { ...progress, currentlyUpdating: [{ replicaIndex: next.i, updateStartedAt: now }] };
  const { currentlyUpdating: _none, ...ended } = progress;
  return { ...ended, updateEndedAt: now };
}

/** Whether every clique and group of the replica conforms and has its minimum ready. */
function isDone({ cliques, groups }: SetReplica, hash: string): boolean {
  return cliques.every(clique => clique !== undefined && isUpdated(clique, hash) && hasFloorReady(clique))
    && groups.every(group => group !== undefined && group.status?.currentPodCliqueSetGenerationHash === hash && hasFloorAvailable(group));
}

function hasFloorAvailable(group: PodCliqueScalingGroup): boolean {
  return (group.status?.availableReplicas ?? 0) >= scalingGroupFloor(group);
}

/** Replicas that serve nobody first, then those that lack their minimum, then by index. */
function rank({ cliques, groups }: SetReplica): number {
  const scheduled = [...cliques, ...groups].some(part => (part?.status?.scheduledReplicas ?? 0) > 0);
  if (!scheduled) return 0;
  return cliques.some(clique => clique && isBreached(clique)) ? 1 : 2;
}

function counters(replicas: readonly SetReplica[], hash: string): Partial<PodCliqueSetUpdateProgress> {
  const cliques = replicas.flatMap(replica => replica.cliques);
  const groups = replicas.flatMap(replica => replica.groups);
  return {
    updatedPodCliquesCount: cliques.filter(clique => clique && isUpdated(clique, hash) && hasFloorReady(clique)).length,
    totalPodCliquesCount: cliques.length,
    updatedPodCliqueScalingGroupsCount: groups.filter(group => group?.status?.currentPodCliqueSetGenerationHash === hash).length,
    totalPodCliqueScalingGroupsCount: groups.length,
  };
}
