import { Node, Pod, isGated, isTerminating } from 'cdk8s-grove/core';
import { Client, Clock, KubeObject, Logger, NODE, POD, Reflector, Store, silentLogger, systemClock } from '../kube';

/** Kube-scheduler's own name: it takes care of pods that ask for it, and those that ask for nobody do. */
const SCHEDULER = 'default-scheduler';
const HOSTNAME = 'kubernetes.io/hostname';

export interface BinderOptions {
  readonly client: Client;
  /** @default the machine's */
  readonly clock?: Clock;
  readonly log?: Logger;
}

/**
 * The one thing that is left for kube-scheduler to do with pods that are pinned: to bind them to the node whose host name they ask for. Claims and volumes
 * are taken as ready. Pods that ask for no host name stay where they are.
 */
export class Binder {
  private readonly pods = new Store<Pod & KubeObject>();
  private readonly nodes = new Store<Node & KubeObject>();

  constructor(private readonly options: BinderOptions) {
    this.pods.subscribe(({ object }) => { if (object) void this.bind(object); });
    this.nodes.subscribe(({ object, old }) => { if (object && !old) for (const pod of this.pods.values()) void this.bind(pod); });
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, clock = systemClock, log = silentLogger } = this.options;
    const reflectors = [
      new Reflector({ client, type: NODE, store: this.nodes, clock, log }),
      new Reflector({ client, type: POD, store: this.pods, clock, log }),
    ];
    await Promise.all(reflectors.map(reflector => reflector.run(signal)));
  }

  private async bind(pod: Pod & KubeObject): Promise<void> {
    const { schedulerName, nodeName, nodeSelector } = pod.spec;
    const host = nodeSelector?.[HOSTNAME];
    if (schedulerName !== SCHEDULER || nodeName || host === undefined || isGated(pod) || isTerminating(pod)) return;
    const node = [...this.nodes.values()].find(({ metadata }) => metadata.labels?.[HOSTNAME] === host);
    if (!node) return;
    // What fails is seen again when the pod changes; a pod that is gone or bound by now needs nothing more.
    const { client, log = silentLogger } = this.options;
    await client.bind(pod, node.metadata.name ?? '').catch(error => log.debug({ pod: pod.metadata.name, error: String(error) }, 'not bound'));
  }
}
