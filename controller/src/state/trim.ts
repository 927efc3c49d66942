import type { Container, Pod } from 'cdk8s-grove/core';
import { withoutManagedFields } from '../kube';

/** What only the kubelet reads of a container: more than half of a pod, and a cluster has many. */
const INNER_LIFE: ReadonlySet<string> = new Set([
  'args', 'command', 'env', 'envFrom', 'imagePullPolicy', 'lifecycle', 'livenessProbe', 'readinessProbe', 'securityContext', 'startupProbe',
  'terminationMessagePath', 'terminationMessagePolicy', 'volumeDevices', 'volumeMounts', 'workingDir',
]);

/** A pod as far as decisions need it: what its containers do inside is left out, what they ask of a node is not. */
export function withoutInnerLife(pod: Pod): Pod {
  const { containers, initContainers } = pod.spec;
  const spec = { ...pod.spec, containers: containers.map(outside), ...(initContainers ? { initContainers: initContainers.map(outside) } : {}) };
  return { ...withoutManagedFields(pod), spec };
}

function outside(container: Container): Container {
  return Object.fromEntries(Object.entries(container).filter(([field]) => !INNER_LIFE.has(field))) as unknown as Container;
}
