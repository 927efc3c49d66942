import { COMPONENT, LABEL } from '../api';
import type {
  Container, KubeObject, PodClique, PodCliqueResourceSharing, PodCliqueScalingGroup, PodCliqueSet, PodSpec, ResourceClaimTemplateSpec,
} from '../api';
import { managedLabels, namespaceOf, ownerReference } from './metadata';
import { CliquePosition, scalingGroupConfig, setReplicaIndex } from './position';
import { cliqueTemplate } from './template';
import { cliqueName, memberCliqueName, scalingGroupName } from '../names';

/** The template in the cluster of that namespace and name; undefined when there is none, or nobody can look it up. */
export type ExternalTemplate = (namespace: string, name: string) => ResourceClaimTemplateSpec | undefined;

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeObject['metadata'];
}

/** Where shared claims are made: how many copies the owner has, and which labels tell them apart. */
interface Level {
  readonly owner: Owner;
  readonly copies: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly indexLabel: string;
}

/** A claim that cannot be made because its template is neither in the set nor in the cluster. */
export class MissingClaimTemplateError extends Error {}

/** Claims that the pods of a whole set, and of each of its replicas, share (spec 08 §7). */
export function setClaims(set: PodCliqueSet, external?: ExternalTemplate): KubeObject[] {
  const level = { owner: set, copies: set.spec.replicas ?? 0, labels: {}, indexLabel: LABEL.setReplicaIndex };
  return claims(set, level, set.spec.template.resourceSharing, external);
}

/** Claims that the pods of a scaling group, and of each of its replicas, share. */
export function scalingGroupClaims(set: PodCliqueSet, group: PodCliqueScalingGroup, external?: ExternalTemplate): KubeObject[] {
  const labels = { [LABEL.scalingGroup]: group.metadata.name ?? '' };
  const level = { owner: group, copies: group.spec.replicas, labels, indexLabel: LABEL.scalingGroupReplicaIndex };
  return setReplicaIndex(group) === undefined ? [] : claims(set, level, scalingGroupConfig(set, group)?.resourceSharing, external);
}

/** Claims that the pods of a clique share, and claims that each of its indices keeps. */
export function cliqueClaims(set: PodCliqueSet, clique: PodClique, template: string, external?: ExternalTemplate): KubeObject[] {
  const labels = { [LABEL.podClique]: clique.metadata.name ?? '' };
  const level = { owner: clique, copies: clique.spec.replicas, labels, indexLabel: LABEL.podIndex };
  return claims(set, level, cliqueTemplate(set, template).resourceSharing, external);
}

/** Names of the claims that pod `n` of a clique refers to, broadest owner first. */
export function sharedClaims(set: PodCliqueSet, { clique, i, member }: CliquePosition, n: number): string[] {
  const setName = set.metadata.name ?? '';
  const forSet = (set.spec.template.resourceSharing ?? []).filter(({ filter }) => !filter
    || filter.childCliqueNames?.includes(clique) || (member && filter.childScalingGroupNames?.includes(member.group.name)));
  const forGroup = (member?.group.resourceSharing ?? []).filter(({ filter }) => !filter || filter.childCliqueNames?.includes(clique));
  const groupName = member ? scalingGroupName(setName, i, member.group.name) : '';
  const ownName = member ? memberCliqueName(groupName, member.j, clique) : cliqueName(setName, i, clique);
  return [
    ...names(setName, forSet, i),
    ...names(groupName, forGroup, member?.j ?? 0),
    ...names(ownName, cliqueTemplate(set, clique).resourceSharing ?? [], n),
  ];
}

/** Lets a pod, and every container of it, refer to the claims. */
export function withClaims(spec: PodSpec, claimNames: readonly string[]): PodSpec {
  if (claimNames.length === 0) return spec;
  const extend = (container: Container) => withContainerClaims(container, claimNames);
  return {
    ...spec,
    containers: spec.containers.map(extend),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(extend) } : {}),
    resourceClaims: [...spec.resourceClaims ?? [], ...claimNames.map(name => ({ name, resourceClaimName: name }))],
  };
}

/** The container with references to claims of its pod. */
export function withContainerClaims(container: Container, claimNames: readonly string[]): Container {
  const claimed = [...container.resources?.claims ?? [], ...claimNames.map(name => ({ name }))];
  return { ...container, resources: { ...container.resources, claims: claimed } };
}

/** Claims of all copies first, then those of copy `index`. */
function names(owner: string, sharing: readonly PodCliqueResourceSharing[], index: number): string[] {
  const of = (scope: PodCliqueResourceSharing['scope']) => sharing.filter(entry => entry.scope === scope);
  return [...of('AllReplicas').map(({ name }) => claimName(owner, 'all', name)), ...of('PerReplica').map(({ name }) => claimName(owner, String(index), name))];
}

function claimName(owner: string, copy: string, template: string): string {
  return `${owner}-${copy}-${template}`;
}

function claims(set: PodCliqueSet, level: Level, sharing: readonly PodCliqueResourceSharing[] = [], external?: ExternalTemplate): KubeObject[] {
  return sharing.flatMap(entry => {
    const template = claimTemplate(set, entry, external);
    if (!template) return [];
    const name = level.owner.metadata.name ?? '';
    if (entry.scope === 'AllReplicas') return [claim(set, level, claimName(name, 'all', entry.name), template, {})];
    return Array.from({ length: level.copies }, (_, copy) =>
      claim(set, level, claimName(name, String(copy), entry.name), template, { [level.indexLabel]: String(copy) }));
  });
}

/** @throws MissingClaimTemplateError when the cluster could be asked and has no such template */
function claimTemplate(set: PodCliqueSet, { name, namespace }: PodCliqueResourceSharing, external?: ExternalTemplate): ResourceClaimTemplateSpec | undefined {
  const internal = namespace ? undefined : (set.spec.template.resourceClaimTemplates ?? []).find(template => template.name === name);
  if (internal || !external) return internal?.templateSpec;
  const found = external(namespace || namespaceOf(set), name);
  if (!found) throw new MissingClaimTemplateError(`there is no ResourceClaimTemplate ${namespace || namespaceOf(set)}/${name}, which resourceSharing names`);
  return found;
}

function claim(set: PodCliqueSet, { owner, labels }: Level, name: string, { spec }: ResourceClaimTemplateSpec, index: Record<string, string>): KubeObject {
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: {
      name,
      namespace: namespaceOf(set),
      labels: { ...managedLabels(set.metadata.name ?? ''), [LABEL.component]: COMPONENT.resourceClaim, ...labels, ...index },
      ownerReferences: [ownerReference(owner)],
    },
    spec,
  };
}
