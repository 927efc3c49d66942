import type { PodSpec } from '../api';
import type { NodeTerm } from '../placement/problem';

interface Affinity {
  readonly nodeAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: readonly NodeTerm[] } };
  readonly podAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly unknown[] };
  readonly podAntiAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly unknown[] };
}

/**
 * What the pod asks of its node's labels and name, besides its selector; undefined when any node will do.
 * @param avoided names of nodes that are closed to the pod whatever it asks for
 */
export function requiredNodeTerms(spec: PodSpec, avoided: readonly string[] = []): readonly NodeTerm[] | undefined {
  const terms = affinity(spec).nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (avoided.length === 0) return terms;
  const elsewhere = { key: 'metadata.name', operator: 'NotIn', values: avoided };
  return (terms ?? [{}]).map(term => (terms && isEmpty(term) ? term : { ...term, matchFields: [...term.matchFields ?? [], elsewhere] }));
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

function isEmpty({ matchExpressions = [], matchFields = [] }: NodeTerm): boolean {
  return matchExpressions.length + matchFields.length === 0;
}

function isPersistent(volume: unknown): boolean {
  return typeof volume === 'object' && volume !== null && ('persistentVolumeClaim' in volume || 'ephemeral' in volume);
}
