import { COMPONENT } from '../api';
import type { AutoScalingConfig, KubeObject, PodCliqueSet } from '../api';
import { cliqueName, scalingGroupName } from '../names';
import { componentLabels, namespaceOf, ownerReference } from './metadata';
import { scalingGroups, standaloneCliques } from './template';

/** The HorizontalPodAutoscalers of replica `i` of a set, named like what they scale (spec 04 §1.4). */
export function desiredAutoscalers(set: PodCliqueSet, i: number): KubeObject[] {
  const setName = set.metadata.name ?? '';
  const cliques = standaloneCliques(set).map(({ name, spec }) =>
    autoscaler(set, 'PodClique', cliqueName(setName, i, name), spec.replicas, spec.autoScalingConfig));
  const groups = scalingGroups(set).map(({ name, replicas, scaleConfig }) =>
    autoscaler(set, 'PodCliqueScalingGroup', scalingGroupName(setName, i, name), replicas ?? 1, scaleConfig));
  return [...cliques, ...groups].flatMap(found => found ?? []);
}

function autoscaler(set: PodCliqueSet, kind: string, name: string, replicas: number, config?: AutoScalingConfig): KubeObject | undefined {
  if (!config) return undefined;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name,
      namespace: namespaceOf(set),
      labels: componentLabels(set.metadata.name ?? '', name, COMPONENT.autoscaler),
      ownerReferences: [ownerReference(set)],
    },
    spec: {
      scaleTargetRef: { apiVersion: 'grove.io/v1alpha1', kind, name },
      minReplicas: config.minReplicas ?? replicas,
      maxReplicas: config.maxReplicas,
      ...(config.metrics ? { metrics: config.metrics } : {}),
    },
  };
}
