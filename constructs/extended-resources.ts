import type { PodCliqueProps } from './podclique';
import { GPU, PodSpec } from '../src/core';

/**
 * Adds GPUs and other extended resources to the first container. Limits are enough: Kubernetes takes them for the requests too.
 *
 * @internal
 */
export function withExtendedResources(spec: PodSpec, { gpus, extendedResources = {} }: PodCliqueProps): PodSpec {
  const amounts = Object.entries({ ...(gpus ? { [GPU]: gpus } : {}), ...extendedResources });
  const [first, ...others] = spec.containers;
  if (!first || amounts.length === 0) return spec;
  const texts = Object.fromEntries(amounts.map(([name, amount]) => [name, String(amount)]));
  return { ...spec, containers: [{ ...first, resources: { ...first.resources, limits: { ...first.resources?.limits, ...texts } } }, ...others] };
}

/**
 * What Kubernetes would say of the amounts and names when it is too late: when pods are made.
 *
 * @internal
 */
export function extendedResourceFindings(path: string, { gpus = 0, extendedResources = {} }: PodCliqueProps): string[] {
  return [
    ...amountFindings(`${path}.gpus`, gpus),
    ...Object.entries(extendedResources).flatMap(([name, amount]) => {
      const field = `${path}.extendedResources["${name}"]`;
      return [
        ...(/^[^/]+\/[^/]+$/.test(name) ? [] : [`${field}: Invalid: the name of an extended resource has a domain, as rdma/ib has; CPU and memory are resources of containers`]),
        ...(name === GPU && gpus > 0 ? [`${field}: Invalid: gpus says it already`] : []),
        ...amountFindings(field, amount),
      ];
    }),
  ];
}

function amountFindings(field: string, amount: number): string[] {
  return Number.isInteger(amount) && amount >= 0 ? [] : [`${field}: Invalid value ${amount}: must be a whole number, 0 or more`];
}
