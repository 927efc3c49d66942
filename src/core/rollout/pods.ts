import { LABEL } from '../api';
import type { Pod, PodClique, RollingUpdateConfiguration } from '../api';
import { disruptionsAllowed } from './strategy';
import { cliqueFloor } from '../status/podclique';
import { isActive, isReady } from '../status/pods';

/** The pods of a clique that were made from an older template. */
export function outdatedPods(clique: PodClique, pods: readonly Pod[]): Pod[] {
  const hash = clique.metadata.labels?.[LABEL.podTemplateHash];
  return pods.filter(pod => isActive(pod) && pod.metadata.labels?.[LABEL.podTemplateHash] !== hash);
}

/** The clique with the counts of its pods as they are now: its status may tell of them a little later, and an update must not go by what was. */
export function withPodCounts(clique: PodClique, pods: readonly Pod[]): PodClique {
  const active = pods.filter(isActive);
  const readyReplicas = active.filter(isReady).length;
  const counts = { replicas: active.length, readyReplicas, updatedReplicas: active.length - outdatedPods(clique, active).length };
  return { ...clique, status: { scheduleGatedReplicas: 0, scheduledReplicas: 0, ...clique.status, ...counts } };
}

/**
 * The pods that a rolling update replaces now (spec 07 §3): outdated ones that are of no use as they are at once, ready ones few at a time
 * and oldest first, never below the clique's minimum.
 */
export function podsToReplace(
  clique: PodClique, pods: readonly Pod[], rollingUpdate?: RollingUpdateConfiguration,
): { readonly unready: readonly Pod[]; readonly ready: readonly Pod[] } {
  const outdated = outdatedPods(clique, pods);
  const ready = pods.filter(pod => isActive(pod) && isReady(pod)).length;
  const allowed = disruptionsAllowed({ replicas: clique.spec.replicas, floor: cliqueFloor(clique), rollingUpdate, ready });
  return { unready: outdated.filter(pod => !isReady(pod)), ready: outdated.filter(isReady).sort(oldestFirst).slice(0, allowed) };
}

function oldestFirst(a: Pod, b: Pod): number {
  const key = ({ metadata }: Pod) => `${metadata.creationTimestamp ?? ''}/${metadata.name ?? ''}`;
  return key(a) < key(b) ? -1 : 1;
}
