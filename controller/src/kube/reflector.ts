import { backoffMs, BackoffOptions, Random } from './backoff';
import { Client, Selection } from './client';
import { Clock, sleep, systemClock } from './clock';
import { ApiError, isGone, messageOf } from './errors';
import { Logger, silentLogger } from './log';
import { KubeObject } from './object';
import { resourceNameOf, ResourceType } from './resource';
import { Store } from './store';
import { TransportError } from './transport';
import { Watchdog } from './watchdog';

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: Client;
  readonly type: ResourceType;
  readonly store: Store<T>;
  /** @default every object of the type */
  readonly selection?: Selection;
  /** @default the machine's */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: Random;
  readonly log?: Logger;
}

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

const RETRY: BackoffOptions = { baseMs: 200, maxMs: 30_000, jitter: 0.5 };
/** A server ends watches by itself; random, so that the watches of all clients are not opened anew together. */
const WATCH_SECONDS = { min: 300, max: 600 };
/** A server sends a bookmark every minute or so; after a longer silence nobody may be at the other end. */
const LONGEST_SILENCE_MS = 180_000;
/** A watch that brought news, or lasted so long, was healthy: the next failure is a first one. */
const HEALTHY_MS = 10_000;

/** Keeps a store equal to what the server has: lists once, watches from there on, and recovers from whatever happens. */
export class Reflector<T extends KubeObject> {
  /** Resolves when the store shows everything for the first time; never when the reflector is stopped before. */
  readonly synced: Promise<void>;
  private markSynced!: () => void;
  private isSynced = false;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly log: Logger;
  /** Where the next watch goes on; undefined when only a list can tell. */
  private resumeVersion?: string;
  private failures = 0;

  constructor(private readonly options: ReflectorOptions<T>) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.log = options.log ?? silentLogger;
    this.synced = new Promise((resolve) => { this.markSynced = resolve; });
  }

  get hasSynced(): boolean {
    return this.isSynced;
  }

  /** Resolves after `signal` aborts, and for no other reason. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let delayMs = 0;
      try {
        if (this.resumeVersion === undefined) await this.list();
        if (!signal.aborted) await this.watch(signal);
      } catch (error) {
        if (signal.aborted) return;
        delayMs = this.recover(error);
      }
      if (delayMs > 0) await sleep(this.clock, delayMs, signal);
    }
  }

  private async list(): Promise<void> {
    const { client, type, store, selection } = this.options;
    const { items, resourceVersion } = await client.list<T>(type, selection);
    store.replace(items, resourceVersion);
    this.resumeVersion = resourceVersion;
    this.isSynced = true;
    this.markSynced();
  }

  /** Returns when the server has ended a healthy watch. */
  private async watch(signal: AbortSignal): Promise<void> {
    const { client, type, selection } = this.options;
    const timeoutSeconds = Math.round(WATCH_SECONDS.min + this.random() * (WATCH_SECONDS.max - WATCH_SECONDS.min));
    const startMs = this.clock.elapsed();
    const stream = await client.watch(type, { ...selection, resourceVersion: this.resumeVersion!, timeoutSeconds, signal });
    const watchdog = new Watchdog(this.clock, LONGEST_SILENCE_MS, () => stream.cancel());
    const cancel = (): void => stream.cancel();
    signal.addEventListener('abort', cancel);
    let isHealthy = false;
    try {
      for await (const line of stream.lines) {
        watchdog.feed();
        this.take(line as WatchEvent<T>);
        this.failures = 0;
        isHealthy = true;
      }
    } finally {
      watchdog.stop();
      signal.removeEventListener('abort', cancel);
      isHealthy ||= this.clock.elapsed() - startMs >= HEALTHY_MS;
      if (isHealthy) this.failures = 0;
    }
    if (watchdog.hasBarked) throw new TransportError('ESILENT', `watch ${resourceNameOf(type)}: no news for ${LONGEST_SILENCE_MS / 1000} s`);
    if (!isHealthy) throw new TransportError('EENDED', `watch ${resourceNameOf(type)}: ended at once, without any news`);
  }

  private take({ type, object }: WatchEvent<T>): void {
    const { store } = this.options;
    if (type === 'ERROR') throw ApiError.fromStatus(object, `watch ${resourceNameOf(this.options.type)}`);
    if (type === 'ADDED' || type === 'MODIFIED') store.apply(object);
    if (type === 'DELETED') store.remove(object);
    this.resumeVersion = object.metadata.resourceVersion;
  }

  /** Decides from where to go on; returns after how many milliseconds. */
  private recover(error: unknown): number {
    this.failures++;
    const isKnown = error instanceof TransportError || error instanceof ApiError;
    if (isGone(error) || !isKnown) this.resumeVersion = undefined;
    const ownMs = backoffMs(this.failures, RETRY, this.random);
    const askedMs = error instanceof ApiError ? error.retryAfterMs ?? 0 : 0;
    const delayMs = Math.min(Math.max(ownMs, askedMs), RETRY.maxMs);
    const fields = { resource: resourceNameOf(this.options.type), failures: this.failures, delayMs, error: messageOf(error) };
    if (isKnown && this.isSynced && this.failures < 3) this.log.debug(fields, 'watch broken; going on');
    else this.log.warn(fields, 'cannot follow the server; trying again');
    return delayMs;
  }
}
