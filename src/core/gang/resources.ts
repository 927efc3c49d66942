import type { Container, PodSpec, ResourceList } from '../api';
import type { Resources } from '../placement/problem';
import { milliQuantity } from '../quantity';

/** Amounts as placement counts them: CPU in thousandths, everything else in whole units, rounded up. */
export function amounts(list: ResourceList = {}): Resources {
  return Object.fromEntries(Object.entries(list).map(([resource, quantity]) => [resource, amount(resource, quantity)]));
}

/** An amount as people read it: `1.5 cpu`, `64Gi memory`, `8 nvidia.com/gpu`. */
export function showAmount(resource: string, value: number): string {
  if (resource === 'cpu') return `${value / 1000} cpu`;
  if (value >= 2 ** 30 && /memory|storage/.test(resource)) return `${Math.round((value / 2 ** 30) * 10) / 10}Gi ${resource}`;
  return `${value} ${resource}`;
}

/** What a pod asks of its node: for its containers together, or for its largest init container where that is more. */
export function podRequest(spec: PodSpec): Resources {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const starters = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy !== 'Always');
  const running = [...spec.containers, ...sidecars].map(containerRequest).reduce((a, b) => add(a, b), {});
  const beside = sidecars.map(containerRequest).reduce(add, {});
  const starting = starters.map(container => add(containerRequest(container), beside)).reduce(largest, {});
  return add({ ...largest(running, starting), ...amounts(spec.resources?.requests) }, amounts(spec.overhead));
}

/** What a pod takes from its node: its request, and itself as one of `pods`. */
export function podFootprint(spec: PodSpec): Resources {
  return { ...podRequest(spec), pods: 1 };
}

/** What would satisfy any of the pods. */
export function largestRequest(specs: readonly PodSpec[]): Resources {
  return specs.map(podRequest).reduce(largest, {});
}

export function add(a: Resources, b: Resources): Resources {
  return combine(a, b, (x, y) => x + y);
}

export function subtract(a: Resources, b: Resources): Resources {
  return combine(a, b, (x, y) => x - y);
}

/** The API server copies limits to missing requests; a manifest that never met one may not have them. */
function containerRequest({ resources = {} }: Container): Resources {
  return amounts({ ...resources.limits, ...resources.requests });
}

function largest(a: Resources, b: Resources): Resources {
  return combine(a, b, Math.max);
}

function combine(a: Resources, b: Resources, operation: (x: number, y: number) => number): Resources {
  const result: Record<string, number> = { ...a };
  for (const [resource, value] of Object.entries(b)) result[resource] = operation(result[resource] ?? 0, value);
  return result;
}

function amount(resource: string, quantity: string | number): number {
  const milli = milliQuantity(quantity);
  return resource === 'cpu' ? milli : Math.ceil(milli / 1000);
}
