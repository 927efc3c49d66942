import type { PodClique, PodCliqueScalingGroup, PodCliqueSet, PodCliqueSetUpdateProgress } from '../api';
import { conforms, isOutdated } from './conformity';
import { updatesOnDelete } from './strategy';
import { generationHash } from '../desired/hash';
import { cliquePosition } from '../desired/position';
import { timestamp } from '../status/conditions';
import { cliqueFloor, isBreached } from '../status/podclique';
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
  return started.updateEndedAt !== undefined || updatesOnDelete(set) ? progress : advanced(set, progress, replicas, now);
}

function startedProgress(set: PodCliqueSet, replicas: readonly SetReplica[], now: string): PodCliqueSetUpdateProgress | undefined {
  const { currentGenerationHash: known, updateProgress } = set.status ?? {};
  const isChanged = known !== undefined && known !== generationHash(set);
  const isRunning = updateProgress !== undefined && updateProgress.updateEndedAt === undefined;
  const isNew = isChanged ? !isAdopted(set, replicas) : !isRunning && !isLeftToUsers(set) && isMadeOtherwise(set, replicas);
  if (!isNew) return updateProgress;
  return { updateStartedAt: now, ...(updatesOnDelete(set) ? { updateEndedAt: now } : {}) };
}

/** Whether the status knows of the change and leaves it to who deletes pods. */
function isLeftToUsers(set: PodCliqueSet): boolean {
  return set.status?.currentGenerationHash !== undefined && updatesOnDelete(set);
}

/**
 * Whether cliques were made from templates that no status tells of: the set was changed, or changed back, before one could be written. One whose
 * labels do not tell its position has lost them, and says nothing.
 */
function isMadeOtherwise(set: PodCliqueSet, replicas: readonly SetReplica[]): boolean {
  const cliques = replicas.flatMap(replica => [...replica.cliques, ...replica.members()]);
  return cliques.some(clique => clique !== undefined && cliquePosition(set, clique) !== undefined && !conforms(set, clique));
}

/** Whether only the hash differs, as after a take-over from another controller or version: the cliques are what the set asks for. */
function isAdopted(set: PodCliqueSet, replicas: readonly SetReplica[]): boolean {
  const cliques = replicas.flatMap(replica => [...replica.cliques, ...replica.members()]);
  return cliques.length > 0 && cliques.every(clique => clique !== undefined && conforms(set, clique));
}

function advanced(set: PodCliqueSet, progress: PodCliqueSetUpdateProgress, replicas: readonly SetReplica[], now: string): PodCliqueSetUpdateProgress {
  const hash = generationHash(set);
  const [current] = progress.currentlyUpdating ?? [];
  const outdated = replicas.filter(replica => !isDone(set, replica, hash));
  if (current && outdated.some(({ i }) => i === current.replicaIndex)) return progress;
  const [next] = [...outdated].sort((a, b) => rank(a) - rank(b) || a.i - b.i);
  if (next) return { ...progress, currentlyUpdating: [{ replicaIndex: next.i, updateStartedAt: now }] };
  const { currentlyUpdating: _none, ...ended } = progress;
  return { ...ended, updateEndedAt: now };
}

/** Whether every clique and group of the replica conforms and has its minimum ready, or all there is of it where somebody has scaled it below. */
function isDone(set: PodCliqueSet, { cliques, groups, members }: SetReplica, hash: string): boolean {
  return cliques.every(clique => clique !== undefined && isCliqueDone(set, clique, hash))
    && groups.every(group => group !== undefined && isServing(group.status?.availableReplicas, scalingGroupFloor(group), group.spec))
    && members().every(member => member !== undefined && !isOutdated(set, member));
}

/** What the status says may be of the template before: the counts say whether it is of this one. */
function isCliqueDone(set: PodCliqueSet, clique: PodClique, hash: string): boolean {
  const { status, spec } = clique;
  return conforms(set, clique) && isUpdated(clique, hash) && status?.updatedReplicas === spec.replicas
    && isServing(status.readyReplicas, cliqueFloor(clique), spec);
}

function isServing(ready: number | undefined, floor: number, { replicas }: { readonly replicas: number }): boolean {
  return (ready ?? 0) >= Math.min(floor, replicas);
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
