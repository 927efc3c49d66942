import type { PodCliqueSet, RollingUpdateConfiguration } from '../api';

/** Pods of a clique, or replicas of a group, that an update may make unavailable at a time where nothing else is asked for. */
const MAX_UNAVAILABLE = 1;

/** Whether changed templates wait until somebody deletes the pods. */
export function updatesOnDelete({ spec }: PodCliqueSet): boolean {
  return spec.updateStrategy?.type === 'OnDelete';
}

/** The units of one clique or group that an update replaces. */
export interface UpdateUnits {
  readonly replicas: number;
  /** Units that are needed. */
  readonly floor: number;
  readonly rollingUpdate?: RollingUpdateConfiguration | undefined;
}

/** How many units an update takes at a time at most, when all are ready: never the needed ones, unless all are needed; then one. */
export function updateWidth({ replicas, floor, rollingUpdate }: UpdateUnits): number {
  return Math.max(0, Math.min(rollingUpdate?.maxUnavailable ?? MAX_UNAVAILABLE, replicas - lowest(replicas, floor)));
}

/** How many ready units an update may take down now. */
export function disruptionsAllowed(units: UpdateUnits & { readonly ready: number }): number {
  const { replicas, floor, rollingUpdate, ready } = units;
  const unavailable = Math.max(0, replicas - ready);
  return Math.max(0, Math.min((rollingUpdate?.maxUnavailable ?? MAX_UNAVAILABLE) - unavailable, ready - lowest(replicas, floor)));
}

/** How few ready units an update may leave: the needed ones. Where all are needed it takes one all the same, because otherwise it could never go on. */
function lowest(replicas: number, floor: number): number {
  return Math.min(floor, replicas - 1);
}
