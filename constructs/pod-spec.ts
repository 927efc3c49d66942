import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Container, PodSpec } from '../src/core';

const SHARED_MEMORY = 'shared-memory';

/**
 * A pod spec as cdk8s-plus renders it, without the defaults of its that hurt inference pods: what a container did not ask for is left to
 * Kubernetes. Opinions are told from requests by the props that the container was made with; a container that was attached ready-made has
 * none here and stays as it is.
 *
 * @internal
 */
export function neutralPodSpec(rendered: kplus.k8s.PodSpec, asked: kplus.AbstractPodProps, containers: ReadonlyMap<string, kplus.ContainerProps>): PodSpec {
  const spec = kplus.k8s.toJson_PodSpec(rendered) as PodSpec;
  const drop = (condition: boolean, ...fields: string[]) => (condition ? fields : []);
  return without(
    {
      ...spec,
      containers: spec.containers.map(container => neutralContainer(container, containers)),
      ...(spec.initContainers ? { initContainers: spec.initContainers.map(container => neutralContainer(container, containers)) } : {}),
    },
    ...drop(asked.securityContext === undefined, 'securityContext'),
    ...drop(asked.automountServiceAccountToken === undefined, 'automountServiceAccountToken'),
    ...drop(asked.hostNetwork === undefined, 'hostNetwork'),
    ...drop(asked.dns === undefined, 'dnsPolicy', 'setHostnameAsFQDN'),
  );
}

/**
 * Adds extended resources to a container. Limits are enough: Kubernetes takes them for the requests too.
 *
 * @internal
 */
export function withExtendedResources(container: Container, amounts: { readonly [name: string]: number }): Container {
  const texts = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, String(amount)]));
  return { ...container, resources: { ...container.resources, limits: { ...container.resources?.limits, ...texts } } };
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

function neutralContainer(rendered: Container, containers: ReadonlyMap<string, kplus.ContainerProps>): Container {
  const container = withProtocols(rendered);
  const asked = containers.get(container.name);
  if (!asked) return container;
  return without(
    container,
    ...(asked.securityContext === undefined ? ['securityContext'] : []),
    ...(asked.imagePullPolicy === undefined ? ['imagePullPolicy'] : []),
    ...(asked.startup === undefined ? ['startupProbe'] : []),
  );
}

/** The API server completes ports, since their protocol is part of their key; what it would add is written here, so that nothing drifts. */
function withProtocols(container: Container): Container {
  const { ports } = container;
  return Array.isArray(ports) ? { ...container, ports: ports.map((port: object) => ({ protocol: 'TCP', ...port })) } : container;
}

function without<T extends object>(object: T, ...fields: string[]): T {
  return Object.fromEntries(Object.entries(object).filter(([field, value]) => !fields.includes(field) && value !== undefined)) as T;
}
