import { keyOf, KubeObject } from './object';

/** What a store's listener is told. When an object was deleted and made again under its name, one change may carry both. */
export interface Change<T> {
  /** As it is now; undefined when it was deleted. */
  readonly object?: T;
  /** As it was before; undefined when it is new. */
  readonly old?: T;
}

/** Computes the values under which an object is found in one index. */
export type Indexer<T> = (object: T) => readonly string[];

interface Entry<T> {
  readonly object: T;
  readonly version: number;
}

/**
 * An indexed picture of the objects of one type. A reflector feeds it with what the server says, and the writers of this process
 * with the answers to their writes, so that no pass acts on a picture older than its own last write.
 *
 * Both sources tell the same history, the writers a little ahead. Resource versions order it: they are compared as integers,
 * which Kubernetes guarantees since 1.35. Where one is not a number, the later arrival wins.
 */
export class Store<T extends KubeObject> {
  private readonly entries = new Map<string, Entry<T>>();
  private readonly indexes: ReadonlyArray<Index<T>>;
  private readonly listeners: Array<(change: Change<T>) => void> = [];
  /** By key, what we deleted last under it, as long as the server may still send older news: the uid and the last version known. */
  private readonly hidden = new Map<string, { readonly uid?: string; readonly version: number }>();
  /** All that the server did up to this version has arrived by list or watch. */
  private progress = -1;

  /**
   * @param indexers by index name; they are called once for each version of an object and must not throw
   * @param trim makes objects smaller before they are kept; indexers and listeners see its result. @default takes `managedFields` away
   */
  constructor(indexers: Readonly<Record<string, Indexer<T>>> = {}, private readonly trim: (object: T) => T = withoutManagedFields) {
    this.indexes = Object.entries(indexers).map(([name, indexer]) => new Index(name, indexer));
  }

  get size(): number {
    return this.entries.size;
  }

  /** @param key `namespace/name`, or `name` when cluster-scoped; see {@link keyOf} */
  get(key: string): T | undefined {
    return this.entries.get(key)?.object;
  }

  *values(): IterableIterator<T> {
    for (const { object } of this.entries.values()) yield object;
  }

  /**
   * The objects for which the indexer gives `value`, in no particular order.
   * @throws Error when there is no such index
   */
  byIndex(index: string, value: string): readonly T[] {
    const found = this.indexes.find(({ name }) => name === index);
    if (!found) throw new Error(`there is no index "${index}"; there are: ${this.indexes.map(({ name }) => name).join(', ')}`);
    return [...found.keys(value)].map((key) => this.entries.get(key)!.object);
  }

  /** Tells `listener` about every change from now on: synchronously, in order. It must not throw and must not write to the store. */
  subscribe(listener: (change: Change<T>) => void): void {
    this.listeners.push(listener);
  }

  /** The answer of a write of ours: shown at once. Older versions that arrive later by list or watch do not undo it. */
  written(object: T): void {
    if (this.isVisible(object) || !this.hasPassed(versionOf(object))) this.show(object);
  }

  /** A delete of ours was answered with the object being gone: hidden at once; later news about that uid is ignored. */
  deleted(object: T): void {
    const key = keyOf(object);
    const { uid } = object.metadata;
    const entry = this.entries.get(key);
    const isSame = this.isVisible(object);
    const version = Math.max(versionOf(object), isSame ? entry!.version : 0);
    const mayBeToldOf = isSame || !this.hasPassed(version);
    if (mayBeToldOf && !(version < (this.hidden.get(key)?.version ?? 0))) this.hidden.set(key, { uid, version });
    if (entry && (isSame || entry.version < version)) this.hide(key);
  }

  /** A watch says that the object is new or changed. */
  apply(object: T): void {
    this.show(object);
    this.advance(versionOf(object));
  }

  /** A watch says that the object is gone (or no longer fits the watch's selection). */
  remove(object: T): void {
    const key = keyOf(object);
    const version = versionOf(object);
    if (this.hidden.get(key)?.uid === object.metadata.uid) this.hidden.delete(key);
    if (this.isVisible(object) && !(version < this.entries.get(key)!.version)) this.hide(key);
    this.advance(version);
  }

