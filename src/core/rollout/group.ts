import { CONDITION } from '../api';
import type {
  PodClique, PodCliqueScalingGroup, PodCliqueScalingGroupUpdateProgress, PodCliqueSet, RollingUpdateConfiguration,
} from '../api';
import { conforms, isOutdated } from './conformity';
import { withProgress } from './deadline';
import { disruptionsAllowed, updatesOnDelete } from './strategy';
import { turnOf } from './turn';
import { generationHash } from '../desired/hash';
import { scalingGroupConfig, setReplicaIndex } from '../desired/position';
import { findCondition, timestamp } from '../status/conditions';
import { UPDATING } from '../status/podclique';
import { hasFloorReady, scalingGroupFloor } from '../status/scaling-group';

export interface ScalingGroupUpdate {
  /** Replicas of the group to recreate now. */
  readonly recreate: readonly number[];
  readonly progress: PodCliqueScalingGroupUpdateProgress | undefined;
}

/** Whether an update is still taking replicas of the group, so that what it lacks is no breach. */
export function isGroupReplacing({ status }: PodCliqueScalingGroup): boolean {
  return findCondition(status?.conditions, CONDITION.minAvailableBreached)?.reason === UPDATING.reason;
}

/** The next step of a scaling group's update (spec 07 §4, §5): its replicas are recreated whole, ready ones few at a time and lowest index first. */
export function planGroupUpdate(
  set: PodCliqueSet, group: PodCliqueScalingGroup, cliquesOf: (j: number) => readonly PodClique[], nowMs: number,
): ScalingGroupUpdate {
  const old = group.status?.updateProgress;
  const now = timestamp(nowMs);
  const members = Array.from({ length: group.spec.replicas }, (_, j) => ({ j, cliques: cliquesOf(j) }));
  const isLacking = members.some(({ cliques }) => cliques.some(clique => isOutdated(set, clique)));
  const { isRunning, isDue } = turnOf(set, setReplicaIndex(group), group.status, isLacking);
  if (!isDue) return { recreate: [], progress: old };
  const progress = counted(isRunning && old ? old : { updateStartedAt: now, podCliqueSetGenerationHash: generationHash(set) }, set, members);
  if (updatesOnDelete(set)) return { recreate: [], progress: { ...progress, updateEndedAt: progress.updateEndedAt ?? now } };
  const update = step(set, group, members, progress, now);
  const rollingUpdate = groupRollingUpdate(set, group);
  return { ...update, progress: withProgress(update.progress, advance(old), advance(progress), { rollingUpdate, nowMs }) };
}

/** The rolling update that a live group's configuration asks for. */
export function groupRollingUpdate(set: PodCliqueSet, group: PodCliqueScalingGroup): RollingUpdateConfiguration | undefined {
  return scalingGroupConfig(set, group)?.rollingUpdate;
}

function advance(progress: PodCliqueScalingGroupUpdateProgress | undefined) {
  return { ready: 0, updated: progress?.updatedPodCliquesCount ?? 0 };
}

interface GroupReplica {
  readonly j: number;
  readonly cliques: readonly PodClique[];
}

function step(
  set: PodCliqueSet, group: PodCliqueScalingGroup, members: readonly GroupReplica[], progress: PodCliqueScalingGroupUpdateProgress, now: string,
): { recreate: readonly number[]; progress: PodCliqueScalingGroupUpdateProgress } {
  const whole = ({ cliques }: GroupReplica) => cliques.length === group.spec.cliqueNames.length && cliques.every(hasFloorReady);
  const outdated = members.filter(({ cliques }) => cliques.some(clique => isOutdated(set, clique)));
  if (outdated.length === 0) {
    const { readyReplicaIndicesSelectedToUpdate: _done, ...replaced } = progress;
    return { recreate: [], progress: members.every(whole) ? { ...replaced, updateEndedAt: now } : replaced };
  }
  const unready = outdated.filter(replica => !whole(replica)).map(({ j }) => j);
  const units = { replicas: group.spec.replicas, floor: scalingGroupFloor(group), rollingUpdate: groupRollingUpdate(set, group) };
  const allowed = disruptionsAllowed({ ...units, ready: members.filter(whole).length });
  const ready = outdated.filter(whole).map(({ j }) => j).slice(0, allowed);
  const selected = progress.readyReplicaIndicesSelectedToUpdate;
  const next = ready.at(-1);
  if (next === undefined || next === selected?.current) return { recreate: [...unready, ...ready], progress };
  const completed = [...new Set([...selected?.completed ?? [], ...(selected ? [selected.current] : []), ...ready])].filter(j => j !== next);
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
