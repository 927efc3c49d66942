import { DraftObject, freeze, StoredObject } from './json';
import { keyOf, ObjectKey } from '../kube/object';
import { resourceNameOf, ResourceType } from '../kube/resource';

/** One write, as watchers see it. */
export interface StoredChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  /** The object after the change; for a deletion its last state, with the version of the deletion. */
  readonly object: StoredObject;
  /** The object before the change. */
  readonly old?: StoredObject;
}

/** The objects of one type, and the latest changes to them. */
export class Collection {
  private readonly namespaces = new Map<string, Map<string, StoredObject>>();
  private readonly listeners = new Set<(change: StoredChange) => void>();
  private history: StoredChange[] = [];

  /**
   * @param historyLimit how many changes are remembered at least
   * @param forgotten the version up to which nothing is known about changes
   */
  constructor(readonly type: ResourceType, private readonly historyLimit: number, private forgotten: number) {}

  get({ namespace = '', name = '' }: ObjectKey): StoredObject | undefined {
    return this.namespaces.get(namespace)?.get(name);
  }

  /** The objects of a namespace, or all, in the order of their keys, which is the order of the real server. */
  list(namespace?: string): StoredObject[] {
    if (namespace !== undefined) return sorted(this.namespaces.get(namespace));
    return [...this.namespaces.keys()].sort().flatMap((name) => sorted(this.namespaces.get(name)));
  }

  /**
   * The changes after a version, oldest first.
   * @returns undefined when some of them are forgotten
   */
  changesAfter(version: number): readonly StoredChange[] | undefined {
    if (version < this.forgotten) return undefined;
    let start = this.history.length;
    while (start > 0 && this.history[start - 1].version > version) start--;
    return this.history.slice(start);
  }

  /** Calls the listener with every later change, in order and at once; it must not write. */
  subscribe(listener: (change: StoredChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Forgets every change so far, as a real server does in time. */
  forgetHistory(): void {
    this.forgotten = this.history.at(-1)?.version ?? this.forgotten;
    this.history = [];
  }

  apply(change: StoredChange): void {
    const { namespace = '', name } = change.object.metadata;
    let names = this.namespaces.get(namespace);
    if (!names) this.namespaces.set(namespace, names = new Map());
    if (change.type === 'DELETED') names.delete(name);
    else names.set(name, change.object);
    if (names.size === 0) this.namespaces.delete(namespace);
    this.remember(change);
    for (const listener of this.listeners) listener(change);
  }

  private remember(change: StoredChange): void {
    this.history.push(change);
    if (this.history.length <= 2 * this.historyLimit) return;
    const excess = this.history.length - this.historyLimit;
    this.forgotten = this.history[excess - 1].version;
    this.history = this.history.slice(excess);
  }
}

function sorted(names: ReadonlyMap<string, StoredObject> | undefined): StoredObject[] {
  if (!names) return [];
  return [...names.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

export interface StorageChange extends StoredChange {
  readonly resource: ResourceType;
}

/** All objects of the cluster, under one counter of versions. */
export class Storage {
  private readonly collections = new Map<string, Collection>();
  private readonly listeners: Array<(change: StorageChange) => void> = [];
  private currentVersion = 1;

  constructor(private readonly historyLimit: number) {}

  /** The version of the latest write. */
  get version(): number {
    return this.currentVersion;
  }

  collection(type: ResourceType): Collection {
    const key = resourceNameOf(type);
    let collection = this.collections.get(key);
    if (!collection) this.collections.set(key, collection = new Collection(type, this.historyLimit, this.currentVersion));
    return collection;
  }

  all(): IterableIterator<Collection> {
    return this.collections.values();
  }

  /** Keeps the object under a new version, in place of what was there under its name. */
  put(type: ResourceType, draft: DraftObject): StoredObject {
    const old = this.collection(type).get(draft.metadata);
    return this.write(type, old ? 'MODIFIED' : 'ADDED', draft, old);
  }

  /** @returns the last state, with the version of the deletion */
  remove(type: ResourceType, old: StoredObject): StoredObject {
    if (this.collection(type).get(old.metadata) !== old) throw new Error(`${resourceNameOf(type)} ${keyOf(old)} is not the stored object`);
    return this.write(type, 'DELETED', old, old);
  }

  /** Calls the listener with every change of every type, at once; it must not write. */
  subscribe(listener: (change: StorageChange) => void): void {
    this.listeners.push(listener);
  }

  private write(type: ResourceType, change: StoredChange['type'], draft: DraftObject, old?: StoredObject): StoredObject {
    const version = ++this.currentVersion;
    const object = freeze({ ...draft, metadata: { ...draft.metadata, resourceVersion: String(version) } }) as StoredObject;
    const written = { resource: type, type: change, version, object, old };
    this.collection(type).apply(written);
    for (const listener of this.listeners) listener(written);
    return object;
  }
}
