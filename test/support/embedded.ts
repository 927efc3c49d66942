import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { OtherVersion, Version } from './other-version';
import { GroveController } from '../../controller/src/app';
import { Binder, EmbeddedApiServer, Faults, Kubelet, KubeletOptions, NodeShape, StorageChange, createNodes } from '../../controller/src/cluster';
import {
  CUSTOM_RESOURCE_DEFINITION, Client, KubeRequest, POD, ResourceType, Transport, VirtualClock, mergePatch,
} from '../../controller/src/kube';
import { Caches } from '../../controller/src/state/caches';
import { POD_CLIQUE, POD_CLIQUE_SET, POD_GANG, SCALING_GROUP } from '../../controller/src/state/resources';
import { AdmissionConfig, KubeObject, Pod, PodClique, PodCliqueScalingGroup, PodCliqueSet, PodGang, isReady, isTerminating } from '../../src/core';

const CRDS = join(__dirname, '..', '..', 'crds', 'minimal');
const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface EmbeddedOptions {
  readonly seed?: number;
  readonly nodes?: readonly NodeShape[];
  readonly faults?: Faults;
  readonly kubelet?: Partial<KubeletOptions>;
  /** API groups of Kubernetes that the cluster does not serve. */
  readonly withoutGroups?: readonly string[];
  /** What sets may ask for. @default everything */
  readonly admission?: Partial<AdmissionConfig>;
  /** Told of every decision of the scheduler. */
  readonly observeDecision?: () => void;
  /** What has to hold at every moment; it throws when it does not. */
  readonly invariant?: (state: State) => void;
}

/** The custom resources of crds/, read once. */
const definitions = () => (readDefinitions ??= readdirSync(CRDS).map(file => parse(readFileSync(join(CRDS, file), 'utf8')) as KubeObject));
let readDefinitions: KubeObject[] | undefined;

/** How far time goes between two looks at the cluster, in milliseconds. */
const STEP_MS = 50;

/** A cluster in memory on a virtual clock, with the controller in it: days of its life take seconds, and the same seed makes the same run. */
export class EmbeddedCluster {
  readonly clock = new VirtualClock();
  readonly random: () => number;
  readonly client: Client;
  readonly kubelet: Kubelet;
  /** Writes that the controller has sent, as `PATCH /api/…`. */
  readonly writes: string[] = [];
  private readonly server: EmbeddedApiServer;
  private readonly stopCluster = new AbortController();
  private stopController = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private current?: GroveController;
  private transport?: Transport;

  private constructor(private readonly options: EmbeddedOptions) {
    this.random = seededRandom(options.seed ?? 1);
    this.server = new EmbeddedApiServer({ clock: this.clock, random: this.random, withoutGroups: options.withoutGroups ?? [] });
    this.client = new Client({ transport: this.server.transport(), clock: this.clock, random: this.random });
    this.kubelet = new Kubelet({ client: this.client, clock: this.clock, ...options.kubelet });
  }

  static async start(options: EmbeddedOptions = {}): Promise<EmbeddedCluster> {
    const cluster = new EmbeddedCluster(options);
    for (const definition of definitions()) await cluster.client.create(CUSTOM_RESOURCE_DEFINITION, definition);
    await createNodes(cluster.client, options.nodes ?? [], cluster.clock);
    void cluster.kubelet.run(cluster.stopCluster.signal);
    void new Binder({ client: cluster.client, clock: cluster.clock }).run(cluster.stopCluster.signal);
    cluster.startController();
    return cluster;
  }

  startController({ startupImage, hashPrefix }: Version = {}): void {
    const { clock, random } = this;
    this.stopController = new AbortController();
    const faults: Faults = { request: request => this.observe(request), line: (request, line) => this.options.faults?.line?.(request, line) };
    const plain = this.server.transport({ faults });
    this.transport = plain;
    const transport = hashPrefix === undefined ? plain : new OtherVersion(plain, hashPrefix);
    const { admission = {}, observeDecision = () => undefined } = this.options;
    const image = startupImage === undefined ? {} : { startupImage };
    const client = new Client({ transport, clock, random });
    const controller = new GroveController({ client, instance: 'test', clock, random, admission, observeDecision, ...image });
    this.current = controller;
    this.running = controller.run(this.stopController.signal);
  }

  /** What the controller that runs now knows. */
  get caches(): Caches {
    return this.current!.caches;
  }

