import type { PodCliqueScalingGroupConfig, PodCliqueSet, PodCliqueTemplate } from '../api';

/** The set with every default written out (spec 01 §3, 02 §2), so that what is stored is what was asked for. Idempotent. */
export function withDefaults(set: PodCliqueSet): PodCliqueSet {
  const { spec, metadata } = set;
  const { template } = spec;
  return {
    ...set,
    metadata: { ...metadata, namespace: metadata.namespace || 'default' },
    spec: {
      ...spec,
      replicas: spec.replicas ?? 0,
      ...(spec.updateStrategy ? { updateStrategy: { type: 'RollingRecreate', ...spec.updateStrategy } } : {}),
      template: {
        ...template,
        cliques: template.cliques.map(defaultedClique),
        cliqueStartupType: template.cliqueStartupType ?? 'CliqueStartupTypeAnyOrder',
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
  const replicas = group.replicas ?? 1;
  const { scaleConfig } = group;
  return {
    ...group,
    replicas,
    minAvailable: group.minAvailable ?? 1,
    ...(scaleConfig ? { scaleConfig: { ...scaleConfig, minReplicas: scaleConfig.minReplicas ?? replicas } } : {}),
  };
}
