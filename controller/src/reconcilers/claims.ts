import {
  ExternalTemplate, KubeObject, PodClique, PodCliqueResourceSharing, PodCliqueScalingGroup, PodCliqueSet, ResourceClaimTemplateSpec, cliqueClaims,
  cliquePosition, isTerminating, planOwned, scalingGroupClaims, scalingGroups,
} from 'cdk8s-grove/core';
import { World } from './world';
import { Client, RESOURCE_CLAIM_TEMPLATE, isNotFound } from '../kube';
import { scopedKey } from '../state/caches';

/** Keeps the claims that the replicas of a scaling group share. */
export async function syncGroupClaims(world: World, set: PodCliqueSet, group: PodCliqueScalingGroup): Promise<void> {
  await sync(world, group, scalingGroupClaims(set, group, await externalTemplates(world.writer.client, set)));
}

/** Keeps the claims that the pods of a clique share. */
export async function syncCliqueClaims(world: World, set: PodCliqueSet, clique: PodClique): Promise<void> {
  const position = cliquePosition(set, clique);
  if (position) await sync(world, clique, cliqueClaims(set, clique, position.clique, await externalTemplates(world.writer.client, set)));
}

/** Takes our finalizer from ComputeDomains that are to go: those of a set that goes, and those that nobody asks for any more. */
export async function releaseComputeDomains({ caches, writer }: World, set: PodCliqueSet): Promise<void> {
  const domains = caches.computeDomains.store.byIndex('set', scopedKey(set, set.metadata.name ?? ''));
  if (isTerminating(set)) await writer.removeAll(domains.filter(domain => !isTerminating(domain)));
  for (const domain of domains) if (isTerminating(set) || isTerminating(domain)) await writer.releaseFinalizers(domain);
}

/** The templates in the cluster that the set's sharing refers to, read now; undefined when it refers to none. */
export async function externalTemplates(client: Client, set: PodCliqueSet): Promise<ExternalTemplate | undefined> {
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

async function sync({ caches, writer }: World, owner: KubeObject, wanted: readonly KubeObject[]): Promise<void> {
  const plan = planOwned(wanted, caches.claims.store.byIndex('owner', owner.metadata.uid ?? ''));
  await writer.createAll(plan.create);
  await writer.removeAll(plan.remove);
}
