import { CONDITION, LABEL } from '../api';
import type { Condition, Pod, PodClique, PodCliqueStatus, PodCliqueUpdateProgress, RollingUpdateConfiguration } from '../api';
import { Observation, findCondition, withCondition } from './conditions';
import { withFloorJudged } from './floor';
import { isActive, isErroneous, isReady, isScheduled, isStartedNotReady } from './pods';
import { managedLabels, selectorText } from '../desired/metadata';
import { isHeldBack } from '../gang/pinning';
import { withUpdateJudged } from '../rollout/deadline';

export interface PodCliqueObservation {
  readonly clique: PodClique;
  /** All pods of the clique, terminating and finished ones included. */
  readonly pods: readonly Pod[];
  /** Hashes of the clique's pod template in the set, and of all pod templates of the set; absent when the set's spec must not be carried out. */
  readonly hashes?: { readonly template: string; readonly generation: string };
  /** How far the update of the clique is; absent when there never was one. */
  readonly progress?: PodCliqueUpdateProgress | undefined;
  /** How the clique's template asks for it. */
  readonly rollingUpdate?: RollingUpdateConfiguration | undefined;
  readonly nowMs: number;
}

/** The status that a PodClique should have (spec 04 §4.4, 05 §5). Pods that have ended or are on their way out count for nothing. */
export function podCliqueStatus({ clique, pods, hashes, progress, rollingUpdate, nowMs }: PodCliqueObservation): PodCliqueStatus {
  const active = pods.filter(isActive);
  const old = clique.status;
  const hash = clique.metadata.labels?.[LABEL.podTemplateHash];
  const updatedReplicas = count(active, pod => pod.metadata.labels?.[LABEL.podTemplateHash] === hash);
  const scheduledReplicas = count(active, isScheduled);
  const complete = active.length === clique.spec.replicas && !active.some(isHeldBack);
  const observedGeneration = complete ? clique.metadata.generation : old?.observedGeneration;
  const updated = updatedReplicas === active.length && active.length === clique.spec.replicas && hash === hashes?.template;
  const isUntrue = updatedReplicas < active.length || hash !== hashes?.template;
  const status = {
    ...(isUntrue && hashes ? withoutClaim(old, hashes.generation) : old),
    replicas: active.length,
    readyReplicas: count(active, isReady),
    updatedReplicas,
    scheduleGatedReplicas: count(active, isHeldBack),
    scheduledReplicas,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...(updated && hashes ? { currentPodTemplateHash: hashes.template, currentPodCliqueSetGenerationHash: hashes.generation } : {}),
    ...(progress ? { updateProgress: progress } : {}),
    ...selector(clique),
  };
  const isReplacing = progress !== undefined && progress.updateEndedAt === undefined && updatedReplicas < active.length;
  const judged = withFloorJudged(old?.conditions, clique, cliqueFloor(clique), nowMs);
  if (observedGeneration === undefined) return judged.length === 0 && !old?.conditions ? status : { ...status, conditions: judged };
  const spoken = conditions(clique, judged, active, isReplacing, nowMs);
  return { ...status, conditions: withUpdateJudged(spoken, progress, { rollingUpdate, nowMs }) };
}

/**
 * Whether others wait for what this status tells: the minimum of ready pods was reached or lost, or an update has ended. Everything else may
 * come a little later, and all that an update does until the minimum it has taken is there again.
 */
export function isUrgentCliqueStatus(clique: PodClique, status: PodCliqueStatus): boolean {
  const floor = cliqueFloor(clique);
  const breach = (of: PodCliqueStatus | undefined) => findCondition(of?.conditions, CONDITION.minAvailableBreached)?.status === 'True';
  const target = (of: PodCliqueStatus | undefined) => `${of?.currentPodCliqueSetGenerationHash}/${of?.updateProgress?.updateEndedAt}`;
  const { updateProgress: update } = status;
  const hasFloor = status.readyReplicas >= floor;
  if (hasFloor !== ((clique.status?.readyReplicas ?? 0) >= floor)) return true;
  if (!hasFloor && update && update.updateEndedAt === undefined) return false;
  return breach(status) !== breach(clique.status) || (clique.status !== undefined && target(status) !== target(clique.status));
}

/** The status without the word that all pods are of a generation, where it says that of this one: so it is when an update is taken back on its way. */
function withoutClaim(status: PodCliqueStatus | undefined, generation: string): Partial<PodCliqueStatus> | undefined {
  if (status?.currentPodCliqueSetGenerationHash !== generation) return status;
  const { currentPodCliqueSetGenerationHash: _generation, currentPodTemplateHash: _template, ...rest } = status;
  return rest;
}

/** Whether the clique has lost the pods that its gang cannot do without. */
export function isBreached({ status }: PodClique): boolean {
  return findCondition(status?.conditions, CONDITION.minAvailableBreached)?.status === 'True';
}

/** Pods without which a live clique is not whole. */
export function cliqueFloor({ spec }: PodClique): number {
  return spec.minAvailable ?? spec.replicas;
}

function conditions(clique: PodClique, old: readonly Condition[], active: readonly Pod[], isReplacing: boolean, nowMs: number): Condition[] {
  const scheduled = count(active, isScheduled);
  const floor = cliqueFloor(clique);
  const observedGeneration = clique.metadata.generation;
  const scheduledObservation: Observation = {
    type: CONDITION.podCliqueScheduled,
    ...(scheduled < floor ? { status: 'False', reason: 'InsufficientScheduledPods' } : { status: 'True', reason: 'SufficientScheduledPods' }),
    message: `${scheduled} of at least ${floor} pods have a node`,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  };
  const breach = isReplacing ? UPDATING : breached(active, scheduled, floor);
  // What has never had its nodes has not had them since it was created, however late that is written: its termination depends on it.
  const firstTime = scheduled < floor ? clique.metadata.creationTimestamp : undefined;
  return withCondition(withCondition(old, scheduledObservation, nowMs, firstTime),
    { ...breach, ...(observedGeneration === undefined ? {} : { observedGeneration }) }, nowMs);
}

/** An update takes pods away on purpose; what it leaves is no breach. */
export const UPDATING: Observation = {
  type: CONDITION.minAvailableBreached, status: 'Unknown', reason: 'UpdateInProgress', message: 'an update is replacing pods',
};

function breached(active: readonly Pod[], scheduled: number, floor: number): Observation {
  const type = CONDITION.minAvailableBreached;
  if (scheduled < floor) {
    return { type, status: 'True', reason: 'ScheduledReplicasBelowMinAvailable', message: `${scheduled} pods have a node, ${floor} are needed` };
  }
  const good = scheduled - count(active, isErroneous) - count(active, isStartedNotReady);
  if (good < floor) return { type, status: 'True', reason: 'InsufficientReadyPods', message: `${good} pods are ready or starting, ${floor} are needed` };
  return { type, status: 'False', reason: 'SufficientReadyPods', message: `${good} pods are ready or starting, ${floor} are needed` };
}

function selector({ metadata: { name = '', labels = {} } }: PodClique): { hpaPodSelector?: string } {
  if (labels[LABEL.scalingGroup] !== undefined) return {};
  return { hpaPodSelector: selectorText({ ...managedLabels(labels[LABEL.partOf] ?? ''), [LABEL.podClique]: name }) };
}

function count<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.reduce((sum, item) => (holds(item) ? sum + 1 : sum), 0);
}
