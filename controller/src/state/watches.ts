import { KubeObject } from 'cdk8s-grove/core';
import { Cache, Caches } from './caches';
import { Client, Clock, Logger, Random, Reflector, ResourceType, apiVersionOf, isNotFound } from '../kube';

export interface WatchesOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** A type that the cluster did not know is asked for this rarely, and only while something of it has to be made. */
const ASK_AGAIN_MS = 10_000;

/** Keeps the caches up to date. Types that not every cluster has are watched from the moment on when they are there and needed. */
export class Watches {
  private readonly watched = new Set<Cache<KubeObject>>();
  private readonly underWay = new Map<Cache<KubeObject>, Promise<boolean>>();
  private readonly askedAtMs = new Map<Cache<KubeObject>, number>();
  private signal: AbortSignal | undefined;

  constructor(private readonly caches: Caches, private readonly options: WatchesOptions) {}

  /** Starts to watch, until the signal aborts. Resolves when every cache of a type that the cluster knows has had its first list. */
  async start(signal: AbortSignal): Promise<void> {
    this.signal = signal;
    await Promise.all(Object.values(this.caches).map(async found => {
      const cache = found as Cache<KubeObject>;
      if (cache.isOptional) await this.isServed(cache);
      else await this.reflect(cache);
    }));
  }

  /** Whether the cluster knows the type; then its cache is filled. */
  isServed(cache: Cache<KubeObject>): Promise<boolean> {
    if (this.watched.has(cache)) return Promise.resolve(true);
    const asked = this.underWay.get(cache) ?? this.ask(cache).finally(() => this.underWay.delete(cache));
    this.underWay.set(cache, asked);
    return asked;
  }

  private async ask(cache: Cache<KubeObject>): Promise<boolean> {
    const { client, clock, log } = this.options;
    const askedAtMs = this.askedAtMs.get(cache);
    if (askedAtMs !== undefined && clock.elapsed() - askedAtMs < ASK_AGAIN_MS) return false;
    const served = await knows(client, cache.type);
    if (!served) this.askedAtMs.set(cache, clock.elapsed());
    else await this.reflect(cache);
    if (served && askedAtMs !== undefined) log.info({ kind: cache.type.kind }, 'the cluster knows a type that it did not know before');
    return served;
  }

  private async reflect(cache: Cache<KubeObject>): Promise<void> {
    const { type, store, labelSelector } = cache;
    if (!this.signal) throw new Error('the watches have not been started');
    const reflector = new Reflector({ ...this.options, type, store, selection: labelSelector === undefined ? {} : { labelSelector } });
    void reflector.run(this.signal);
    await reflector.synced;
    this.watched.add(cache);
  }
}

async function knows(client: Client, type: ResourceType): Promise<boolean> {
  try {
    const { resources } = await client.getPath(`/apis/${apiVersionOf(type)}`) as { resources: { name: string }[] };
    return resources.some(({ name }) => name === type.plural);
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