  /**
   * A list says that these are all the objects as of `resourceVersion`. What is not among them goes, except for what was
   * written since: it stays until a list as new as the write has come.
   */
  replace(objects: readonly T[], resourceVersion: string): void {
    const listVersion = parseVersion(resourceVersion);
    const listedKeys = new Set(objects.map(keyOf));
    const listedUids = new Set(objects.map(({ metadata }) => metadata.uid));
    for (const [key, { version }] of [...this.entries]) {
      if (!listedKeys.has(key) && !(version > listVersion)) this.hide(key);
    }
    for (const object of objects) this.show(object);
    for (const [key, { uid, version }] of this.hidden) {
      if (!listedUids.has(uid) && !(version > listVersion)) this.hidden.delete(key);
    }
    this.advance(listVersion);
  }

  private show(object: T): void {
    const key = keyOf(object);
    const { uid } = object.metadata;
    const version = versionOf(object);
    const deleted = this.hidden.get(key);
    if (deleted && (deleted.uid === uid || version <= deleted.version)) return;
    const before = this.entries.get(key);
    if (before && version < before.version) return;
    if (before?.version === version && before.object.metadata.uid === uid) return;
    const kept = this.trim(object);
    this.entries.set(key, { object: kept, version });
    for (const index of this.indexes) index.move(key, kept, before?.object);
    this.tell({ object: kept, old: before?.object });
  }

  private hide(key: string): void {
    const old = this.entries.get(key)!.object;
    this.entries.delete(key);
    for (const index of this.indexes) index.move(key, undefined, old);
    this.tell({ old });
  }

  private tell(change: Change<T>): void {
    for (const listener of this.listeners) listener(change);
  }

  /** Whether this very object, not another one of the same name, is in the picture. */
  private isVisible(object: T): boolean {
    const entry = this.entries.get(keyOf(object));
    return entry !== undefined && entry.object.metadata.uid === object.metadata.uid;
  }

  /**
   * Whether the server's news are already past the version. An object of such a version that is not in the picture has been
   * deleted since, though the answer to our write comes only now: nothing would ever take it out of the picture again.
   */
  private hasPassed(version: number): boolean {
    return version <= this.progress;
  }

  private advance(version: number): void {
    if (version > this.progress) this.progress = version;
  }
}

/** Keys by the values that the indexer gives for their objects. */
class Index<T> {
  private readonly keysByValue = new Map<string, Set<string>>();

  constructor(readonly name: string, private readonly indexer: Indexer<T>) {}

  keys(value: string): Iterable<string> {
    return this.keysByValue.get(value) ?? [];
  }

  move(key: string, object: T | undefined, old: T | undefined): void {
    for (const value of old ? this.indexer(old) : []) this.remove(value, key);
    for (const value of object ? this.indexer(object) : []) this.add(value, key);
  }

  private add(value: string, key: string): void {
    const keys = this.keysByValue.get(value);
    if (keys) keys.add(key);
    else this.keysByValue.set(value, new Set([key]));
  }

  private remove(value: string, key: string): void {
    const keys = this.keysByValue.get(value);
    if (keys?.delete(key) && keys.size === 0) this.keysByValue.delete(value);
  }
}

/** Who wrote which field is a third of an object, and nobody here asks. */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  const { managedFields, ...metadata } = object.metadata as T['metadata'] & { managedFields?: unknown };
  return managedFields === undefined ? object : { ...object, metadata };
}

/** The version as a number that can be compared; NaN, with which every comparison is false, when it is none. */
function parseVersion(resourceVersion: string | undefined): number {
  return resourceVersion !== undefined && /^\d+$/.test(resourceVersion) ? Number(resourceVersion) : NaN;
}

function versionOf(object: KubeObject): number {
  return parseVersion(object.metadata.resourceVersion);
}
