import { KubeObject, ResourceType } from '../../controller/src/kube';
import { AdmissionConfig, ClusterTopologyBinding, Pod, PodCliqueSet, PodSpec } from '../../src/core';
import { State } from '../support/embedded';

export type Template = PodCliqueSet['spec']['template'];
export type CliqueTemplate = Template['cliques'][number];

export interface ClusterOptions {
  readonly nodes: number;
  /** The last so many nodes take no pods at first. @default 0 */
  readonly cordoned?: number;
  /** Quantities of every node. @default one GPU, so that it fits one pod of {@link Cluster.clique} */
  readonly capacity?: Readonly<Record<string, string>>;
  /** Labels of the nodes, by their number. */
  readonly labels?: (node: number) => Readonly<Record<string, string>>;
  /** From a pod's start to its being ready, in milliseconds. @default 0 */
  readonly readyAfterMs?: number;
  /** From a pod's deletion to its end, in milliseconds. @default 0 */
  readonly stopAfterMs?: number;
  /** Whether the NVIDIA driver's type ComputeDomain is there. @default false */
  readonly computeDomains?: boolean;
  /** What sets may ask for. @default everything */
  readonly admission?: Partial<AdmissionConfig>;
}

/**
 * A cluster with the controller in it, as a scenario sees it: nodes and a namespace of its own. There is one in memory, whose time is virtual, and one
 * on a real control plane. What holds on both needs to be said once.
 */
export interface Cluster {
  readonly namespace: string;
  /** In the order in which they are uncordoned. */
  readonly nodes: readonly string[];
  /** The termination delay of the `-gt` workloads: upstream's 10 seconds where time costs nothing, shorter on a real clock. */
  readonly terminationDelayMs: number;

  /** A clique of pods that each take one GPU, so that one fills a node. */
  clique(name: string, replicas: number, minAvailable: number, podSpec?: Partial<PodSpec>): CliqueTemplate;
  createSet(name: string, template: Template, options?: SetOptions): Promise<PodCliqueSet>;
  /** Creates an object, in the scenario's namespace if its type has namespaces. What has none is deleted when the scenario is over. */
  create<T extends KubeObject>(type: ResourceType, object: T): Promise<T>;
  /** Creates an object in the namespace that it names, which is not the scenario's. */
  createElsewhere<T extends KubeObject>(type: ResourceType, object: T): Promise<T>;
  /** A topology of these levels, broadest first, under a name of its own; it goes when the scenario is over. */
  createTopology(levels: ClusterTopologyBinding['spec']['levels']): Promise<ClusterTopologyBinding>;
  /** A JSON merge patch. */
  patch(type: ResourceType, name: string, change: object, subresource?: string): Promise<KubeObject>;
  /** Sets the replicas of a PodCliqueSet, PodClique or PodCliqueScalingGroup through its scale subresource. */
  scale(type: ResourceType, name: string, replicas: number): Promise<KubeObject>;
  delete(type: ResourceType, name: string): Promise<unknown>;
  /** Every object of the type in the scenario's namespace, or in the cluster. */
  all<T extends KubeObject>(type: ResourceType): Promise<T[]>;
  /** The notes of the events of that reason, each as often as it was counted. */
  events(reason: string): Promise<string[]>;

  /** Nodes that from now on take no pods; returns when the controller has heard of it, which news of pods could else overtake. @default all */
  cordon(nodes?: readonly string[]): Promise<void>;
  /** Lets the next `count` of the cordoned nodes take pods, one after another as people do it. @default all */
  uncordon(count?: number): Promise<void>;
  /** Deletes pods, as a user does. */
  kill(pods: readonly Pod[]): Promise<void>;
  /** Ends a pod for good, as an eviction does. */
  fail(pod: Pod): Promise<void>;

  state(): Promise<State>;
  /** Waits for a state that the condition accepts. @throws Error with what there is when it takes more than `limitMs` of the cluster's time */
  until(what: string, condition: (state: State) => boolean, limitMs?: number): Promise<State>;
  /** Lets time pass: on a real clock it costs what it says. */
  pass(durationMs: number): Promise<void>;
  /** Every state of the scenario's pods from now on, in the order in which the API server had them; see {@link History}. */
  watch(): Promise<History>;
  /** Requests to write that the controller has sent so far for the scenario's namespace. */
  writes(): number;
}

export interface SetOptions {
  /** @default 1 */
  readonly replicas?: number;
  /** @default none: RollingRecreate */
  readonly updateStrategy?: PodCliqueSet['spec']['updateStrategy'];
}

/** What was watched: all pods that were stored at once, terminating ones included, after each change of one of them. */
export interface History {
  readonly states: readonly (readonly Pod[])[];
}

/** One of upstream's scenarios (spec 10): what is there, and what happens then. */
export interface Scenario {
  /** As in spec 10, for example `GS1`. */
  readonly id: string;
  readonly title: string;
  readonly cluster: ClusterOptions;
  /** Does what the scenario does, and throws when something else comes of it than should. */
  play(cluster: Cluster): Promise<void>;
}
