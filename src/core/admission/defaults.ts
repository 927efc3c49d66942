import { SET_SPEC_DEFAULTS, withSchemaDefaults } from './schema-defaults';
import type { PodCliqueScalingGroupConfig, PodCliqueSet, PodCliqueTemplate } from '../api';

/**
 * The set with every default written out, first the schema's as the API server does (spec 01 §3), then admission's (02 §2), so that what is
 * stored is what was asked for. Idempotent.
 */
export function withDefaults(set: PodCliqueSet): PodCliqueSet {
  const { metadata } = set;
  const spec = withSchemaDefaults(set.spec, SET_SPEC_DEFAULTS);
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
