import {
  AdmissionResult, CONDITION, Condition, GangVerdict, KubeObject, LastError, PodCliqueSet, earliest, findCondition, timestamp,
} from 'cdk8s-grove/core';
import { Clock, EventRecorder, ReconcileResult, isConflict, messageOf } from '../kube';
import { Failures } from './failures';
import { Caches } from '../state/caches';
import { Writer } from '../state/writer';

/** What reconcilers work with. They read the caches, decide by functions of the core, and write through the writer. */
export interface World {
  readonly caches: Caches;
  readonly writer: Writer;
  readonly events: EventRecorder;
  readonly clock: Clock;
  /** Image of the init container that waits for parents. @default the core's */
  readonly startupImage?: string;
  /** What admission says of a set as it is now. */
  readonly admission: (set: PodCliqueSet) => AdmissionResult;
  /** What could not be done for gangs, which have no field for it. */
  readonly gangFailures: Failures;
  /** What our scheduler last said of a gang, by `namespace/name`. */
  readonly verdict: (gangKey: string) => GangVerdict | undefined;
}

/** A step of a pass has failed. */
export class StepError extends Error {
  constructor(readonly lastErrors: readonly LastError[], override readonly cause: unknown) {
    super(messageOf(cause));
  }
}

/** Runs one step of a {@link pass}. When it fails, an event tells so, and the pass goes on with the status. */
export async function guarded({ events, clock }: World, object: KubeObject, code: string, reason: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (isConflict(error)) throw error;
    events.event(object, 'Warning', reason, messageOf(error));
    throw new StepError([{ code, description: messageOf(error).slice(0, 1000), observedAt: timestamp(clock.now()) }], error);
  }
}

/**
 * Runs the steps, and writes the status whatever has become of them: what does run must count even if something else cannot be made.
 * @throws what a step has thrown, so that the pass is repeated
 */
export async function pass<T>(steps: () => Promise<void>, writeStatus: (lastErrors?: readonly LastError[]) => Promise<T>): Promise<T> {
  try {
    await steps();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    await writeStatus(error.lastErrors);
    throw error.cause;
  }
  return writeStatus();
}

/** The errors of this pass; what went wrong in the last one, too, keeps its time, so that a failure which goes on is not written again and again. */
export function lastErrorsOf({ status }: { readonly status?: { readonly lastErrors?: readonly LastError[] } }, errors: readonly LastError[] | undefined) {
  return errors?.map(error => ({ ...error, observedAt: status?.lastErrors?.find(({ code }) => code === error.code)?.observedAt ?? error.observedAt }));
}

interface Conditioned {
  readonly conditions?: readonly Condition[];
}

/** Tells, when it is news, that somebody asks for fewer replicas than the gang needs. */
export function tellWhenBelowFloor(events: EventRecorder, object: KubeObject & { readonly status?: Conditioned }, status: Conditioned): void {
  const found = findCondition(status.conditions, CONDITION.scaledBelowMinAvailable);
  const before = findCondition(object.status?.conditions, CONDITION.scaledBelowMinAvailable);
  if (found && found.message !== before?.message) events.event(object, 'Warning', found.reason, found.message);
}

/** The result of a pass that has to come again after the shortest of these times, if there is one. */
export function soonest(...delaysMs: (number | undefined)[]): ReconcileResult | undefined {
  const requeueAfterMs = earliest(delaysMs);
  return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
}
