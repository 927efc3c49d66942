import { Deferred } from './deferred';
import { Deleter, FOREGROUND, ORPHAN } from './deletion';
import { sameJson, StoredObject } from './json';
import { Registry } from './registry';
import { Storage, StorageChange } from './storage';
import { Writer } from './writer';
import { Clock } from '../kube/clock';
import { OwnerReference } from '../kube/object';
import { ResourceType } from '../kube/resource';

interface Known {
  readonly type: ResourceType;
  readonly object: StoredObject;
}

/** Deletes what belongs to nobody any more, and carries out foreground and orphaning deletions. */
export class GarbageCollector {
  private readonly known = new Map<string, Known>();
  private readonly dependents = new Map<string, Set<string>>();
  private readonly toCheck: Deferred<string>;

  constructor(
    storage: Storage, private readonly registry: Registry, private readonly writer: Writer, private readonly deleter: Deleter, clock: Clock,
  ) {
    this.toCheck = new Deferred(clock, (uid) => this.check(uid));
    storage.subscribe((change) => this.note(change));
  }

  private note({ type, resource, object, old }: StorageChange): void {
    const { uid } = object.metadata;
    const owners = ownersOf(object);
    if (type === 'DELETED') {
      this.known.delete(uid);
      for (const dependent of this.dependents.get(uid) ?? []) this.toCheck.add(dependent);
      for (const owner of owners) this.forget(owner.uid, uid);
      return;
    }
    this.known.set(uid, { type: resource, object });
    const oldOwners = old ? ownersOf(old) : [];
    if (!sameJson(owners, oldOwners)) {
      for (const owner of oldOwners) this.forget(owner.uid, uid);
      for (const owner of owners) this.remember(owner.uid, uid);
      this.toCheck.add(uid);
    } else if (waitsForCollector(object)) {
      this.toCheck.add(uid);
    }
  }

  private remember(owner: string, dependent: string): void {
    const dependents = this.dependents.get(owner);
    if (dependents) dependents.add(dependent);
    else this.dependents.set(owner, new Set([dependent]));
  }

  private forget(owner: string, dependent: string): void {
    const dependents = this.dependents.get(owner);
    dependents?.delete(dependent);
    if (dependents?.size === 0) this.dependents.delete(owner);
    const found = this.known.get(owner);
    if (found && waitsForCollector(found.object)) this.toCheck.add(owner);
  }

  private check(uid: string): void {
    const found = this.known.get(uid);
    if (!found) return;
    if (!waitsForCollector(found.object)) this.collect(found);
    else if (found.object.metadata.finalizers?.includes(ORPHAN)) this.orphan(found);
    else this.deleteDependents(found);
  }

  /** Deletes an object none of whose owners is there; takes out the references to owners that are not. */
  private collect({ type, object }: Known): void {
    const owners = ownersOf(object);
    const present = owners.filter((owner) => this.known.has(owner.uid));
    if (present.length === owners.length || object.metadata.deletionTimestamp) return;
    if (present.length > 0) this.change(type, object, { ownerReferences: present });
    else this.deleter.delete(this.resource(type), object, { propagationPolicy: 'Background' });
  }

  private deleteDependents({ type, object }: Known): void {
    const dependents = this.dependentsOf(object);
    for (const dependent of dependents) {
      if (dependent.object.metadata.deletionTimestamp) continue;
      const propagationPolicy = this.dependents.has(dependent.object.metadata.uid) ? 'Foreground' : 'Background';
      this.deleter.delete(this.resource(dependent.type), dependent.object, { propagationPolicy });
    }
    const { uid } = object.metadata;
    const blocking = this.dependentsOf(object).some((one) => ownersOf(one.object).some((owner) => owner.uid === uid && owner.blockOwnerDeletion));
    if (!blocking) this.dropFinalizer(type, object, FOREGROUND);
  }

  private orphan({ type, object }: Known): void {
    const { uid } = object.metadata;
    for (const dependent of this.dependentsOf(object)) {
      this.change(dependent.type, dependent.object, { ownerReferences: ownersOf(dependent.object).filter((owner) => owner.uid !== uid) });
    }
    this.dropFinalizer(type, object, ORPHAN);
  }

  private dropFinalizer(type: ResourceType, object: StoredObject, finalizer: string): void {
    this.change(type, object, { finalizers: object.metadata.finalizers?.filter((one) => one !== finalizer) });
  }

  private change(type: ResourceType, object: StoredObject, metadata: object): void {
    this.writer.replace(this.resource(type), object, { ...object, metadata: { ...object.metadata, ...metadata } }, 'main');
  }

  private dependentsOf({ metadata }: StoredObject): Known[] {
    return [...this.dependents.get(metadata.uid) ?? []].map((uid) => this.known.get(uid)).filter((found): found is Known => found !== undefined);
  }

  private resource(type: ResourceType): ReturnType<Registry['find']> {
    return this.registry.ofType(type);
  }
}

function ownersOf({ metadata }: StoredObject): readonly OwnerReference[] {
  return metadata.ownerReferences ?? [];
}

function waitsForCollector({ metadata }: StoredObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).some((finalizer) => finalizer === FOREGROUND || finalizer === ORPHAN);
}
