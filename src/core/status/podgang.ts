import { CONDITION, LABEL } from '../api';
import type { Pod, PodGang, PodGangStatus, PodGroup } from '../api';
import { Observation, findCondition, isTrue, withCondition } from './conditions';
import { isActive, isReady, isScheduled } from './pods';
import { SCHEDULER_NAME } from '../gang/pinning';
import { wasScheduled } from '../gang/readiness';

/** What the scheduler last said of a gang. */
export interface GangVerdict {
  /** One CamelCase word, for example `Unschedulable`. */
  readonly reason: string;
  /** What is missing, as one sentence. */
  readonly message: string;
  /** How close together the gang is, from 0 to 1; present when it has been placed. */
  readonly placementScore?: number;
  /** For whom the gang was evicted, as one sentence; present until it has nodes again. */
  readonly disruption?: string;
}

export interface PodGangObservation {
  readonly gang: PodGang;
  /** The pods that the gang refers to and that are there, by name. */
  readonly pods: ReadonlyMap<string, Pod>;
  /** Whether every clique of the gang has all its pods. A gang that has had them once stays initialized: a lost pod is no news about that. */
  readonly initialized: boolean;
  readonly verdict?: GangVerdict | undefined;
  readonly nowMs: number;
}

/** The status that a PodGang should have: how many of each group's minimum are placed and ready (spec 05 §3, 01 §7). */
export function podGangStatus({ gang, pods, initialized, verdict, nowMs }: PodGangObservation): PodGangStatus {
  const scheduled = shortfalls(gang, pods, isScheduled);
  const ready = shortfalls(gang, pods, isReady);
  const observations: Observation[] = [
    initialized || isTrue(gang.status?.conditions, CONDITION.initialized)
      ? { type: CONDITION.initialized, status: 'True', reason: 'PodGangPodsCreated', message: 'PodGang is fully initialized' }
      : { type: CONDITION.initialized, status: 'False', reason: 'PodGangPodsCreationPending', message: 'Not all constituent pods have been created yet' },
    scheduled.length === 0
      ? { type: CONDITION.scheduled, status: 'True', reason: 'Scheduled', message: 'Every group has its minimum of pods on nodes' }
      : { type: CONDITION.scheduled, status: 'False', ...pendingBecause(gang, verdict, scheduled) },
    ready.length === 0
      ? { type: CONDITION.ready, status: 'True', reason: 'Ready', message: 'Every group has its minimum of pods ready' }
      : { type: CONDITION.ready, status: 'False', reason: 'PodsNotReady', message: `waiting for ${ready.join(', ')}` },
    ...disruption(gang, verdict, scheduled.length === 0),
    ...health(gang, scheduled, [...pods.values()].some(pod => isActive(pod) && isScheduled(pod))),
  ];
  const generation = gang.metadata.generation === undefined ? {} : { observedGeneration: gang.metadata.generation };
  const score = verdict?.placementScore ?? gang.status?.placementScore;
  return {
    ...gang.status,
    phase: scheduled.length > 0 ? 'Pending' : ready.length > 0 ? 'Starting' : 'Running',
    ...(score === undefined ? {} : { placementScore: score }),
    conditions: observations.reduce(
      (conditions, observation) => withCondition(conditions, { ...observation, ...generation }, nowMs),
      [...gang.status?.conditions ?? []],
    ),
  };
}

/** Told of gangs that were evicted, and of no others. */
function disruption({ status }: PodGang, verdict: GangVerdict | undefined, isPlaced: boolean): Observation[] {
  const type = CONDITION.disruptionTarget;
  if (verdict?.disruption !== undefined) return [{ type, status: 'True', reason: 'PreemptionByScheduler', message: verdict.disruption }];
  if (!isPlaced || !isTrue(status?.conditions, type)) return [];
  return [{ type, status: 'False', reason: 'Scheduled', message: 'the gang has been placed again' }];
}

/** Told of gangs that were whole, have lost some of their minimum and still have the rest: until they are whole again, or have lost everything. */
function health(gang: PodGang, lacking: readonly string[], hasNodes: boolean): Observation[] {
  const type = CONDITION.unhealthy;
  const isLacking = wasScheduled(gang) && lacking.length > 0 && hasNodes;
  if (isLacking) return [{ type, status: 'True', reason: 'BelowMinimum', message: `of pods that had nodes there are ${lacking.join(', ')}` }];
  if (!isTrue(gang.status?.conditions, type)) return [];
  return [{ type, status: 'False', ...(lacking.length === 0 ? WHOLE : GONE) }];
}

const WHOLE = { reason: 'Scheduled', message: 'every group has its minimum again' };
const GONE = { reason: 'AllPodsLost', message: 'the gang has no nodes any more and waits for new ones as a whole' };

/** Whether people or programs wait for what this status tells: the gang has become ready or is so no longer, or it waits for another reason. */
export function isUrgentGangStatus({ status: old }: PodGang, status: PodGangStatus): boolean {
  const waitsFor = (of: PodGangStatus | undefined) => {
    const reason = findCondition(of?.conditions, CONDITION.scheduled)?.reason;
    return reason === undefined || PROGRESS.has(reason) ? undefined : reason;
  };
  return isTrue(status.conditions, CONDITION.ready) !== isTrue(old?.conditions, CONDITION.ready) || waitsFor(status) !== waitsFor(old);
}

/** Reasons of the Scheduled condition that only tell that things go their way. */
const PROGRESS = new Set(['Scheduling', 'Scheduled', 'PodsMissing']);

/** The groups that lack some of their minimum, each as `3/4 llm-0-decode-0-worker`. */
function shortfalls(gang: PodGang, pods: ReadonlyMap<string, Pod>, holds: (pod: Pod) => boolean): string[] {
  return gang.spec.podgroups.flatMap(group => {
    const have = members(group, pods).filter(pod => isActive(pod) && holds(pod)).length;
    return have >= group.minReplicas ? [] : [`${have}/${group.minReplicas} ${group.name}`];
  });
}

function members(group: PodGroup, pods: ReadonlyMap<string, Pod>): Pod[] {
  return group.podReferences.flatMap(({ name }) => pods.get(name) ?? []);
}

function pendingBecause({ metadata }: PodGang, verdict: GangVerdict | undefined, scheduled: readonly string[]): { reason: string; message: string } {
  if (verdict && verdict.placementScore === undefined) return { reason: verdict.reason, message: verdict.message };
  const scheduler = metadata.labels?.[LABEL.schedulerName] ?? SCHEDULER_NAME;
  const who = scheduler === SCHEDULER_NAME ? 'nodes' : `the scheduler ${scheduler} to find nodes`;
  return { reason: 'Scheduling', message: `waiting for ${who} for ${scheduled.join(', ')}` };
}
