import { durationNs } from '../admission/syntax';
import { CONDITION } from '../api';
import type { Condition, RollingUpdateConfiguration, Time } from '../api';
import { Observation, timestamp, withCondition } from '../status/conditions';

/** What an update of a clique or group has in its status of how it goes. */
export interface Course {
  readonly updateStartedAt?: Time;
  readonly updateEndedAt?: Time;
  readonly lastProgressAt?: Time;
}

/** Units that are ready, and those that were made from the new template. */
export interface Advance {
  readonly ready: number;
  readonly updated: number;
}

/** The reason of an update that has come no further for longer than it may. */
export const PROGRESS_DEADLINE_EXCEEDED = 'ProgressDeadlineExceeded';

/**
 * The update with the time of its last progress, where it has a deadline: more units are updated, or more are ready, than before. The same as for
 * Deployments.
 */
export function withProgress<T extends Course>(course: T, before: Advance, after: Advance, { rollingUpdate, nowMs }: DeadlineContext): T {
  if (deadlineMs(rollingUpdate) === undefined || course.updateEndedAt !== undefined) return course;
  const isFurther = after.updated > before.updated || after.ready > before.ready;
  return isFurther || course.lastProgressAt === undefined ? { ...course, lastProgressAt: timestamp(nowMs) } : course;
}

export interface DeadlineContext {
  readonly rollingUpdate?: RollingUpdateConfiguration | undefined;
  readonly nowMs: number;
}

/** Milliseconds until the update will have come no further for too long, not positive when it has; undefined when there is no update, or no deadline. */
export function progressDueMs(course: Course | undefined, { rollingUpdate, nowMs }: DeadlineContext): number | undefined {
  const limitMs = deadlineMs(rollingUpdate);
  if (!course || course.updateEndedAt !== undefined || limitMs === undefined) return undefined;
  return Date.parse(course.lastProgressAt ?? course.updateStartedAt ?? timestamp(nowMs)) + limitMs - nowMs;
}

/** The conditions of a clique or group with what is to be said of its update; as they are when there never was one. */
export function withUpdateJudged(conditions: readonly Condition[], course: Course | undefined, context: DeadlineContext): Condition[] {
  return course ? withCondition(conditions, observation(course, context), context.nowMs) : [...conditions];
}

function observation(course: Course, context: DeadlineContext): Observation {
  const type = CONDITION.updateInProgress;
  if (course.updateEndedAt !== undefined) return { type, status: 'False', reason: 'NoActiveUpdate', message: 'no update is in progress' };
  if ((progressDueMs(course, context) ?? 1) > 0) return { type, status: 'True', reason: 'Progressing', message: 'an update is in progress' };
  const message = `the update has come no further for ${context.rollingUpdate?.progressDeadline}`;
  return { type, status: 'Unknown', reason: PROGRESS_DEADLINE_EXCEEDED, message };
}

function deadlineMs(rollingUpdate: RollingUpdateConfiguration | undefined): number | undefined {
  const durationInNs = durationNs(rollingUpdate?.progressDeadline ?? '');
  return durationInNs === undefined ? undefined : durationInNs / 1e6;
}
