import { ANNOTATION, AutoScalingConfig, NO_NVLINK_DOMAIN, TopologyConstraint } from 'cdk8s-grove/core';
import { Expression, Source, literal } from './source';

const GROVE = 'cdk8s-grove';

/** Annotations without kubectl's bookkeeping and without those that have a property of their own. */
export function authored(annotations: Readonly<Record<string, string>> = {}): Record<string, string> | undefined {
  const kept = Object.entries(annotations).filter(([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration' && key !== ANNOTATION.mnnvlGroup);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/** The NVLink domain that annotations speak of. */
export function nvlinkDomain(source: Source, annotations: Readonly<Record<string, string>> = {}): Expression | undefined {
  const word = annotations[ANNOTATION.mnnvlGroup];
  if (word === undefined) return undefined;
  const domain = source.use(GROVE, 'NvlinkDomain');
  return new Expression(word === NO_NVLINK_DOMAIN ? `${domain}.none()` : `${domain}.named(${literal(word)})`);
}

/** A part of the object that no property says: its path below the set, and its content; undefined removes it. */
export type Patch = readonly [path: string, value: unknown];

/** The topology that a set's constraints speak of, and the variable that holds it. */
export interface Topology {
  readonly name: string;
  readonly variable: string;
}

/** The packing that a constraint asks for. The constructs write its topology's name always; where the manifest inherits it, it is taken out again. */
export function packing(
  source: Source, constraint: TopologyConstraint | undefined, topology: Topology | undefined, path: string, patches: Patch[],
): Expression | undefined {
  if (!constraint) return undefined;
  const required = constraint.pack?.required ?? constraint.packDomain;
  const preferred = constraint.pack?.preferred;
  if (topology === undefined || (constraint.topologyName && constraint.topologyName !== topology.name)) {
    patches.push([path, constraint]);
    return undefined;
  }
  if (!constraint.topologyName) patches.push([`${path}/topologyName`, undefined]);
  const level = (domain: string | undefined) => `${topology.variable}.level(${literal(domain)})`;
  const word = source.use(GROVE, 'Packing');
  if (required === undefined) return new Expression(`${word}.preferred(${level(preferred)})`);
  if (preferred === required) patches.push([`${path}/pack/preferred`, preferred]);
  return new Expression(`${word}.required(${level(required)})${preferred === undefined || preferred === required ? '' : `.butPreferably(${level(preferred)})`}`);
}

/** An autoscaler of the controller's. Metrics other than utilization of CPU and memory stay as Kubernetes writes them. */
export function autoscaling(source: Source, config: AutoScalingConfig | undefined, path: string, patches: Patch[]): Expression | undefined {
  if (!config) return undefined;
  const { minReplicas, maxReplicas, metrics = [] } = config;
  const typed = metrics.map(metric => utilization(source, metric));
  const isTyped = typed.every(metric => metric !== undefined);
  if (!isTyped) patches.push([`${path}/metrics`, metrics]);
  const props = { minReplicas, maxReplicas, metrics: isTyped && typed.length > 0 ? typed : undefined };
  return new Expression(`${source.use(GROVE, 'Autoscaling')}.byController(${literal(props)})`);
}

function utilization(source: Source, metric: unknown): Expression | undefined {
  const { resource } = metric as { readonly resource?: { readonly name?: string; readonly target?: { readonly averageUtilization?: number } } };
  const percent = resource?.target?.averageUtilization;
  const word = { cpu: 'resourceCpu', memory: 'resourceMemory' }[resource?.name ?? ''];
  const same = { type: 'Resource', resource: { name: resource?.name, target: { type: 'Utilization', averageUtilization: percent } } };
  if (percent === undefined || word === undefined || JSON.stringify(sorted(metric)) !== JSON.stringify(sorted(same))) return undefined;
  return new Expression(`${source.use('cdk8s-plus-28', 'Metric')}.${word}(${source.use('cdk8s-plus-28', 'MetricTarget')}.averageUtilization(${percent}))`);
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, content]) => [key, sorted(content)]);
}
