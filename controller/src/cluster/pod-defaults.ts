import type { Container, Pod, PodSpec, ResourceList } from 'cdk8s-grove/core';
import { defaultedContainer, defaultedVolume } from './container-defaults';
import { JsonObject } from './json';

/** The spec as the real API server keeps it: what is absent gets its default. */
export function defaultedPodSpec(spec: PodSpec): PodSpec {
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    ...withoutEmptyGates(spec),
    ...(spec.serviceAccountName && { serviceAccount: spec.serviceAccountName }),
    tolerations: withNodeTolerations(spec.tolerations),
    containers: (spec.containers ?? []).map(defaultedContainer),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(defaultedContainer) }),
    ...(spec.volumes && { volumes: spec.volumes.map((volume) => defaultedVolume(volume as JsonObject)) }),
  };
}

/** An empty list of gates is no list. */
export function withoutEmptyGates(spec: PodSpec): PodSpec {
  if (spec.schedulingGates?.length !== 0) return spec;
  const { schedulingGates: _none, ...others } = spec;
  return others as PodSpec;
}

const NODE_TROUBLES = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** Every pod tolerates a node's trouble for five minutes, unless it says something else about it. */
function withNodeTolerations(tolerations: PodSpec['tolerations'] = []): PodSpec['tolerations'] {
  const missing = NODE_TROUBLES.filter((key) => !tolerations.some((one) => (one.key === key || !one.key) && (!one.effect || one.effect === 'NoExecute')));
  return [...tolerations, ...missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))];
}

/** The status that a pod starts with. */
export function initialPodStatus(spec: PodSpec, now: string): Pod['status'] {
  const gated = {
    type: 'PodScheduled',
    status: 'False' as const,
    lastProbeTime: null,
    lastTransitionTime: now,
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
  const conditions = (spec.schedulingGates?.length ?? 0) > 0 ? { conditions: [gated] } : {};
  return { phase: 'Pending', ...conditions, qosClass: qualityOfService(spec) } as unknown as Pod['status'];
}

/** `Guaranteed`, `Burstable` or `BestEffort`, from the requests and limits of processor and memory. */
function qualityOfService({ containers, initContainers = [] }: PodSpec): string {
  const resources = [...containers, ...initContainers].map((container) => container.resources ?? {});
  const mentions = (list: ResourceList | undefined): boolean => list?.cpu !== undefined || list?.memory !== undefined;
  if (!resources.some(({ requests, limits }) => mentions(requests) || mentions(limits))) return 'BestEffort';
  const fixed = (name: 'cpu' | 'memory') => ({ requests, limits }: NonNullable<Container['resources']>): boolean =>
    limits?.[name] !== undefined && String(limits[name]) === String(requests?.[name]);
  return resources.every((one) => fixed('cpu')(one) && fixed('memory')(one)) ? 'Guaranteed' : 'Burstable';
}
