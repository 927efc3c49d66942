import { GangVerdict, KubeObject, LastError, timestamp } from 'cdk8s-grove/core';
import { Clock, EventRecorder, ReconcileResult, messageOf } from '../kube';
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
  /** What our scheduler last said of a gang, by `namespace/name`. */
  readonly verdict: (gangKey: string) => GangVerdict | undefined;
}

/**
 * Runs one step of a pass. When it fails, the object's status tells so under the code, an event does, and the error goes on to the queue.
 */
export async function guarded<T extends KubeObject & { readonly status?: object }>(
  world: World, object: T, code: string, reason: string, step: () => Promise<void>,
): Promise<void> {
  try {
    await step();
  } catch (error) {
    const lastErrors: LastError[] = [{ code, description: messageOf(error).slice(0, 1000), observedAt: timestamp(world.clock.now()) }];
    world.events.event(object, 'Warning', reason, messageOf(error));
    await world.writer.writeStatus(object, { ...emptyCounts(object), ...object.status, lastErrors }).catch(() => undefined);
    throw error;
  }
}

/** The result of a pass that has to come again after the shortest of these times, if there is one. */
export function soonest(...delaysMs: (number | undefined)[]): ReconcileResult | undefined {
  const known = delaysMs.filter(delay => delay !== undefined);
  return known.length === 0 ? undefined : { requeueAfterMs: Math.min(...known) };
}

/** Counters that the API requires in every status, however early it is written. */
function emptyCounts({ kind }: KubeObject): Record<string, number> {
  switch (kind) {
    case 'PodClique': return { readyReplicas: 0, updatedReplicas: 0, scheduleGatedReplicas: 0, scheduledReplicas: 0 };
    case 'PodCliqueScalingGroup': return { scheduledReplicas: 0, availableReplicas: 0, updatedReplicas: 0 };
    case 'PodCliqueSet': return { availableReplicas: 0, updatedReplicas: 0 };
    default: return {};
  }
}
