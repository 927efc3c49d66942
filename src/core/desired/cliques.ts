import { ANNOTATION, COMPONENT, FINALIZER, LABEL } from '../api';
import type { EnvVar, PodClique, PodCliqueScalingGroupConfig, PodCliqueSet, PodCliqueTemplate, PodSpec } from '../api';
import { baseGangName, cliqueName, memberCliqueName, scaledGangName, scalingGroupName } from '../names';
import { withComputeDomain } from './compute-domains';
import { withEnvironment } from './environment';
import { podTemplateHash } from './hash';
import { componentLabels, namespaceOf, ownerReference, whenAny } from './metadata';
import { desiredScalingGroup } from './scaling-groups';
import { groupFloor, memberCliques, standaloneCliques } from './template';
import { startsAfter } from '../startup/dependencies';

/** The PodCliques outside scaling groups of replica `i` of a set. */
export function desiredCliques(set: PodCliqueSet, i: number): PodClique[] {
  const setName = set.metadata.name ?? '';
  return standaloneCliques(set).map(clique => {
    const name = cliqueName(setName, i, clique.name);
    const labels = {
      ...componentLabels(setName, name, COMPONENT.setClique),
      [LABEL.setReplicaIndex]: String(i),
      [LABEL.podGang]: baseGangName(setName, i),
    };
    const podSpec = withComputeDomain(clique.spec.podSpec, set, i, clique);
    return podClique(set, clique, name, labels, ownerReference(set), startsAfter(set, clique.name, { i }), podSpec);
  });
}

/** The PodCliques of replica `j` of a scaling group in replica `i` of a set. The owner's uid is empty unless `group` is the live object's. */
export function desiredMemberCliques(set: PodCliqueSet, i: number, group: PodCliqueScalingGroupConfig, j: number, groupUid = ''): PodClique[] {
  const setName = set.metadata.name ?? '';
  const groupName = scalingGroupName(setName, i, group.name);
  const owner = { ...ownerReference(desiredScalingGroup(set, i, group)), uid: groupUid };
  const environment = groupEnvironment(set, group);
  return memberCliques(set, group).map(clique => {
    const name = memberCliqueName(groupName, j, clique.name);
    const labels = {
      ...componentLabels(setName, name, COMPONENT.scalingGroupClique),
      [LABEL.setReplicaIndex]: String(i),
      [LABEL.scalingGroup]: groupName,
      [LABEL.scalingGroupReplicaIndex]: String(j),
      ...gangLabels(setName, i, group, j),
    };
    const podSpec = withComputeDomain(withEnvironment(clique.spec.podSpec, environment), set, i, clique);
    return podClique(set, clique, name, labels, owner, startsAfter(set, clique.name, { i, j }), podSpec);
  });
}

function podClique(
  set: PodCliqueSet, clique: PodCliqueTemplate, name: string, labels: Record<string, string>,
  owner: ReturnType<typeof ownerReference>, parents: readonly string[], podSpec: PodSpec,
): PodClique {
  const { startsAfter: _templateNames, ...spec } = clique.spec;
  const { [ANNOTATION.topologyName]: _topology, ...annotations } = clique.annotations ?? {};
  return {
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodClique',
    metadata: {
      name,
      namespace: namespaceOf(set),
      labels: { ...clique.labels, ...labels, [LABEL.podTemplateHash]: podTemplateHash(set, clique.name) },
      ...whenAny('annotations', annotations),
      finalizers: [FINALIZER.podClique],
      ownerReferences: [owner],
    },
    spec: { ...spec, podSpec, ...(parents.length > 0 ? { startsAfter: parents } : {}) },
  };
}

/** Replicas below the group's floor are in the base gang, each one above is a gang of its own (spec 05 §1). */
function gangLabels(set: string, i: number, group: PodCliqueScalingGroupConfig, j: number): Record<string, string> {
  const base = baseGangName(set, i);
  if (j < groupFloor(group)) return { [LABEL.podGang]: base };
  return { [LABEL.podGang]: scaledGangName(set, i, group.name, j - groupFloor(group)), [LABEL.basePodGang]: base };
}

/** Variables 6–8 of spec 03 §7. */
function groupEnvironment(set: PodCliqueSet, group: PodCliqueScalingGroupConfig): EnvVar[] {
  const label = (key: string) => ({ fieldRef: { fieldPath: `metadata.labels['${key}']` } });
  const pods = memberCliques(set, group).reduce((sum, clique) => sum + clique.spec.replicas, 0);
  return [
    { name: 'GROVE_PCSG_NAME', valueFrom: label(LABEL.scalingGroup) },
    { name: 'GROVE_PCSG_TEMPLATE_NUM_PODS', value: String(pods) },
    { name: 'GROVE_PCSG_INDEX', valueFrom: label(LABEL.scalingGroupReplicaIndex) },
  ];
}
