import { Client, CLUSTER_ROLE, CLUSTER_ROLE_BINDING, Logger, NODE, POD, ROLE, ROLE_BINDING, applyPatch } from '../../controller/src/kube';
import { GroveController } from '../../controller/src/app';
import { CLUSTER_TOPOLOGY_BINDING, POD_CLIQUE, POD_CLIQUE_SET, POD_GANG, SCALING_GROUP } from '../../controller/src/state/resources';
import { KubeObject, Pod, PodClique, PodCliqueScalingGroup, PodCliqueSet, PodGang, controllerRbac, isReady } from '../../src/core';
import { Connection } from '../control-plane/connect';
import { until } from '../control-plane/until';

const ROLE_TYPES = { ClusterRole: CLUSTER_ROLE, ClusterRoleBinding: CLUSTER_ROLE_BINDING, Role: ROLE, RoleBinding: ROLE_BINDING } as const;

/** Gives the operator's service account the rights that the controller is shipped with. */
export async function grantControllerRights(admin: Client): Promise<void> {
  for (const object of controllerRbac({ namespace: 'grove-system', serviceAccount: 'grove-operator' })) {
    await admin.patch(ROLE_TYPES[object.kind as keyof typeof ROLE_TYPES], object.metadata, applyPatch(object, 'tests', true));
  }
}

/** Runs the controller, as the operator's service account, from before the file's first test until after its last. */
export function runController({ admin, operator }: Connection, options: { startupImage?: string; log?: Logger } = {}): { controller: () => GroveController } {
  const stop = new AbortController();
  let controller: GroveController;
  let running: Promise<void>;
  beforeAll(async () => {
    await grantControllerRights(admin);
    controller = new GroveController({ client: operator, instance: 'test', ...options });
    running = controller.run(stop.signal);
    await until('the controller has synced', async () => controller.hasSynced || undefined);
  });
  afterAll(async () => {
    stop.abort();
    await running;
  });
  return { controller: () => controller };
}

/** The objects of a namespace, read from the server. */
export class Observer {
  constructor(private readonly client: Client, readonly namespace: string) {}

  async pods(): Promise<Pod[]> {
    return (await this.client.list<Pod>(POD, { namespace: this.namespace })).items;
  }

  async gangs(): Promise<PodGang[]> {
    return (await this.client.list<PodGang>(POD_GANG, { namespace: this.namespace })).items;
  }

  async cliques(): Promise<PodClique[]> {
    return (await this.client.list<PodClique>(POD_CLIQUE, { namespace: this.namespace })).items;
  }

  async scalingGroups(): Promise<PodCliqueScalingGroup[]> {
    return (await this.client.list<PodCliqueScalingGroup>(SCALING_GROUP, { namespace: this.namespace })).items;
  }

  set(name: string): Promise<PodCliqueSet> {
    return this.client.get<PodCliqueSet>(POD_CLIQUE_SET, { namespace: this.namespace, name });
  }

  create<T extends KubeObject>(object: T): Promise<T> {
    const type = { PodCliqueSet: POD_CLIQUE_SET, ClusterTopologyBinding: CLUSTER_TOPOLOGY_BINDING, Node: NODE }[object.kind];
    if (!type) throw new Error(`tests do not create ${object.kind}`);
    const placed = type.namespaced ? { ...object, metadata: { ...object.metadata, namespace: this.namespace } } : object;
    return this.client.create<T>(type, placed as T);
  }

  /** Waits until there are so many pods of which so many have a node (and, when asked for, are ready); the error tells the last count. */
  async untilPods(expected: { total: number; bound?: number; ready?: number }, limitMs = 30_000): Promise<Pod[]> {
    let seen = '';
    const pods = await until(`pods: ${JSON.stringify(expected)}`, async () => {
      const found = (await this.pods()).filter(pod => pod.metadata.deletionTimestamp === undefined);
      const counts = { total: found.length, bound: found.filter(pod => pod.spec.nodeName).length, ready: found.filter(isReady).length };
      seen = JSON.stringify(counts);
      return Object.entries(expected).every(([what, count]) => counts[what as keyof typeof counts] === count) ? found : undefined;
    }, limitMs).catch(error => { throw new Error(`${(error as Error).message}; there are ${seen}`); });
    return pods;
  }
}
