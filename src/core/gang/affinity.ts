import type { Node, PodSpec } from '../api';

interface NodeSelectorTerm {
  readonly matchExpressions?: readonly Requirement[];
  readonly matchFields?: readonly Requirement[];
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

interface Affinity {
  readonly nodeAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: readonly NodeSelectorTerm[] } };
  readonly podAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly unknown[] };
  readonly podAntiAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly unknown[] };
}

/** Whether the pod restricts its nodes by affinity. */
export function hasNodeAffinity(spec: PodSpec): boolean {
  return requiredTerms(spec) !== undefined;
}

/** Whether the node satisfies the pod's required node affinity: one of its terms, and of that every requirement. */
export function matchesNodeAffinity(spec: PodSpec, node: Node): boolean {
  const terms = requiredTerms(spec);
  const { name = '', labels = {} } = node.metadata;
  return terms === undefined || terms.some(({ matchExpressions = [], matchFields = [] }) => matchExpressions.length + matchFields.length > 0
    && matchExpressions.every(requirement => matches(requirement, labels[requirement.key]))
    && matchFields.every(requirement => requirement.key === 'metadata.name' && matches(requirement, name)));
}

/** What the pod asks for that our placement does not know, in words; empty when it knows everything. */
export function unmodelledConstraints(spec: PodSpec): string[] {
  const { podAffinity, podAntiAffinity } = affinity(spec);
  const present = (items: readonly unknown[] | undefined) => (items ?? []).length > 0;
  const asked: [boolean, string][] = [
    [present(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution), 'required pod affinity'],
    [present(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution), 'required pod anti-affinity'],
    [present(spec.topologySpreadConstraints), 'topology spread constraints'],
    [present(spec.resourceClaims), 'resource claims'],
    [(spec.volumes ?? []).some(isPersistent), 'persistent volumes'],
    [spec.containers.some(({ ports }) => Array.isArray(ports) && ports.some(port => Boolean((port as { hostPort?: number }).hostPort))), 'host ports'],
  ];
  return asked.flatMap(([asks, words]) => (asks ? [words] : []));
}

function affinity(spec: PodSpec): Affinity {
  return (spec.affinity ?? {}) as Affinity;
}

function requiredTerms(spec: PodSpec): readonly NodeSelectorTerm[] | undefined {
  return affinity(spec).nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
}

function isPersistent(volume: unknown): boolean {
  return typeof volume === 'object' && volume !== null && ('persistentVolumeClaim' in volume || 'ephemeral' in volume);
}

function matches({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In': return value !== undefined && values.includes(value);
    case 'NotIn': return value === undefined || !values.includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    case 'Gt': return Number(value) > Number(values[0]);
    case 'Lt': return Number(value) < Number(values[0]);
    default: return false;
  }
}
