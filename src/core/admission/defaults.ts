import { SET_SPEC_DEFAULTS, withSchemaDefaults } from './schema-defaults';
import { shapeFindings } from './shape-rules';
import { isRecord } from './syntax';
import type { PodCliqueScalingGroupConfig, PodCliqueSet, PodCliqueTemplate } from '../api';

/**
 * The set with every default written out, first the schema's as the API server does (spec 01 §3), then admission's (02 §2), so that what is
 * stored is what was asked for. Idempotent.
 */
export function withDefaults(set: PodCliqueSet): PodCliqueSet {
  return withAdmissionDefaults(shapeFindings(withServerDefaults(set), 'PodCliqueSet').object);
}

/** The set with the schema's defaults. What is not of the expected shape stays as it is. */
export function withServerDefaults(set: PodCliqueSet): PodCliqueSet {
  if (!isRecord(set)) return set;
  const spec = withSchemaDefaults(withoutEmptyStrategy(set.spec), SET_SPEC_DEFAULTS);
  return spec === set.spec ? set : { ...(set as PodCliqueSet), spec };
}

/** A Go client drops an update strategy of "" on its way (upstream's webhook does), and so do we: it means the same as none. */
function withoutEmptyStrategy(spec: PodCliqueSet['spec']): PodCliqueSet['spec'] {
  if (!isRecord(spec) || !isRecord(spec.updateStrategy) || spec.updateStrategy.type as string !== '') return spec;
  const { updateStrategy: { type: _, ...strategy }, ...rest } = spec as PodCliqueSet['spec'] & Required<Pick<PodCliqueSet['spec'], 'updateStrategy'>>;
  return Object.keys(strategy).length === 0 ? rest : { ...rest, updateStrategy: strategy };
}

/** A set that has the schema's defaults, with admission's. */
export function withAdmissionDefaults(set: PodCliqueSet): PodCliqueSet {
  const { metadata, spec } = set;
  const { template } = spec;
  return {
    ...set,
    metadata: { ...metadata, namespace: metadata.namespace || 'default' },
    spec: {
      ...spec,
      template: {
        ...template,
        cliques: template.cliques.map(defaultedClique),
        headlessServiceConfig: template.headlessServiceConfig ?? { publishNotReadyAddresses: true },
        terminationDelay: template.terminationDelay ?? '4h0m0s',
        ...(template.podCliqueScalingGroups ? { podCliqueScalingGroups: template.podCliqueScalingGroups.map(defaultedGroup) } : {}),
      },
    },
  };
}

/** A clique without `replicas` has one pod; its floor and its autoscaler start from there (upstream starts from what was submitted, D5, D6). */
function defaultedClique(clique: PodCliqueTemplate): PodCliqueTemplate {
  const { spec } = clique;
  const replicas = spec.replicas || 1;
  const { autoScalingConfig } = spec;
  return {
    ...clique,
    spec: {
      ...spec,
      replicas,
      minAvailable: spec.minAvailable ?? replicas,
      ...(autoScalingConfig ? { autoScalingConfig: { ...autoScalingConfig, minReplicas: autoScalingConfig.minReplicas ?? replicas } } : {}),
      podSpec: {
        ...spec.podSpec,
        restartPolicy: spec.podSpec.restartPolicy || 'Always',
        terminationGracePeriodSeconds: spec.podSpec.terminationGracePeriodSeconds ?? 30,
      },
    },
  };
}

function defaultedGroup(group: PodCliqueScalingGroupConfig): PodCliqueScalingGroupConfig {
  const { replicas = 1, scaleConfig } = group;
  return {
    ...group,
    ...(scaleConfig ? { scaleConfig: { ...scaleConfig, minReplicas: scaleConfig.minReplicas ?? replicas } } : {}),
  };
}
