import { FINALIZER, KubeObject, LABEL } from 'cdk8s-grove/core';
import { Cache, Caches } from './caches';
import { mergeDiff } from './merge-diff';
import { Client, Clock, DeleteOptions, Patch, ResourceType, Store, apiVersionOf, isAlreadyExists, isNotFound, keyOf, mergePatch, settleAll } from '../kube';

/** Creates sent at once at first; doubled after every batch that went through. */
const FIRST_BATCH = 16;
const LARGEST_BATCH = 256;
const WRITES_AT_ONCE = 64;
/**
 * A status that tells nothing urgent is written this rarely, for while pods start, counters change with every one of them; and while the
 * server is busy with what the pods need, it gives way to that for some time.
 */
const STATUS_INTERVAL_MS = 500;
const LONGEST_STATUS_INTERVAL_MS = 10_000;
const BUSY = 0.5;

/** Writes that the caches show at once, so that no later pass decides on an older picture. */
export class Writer {
  private readonly caches: ReadonlyMap<string, Cache<KubeObject>>;
  /** When the status of an object was last written, or its writing first put off, by uid. */
  private readonly statusTimes = new Map<string, number>();

  /** @param isServed whether the cluster knows a type that not every cluster has */
  constructor(
    readonly client: Client, caches: Caches, private readonly clock: Clock, private readonly isServed: (cache: Cache<KubeObject>) => Promise<boolean>,
  ) {
    this.caches = new Map(Object.values(caches).map(cache => [cache.type.kind, cache as Cache<KubeObject>]));
    for (const { store } of this.caches.values()) {
      store.subscribe(({ object, old }) => {
        if (old?.metadata.uid && old.metadata.uid !== object?.metadata.uid) this.statusTimes.delete(old.metadata.uid);
      });
    }
  }

  /**
   * Creates the objects in growing batches and stops after the first batch in which one failed: a cluster that refuses one pod refuses a
   * thousand. An object that is there already counts as created when it has the same owner.
   * @throws the first error, after its batch has ended
   */
  async createAll(objects: readonly KubeObject[]): Promise<void> {
    for (let start = 0, size = FIRST_BATCH; start < objects.length; start += size, size = Math.min(size * 2, LARGEST_BATCH)) {
      await this.all(objects.slice(start, start + size), object => this.create(object));
    }
  }

  async create(object: KubeObject): Promise<void> {
    const cache = this.cacheOf(object);
    const { type, store } = cache;
    if (cache.isOptional && !await this.isServed(cache)) {
      throw new Error(`the cluster does not serve ${type.kind} (${apiVersionOf(type)}), which ${keyOf(object)} is; it is made when the type is there`);
    }
    try {
      store.written(await this.client.create(type, object));
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      await this.adopt(object, type, store);
    }
  }

  /**
   * Deletes exactly these objects, and not others that have taken their names.
   * @param isDue asked before an object's deletion is sent or repeated: whether it is still to go. @default they go in any case
   * @throws a conflict when one is not
   */
  async removeAll<T extends KubeObject>(objects: readonly T[], isDue?: (object: T) => boolean): Promise<void> {
    await this.all(objects, object => this.remove(object, isDue ? { isDue: () => isDue(object) } : {}));
  }

  /**
   * Deletes objects that are chosen for what they are now, such as pods that are not ready: one that has changed meanwhile stays, however long the
   * request was on its way.
   * @param isDue asked before an object's deletion is sent or repeated: whether it is still chosen
   * @throws a conflict when one is to stay
   */
  async removeUnchanged<T extends KubeObject>(objects: readonly T[], isDue: (object: T) => boolean): Promise<void> {
    await this.all(objects, object => this.remove(object, { ...versionOf(object), isDue: () => isDue(object) }));
  }

