import { EVENT, KubeObject, NODE, POD, ResourceType, mergePatch } from '../../controller/src/kube';
import { CLUSTER_TOPOLOGY_BINDING, POD_CLIQUE, POD_CLIQUE_SET, POD_GANG, SCALING_GROUP } from '../../controller/src/state/resources';
import { ClusterTopologyBinding, Condition, Pod, PodClique, PodCliqueScalingGroup, PodCliqueSet, PodGang, PodSpec, findCondition, isReady, isTerminating } from '../../src/core';
import { Connection } from '../control-plane/connect';
import { createNodes, deleteNodes } from '../control-plane/nodes';
import { until } from '../control-plane/until';
import { aCliqueTemplate, aSet } from '../support/objects';

export interface ScenarioOptions {
  readonly nodes: number;
  /** The last so many nodes take no pods at first. @default 0 */
  readonly cordoned?: number;
  /** Quantities of every node. @default one GPU, so that it fits one pod of {@link Scenario.clique} */
  readonly capacity?: Readonly<Record<string, string>>;
  /** Labels of the nodes beside the scenario's own, by their number. */
  readonly labels?: (node: number) => Readonly<Record<string, string>>;
}

/** Of the pods of a scenario, those on their way out left aside: how many there are, how many have a node, how many are ready. */
export interface PodCounts {
  readonly total?: number;
  readonly bound?: number;
  readonly ready?: number;
}

type Template = PodCliqueSet['spec']['template'];

/** A namespace and nodes of its own, so that tests do not disturb one another, and all that a test does with them and reads there. */
export class Scenario {
  private readonly clusterWide: { readonly type: ResourceType; readonly name: string }[] = [];
  private cordoned: string[] = [];
  private hasEnded = false;

  private constructor(private readonly connection: Connection, readonly namespace: string, readonly nodes: readonly string[]) {}

  /** Everything that it made is gone when the file's tests are over. */
  static async begin(connection: Connection, name: string, { nodes, cordoned = 0, capacity = { 'nvidia.com/gpu': '1' }, labels }: ScenarioOptions): Promise<Scenario> {
    const namespace = await connection.namespace(name);
    const room = { cpu: '64', memory: '1Ti', ...capacity };
    const names = (await Promise.all(Array.from({ length: nodes }, (_, node) => createNodes(connection.login, {
      count: 1, prefix: `${namespace}-${String(node).padStart(2, '0')}`, capacity: room, labels: { 'test.grove.io/scenario': namespace, ...labels?.(node) },
    })))).flat();
    const scenario = new Scenario(connection, namespace, names);
    connection.atEnd(() => scenario.end());
    scenario.cordoned = names.slice(nodes - cordoned);
    await Promise.all(scenario.cordoned.map(node => scenario.patch(NODE, node, { spec: { unschedulable: true } })));
    return scenario;
  }

  /** A clique of pods that each fill a node of this scenario. */
  clique(name: string, replicas: number, minAvailable: number, podSpec: Partial<PodSpec> = {}): Template['cliques'][number] {
    return aCliqueTemplate(name, replicas, minAvailable, {
      nodeSelector: { 'test.grove.io/scenario': this.namespace },
      containers: [{ name: 'main', image: 'none', resources: { limits: { 'nvidia.com/gpu': '1' } } }],
      ...podSpec,
    });
  }

  createSet(name: string, template: Template, replicas = 1, updateStrategy?: PodCliqueSet['spec']['updateStrategy']): Promise<PodCliqueSet> {
    const set = aSet(name, template, replicas);
    return this.createObject(POD_CLIQUE_SET, { ...set, spec: { ...set.spec, ...(updateStrategy ? { updateStrategy } : {}) } });
  }

