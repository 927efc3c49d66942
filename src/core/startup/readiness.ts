import { ANNOTATION, STARTUP_CONTAINER, STARTUP_READY } from '../api';
import type { Pod, PodClique } from '../api';
import { cliqueFloor } from '../status/podclique';
import { isActive, isReady } from '../status/pods';

/** A clique that others wait for: as far as it exists, with its pods. */
export interface Parent {
  readonly clique: PodClique | undefined;
  readonly pods: readonly Pod[];
}

/** Whether every parent has as many ready pods as its gang cannot do without (spec 06 §4). */
export function parentsReady(parents: readonly Parent[]): boolean {
  return parents.every(({ clique, pods }) => clique !== undefined && pods.filter(pod => isActive(pod) && isReady(pod)).length >= cliqueFloor(clique));
}

/** Whether the pod stands behind a start-up gate that nobody has opened. */
export function waitsForParents(pod: Pod): boolean {
  const gated = (pod.spec.initContainers ?? []).some(({ name }) => name === STARTUP_CONTAINER);
  return gated && pod.metadata.annotations?.[ANNOTATION.startup] !== STARTUP_READY;
}
