import { Cluster, ClusterOptions, History, SetOptions, Template } from './cluster';
import { recordPods } from './history';
import { CUSTOM_RESOURCE_DEFINITION, EVENT, KubeObject, NODE, POD, ResourceType } from '../../controller/src/kube';
import { CLUSTER_TOPOLOGY_BINDING } from '../../controller/src/state/resources';
import { ClusterTopologyBinding, Pod, PodCliqueSet, PodSpec } from '../../src/core';
import { computeDomainDefinition } from '../control-plane/compute-domains';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';
import { Version } from '../support/other-version';

const NAMESPACE = 'default';
/** People, and programs, let nodes go one after another. */
const BETWEEN_NODES_MS = 200;
/** Longer than news of nodes takes to arrive. */
const NEWS_MS = 500;

/** A cluster in memory for one scenario: nothing of it is shared. */
export class EmbeddedScenarioCluster implements Cluster {
  readonly namespace = NAMESPACE;
  readonly terminationDelayMs = 10_000;
  private readonly watching = new AbortController();
  private topologies = 0;
  private cordoned: string[];

  private constructor(private readonly cluster: EmbeddedCluster, readonly nodes: readonly string[], cordoned: number) {
    this.cordoned = nodes.slice(nodes.length - cordoned);
  }

  static async begin(options: ClusterOptions): Promise<EmbeddedScenarioCluster> {
    const { nodes, cordoned = 0, capacity = { 'nvidia.com/gpu': '1' }, labels, readyAfterMs = 0, stopAfterMs = 0, computeDomains = false, admission = {} } = options;
    const shapes = Array.from({ length: nodes }, (_, node) => ({
      name: `node-${String(node).padStart(2, '0')}`, labels: labels?.(node) ?? {}, allocatable: { cpu: '64', memory: '1Ti', ...capacity },
    }));
    const embedded = await EmbeddedCluster.start({ nodes: shapes, kubelet: { readyMs: readyAfterMs, stopMs: stopAfterMs }, admission });
    if (computeDomains) await embedded.client.create(CUSTOM_RESOURCE_DEFINITION, computeDomainDefinition());
    const cluster = new EmbeddedScenarioCluster(embedded, shapes.map(({ name }) => name), cordoned);
    await cluster.setUnschedulable(cluster.cordoned, true);
    return cluster;
  }

  /** Ends the controller and starts one of that version. */
  async changeVersion(version: Version): Promise<void> {
    await this.cluster.killController();
    this.cluster.startController(version);
  }

  async end(): Promise<void> {
    this.watching.abort();
    await this.cluster.stop();
  }

  clique(name: string, replicas: number, minAvailable: number, podSpec: Partial<PodSpec> = {}) {
    const containers = [{ name: 'main', image: 'none', resources: { limits: { 'nvidia.com/gpu': '1' } } }];
    return aCliqueTemplate(name, replicas, minAvailable, { containers, ...podSpec });
  }

  createSet(name: string, template: Template, { replicas = 1, updateStrategy }: SetOptions = {}): Promise<PodCliqueSet> {
    const set = aSet(name, template, replicas);
    return this.cluster.createSet({ ...set, spec: { ...set.spec, ...(updateStrategy ? { updateStrategy } : {}) } });
  }

  create<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    return this.cluster.client.create<T>(type, type.namespaced ? { ...object, metadata: { ...object.metadata, namespace: NAMESPACE } } : object);
  }

  createElsewhere<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    return this.cluster.client.create<T>(type, object);
  }

  createTopology(levels: ClusterTopologyBinding['spec']['levels']): Promise<ClusterTopologyBinding> {
    const name = `topology-${this.topologies++}`;
    return this.create<ClusterTopologyBinding>(CLUSTER_TOPOLOGY_BINDING, { apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name }, spec: { levels } });
  }

  patch(type: ResourceType, name: string, change: object, subresource?: string): Promise<KubeObject> {
    return this.cluster.patch(type, name, change, subresource);
  }

  scale(type: ResourceType, name: string, replicas: number): Promise<KubeObject> {
    return this.patch(type, name, { spec: { replicas } }, 'scale');
  }

  delete(type: ResourceType, name: string): Promise<unknown> {
    return this.cluster.delete(type, name);
  }

  async all<T extends KubeObject>(type: ResourceType): Promise<T[]> {
    return (await this.cluster.client.list<T>(type)).items;
  }

  async events(reason: string): Promise<string[]> {
    return notesOf(await this.all(EVENT), reason);
  }

  async cordon(nodes = this.nodes): Promise<void> {
    const taken = nodes.filter(node => !this.cordoned.includes(node));
    this.cordoned.push(...taken);
    await this.setUnschedulable(taken, true);
    await this.pass(NEWS_MS);
  }

  async uncordon(count = this.cordoned.length): Promise<void> {
    for (const node of this.cordoned.splice(0, count)) {
      await this.setUnschedulable([node], false);
      await this.pass(BETWEEN_NODES_MS);
    }
  }

  async kill(pods: readonly Pod[]): Promise<void> {
    for (const { metadata } of pods) await this.delete(POD, metadata.name ?? '');
  }

  fail({ metadata }: Pod): Promise<void> {
    return Promise.resolve(this.cluster.kubelet.fail(`${NAMESPACE}/${metadata.name}`, 'Evicted'));
  }

  state(): Promise<State> {
    return this.cluster.state();
  }

  until(what: string, condition: (state: State) => boolean, limitMs?: number): Promise<State> {
    return this.cluster.until(what, condition, limitMs);
  }

  pass(durationMs: number): Promise<void> {
    return this.cluster.clock.advance(durationMs);
  }

  watch(): Promise<History> {
    return recordPods(this.cluster.client, NAMESPACE, this.watching.signal, this.cluster.clock);
  }

  writes(): number {
    return this.cluster.writes.length;
  }

  private async setUnschedulable(nodes: readonly string[], unschedulable: boolean): Promise<void> {
    for (const node of nodes) await this.patch(NODE, node, { spec: { unschedulable: unschedulable || null } });
  }
}

/** The notes of the events of that reason, each as often as it was counted. */
export function notesOf(events: readonly KubeObject[], reason: string): string[] {
  return (events as readonly (KubeObject & { reason: string; note: string; series?: { count: number } })[])
    .filter(event => event.reason === reason)
    .flatMap(({ note, series }) => Array<string>(series?.count ?? 1).fill(note));
}
