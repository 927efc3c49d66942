import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { toWire } from './wire';
import type { PodSpec } from '../src/core';

const SHARED_MEMORY = 'shared-memory';

/**
 * A pod spec as cdk8s-plus renders it, without the defaults of its that hurt inference pods: what a container did not ask for is left to
 * Kubernetes. Opinions are told from requests by the props that the container was made with; a container that was attached ready-made has
 * none here and stays as it is.
 *
 * @internal
 */
export function neutralPodSpec(rendered: kplus.k8s.PodSpec, asked: kplus.AbstractPodProps, containers: ReadonlyMap<string, kplus.ContainerProps>): PodSpec {
  const neutral = (container: kplus.k8s.Container) => neutralContainer(container, containers.get(container.name));
  return toWire({
    ...rendered,
    containers: rendered.containers.map(neutral),
    initContainers: rendered.initContainers?.map(neutral),
    securityContext: askedOnly(rendered.securityContext, asked.securityContext, POD_SECURITY),
    automountServiceAccountToken: asked.automountServiceAccountToken === undefined ? undefined : rendered.automountServiceAccountToken,
    hostNetwork: asked.hostNetwork === undefined ? undefined : rendered.hostNetwork,
    dnsPolicy: asked.dns && rendered.dnsPolicy,
    setHostnameAsFqdn: asked.dns && rendered.setHostnameAsFqdn,
  }) as PodSpec;
}

/**
 * Gives a container memory of the given size below /dev/shm, where Kubernetes would give it 64 MiB.
 *
 * @internal
 */
export function withSharedMemory(spec: PodSpec, size: Size): PodSpec {
  const [first, ...others] = spec.containers;
  if (!first) return spec;
  const mount = { name: SHARED_MEMORY, mountPath: '/dev/shm' };
  return {
    ...spec,
    containers: [{ ...first, volumeMounts: [...(first.volumeMounts ?? []), mount] }, ...others],
    volumes: [...(spec.volumes ?? []), { name: SHARED_MEMORY, emptyDir: { medium: 'Memory', sizeLimit: quantity(size) } }],
  };
}

function quantity(size: Size): string {
  const mebibytes = size.toMebibytes();
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}

function neutralContainer(container: kplus.k8s.Container, asked: kplus.ContainerProps | undefined): kplus.k8s.Container {
  if (!asked) return container;
  return {
    ...container,
    securityContext: askedOnly(container.securityContext, asked.securityContext, CONTAINER_SECURITY),
    imagePullPolicy: asked.imagePullPolicy && container.imagePullPolicy,
    startupProbe: asked.startup && container.startupProbe,
  };
}

/** Properties of security contexts that cdk8s-plus makes up when they are not given, with the field of each. */
const POD_SECURITY = { ensureNonRoot: 'runAsNonRoot', fsGroupChangePolicy: 'fsGroupChangePolicy' } as const;
const CONTAINER_SECURITY = {
  ensureNonRoot: 'runAsNonRoot',
  privileged: 'privileged',
  readOnlyRootFilesystem: 'readOnlyRootFilesystem',
  allowPrivilegeEscalation: 'allowPrivilegeEscalation',
} as const;

/** A security context without what was made up; none where none was asked for. */
function askedOnly<Rendered extends object>(
  rendered: Rendered | undefined, asked: object | undefined, madeUp: Readonly<Record<string, keyof Rendered>>,
): Rendered | undefined {
  if (!rendered || !asked) return undefined;
  const kept = { ...rendered };
  for (const [property, field] of Object.entries(madeUp)) if (asked[property as keyof typeof asked] === undefined) delete kept[field];
  return kept;
}
