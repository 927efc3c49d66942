import type { KubeObject, Pod, PodGang } from '../api';

/** `scheduling.k8s.io/v1` PriorityClass. */
export interface PriorityClass extends KubeObject {
  readonly value: number;
  /** `PreemptLowerPriority` or `Never`. */
  readonly preemptionPolicy?: string;
}

/** How much a gang matters. */
export interface GangPriority {
  readonly value: number;
  /** Whether pods of a lower priority may be evicted for it. */
  readonly mayPreempt: boolean;
}

/** The highest priority that a class of a user may have; what is above keeps the cluster itself alive, and is never evicted. */
export const HIGHEST_USER_PRIORITY = 1_000_000_000;

/**
 * That of the gang's class; without a class, the least that its pods have been given. The class of a set is not written to its pods, so the gang's
 * word comes first.
 */
export function gangPriority({ spec }: PodGang, pods: Iterable<Pod>, classOf: (name: string) => PriorityClass | undefined): GangPriority {
  const named = spec.priorityClassName === undefined ? undefined : classOf(spec.priorityClassName);
  if (named) return { value: named.value, mayPreempt: named.preemptionPolicy !== 'Never' };
  let value = Infinity;
  let mayPreempt = true;
  for (const pod of pods) {
    value = Math.min(value, podPriority(pod));
    if (pod.spec.preemptionPolicy === 'Never') mayPreempt = false;
  }
  return { value: value === Infinity ? 0 : value, mayPreempt };
}

/** The number that the API server has given the pod by its class. */
export function podPriority({ spec }: Pod): number {
  return typeof spec.priority === 'number' ? spec.priority : 0;
}
