import { setMaxListeners } from 'node:events';
import { AdmissionConfig, KNOWN_SCHEDULERS, SCHEDULER_NAME } from 'cdk8s-grove/core';
import { Client, Clock, Controller, EventRecorder, Logger, Random, ReconcileObservation, ReconcileResult, WorkQueue, silentLogger, systemClock } from './kube';
import { admissionOf } from './reconcilers/admission';
import { Failures } from './reconcilers/failures';
import { reconcilePodClique } from './reconcilers/podclique';
import { reconcileScalingGroup } from './reconcilers/podcliquescalinggroup';
import { reconcilePodCliqueSet } from './reconcilers/podcliqueset';
import { reconcilePodGang } from './reconcilers/podgang';
import { World } from './reconcilers/world';
import { Decision, Scheduler } from './scheduler/scheduler';
import { Caches, createCaches } from './state/caches';
import { Watches } from './state/watches';
import { Writer } from './state/writer';
import { Queues, connect, onVerdict } from './triggers';

export interface GroveControllerOptions {
  readonly client: Client;
  /** Name of this process in events. */
  readonly instance: string;
  /** @default the machine's */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: Random;
  readonly log?: Logger;
  /** Image of the init container that waits for parents. @default the core's */
  readonly startupImage?: string;
  /** What sets may ask for. @default everything, and every scheduler that Grove can work with: gangs of others are made, and left to those */
  readonly admission?: Partial<AdmissionConfig>;
  readonly observeReconcile?: (observation: ReconcileObservation) => void;
  readonly observeDecision?: (decision: Decision) => void;
  /** Told how many pods are evicted to make room for one gang. */
  readonly observeEviction?: (pods: number) => void;
}

/** Objects of a kind that are worked on at once. */
const CONCURRENCY: Readonly<Record<keyof Queues, number>> = { sets: 10, scalingGroups: 16, cliques: 32, gangs: 32 };

/** The whole controller: watches, reconcilers and scheduler on one client. Whoever runs it cares for election, probes and signals. */
export class GroveController {
  readonly caches: Caches = createCaches();
  private readonly queues: Queues;
  private readonly world: World;
  private readonly watches: Watches;
  private readonly scheduler: Scheduler;
  private readonly clock: Clock;
  private readonly log: Logger;
  private synced = false;

  constructor(private readonly options: GroveControllerOptions) {
    const { client, clock = systemClock, log = silentLogger, random, instance, startupImage, admission } = options;
    this.clock = clock;
    this.log = log;
    const queue = () => new WorkQueue({ clock, ...(random ? { random } : {}), maxDelayMs: 60_000 });
    this.queues = { sets: queue(), scalingGroups: queue(), cliques: queue(), gangs: queue() };
    const events = new EventRecorder({ client, component: SCHEDULER_NAME, instance, clock, log });
    this.watches = new Watches(this.caches, { client, clock, random: random ?? Math.random, log });
    const writer = new Writer(client, this.caches, clock, cache => this.watches.isServed(cache));
    this.scheduler = new Scheduler({
      caches: this.caches,
      writer,
      events,
      clock,
      log,
      onVerdict: key => onVerdict(key, this.queues),
      ...(options.observeDecision ? { observe: options.observeDecision } : {}),
      ...(options.observeEviction ? { observeEviction: options.observeEviction } : {}),
    });
    this.world = {
      caches: this.caches,
      writer,
      events,
      clock,
      ...(startupImage === undefined ? {} : { startupImage }),
      admission: admissionOf({ schedulers: KNOWN_SCHEDULERS, ...admission }, () => [...this.caches.topologies.store.values()]),
      gangFailures: new Failures(key => this.queues.sets.addAfter(key, 0)),
      verdict: key => this.scheduler.verdict(key),
    };
    connect(this.caches, this.queues);
  }

  /** Whether the first picture of the cluster is complete. */
  get hasSynced(): boolean {
    return this.synced;
  }

  /** Keys that wait to be reconciled, by kind, for metrics. */
  queueLengths(): Readonly<Record<keyof Queues, number>> {
    const { sets, scalingGroups, cliques, gangs } = this.queues;
    return { sets: sets.length, scalingGroups: scalingGroups.length, cliques: cliques.length, gangs: gangs.length };
  }

  /** Works until the signal aborts; resolves when what was under way then has ended. */
  async run(signal: AbortSignal): Promise<void> {
    setMaxListeners(0, signal); // every watch, queue and timer listens to the one signal
    await Promise.race([this.watches.start(signal), aborted(signal)]);
    if (signal.aborted) return;
    this.synced = true;
    this.scheduler.start(signal);
    await Promise.all([
      this.controller('sets', key => reconcilePodCliqueSet(this.world, key)).run(signal),
      this.controller('scalingGroups', key => reconcileScalingGroup(this.world, key)).run(signal),
      this.controller('cliques', key => reconcilePodClique(this.world, key)).run(signal),
      this.controller('gangs', key => reconcilePodGang(this.world, key)).run(signal),
    ]);
    await this.world.events.flush();
  }

  private controller(name: keyof Queues, reconcile: (key: string) => Promise<ReconcileResult | void>): Controller {
    const { observeReconcile } = this.options;
    return new Controller({
      name,
      queue: this.queues[name],
      reconcile,
      concurrency: CONCURRENCY[name],
      clock: this.clock,
      log: this.log,
      ...(observeReconcile ? { observe: observeReconcile } : {}),
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
