import { setTimeout as delay } from 'node:timers/promises';
import { Operator } from './operator';
import { Scenario } from './scenario';
import { View } from './view';
import { KubeObject, POD, ResourceType } from '../../controller/src/kube';
import { ClusterTopologyBinding, Pod, PodCliqueSet, PodSpec } from '../../src/core';
import { Connection } from '../control-plane/connect';
import { CliqueTemplate, Cluster, ClusterOptions, History, SetOptions, Template } from '../scenarios/cluster';
import { recordPods } from '../scenarios/history';
import { State } from '../support/embedded';

const LIMIT_MS = 60_000;
/** Longer than news of nodes takes to arrive. */
const NEWS_MS = 500;

/** A namespace and nodes of one scenario's own on the real control plane, which it shares with the others. */
export class RealScenarioCluster implements Cluster {
  readonly terminationDelayMs = 3_000;
  private readonly watching = new AbortController();

  private constructor(
    private readonly scenario: Scenario, private readonly connection: Connection, private readonly operator: Operator, private readonly view: View,
    private readonly annotations: Readonly<Record<string, string>>,
  ) {}

  static async begin(connection: Connection, operator: Operator, view: View, id: string, options: ClusterOptions): Promise<RealScenarioCluster> {
    const { readyAfterMs = 0, stopAfterMs = 0 } = options;
    const annotations = {
      ...(readyAfterMs > 0 ? { 'test.grove.io/ready-after': `${readyAfterMs}ms` } : {}),
      ...(stopAfterMs > 0 ? { 'test.grove.io/terminate-after': `${stopAfterMs}ms` } : {}),
    };
    const name = id.toLowerCase().replaceAll(' ', '-');
    const scenario = await Scenario.begin(connection, name, { ...options, labels: node => ofItsOwn(options.labels?.(node) ?? {}, name) });
    return new RealScenarioCluster(scenario, connection, operator, view, annotations);
  }

  async end(): Promise<void> {
    this.watching.abort();
    await this.scenario.end();
  }

  get namespace(): string {
    return this.scenario.namespace;
  }

  get nodes(): readonly string[] {
    return this.scenario.nodes;
  }

  clique(name: string, replicas: number, minAvailable: number, podSpec?: Partial<PodSpec>): CliqueTemplate {
    const clique = this.scenario.clique(name, replicas, minAvailable, podSpec);
    return Object.keys(this.annotations).length > 0 ? { ...clique, annotations: this.annotations } : clique;
  }

  createSet(name: string, template: Template, { replicas = 1, updateStrategy }: SetOptions = {}): Promise<PodCliqueSet> {
    return this.scenario.createSet(name, template, replicas, updateStrategy);
  }

  create<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    return this.scenario.createObject(type, object);
  }

  createElsewhere<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    return this.connection.admin.create<T>(type, object);
  }

  createTopology(levels: ClusterTopologyBinding['spec']['levels']): Promise<ClusterTopologyBinding> {
    return this.scenario.createTopology(levels);
  }

  patch(type: ResourceType, name: string, change: object, subresource?: string): Promise<KubeObject> {
    return this.scenario.patch(type, name, change, subresource);
  }

  scale(type: ResourceType, name: string, replicas: number): Promise<KubeObject> {
    return this.scenario.scale(type, name, replicas);
  }

  delete(type: ResourceType, name: string): Promise<unknown> {
    return this.scenario.delete(type, name);
  }

  all<T extends KubeObject>(type: ResourceType): Promise<T[]> {
    return this.scenario.all<T>(type);
  }

  events(reason: string): Promise<string[]> {
    return this.scenario.events(reason);
  }

  async cordon(nodes?: readonly string[]): Promise<void> {
    await this.scenario.cordon(nodes);
    await delay(NEWS_MS);
  }

  uncordon(count?: number): Promise<void> {
    return this.scenario.uncordon(count);
  }

  async kill(pods: readonly Pod[]): Promise<void> {
    for (const { metadata } of pods) await this.delete(POD, metadata.name ?? '');
  }

  async fail({ metadata }: Pod): Promise<void> {
    await this.patch(POD, metadata.name ?? '', { metadata: { annotations: { 'test.grove.io/crash': 'failed' } } });
  }

  state(): Promise<State> {
    return Promise.resolve(this.view.state(this.namespace));
  }

  async until(what: string, condition: (state: State) => boolean, limitMs = LIMIT_MS): Promise<State> {
    const state = await this.view.first(this.namespace, condition, limitMs);
    if (state) return state;
    throw new Error(`after ${limitMs / 1000} s still not: ${what}; there are ${(await this.state()).summary()}`);
  }

  pass(durationMs: number): Promise<void> {
    return delay(durationMs);
  }

  watch(): Promise<History> {
    return recordPods(this.connection.admin, this.namespace, this.watching.signal);
  }

  writes(): number {
    return this.operator.writesTo(this.namespace);
  }
}

/** Racks and blocks of the same name would be one for all scenarios of the control plane. */
function ofItsOwn(labels: Readonly<Record<string, string>>, scenario: string): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, `${value}-${scenario}`]));
}
