import { CONDITION, LABEL } from '../api';
import type {
  Condition, PodClique, PodCliqueScalingGroup, PodCliqueScalingGroupStatus, PodCliqueScalingGroupUpdateProgress, RollingUpdateConfiguration,
} from '../api';
import { Observation, findCondition, isTrue, withCondition, withoutCondition } from './conditions';
import { withFloorJudged } from './floor';
import { UPDATING, cliqueFloor, isBreached } from './podclique';
import { isTerminating } from './pods';
import { managedLabels, selectorText } from '../desired/metadata';
import { memberCliqueName } from '../names';
import { withUpdateJudged } from '../rollout/deadline';

export interface ScalingGroupObservation {
  readonly group: PodCliqueScalingGroup;
  /** A member clique by its full name; undefined when there is none. */
  readonly clique: (name: string) => PodClique | undefined;
  /** Hash of all pod templates of the set. */
  readonly generationHash: string;
  /** How far the update of the group is; absent when there never was one. */
  readonly progress?: PodCliqueScalingGroupUpdateProgress | undefined;
  /** How the group's configuration asks for it. */
  readonly rollingUpdate?: RollingUpdateConfiguration | undefined;
  readonly nowMs: number;
}

/** The status that a PodCliqueScalingGroup should have (spec 04 §3.2, 05 §5). */
export function scalingGroupStatus({ group, clique, generationHash, progress, rollingUpdate, nowMs }: ScalingGroupObservation): PodCliqueScalingGroupStatus {
  const replicas = Array.from({ length: group.spec.replicas }, (_, j) => members(group, j, clique));
  const complete = replicas.every(({ missing }) => missing === 0);
  const scheduled = replicas.filter(({ missing, cliques }) => missing === 0 && cliques.every(isPlaced));
  const available = scheduled.filter(({ cliques }) => cliques.every(hasFloorReady));
  const updated = available.filter(({ cliques }) => cliques.every(member => isUpdated(member, generationHash)));
  const converged = complete && replicas.every(({ cliques }) => cliques.every(member => isUpdated(member, generationHash)));
  const claims = replicas.flatMap(({ cliques }) => cliques.map(({ status }) => status?.currentPodCliqueSetGenerationHash));
  const isUntrue = claims.some(claim => claim !== undefined && claim !== generationHash);
  const isReplacing = progress !== undefined && progress.updateEndedAt === undefined && !converged;
  const healthy = replicas.filter(({ missing, cliques }) => missing === 0 && cliques.every(isWhole)).length;
  const { name = '', labels = {}, generation } = group.metadata;
  return {
    ...(isUntrue ? withoutClaim(group.status, generationHash) : group.status),
    replicas: group.spec.replicas,
    scheduledReplicas: scheduled.length,
    availableReplicas: available.length,
    updatedReplicas: updated.length,
    selector: selectorText({ ...managedLabels(labels[LABEL.partOf] ?? ''), [LABEL.scalingGroup]: name }),
    ...(complete && generation !== undefined ? { observedGeneration: generation } : {}),
    ...(converged ? { currentPodCliqueSetGenerationHash: generationHash } : {}),
    ...(progress ? { updateProgress: progress } : {}),
    conditions: withUpdateJudged(conditions(group, healthy, isReplacing, nowMs), progress, { rollingUpdate, nowMs }),
  };
}

/** The status without the word that all cliques are of a generation, where it says that of this one: so it is when an update is taken back on its way. */
function withoutClaim(status: PodCliqueScalingGroupStatus | undefined, generationHash: string): Partial<PodCliqueScalingGroupStatus> | undefined {
  if (status?.currentPodCliqueSetGenerationHash !== generationHash) return status;
  const { currentPodCliqueSetGenerationHash: _claim, ...rest } = status;
  return rest;
}

/** Copies of a live group that are part of the base gang. */
export function scalingGroupFloor({ spec }: PodCliqueScalingGroup): number {
  return spec.minAvailable ?? 1;
}

/** Whether the pods of a clique were all made from the set's present templates. */
export function isUpdated({ status }: PodClique, generationHash: string): boolean {
  return status?.currentPodCliqueSetGenerationHash === generationHash;
}

/** Whether the clique has its minimum of pods ready. */
export function hasFloorReady(clique: PodClique): boolean {
  return (clique.status?.readyReplicas ?? 0) >= cliqueFloor(clique);
}

/** A clique that waits for its first nodes is as little use to the group as one that has lost them (upstream counts it as whole). */
function isWhole(clique: PodClique): boolean {
  return findCondition(clique.status?.conditions, CONDITION.minAvailableBreached) !== undefined && !isBreached(clique);
}

function isPlaced({ status }: PodClique): boolean {
  return isTrue(status?.conditions, CONDITION.podCliqueScheduled);
}

function members(group: PodCliqueScalingGroup, j: number, clique: ScalingGroupObservation['clique']): { missing: number; cliques: PodClique[] } {
  const found = group.spec.cliqueNames.map(name => clique(memberCliqueName(group.metadata.name ?? '', j, name)));
  const cliques = found.flatMap(member => (member && !isTerminating(member) ? [member] : []));
  return { missing: found.length - cliques.length, cliques };
}

function conditions(group: PodCliqueScalingGroup, healthy: number, isReplacing: boolean, nowMs: number): Condition[] {
  const floor = scalingGroupFloor(group);
  const message = `${healthy} of at least ${floor} replicas are whole`;
  const observation: Observation = isReplacing ? UPDATING : {
    type: CONDITION.minAvailableBreached,
    ...(healthy < floor
      ? { status: 'True', reason: 'InsufficientAvailablePodCliqueScalingGroupReplicas', message }
      : { status: 'False', reason: 'SufficientAvailablePodCliqueScalingGroupReplicas', message }),
    ...(group.metadata.generation === undefined ? {} : { observedGeneration: group.metadata.generation }),
  };
  const old = withFloorJudged(group.status?.conditions, group, floor, nowMs);
  // A group that has never been whole has not been since it was created, however late that is written: its termination depends on it.
  const firstTime = observation.status === 'True' ? group.metadata.creationTimestamp : undefined;
  return withCondition(healthy < floor ? old : withoutCondition(old, CONDITION.gangTerminationInProgress), observation, nowMs, firstTime);
}