  /** Creates an object in the scenario's namespace; one that has no namespace goes when the scenario ends. */
  createObject<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    const { uid: _server, generation: _servers, ...metadata } = object.metadata;
    if (type.namespaced) return this.connection.admin.create<T>(type, { ...object, metadata: { ...metadata, namespace: this.namespace } });
    this.clusterWide.push({ type, name: metadata.name ?? '' });
    return this.connection.admin.create<T>(type, { ...object, metadata });
  }

  /** A topology of these levels, broadest first, under a name that no other scenario has: the first is named after the namespace. */
  createTopology(levels: ClusterTopologyBinding['spec']['levels']): Promise<ClusterTopologyBinding> {
    const name = [this.namespace, ...(this.clusterWide.length > 0 ? [this.clusterWide.length] : [])].join('-');
    return this.createObject<ClusterTopologyBinding>(CLUSTER_TOPOLOGY_BINDING, { apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name }, spec: { levels } });
  }

  patch(type: ResourceType, name: string, change: object, subresource?: string): Promise<KubeObject> {
    return this.connection.admin.patch(type, { namespace: type.namespaced ? this.namespace : undefined, name }, mergePatch(change), subresource);
  }

  scale(type: ResourceType, name: string, replicas: number): Promise<KubeObject> {
    return this.patch(type, name, { spec: { replicas } }, 'scale');
  }

  delete(type: ResourceType, name: string): Promise<unknown> {
    return this.connection.admin.delete(type, { namespace: type.namespaced ? this.namespace : undefined, name });
  }

  /** Nodes that from now on take no pods. @default all */
  async cordon(nodes: readonly string[] = this.nodes): Promise<void> {
    const taken = nodes.filter(node => !this.cordoned.includes(node));
    this.cordoned.push(...taken);
    await Promise.all(taken.map(node => this.patch(NODE, node, { spec: { unschedulable: true } })));
  }

  /** Lets the next `count` of the cordoned nodes take pods, one after another as people do it. @default all */
  async uncordon(count = this.cordoned.length): Promise<void> {
    for (const node of this.cordoned.splice(0, count)) await this.patch(NODE, node, { spec: { unschedulable: null } });
  }

  async all<T extends KubeObject>(type: ResourceType): Promise<T[]> {
    return (await this.connection.admin.list<T>(type, { namespace: this.namespace })).items;
  }

  /** Those that are not on their way out. */
  async pods(clique?: string): Promise<Pod[]> {
    return (await this.all<Pod>(POD)).filter(pod => !isTerminating(pod) && (clique === undefined || pod.metadata.labels?.['grove.io/podclique'] === clique));
  }

  gangs = () => this.all<PodGang>(POD_GANG);

  cliques = () => this.all<PodClique>(POD_CLIQUE);

  scalingGroups = () => this.all<PodCliqueScalingGroup>(SCALING_GROUP);

  async gang(name: string): Promise<PodGang | undefined> {
    return (await this.gangs()).find(({ metadata }) => metadata.name === name);
  }

  set(name: string): Promise<PodCliqueSet> {
    return this.connection.admin.get<PodCliqueSet>(POD_CLIQUE_SET, { namespace: this.namespace, name });
  }

  /** The notes of the events of that reason, each as often as it was counted. */
  async events(reason: string): Promise<string[]> {
    const events = await this.all<KubeObject & { reason: string; note: string; series?: { count: number } }>(EVENT);
    return events.filter(event => event.reason === reason).flatMap(({ note, series }) => Array<string>(series?.count ?? 1).fill(note));
  }

  /** How many pods of each clique have a node, by the clique's name. */
  async bound(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { spec, metadata } of await this.pods()) {
      const clique = metadata.labels?.['grove.io/podclique'] ?? '';
      if (spec.nodeName) counts[clique] = (counts[clique] ?? 0) + 1;
    }
    return counts;
  }

  /** Waits for these counts; the error tells the last ones. */
  untilPods(expected: PodCounts, limitMs?: number): Promise<Pod[]> {
    return this.until(JSON.stringify(expected), async () => {
      const pods = await this.pods();
      const counts = { total: pods.length, bound: pods.filter(pod => pod.spec.nodeName).length, ready: pods.filter(isReady).length };
      const reached = (Object.keys(expected) as (keyof PodCounts)[]).every(what => counts[what] === expected[what]);
      return { seen: JSON.stringify(counts), result: reached ? pods : undefined };
    }, limitMs);
  }

  /** Waits until the gang says why it waits, in words that begin like these. */
  async untilPending(gang: string, message: string): Promise<void> {
    await this.until(`gang ${gang}: ${message}`, async () => {
      const condition = findCondition((await this.gang(gang))?.status?.conditions, 'Scheduled');
      return { seen: JSON.stringify(condition), result: (condition?.status === 'False' && condition.message?.startsWith(message)) || undefined };
    });
  }

  async untilSetCondition(name: string, expected: Partial<Condition> & { type: string }): Promise<void> {
    await this.untilCondition(`set ${name}`, async () => (await this.set(name)).status?.conditions, expected);
  }

  /** Waits until every replica of the set is available and every gang of the namespace runs. */
  async untilAvailable(name: string, replicas = 1): Promise<PodCliqueSet> {
    return this.until(`${name} available`, async () => {
      const [set, gangs] = await Promise.all([this.set(name), this.gangs()]);
      const whole = set.status?.availableReplicas === replicas && gangs.every(({ status }) => status?.phase === 'Running');
      return { seen: JSON.stringify([set.status, ...gangs.map(({ metadata, status }) => [metadata.name, status?.phase])]), result: whole ? set : undefined };
    });
  }

  /** Waits until a set and everything that it stands for are gone. */
  async untilNothing(): Promise<void> {
    await this.until('nothing left', async () => {
      const left = (await Promise.all([this.all(POD_CLIQUE_SET), this.cliques(), this.scalingGroups(), this.gangs(), this.all(POD)])).flat();
      return { seen: left.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', '), result: left.length === 0 || undefined };
    });
  }

  /** Gives everything back, and waits until a controller has let go of it. */
  async end(): Promise<void> {
    if (this.hasEnded) return;
    this.hasEnded = true;
    await Promise.all((await this.all<PodCliqueSet>(POD_CLIQUE_SET)).map(({ metadata }) => this.delete(POD_CLIQUE_SET, metadata.name ?? '')));
    await this.untilNothing();
    const others = this.clusterWide.map(({ type, name }) => this.delete(type, name).catch(() => undefined));
    await Promise.all([deleteNodes(this.connection.login, this.nodes), ...others]);
  }

  private async untilCondition(
    what: string, observe: () => Promise<readonly Condition[] | undefined>, expected: Partial<Condition> & { type: string },
  ): Promise<void> {
    await this.until(`${what}: ${JSON.stringify(expected)}`, async () => {
      const condition = findCondition(await observe(), expected.type);
      const holds = condition && Object.entries(expected).every(([field, value]) => condition[field as keyof Condition] === value);
      return { seen: JSON.stringify(condition), result: holds || undefined };
    });
  }

  /** As `until`, with what was seen last in the error. */
  async until<T>(what: string, observe: () => Promise<{ seen: string; result: T | undefined }>, limitMs?: number): Promise<T> {
    let last = '';
    return until(what, async () => {
      const { seen, result } = await observe();
      last = seen;
      return result;
    }, limitMs).catch(error => { throw new Error(`${(error as Error).message}; there is ${last}`); });
  }
}
