import { ANNOTATION } from '../api';
import type { Pod, PodSpec } from '../api';
import { unmodelledConstraints } from './affinity';
import { findCondition } from '../status/conditions';
import { isGated, isTerminating } from '../status/pods';

/** Who places pods whose templates name nobody: we choose the node and bind. Kube-scheduler leaves pods of this name alone. */
export const SCHEDULER_NAME = 'grove-scheduler';

/** Who binds the pods that ask for what our placement does not know, as claims and persistent volumes: we choose the node, it sees to the rest. */
export const PINNED_SCHEDULER_NAME = 'default-scheduler';

/** The scheduler of a pod whose template names none (design decision 4). */
export function defaultScheduler(spec: PodSpec): string {
  return unmodelledConstraints(spec).length > 0 ? PINNED_SCHEDULER_NAME : SCHEDULER_NAME;
}

/** Whether Grove keeps the pod from starting: by its gate, or, where we are the pod's scheduler, because its gang has no nodes yet. */
export function isHeldBack(pod: Pod): boolean {
  return isGated(pod) || (pod.spec.schedulerName === SCHEDULER_NAME && !pod.spec.nodeName);
}

/** The node that a pod was pinned to and that kube-scheduler is to bind it to. */
export function pinnedNode({ metadata, spec }: Pod): string | undefined {
  return spec.nodeName ? undefined : metadata.annotations?.[ANNOTATION.pinnedNode];
}

/** Kube-scheduler's words on why it does not bind a pinned pod; undefined while it has none. */
export function pinRefusal(pod: Pod): string | undefined {
  if (pinnedNode(pod) === undefined || isTerminating(pod)) return undefined;
  const scheduled = findCondition(pod.status?.conditions as Parameters<typeof findCondition>[0], 'PodScheduled');
  return scheduled?.status === 'False' && scheduled.reason === 'Unschedulable' ? scheduled.message ?? '' : undefined;
}
