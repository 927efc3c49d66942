import { COMPONENT, FINALIZER, LABEL } from '../api';
import type { Container, KubeObject, PodCliqueSet, PodCliqueTemplate, PodSpec } from '../api';
import { componentLabels, namespaceOf, ownerReference } from './metadata';
import { withContainerClaims } from './resource-claims';
import { computeDomainName } from '../names';
import { gpusOf, nvlinkDomainOf } from '../topology/nvlink';

/** Name by which pods refer to their claim on a ComputeDomain. */
const CLAIM = 'mnnvl-claim';

/** The ComputeDomains of replica `i` of a set: one for each NVLink group that a clique with GPUs is in (spec 08 §8). */
export function desiredComputeDomains(set: PodCliqueSet, i: number): KubeObject[] {
  const groups = set.spec.template.cliques.flatMap(clique => nvlinkDomainOf(set, clique) ?? []);
  return [...new Set(groups)].sort().map(group => computeDomain(set, i, group));
}

/** The pods of a clique with their claim on the ComputeDomain of their group, for every container that has GPUs. */
export function withComputeDomain(spec: PodSpec, set: PodCliqueSet, i: number, clique: PodCliqueTemplate): PodSpec {
  const group = nvlinkDomainOf(set, clique);
  if (group === undefined || (spec.resourceClaims ?? []).some(claim => (claim as { name?: string }).name === CLAIM)) return spec;
  const extend = (container: Container) => (gpusOf({ containers: [container] }) > 0 ? withContainerClaims(container, [CLAIM]) : container);
  return {
    ...spec,
    containers: spec.containers.map(extend),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(extend) } : {}),
    resourceClaims: [...spec.resourceClaims ?? [], { name: CLAIM, resourceClaimTemplateName: computeDomainName(set.metadata.name ?? '', i, group) }],
  };
}

/** Name of the ComputeDomain that the pods of a clique use; undefined when they use none. */
export function computeDomainOf({ resourceClaims = [] }: PodSpec): string | undefined {
  const claims = resourceClaims as readonly { readonly name?: string; readonly resourceClaimTemplateName?: string }[];
  return claims.find(({ name }) => name === CLAIM)?.resourceClaimTemplateName;
}

/** How many nodes it spans is left to the driver, which learns it from the pods. */
function computeDomain(set: PodCliqueSet, i: number, group: string): KubeObject {
  const setName = set.metadata.name ?? '';
  const name = computeDomainName(setName, i, group);
  return {
    apiVersion: 'resource.nvidia.com/v1beta1',
    kind: 'ComputeDomain',
    metadata: {
      name,
      namespace: namespaceOf(set),
      labels: { ...componentLabels(setName, name, COMPONENT.computeDomain), [LABEL.setReplicaIndex]: String(i), [LABEL.mnnvlGroup]: group },
      finalizers: [FINALIZER.computeDomain],
      ownerReferences: [ownerReference(set)],
    },
    spec: { numNodes: 0, channel: { resourceClaimTemplate: { name } } },
  };
}
