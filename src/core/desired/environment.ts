import type { Container, EnvVar, PodSpec } from '../api';

/** Puts variables before the user's in every container and init container; the user's of the same names give way (spec 03 §7). */
export function withEnvironment(spec: PodSpec, variables: readonly EnvVar[]): PodSpec {
  const names = new Set(variables.map(({ name }) => name));
  const extend = (container: Container): Container => ({
    ...container,
    env: [...variables, ...(container.env ?? []).filter(({ name }) => !names.has(name))],
  });
  return {
    ...spec,
    containers: spec.containers.map(extend),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(extend) } : {}),
  };
}
