import { LABEL } from '../api';
import type { KubeObject, Pod } from '../api';
import { HIGHEST_USER_PRIORITY } from './priority';
import { podFootprint } from './resources';
import { computeDomainOf } from '../desired/compute-domains';
import type { RunningPod } from '../placement/problem';
import { isTerminating } from '../status/pods';

/** Lower than any priority that a pod can have: who is on the way out makes room for everybody, and nobody else has to. */
export const LEAVING_PRIORITY = -2_147_483_649;

/** Ages are counted to this moment (2100-01-01), in seconds: all of them are positive, and no clock is needed to compare two. */
const HORIZON_SECONDS = 4_102_444_800;

/**
 * A pod on a node as placement sees it. A pod of a gang goes with its gang, and with the base gang of that, unless it is on its way
 * out already.
 */
export function runningPod(pod: Pod, node: string, priority: number): RunningPod {
  const { metadata, spec } = pod;
  const computeDomain = computeDomainKey(pod, pod);
  const common = {
    name: namespacedName(pod, metadata.name ?? ''),
    node,
    request: podFootprint(spec),
    ...(computeDomain === undefined ? {} : { mnnvlGroup: computeDomain }),
  };
  if (isTerminating(pod)) return { ...common, priority: LEAVING_PRIORITY };
  const { [LABEL.podGang]: gang, [LABEL.basePodGang]: base } = metadata.labels ?? {};
  return {
    ...common,
    priority,
    preemptible: isEvictable(pod, priority),
    ...(gang === undefined ? {} : { unit: namespacedName(pod, gang) }),
    ...(base === undefined ? {} : { baseUnit: namespacedName(pod, base) }),
    age: HORIZON_SECONDS - Math.floor(Date.parse(metadata.creationTimestamp ?? '1970-01-01T00:00:00Z') / 1000),
  };
}

/** `namespace/name`: how placement, which knows no namespaces, tells pods, gangs and ComputeDomains apart. */
export function namespacedName({ metadata }: KubeObject, name: string): string {
  return `${metadata.namespace ?? ''}/${name}`;
}

/** The ComputeDomain of pods with the spec in the object's namespace. */
export function computeDomainKey(object: KubeObject, { spec }: Pick<Pod, 'spec'>): string | undefined {
  const name = computeDomainOf(spec);
  return name === undefined ? undefined : namespacedName(object, name);
}

/** A pod that its node, or a DaemonSet, would at once bring back makes no room by going. */
function isEvictable({ metadata }: Pod, priority: number): boolean {
  return priority <= HIGHEST_USER_PRIORITY
    && metadata.annotations?.['kubernetes.io/config.mirror'] === undefined
    && !(metadata.ownerReferences ?? []).some(({ kind, controller }) => controller === true && kind === 'DaemonSet');
}