  /** Calls the listener with every change of what is stored, at once; it must not write. */
  subscribe(listener: (change: StorageChange) => void): void {
    this.server.subscribe(listener);
  }

  /** Breaks every watch, of the kubelets, too; with `forget` those that go on from where they were have to begin anew. */
  resetWatches(forget: boolean): void {
    if (forget) this.server.forgetHistory();
    this.server.resetWatches();
  }

  /** Ends the controller as a crash would: what it has not written is lost. */
  async killController(): Promise<void> {
    this.stopController.abort();
    await this.transport?.close();
    await this.clock.runUntil(() => false, 0);
  }

  async stop(): Promise<void> {
    this.stopController.abort();
    this.stopCluster.abort();
    await this.clock.advance(60_000);
    await this.running;
  }

  /** Lets time pass until the condition on what is stored holds. @throws Error with what there is when it takes too long */
  async until(what: string, condition: (state: State) => boolean, limitMs = 120_000): Promise<State> {
    const untilMs = this.clock.now() + limitMs;
    for (;;) {
      const state = await this.state();
      if (condition(state)) return state;
      if (this.clock.now() >= untilMs) throw new Error(`after ${limitMs / 1000} s of the cluster's time still not: ${what}; there are ${state.summary()}`);
      await this.pass(STEP_MS);
    }
  }

  /** Lets time pass, with a look at the invariant at every step. */
  async pass(durationMs: number): Promise<void> {
    for (let left = durationMs; left > 0; left -= STEP_MS) {
      await this.clock.advance(Math.min(left, STEP_MS));
      if (this.options.invariant) this.options.invariant(await this.state());
    }
  }

  async state(): Promise<State> {
    const list = async <T extends KubeObject>(type: ResourceType) => (await this.drive(this.client.list<T>(type))).items;
    return new State(
      await list<PodCliqueSet>(POD_CLIQUE_SET), await list<PodClique>(POD_CLIQUE), await list<PodCliqueScalingGroup>(SCALING_GROUP),
      await list<PodGang>(POD_GANG), await list<Pod>(POD),
    );
  }

  createSet(set: PodCliqueSet): Promise<PodCliqueSet> {
    const { uid: _server, generation: _servers, ...metadata } = set.metadata;
    return this.drive(this.client.create(POD_CLIQUE_SET, { ...set, metadata }));
  }

  addNodes(nodes: readonly NodeShape[]): Promise<unknown> {
    return this.drive(createNodes(this.client, nodes, this.clock));
  }

  patch(type: ResourceType, name: string, change: object, subresource?: string): Promise<KubeObject> {
    return this.drive(this.client.patch(type, { namespace: type.namespaced ? 'default' : undefined, name }, mergePatch(change), subresource));
  }

  delete(type: ResourceType, name: string): Promise<unknown> {
    return this.drive(this.client.delete(type, { namespace: type.namespaced ? 'default' : undefined, name }));
  }

  /** Awaits a request while the clock stands: the embedded server answers at once. */
  private async drive<T>(request: Promise<T>): Promise<T> {
    return request;
  }

  private observe(request: KubeRequest) {
    if (WRITES.has(request.method)) this.writes.push(`${request.method} ${request.path}`);
    return this.options.faults?.request?.(request);
  }
}

/** Everything of Grove's that is stored at one moment. */
export class State {
  constructor(
    readonly sets: readonly PodCliqueSet[], readonly cliques: readonly PodClique[], readonly scalingGroups: readonly PodCliqueScalingGroup[],
    readonly gangs: readonly PodGang[], readonly allPods: readonly Pod[],
  ) {}

  /** Those that are not on their way out. */
  get pods(): Pod[] {
    return this.allPods.filter(pod => !isTerminating(pod));
  }

  get bound(): Pod[] {
    return this.pods.filter(pod => pod.spec.nodeName);
  }

  get ready(): Pod[] {
    return this.pods.filter(isReady);
  }

  boundOf(clique: string): number {
    return this.bound.filter(pod => pod.metadata.labels?.['grove.io/podclique'] === clique).length;
  }

  gang(name: string): PodGang | undefined {
    return this.gangs.find(({ metadata }) => metadata.name === name);
  }

  summary(): string {
    const phases = this.gangs.map(({ metadata, status }) => `${metadata.name} ${status?.phase ?? '?'}`);
    return `${this.pods.length} pods, ${this.bound.length} bound, ${this.ready.length} ready; gangs: ${phases.join(', ')}`;
  }
}

