import * as kplus from 'cdk8s-plus-28';
import type { Container, PodSpec } from '../src/core';

/**
 * A pod spec as cdk8s-plus renders it, without the defaults of its that hurt inference pods: what a container did not ask for is left to
 * Kubernetes. Opinions are told from requests by the props that the container was made with.
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

function neutralContainer(container: Container, containers: ReadonlyMap<string, kplus.ContainerProps>): Container {
  const asked = containers.get(container.name);
  return without(
    container,
    ...(asked?.securityContext === undefined ? ['securityContext'] : []),
    ...(asked?.imagePullPolicy === undefined ? ['imagePullPolicy'] : []),
  );
}

function without<T extends object>(object: T, ...fields: string[]): T {
  return Object.fromEntries(Object.entries(object).filter(([field, value]) => !fields.includes(field) && value !== undefined)) as T;
}
