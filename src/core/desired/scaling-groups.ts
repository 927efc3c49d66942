import { ANNOTATION, COMPONENT, FINALIZER, LABEL } from '../api';
import type { PodCliqueScalingGroup, PodCliqueScalingGroupConfig, PodCliqueSet } from '../api';
import { scalingGroupName } from '../names';
import { componentLabels, namespaceOf, ownerReference, whenAny } from './metadata';
import { groupFloor, scalingGroups } from './template';

/** The scaling groups of replica `i` of a set. */
export function desiredScalingGroups(set: PodCliqueSet, i: number): PodCliqueScalingGroup[] {
  return scalingGroups(set).map(group => desiredScalingGroup(set, i, group));
}

/** One scaling group. `replicas` is the template's; a live object keeps its own (spec 04 §1.4). */
export function desiredScalingGroup(set: PodCliqueSet, i: number, group: PodCliqueScalingGroupConfig): PodCliqueScalingGroup {
  const setName = set.metadata.name ?? '';
  const name = scalingGroupName(setName, i, group.name);
  const mnnvlGroup = set.metadata.annotations?.[ANNOTATION.mnnvlGroup];
  return {
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodCliqueScalingGroup',
    metadata: {
      name,
      namespace: namespaceOf(set),
      labels: { ...componentLabels(setName, name, COMPONENT.scalingGroup), [LABEL.setReplicaIndex]: String(i) },
      ...whenAny('annotations', { ...(mnnvlGroup === undefined ? {} : { [ANNOTATION.mnnvlGroup]: mnnvlGroup }), ...group.annotations }),
      finalizers: [FINALIZER.scalingGroup],
      ownerReferences: [ownerReference(set)],
    },
    spec: { replicas: group.replicas ?? 1, minAvailable: groupFloor(group), cliqueNames: group.cliqueNames },
  };
}
