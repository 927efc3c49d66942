import { Duration } from 'cdk8s';
import { goDuration } from './go-duration';
import type { RollingUpdateConfiguration } from '../src/core';

/** How rolling updates go about one clique or scaling group. Not with `UpdateStrategy.ON_DELETE`. */
export interface RollingUpdate {
  /**
   * Pods of the clique, or copies of the scaling group, that an update may make unavailable at a time. Never so many that fewer than
   * `minAvailable` stay ready; where that leaves no room, one at a time.
   * @default 1
   */
  readonly maxUnavailable?: number;
  /**
   * How long an update may come no further before it is reported, by the set's condition Stalled among others. It goes on all the same.
   * @default - for ever
   */
  readonly progressDeadline?: Duration;
}

/** @internal */
export function toRollingUpdate({ maxUnavailable, progressDeadline }: RollingUpdate): RollingUpdateConfiguration {
  return {
    ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
    ...(progressDeadline ? { progressDeadline: goDuration(progressDeadline) } : {}),
  };
}
