import { LABEL, POD_GATE } from '../api';
import type { ObjectMeta, Pod } from '../api';

/** Whether somebody has asked for the object to be deleted; it may live on until its finalizers and grace period are over. */
export function isTerminating({ metadata }: { readonly metadata: ObjectMeta }): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** Whether the pod has ended for good: failed, evicted or completed. It will not come back under restartPolicy Always either. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
}

/** Whether the pod does, or may still do, its part: neither ended nor on its way out. */
export function isActive(pod: Pod): boolean {
  return !isTerminating(pod) && !isFinished(pod);
}

export function isReady(pod: Pod): boolean {
  return hasCondition(pod, 'Ready');
}

export function isScheduled(pod: Pod): boolean {
  return Boolean(pod.spec.nodeName) || hasCondition(pod, 'PodScheduled');
}

/** Whether Grove still keeps the pod from every scheduler. */
export function isGated(pod: Pod): boolean {
  return (pod.spec.schedulingGates ?? []).some(gate => gate.name === POD_GATE);
}

/** Not ready, and one of its containers has crashed before (spec 05 §5). */
export function isErroneous(pod: Pod): boolean {
  return !isReady(pod) && containers(pod).some(({ lastState }) => (lastState?.terminated?.exitCode ?? 0) !== 0);
}

/** Not ready although a container has started, as opposed to a pod that is still on its way (spec 05 §5). */
export function isStartedNotReady(pod: Pod): boolean {
  return !isReady(pod) && !isErroneous(pod) && (pod.status?.containerStatuses ?? []).some(({ started, ready }) => started === true && ready === false);
}

/** The pod's index in its clique; undefined when the label is missing or no number. */
export function podIndex(pod: Pod): number | undefined {
  const text = pod.metadata.labels?.[LABEL.podIndex];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function hasCondition(pod: Pod, type: string): boolean {
  return (pod.status?.conditions ?? []).some(condition => condition.type === type && condition.status === 'True');
}

function containers({ status }: Pod) {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}
