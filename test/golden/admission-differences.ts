import type { FieldError, PodCliqueSet } from '../../src/core';

export interface RecordedVerdict {
  readonly object: PodCliqueSet;
  readonly upstream: { readonly schemaErrors: readonly FieldError[]; readonly errors: readonly FieldError[]; readonly upstreamPanics?: boolean };
}

/** Where our verdict on a recorded case differs from upstream's on purpose; docs/reference/differences-from-upstream.md says the same for people. */
export interface Difference {
  readonly reason: string;
  /** Fields on which upstream has an error and we have none. */
  readonly without: readonly string[];
  /** Fields on which we have an Invalid error and upstream has none. */
  readonly and: readonly string[];
}

const DIFFERENCES: Readonly<Record<string, (spec: PodCliqueSet['spec']) => Omit<Difference, 'reason'>>> = {
  'minAvailable and an autoscaler\'s minReplicas default to the replicas with their default, not as submitted (spec 02 D5, D6)': ({ template }) => ({
    without: template.cliques.flatMap(({ spec: { replicas, minAvailable, autoScalingConfig } }, index) => (replicas ? [] : [
      ...(minAvailable === undefined ? [`spec.template.cliques[${index}].spec.minAvailable`] : []),
      ...(autoScalingConfig?.minReplicas === undefined && (minAvailable ?? 1) <= 1 ? [`spec.template.cliques[${index}].spec.autoScalingConfig.minReplicas`] : []),
    ])),
    and: [],
  }),
  'a scaling group\'s maxReplicas may not be below its minReplicas or replicas (spec 02 §4.6)': ({ template }) => ({
    without: [],
    and: (template.podCliqueScalingGroups ?? []).flatMap(({ replicas = 1, scaleConfig }, index) => {
      const least = Math.max(replicas, scaleConfig?.minReplicas ?? replicas);
      return scaleConfig && (scaleConfig.maxReplicas ?? 0) < least ? [`spec.template.podCliqueScalingGroups[${index}].scaleConfig.maxReplicas`] : [];
    }),
  }),
};

/** The documented differences that bear on a case. */
export function differencesOf({ object, upstream }: RecordedVerdict): Difference[] {
  if (upstream.schemaErrors.length > 0 || upstream.upstreamPanics) return [];
  return Object.entries(DIFFERENCES)
    .map(([reason, differ]) => ({ reason, ...differ(object.spec) }))
    .map(({ reason, without, and }) => ({ reason, and, without: without.filter(field => upstream.errors.some(error => error.field === field)) }))
    .filter(({ without, and }) => without.length + and.length > 0);
}
