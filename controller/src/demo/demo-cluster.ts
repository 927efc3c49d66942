import type { KubeObject as CoreObject, Pod } from 'cdk8s-grove/core';
import { LABEL } from 'cdk8s-grove/core';
import { ClusterView } from './model';
import { Writes } from './summary';
import { viewOf } from './view';
import { GroveController } from '../app';
import { Binder, EmbeddedApiServer, Kubelet, NodeShape, createNodes } from '../cluster';
import {
  CONFIG_MAP, CUSTOM_RESOURCE_DEFINITION, Client, Clock, KubeObject, NODE, Random, RequestObservation, SERVICE, mergePatch,
} from '../kube';
import { CLUSTER_TOPOLOGY_BINDING, POD_CLIQUE_SET, SCALING_GROUP } from '../state/resources';

export interface DemoClusterOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly nodes: readonly NodeShape[];
  /** Grove's CustomResourceDefinitions. */
  readonly definitions: readonly CoreObject[];
  /** How many times faster than usual pods start and stop. */
  readonly speed: number;
}

const RACK_LABEL = 'nvidia.com/gpu.clique';
const NAMESPACE = 'default';
const WRITE_VERBS = new Set(['create', 'update', 'patch', 'delete']);
const APPLICABLE = new Map([CLUSTER_TOPOLOGY_BINDING, POD_CLIQUE_SET, CONFIG_MAP, SERVICE].map(type => [type.kind, type]));

/** Milliseconds that the pods of a role take to become ready; engines load weights. The pods of a clique come one after the other. */
const STARTS: Readonly<Record<string, number>> = { prefill: 1_300, decode: 1_700, worker: 1_200, leader: 1_500 };
const OTHER_START_MS = 700;
const STAGGER_MS = 90;
const STOP_MS = 700;

/** A cluster in this process: nodes and kubelets, and Grove's controller at work. */
export class DemoCluster {
  private readonly client: Client;
  private readonly controller: GroveController;
  private readonly kubelet: Kubelet;
  private readonly counts: Record<string, number> = {};
  private failure: unknown;

  constructor(private readonly options: DemoClusterOptions) {
    const { clock, random, speed } = options;
    const server = new EmbeddedApiServer({ clock, random });
    this.client = new Client({ transport: server.transport(), clock, random });
    this.kubelet = new Kubelet({ client: this.client, clock, startMs: pod => startMs(pod) / speed, stopMs: STOP_MS / speed });
    const observed = new Client({ transport: server.transport(), clock, random, observe: observation => this.count(observation) });
    this.controller = new GroveController({ client: observed, instance: 'demo', clock, random });
  }

  /** Resolves when nodes and types are there; everything works until the signal aborts. */
  async start(signal: AbortSignal): Promise<void> {
    for (const definition of this.options.definitions) await this.client.create(CUSTOM_RESOURCE_DEFINITION, definition as KubeObject);
    await createNodes(this.client, this.options.nodes, this.options.clock);
    const fail = (error: unknown) => { this.failure ??= error; };
    this.kubelet.run(signal).catch(fail);
    new Binder({ client: this.client, clock: this.options.clock }).run(signal).catch(fail);
    this.controller.run(signal).catch(fail);
  }

  /** @throws Error when the controller or the kubelet has ended by one */
  view(): ClusterView {
    if (this.failure !== undefined) throw this.failure;
    return viewOf(this.controller.caches, { rackLabel: RACK_LABEL });
  }

  get isUp(): boolean {
    return this.controller.hasSynced;
  }

  /** What the controller has written so far. */
  get writes(): Writes {
    return { ...this.counts };
  }

  /** @throws Error for a kind that is none of those in the examples */
  async apply(objects: readonly CoreObject[]): Promise<void> {
    for (const object of objects) {
      const type = APPLICABLE.get(object.kind);
      if (!type) throw new Error(`the demo has no use for a ${object.kind}; it knows ${[...APPLICABLE.keys()].join(', ')}`);
      const namespace = type.namespaced ? { namespace: NAMESPACE } : {};
      await this.client.create(type, { ...object, metadata: { ...object.metadata, ...namespace } } as KubeObject);
    }
  }

  async scaleGroup(name: string, replicas: number): Promise<void> {
    await this.client.patch(SCALING_GROUP, { namespace: NAMESPACE, name }, mergePatch({ spec: { replicas } }), 'scale');
  }

  /** Closes nodes to new pods, or opens them again. */
  async cordon(nodes: readonly string[], unschedulable: boolean): Promise<void> {
    for (const name of nodes) await this.client.patch(NODE, { name }, mergePatch({ spec: { unschedulable } }));
  }

  private count({ verb, status }: RequestObservation): void {
    if (WRITE_VERBS.has(verb) && typeof status === 'number' && status < 400) this.counts[verb] = (this.counts[verb] ?? 0) + 1;
  }
}

function startMs({ metadata: { labels = {} } }: Pod): number {
  const role = labels[LABEL.podClique]?.split('-').at(-1) ?? '';
  return (STARTS[role] ?? OTHER_START_MS) + STAGGER_MS * Number(labels[LABEL.podIndex] ?? 0);
}
