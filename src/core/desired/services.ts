import { COMPONENT, LABEL } from '../api';
import type { KubeObject, PodCliqueSet } from '../api';
import { headlessServiceName } from '../names';
import { componentLabels, managedLabels, namespaceOf, ownerReference } from './metadata';

/** The headless service that gives the pods of replica `i` their names (spec 03 §8). */
export function desiredService(set: PodCliqueSet, i: number): KubeObject {
  const setName = set.metadata.name ?? '';
  const name = headlessServiceName(setName, i);
  const replica = { [LABEL.setReplicaIndex]: String(i) };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: namespaceOf(set),
      labels: { ...componentLabels(setName, name, COMPONENT.headlessService), ...replica },
      ownerReferences: [ownerReference(set)],
    },
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: publishesEarlyByTemplate(set),
      selector: { ...managedLabels(setName), ...replica },
    },
  };
}

/** Whether pods get their names before they are ready. */
export function publishesEarlyByTemplate(set: PodCliqueSet): boolean {
  return set.spec.template.headlessServiceConfig?.publishNotReadyAddresses ?? true;
}
