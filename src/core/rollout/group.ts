import type { PodClique, PodCliqueScalingGroup, PodCliqueScalingGroupUpdateProgress, PodCliqueSet } from '../api';
import { updatingReplica } from './clique';
import { conforms } from './conformity';
import { disruptionsAllowed, updatesOnDelete } from './strategy';
import { generationHash } from '../desired/hash';
import { setReplicaIndex } from '../desired/position';
import { timestamp } from '../status/conditions';
import { hasFloorReady, scalingGroupFloor } from '../status/scaling-group';

export interface ScalingGroupUpdate {
  /** Replicas of the group to recreate now. */
  readonly recreate: readonly number[];
  readonly progress: PodCliqueScalingGroupUpdateProgress | undefined;
}

/** Whether an update of the group has begun and not ended. */
export function isGroupUpdating({ status }: PodCliqueScalingGroup): boolean {
  return status?.updateProgress !== undefined && status.updateProgress.updateEndedAt === undefined;
}

/** The next step of a scaling group's update (spec 07 §4, §5): its replicas are recreated whole, ready ones one at a time and lowest index first. */
export function planGroupUpdate(
  set: PodCliqueSet, group: PodCliqueScalingGroup, cliquesOf: (j: number) => readonly PodClique[], nowMs: number,
): ScalingGroupUpdate {
  const old = group.status?.updateProgress;
  const now = timestamp(nowMs);
  const target = generationHash(set);
  const isFirst = group.status?.currentPodCliqueSetGenerationHash === undefined;
  const isReached = old ? old.podCliqueSetGenerationHash === target : isFirst || group.status?.currentPodCliqueSetGenerationHash === target;
  const isTurn = updatesOnDelete(set) || updatingReplica(set) === setReplicaIndex(group);
  if (!isTurn || (isReached && (!old || old.updateEndedAt !== undefined))) return { recreate: [], progress: old };
  const members = Array.from({ length: group.spec.replicas }, (_, j) => ({ j, cliques: cliquesOf(j) }));
  const progress = counted(old && isReached ? old : { updateStartedAt: now, podCliqueSetGenerationHash: target }, set, members);
  if (updatesOnDelete(set)) return { recreate: [], progress: { ...progress, updateEndedAt: progress.updateEndedAt ?? now } };
  return step(set, group, members, progress, now);
}

interface GroupReplica {
  readonly j: number;
  readonly cliques: readonly PodClique[];
}

function step(
  set: PodCliqueSet, group: PodCliqueScalingGroup, members: readonly GroupReplica[], progress: PodCliqueScalingGroupUpdateProgress, now: string,
): ScalingGroupUpdate {
  const whole = ({ cliques }: GroupReplica) => cliques.length === group.spec.cliqueNames.length && cliques.every(hasFloorReady);
  const outdated = members.filter(({ cliques }) => cliques.some(clique => !conforms(set, clique)));
  if (outdated.length === 0) {
    const { readyReplicaIndicesSelectedToUpdate: _done, ...ended } = progress;
    return { recreate: [], progress: { ...ended, updateEndedAt: now } };
  }
  const unready = outdated.filter(replica => !whole(replica)).map(({ j }) => j);
  const allowed = disruptionsAllowed({ replicas: group.spec.replicas, floor: scalingGroupFloor(group), ready: members.filter(whole).length });
  const ready = outdated.filter(whole).map(({ j }) => j).slice(0, allowed);
  const selected = progress.readyReplicaIndicesSelectedToUpdate;
  const [next] = ready;
  if (next === undefined || next === selected?.current) return { recreate: [...unready, ...ready], progress };
  const completed = selected ? [...selected.completed ?? [], selected.current] : [];
  return {
    recreate: [...unready, ...ready],
    progress: { ...progress, readyReplicaIndicesSelectedToUpdate: { current: next, ...(completed.length > 0 ? { completed } : {}) } },
  };
}

function counted(progress: PodCliqueScalingGroupUpdateProgress, set: PodCliqueSet, members: readonly GroupReplica[]): PodCliqueScalingGroupUpdateProgress {
  const cliques = members.flatMap(replica => replica.cliques);
  const updated = cliques.filter(clique => conforms(set, clique) && hasFloorReady(clique));
  return { ...progress, updatedPodCliquesCount: updated.length, totalPodCliquesCount: cliques.length };
}
