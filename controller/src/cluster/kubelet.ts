import { ANNOTATION, STARTUP_CONTAINER, STARTUP_READY } from 'cdk8s-grove/core';
import type { Pod } from 'cdk8s-grove/core';
import { NodeRoom } from './node-room';
import { PodLife, PodTimes } from './pod-life';
import { Client } from '../kube/client';
import { Clock, systemClock } from '../kube/clock';
import { Logger, silentLogger } from '../kube/log';
import { keyOf, KubeObject } from '../kube/object';
import { Reflector } from '../kube/reflector';
import { NODE, POD } from '../kube/resource';
import { Change, Store } from '../kube/store';

/** Milliseconds, the same for all pods or by pod. */
export type Duration = number | ((pod: Pod) => number);

export interface KubeletOptions {
  readonly client: Client;
  /** @default the machine's */
  readonly clock?: Clock;
  /** From the moment a pod may start to its containers running: pulling images, loading weights. @default 100 */
  readonly startMs?: Duration;
  /** From containers running to the pod being ready. @default 0 */
  readonly readyMs?: Duration;
  /** From the request to delete a running pod to its end. @default 0 */
  readonly stopMs?: Duration;
  /** From a crash to the restart. @default 10_000, as a kubelet's first back-off */
  readonly restartMs?: Duration;
  /** Whether a pod's init containers may be through. @default the start-up gate: open without one, or when the controller has annotated the pod */
  readonly initGate?: (pod: Pod) => boolean;
  readonly log?: Logger;
}

/** The kubelets of all nodes at once: bound pods start, become ready, crash and end on the clock. They speak to the API server like everybody. */
export class Kubelet {
  private readonly pods = new Store<Pod & KubeObject>();
  private readonly nodes = new Store<KubeObject>();
  private readonly lives = new Map<string, PodLife>();
  private readonly holds = new Set<(pod: Pod) => boolean>();
  private readonly room = new NodeRoom();
  private readonly clock: Clock;
  private readonly initGate: (pod: Pod) => boolean;
  private readonly times: PodTimes;
  private addresses = 0;

  constructor(private readonly options: KubeletOptions) {
    this.clock = options.clock ?? systemClock;
    this.initGate = options.initGate ?? startupGate;
    this.times = {
      startMs: duration(options.startMs ?? 100),
      readyMs: duration(options.readyMs ?? 0),
      stopMs: duration(options.stopMs ?? 0),
      restartMs: duration(options.restartMs ?? 10_000),
    };
    this.pods.subscribe((change) => this.onPod(change));
    this.nodes.subscribe(({ object, old }) => { if (object && !old) this.stepAll(); });
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, log } = this.options;
    const { clock } = this;
    const reflectors = [
      new Reflector({ client, type: NODE, store: this.nodes, clock, log }),
      new Reflector({ client, type: POD, store: this.pods, clock, log }),
    ];
    await Promise.all(reflectors.map((reflector) => reflector.run(signal)));
    for (const life of this.lives.values()) life.forget();
  }

  /** Keeps matching pods from starting until the returned function is called. Pods that run already are left alone. */
  hold(matches: (pod: Pod) => boolean): () => void {
    this.holds.add(matches);
    return () => {
      this.holds.delete(matches);
      this.stepAll();
    };
  }

  /**
   * Ends the containers of a running pod with an error. They are restarted, unless the pod's restart policy is `Never`: then it fails.
   * @param key `namespace/name`
   * @throws Error when no such pod runs
   */
  crash(key: string): void {
    this.living(key).crash();
  }

  /**
   * Ends a pod for good, as an eviction for lack of memory or a lost GPU does.
   * @param key `namespace/name`
   * @throws Error when no such pod is on a node
   */
  fail(key: string, reason?: string, message?: string): void {
    this.living(key).fail(reason, message);
  }

  private living(key: string): PodLife {
    const life = this.lives.get(this.pods.get(key)?.metadata.uid ?? '');
    if (!life) throw new Error(`no pod "${key}" is on a node`);
    return life;
  }

  private onPod({ object, old }: Change<Pod & KubeObject>): void {
    if (old && old.metadata.uid !== object?.metadata.uid) this.forget(old.metadata.uid!);
    if (object) this.step(object);
  }

  private stepAll(): void {
    for (const pod of this.pods.values()) this.step(pod);
  }

  private step(pod: Pod): void {
    if (!pod.spec.nodeName) return;
    const uid = pod.metadata.uid!;
    const life = this.lives.get(uid) ?? this.admitted(pod);
    if (!life) return;
    if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') this.room.give(uid);
    life.step(pod, { initOpen: this.initGate(pod), held: [...this.holds].some((matches) => matches(pod)) });
  }

  /** Takes a pod on when its node is known; one that does not fit fails at once. */
  private admitted(pod: Pod): PodLife | undefined {
    const node = this.nodes.get(pod.spec.nodeName!);
    if (!node) return undefined;
    const { client, log = silentLogger } = this.options;
    const address = this.nextAddress();
    const life = new PodLife({ client, clock: this.clock, times: this.times, log, address, latest: () => this.pods.get(keyOf(pod)) }, pod);
    this.lives.set(pod.metadata.uid!, life);
    const ended = pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
    const short = ended ? undefined : this.room.take(pod, node as KubeObject & Readonly<Record<string, unknown>>);
    if (short) life.fail(`OutOf${short.resource}`, short.message);
    return life;
  }

  private forget(uid: string): void {
    this.lives.get(uid)?.forget();
    this.lives.delete(uid);
    this.room.give(uid);
  }

  private nextAddress(): string {
    const number = ++this.addresses;
    return `10.${128 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
  }
}

/** Open when the pod has no start-up gate, or when its parents are ready (design decision 5). */
export function startupGate(pod: Pod): boolean {
  const gated = pod.spec.initContainers?.some(({ name }) => name === STARTUP_CONTAINER) ?? false;
  return !gated || pod.metadata.annotations?.[ANNOTATION.startup] === STARTUP_READY;
}

function duration(value: Duration): (pod: Pod) => number {
  return typeof value === 'function' ? value : () => value;
}
