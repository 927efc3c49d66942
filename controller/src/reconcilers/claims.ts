import {
  ExternalTemplate, KubeObject, PodClique, PodCliqueResourceSharing, PodCliqueScalingGroup, PodCliqueSet, ResourceClaimTemplateSpec, cliqueClaims,
  cliquePosition, computeDomainOf, isTerminating, planOwned, scalingGroupClaims, scalingGroups, setReplicaIndex,
} from 'cdk8s-grove/core';
import { World } from './world';
import { Client, RESOURCE_CLAIM_TEMPLATE, isNotFound, keyOf } from '../kube';

/** Keeps the claims that the replicas of a scaling group share. */
export async function syncGroupClaims(world: World, set: PodCliqueSet, group: PodCliqueScalingGroup): Promise<void> {
  await sync(world, set, group, external => scalingGroupClaims(set, group, external));
}

/** Keeps the claims that the pods of a clique share. */
export async function syncCliqueClaims(world: World, set: PodCliqueSet, clique: PodClique): Promise<void> {
  const position = cliquePosition(set, clique);
  if (position) await sync(world, set, clique, external => cliqueClaims(set, clique, position.clique, external));
}

/** Takes our finalizer from ComputeDomains of a set that are to go; all of them are when the set itself goes. */
export async function releaseComputeDomains({ caches, writer }: World, setKey: string, goes: 'all' | 'those that go'): Promise<void> {
  const domains = () => caches.computeDomains.store.byIndex('set', setKey);
  if (goes === 'all') await writer.removeAll(domains().filter(domain => !isTerminating(domain)));
  for (const domain of domains()) if (isTerminating(domain)) await writer.releaseFinalizers(domain);
}

/**
 * Whether pods of a replica that stays use the ComputeDomain, though the set does not ask for it any more: somebody has changed the group past
 * admission, and it goes when the last of those pods has been replaced.
 */
export function isDomainInUse({ caches }: World, set: PodCliqueSet, domain: KubeObject): boolean {
  const i = setReplicaIndex(domain);
  if (domain.kind !== 'ComputeDomain' || i === undefined || i >= (set.spec.replicas ?? 0)) return false;
  const cliques = caches.cliques.store.byIndex('set', keyOf(set)).filter(clique => setReplicaIndex(clique) === i);
  const pods = cliques.flatMap(clique => caches.pods.store.byIndex('clique', keyOf(clique)));
  return pods.some(pod => computeDomainOf(pod.spec) === domain.metadata.name);
}

/** Stands for a template that has not been read. */
const UNREAD = {};

/**
 * The plan, made with the templates in the cluster that the set's sharing refers to. They are read only when the plan makes claims from them:
 * claims do not change afterwards (spec 08 §7).
 */
export async function withExternalTemplates<P extends { readonly create: readonly KubeObject[] }>(
  client: Client, set: PodCliqueSet, plan: (external: ExternalTemplate | undefined) => P,
): Promise<P> {
  const draft = plan(() => ({ spec: UNREAD }));
  return draft.create.some(({ spec }) => spec === UNREAD) ? plan(await externalTemplates(client, set)) : draft;
}

/** The templates in the cluster that the set's sharing refers to, read now; undefined when it refers to none. */
async function externalTemplates(client: Client, set: PodCliqueSet): Promise<ExternalTemplate | undefined> {
  const { resourceClaimTemplates = [], resourceSharing = [], cliques } = set.spec.template;
  const sharing: PodCliqueResourceSharing[] = [...resourceSharing, ...[...scalingGroups(set), ...cliques].flatMap(scope => scope.resourceSharing ?? [])];
  const foreign = sharing.filter(({ name, namespace }) => namespace || !resourceClaimTemplates.some(template => template.name === name));
  if (foreign.length === 0) return undefined;
  const found = new Map<string, ResourceClaimTemplateSpec>();
  for (const { name, namespace = '' } of foreign) {
    const key = `${namespace || set.metadata.namespace}/${name}`;
    const template = await read(client, namespace || set.metadata.namespace || '', name);
    if (template) found.set(key, template.spec as ResourceClaimTemplateSpec);
  }
  return (namespace, name) => found.get(`${namespace}/${name}`);
}

async function read(client: Client, namespace: string, name: string): Promise<KubeObject | undefined> {
  try {
    return await client.get<KubeObject>(RESOURCE_CLAIM_TEMPLATE, { namespace, name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function sync(
  { caches, writer }: World, set: PodCliqueSet, owner: KubeObject, wanted: (external: ExternalTemplate | undefined) => readonly KubeObject[],
): Promise<void> {
  const live = caches.claims.store.byIndex('owner', owner.metadata.uid ?? '');
  const plan = await withExternalTemplates(writer.client, set, external => planOwned(wanted(external), live));
  await writer.createAll(plan.create);
  await writer.removeAll(plan.remove);
}
