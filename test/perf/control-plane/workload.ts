import { Client, POD, mergePatch } from '../../../controller/src/kube';
import { POD_CLIQUE, POD_CLIQUE_SET, POD_GANG } from '../../../controller/src/state/resources';
import { PodCliqueSet } from '../../../src/core';

/** Copies of the one clique's pod in every replica of the set. */
export const PODS_PER_REPLICA = 2;
const KEY = { namespace: 'default', name: 'bench' };
const POLL_MS = 200;

/** The PodCliqueSet that all benches work with: one clique of two pods a replica, both needed. */
export class Workload {
  private polledMs = 0;

  constructor(private readonly client: Client) {}

  create(replicas: number): Promise<unknown> {
    const containers = [{ name: 'main', image: 'registry.example/server:1', resources: { requests: { cpu: '1', memory: '1Gi' } } }];
    const clique = { name: 'server', spec: { roleName: 'server', replicas: PODS_PER_REPLICA, minAvailable: PODS_PER_REPLICA, podSpec: { containers } } };
    return this.client.create<PodCliqueSet>(POD_CLIQUE_SET, {
      apiVersion: 'grove.io/v1alpha1', kind: 'PodCliqueSet', metadata: KEY, spec: { replicas, template: { cliques: [clique] } },
    });
  }

  scale(replicas: number): Promise<unknown> {
    return this.client.patch(POD_CLIQUE_SET, KEY, mergePatch({ spec: { replicas } }), 'scale');
  }

  async setImage(image: string): Promise<void> {
    const { spec: { template } } = await this.get();
    const cliques = template.cliques.map(clique => {
      const containers = clique.spec.podSpec.containers.map(container => ({ ...container, image }));
      return { ...clique, spec: { ...clique.spec, podSpec: { ...clique.spec.podSpec, containers } } };
    });
    await this.client.patch(POD_CLIQUE_SET, KEY, mergePatch({ spec: { template: { cliques } } }));
  }

  async remove(): Promise<void> {
    await this.client.delete(POD_CLIQUE_SET, KEY, { propagationPolicy: 'Background' });
  }

  async get(): Promise<PodCliqueSet> {
    await this.rest();
    return this.client.get<PodCliqueSet>(POD_CLIQUE_SET, KEY);
  }

  async isAvailable(replicas: number): Promise<boolean> {
    const { metadata, status } = await this.get();
    return status?.observedGeneration === metadata.generation && status?.availableReplicas === replicas && status.replicas === replicas;
  }

  /** Pods there are, those on their way out included. */
  async pods(): Promise<number> {
    await this.rest();
    return this.count('/api/v1/pods?limit=1');
  }

  /** Whether every pod there is runs. */
  async allRunning(): Promise<boolean> {
    await this.rest();
    return await this.count('/api/v1/pods?limit=1&fieldSelector=status.phase!%3DRunning') === 0;
  }

  /** Whether nothing is left of the set. */
  async isGone(): Promise<boolean> {
    await this.rest();
    const lists = await Promise.all([POD_CLIQUE_SET, POD_CLIQUE, POD_GANG, POD].map(type => this.client.list(type)));
    return lists.every(({ items }) => items.length === 0);
  }

  /** Watching every pod, or asking without a pause, would be a tenth of the load that is measured. */
  private async rest(): Promise<void> {
    const waitMs = this.polledMs + POLL_MS - performance.now();
    if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs));
    this.polledMs = performance.now();
  }

  /** How many there are of a list's objects; of a selection only whether there are any. */
  private async count(path: string): Promise<number> {
    const { items, metadata } = await this.client.getPath(path) as { items: unknown[]; metadata: { remainingItemCount?: number } };
    return items.length + (metadata.remainingItemCount ?? 0);
  }
}
