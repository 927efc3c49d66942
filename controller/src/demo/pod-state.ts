import { Pod, isFinished, isReady, isTerminating, waitsForParents } from 'cdk8s-grove/core';
import { PodState } from './model';

/** The state of a pod in one word. */
export function podState(pod: Pod): PodState {
  if (isTerminating(pod)) return 'stopping';
  if (isFinished(pod)) return 'failed';
  if (!pod.spec.nodeName) return 'unplaced';
  if (isReady(pod)) return 'ready';
  return waitsForParents(pod) ? 'blocked' : 'starting';
}
