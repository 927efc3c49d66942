import type { PodCliqueSet } from '../api';

/** Pods, or group replicas, of one clique or group that an update may make unavailable at a time (upstream's behaviour). */
export const MAX_UNAVAILABLE = 1;

/** Whether changed templates wait until somebody deletes the pods. */
export function updatesOnDelete({ spec }: PodCliqueSet): boolean {
  return spec.updateStrategy?.type === 'OnDelete';
}

/**
 * How many ready units an update may take down now. It never leaves fewer than the minimum; where all units are needed, it takes one at a
 * time all the same, because otherwise it could never go on (spec 07 §1).
 */
export function disruptionsAllowed({ replicas, floor, ready }: { readonly replicas: number; readonly floor: number; readonly ready: number }): number {
  const lowest = Math.min(floor, replicas - MAX_UNAVAILABLE);
  const unavailable = replicas - ready;
  return Math.max(0, Math.min(MAX_UNAVAILABLE - unavailable, ready - lowest));
}