  /** Changes a live object by patch and resolves to what it is then; undefined when it is gone. */
  async patch<T extends KubeObject>(object: T, patch: Patch, subresource?: string): Promise<T | undefined> {
    const { type, store } = this.cacheOf(object);
    try {
      const written = await this.client.patch<T>(type, object.metadata, patch, subresource);
      store.written(written);
      return written;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /**
   * Writes the status if it differs from the object's: at once when it is urgent, otherwise when the last write is some time ago. Resolves to
   * the milliseconds after which to try again, when it was put off. Refused as a conflict when somebody else has written the object since.
   */
  async writeStatus<T extends KubeObject & { readonly status?: object }>(object: T, status: object, urgent = true): Promise<number | undefined> {
    const changes = mergeDiff(object.status ?? {}, status);
    if (Object.keys(changes).length === 0) return undefined;
    const { uid = '', resourceVersion } = object.metadata;
    const waitMs = urgent ? 0 : this.untilStatusWriteMs(uid);
    if (waitMs > 0) return waitMs;
    await this.patch(object, mergePatch({ metadata: { resourceVersion }, status: changes }), 'status');
    this.statusTimes.set(uid, this.clock.elapsed());
    return undefined;
  }

  /** Lets a terminating object go: takes Grove's finalizers away and leaves those of others. */
  async releaseFinalizers(object: KubeObject): Promise<void> {
    const { finalizers = [], resourceVersion } = object.metadata;
    const ours = new Set<string>(Object.values(FINALIZER));
    const others = finalizers.filter(name => !ours.has(name));
    if (others.length === finalizers.length) return;
    await this.patch(object, mergePatch({ metadata: { resourceVersion, finalizers: others.length > 0 ? others : null } }));
  }

  async ensureFinalizer<T extends KubeObject>(object: T, finalizer: string): Promise<T> {
    const { finalizers = [], resourceVersion } = object.metadata;
    if (finalizers.includes(finalizer)) return object;
    return await this.patch(object, mergePatch({ metadata: { resourceVersion, finalizers: [...finalizers, finalizer] } })) ?? object;
  }

  private untilStatusWriteMs(uid: string): number {
    const since = this.statusTimes.get(uid) ?? this.clock.elapsed();
    this.statusTimes.set(uid, since);
    const ageMs = this.clock.elapsed() - since;
    if (ageMs < STATUS_INTERVAL_MS) return STATUS_INTERVAL_MS - ageMs;
    return this.client.load >= BUSY && ageMs < LONGEST_STATUS_INTERVAL_MS ? STATUS_INTERVAL_MS : 0;
  }

  /** Whether the caches show the object with the spec that it has here: what was decided by that still holds. */
  hasSameSpec(object: KubeObject): boolean {
    const { uid, generation } = this.cacheOf(object).store.get(keyOf(object))?.metadata ?? {};
    return uid === object.metadata.uid && generation === object.metadata.generation;
  }

  private async remove(object: KubeObject, only: Pick<DeleteOptions, 'resourceVersion' | 'isDue'>): Promise<void> {
    const { type, store } = this.cacheOf(object);
    const { uid } = object.metadata;
    try {
      const answer = await this.client.delete(type, object.metadata, { ...(uid ? { uid } : {}), ...only, propagationPolicy: 'Background' }) as KubeObject | undefined;
      if (answer?.metadata.deletionTimestamp !== undefined && isHeld(answer)) store.written(answer);
      else store.deleted(object);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      store.deleted(object);
    }
  }

  /**
   * Takes up an object that is there already, for example because its labels were taken away and no cache shows it. Which template it was made from
   * it knows itself.
   */
  private async adopt(object: KubeObject, type: ResourceType, store: Store<KubeObject>): Promise<void> {
    const live = await this.client.get<KubeObject>(type, object.metadata);
    const owner = (candidate: KubeObject) => candidate.metadata.ownerReferences?.find(({ controller }) => controller)?.uid;
    if (owner(live) !== owner(object)) {
      throw new Error(`${type.kind} ${keyOf(object)} is there already and belongs to somebody else; delete or rename it`);
    }
    store.written(live);
    const labels = { ...object.metadata.labels, ...templateOf(live) };
    const isStripped = Object.entries(labels).some(([key, value]) => live.metadata.labels?.[key] !== value);
    if (isStripped && live.metadata.deletionTimestamp === undefined) await this.patch(live, mergePatch({ metadata: { labels } }));
  }

  private async all<T extends KubeObject>(objects: readonly T[], write: (object: T) => Promise<void>): Promise<void> {
    const failed = (await settleAll(objects, WRITES_AT_ONCE, write)).find(outcome => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private cacheOf(object: KubeObject): Cache<KubeObject> {
    const cache = this.caches.get(object.kind);
    if (!cache) throw new Error(`the controller does not watch ${object.kind} and must not write it`);
    return cache;
  }
}

function templateOf({ metadata: { labels = {} } }: KubeObject): Record<string, string> {
  const hash = labels[LABEL.podTemplateHash];
  return hash === undefined ? {} : { [LABEL.podTemplateHash]: hash };
}

function versionOf({ metadata: { resourceVersion } }: KubeObject): { resourceVersion?: string } {
  return resourceVersion ? { resourceVersion } : {};
}

/** Whether the object lives on after its deletion was asked for: a finalizer holds it, or the pod has a node that has to stop it first. */
function isHeld({ metadata, spec }: KubeObject): boolean {
  const graceful = ((metadata as { deletionGracePeriodSeconds?: number }).deletionGracePeriodSeconds ?? 0) > 0;
  return (metadata.finalizers ?? []).length > 0 || (graceful && Boolean((spec as { nodeName?: string } | undefined)?.nodeName));
}
