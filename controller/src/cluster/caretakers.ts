import { Deferred } from './deferred';
import { DEFINITION_CLEANUP, resourceOf } from './definitions';
import { Deleter } from './deletion';
import { StoredObject } from './json';
import { Registry } from './registry';
import { Storage, StorageChange } from './storage';
import { Writer } from './writer';
import { Clock } from '../kube/clock';
import { CUSTOM_RESOURCE_DEFINITION, NAMESPACE } from '../kube/resource';

/** Empties namespaces that are to go, and lets them go when they are empty. */
export class NamespaceKeeper {
  private readonly toEmpty: Deferred<string>;

  constructor(private readonly storage: Storage, private readonly registry: Registry, private readonly deleter: Deleter, clock: Clock) {
    this.toEmpty = new Deferred(clock, (name) => this.empty(name));
    storage.subscribe((change) => this.note(change));
  }

  private note({ resource, type, object }: StorageChange): void {
    const name = resource === NAMESPACE ? object.metadata.name : object.metadata.namespace;
    if (name === undefined || (resource !== NAMESPACE && type !== 'DELETED')) return;
    if (this.storage.collection(NAMESPACE).get({ name })?.metadata.deletionTimestamp) this.toEmpty.add(name);
  }

  private empty(name: string): void {
    const contents = this.registry.all().filter(({ type }) => type.namespaced);
    for (const resource of contents) {
      for (const object of this.storage.collection(resource.type).list(name)) {
        if (!object.metadata.deletionTimestamp) this.deleter.delete(resource, object);
      }
    }
    const namespace = this.storage.collection(NAMESPACE).get({ name });
    const isEmpty = contents.every(({ type }) => this.storage.collection(type).list(name).length === 0);
    if (namespace && isEmpty && !namespace.metadata.finalizers?.length) this.storage.remove(NAMESPACE, namespace);
  }
}

/** Serves the types that CustomResourceDefinitions define, and deletes their objects before their definition goes. */
export class DefinitionKeeper {
  private readonly toClear: Deferred<string>;

  constructor(
    private readonly storage: Storage, private readonly registry: Registry, private readonly writer: Writer, private readonly deleter: Deleter, clock: Clock,
  ) {
    this.toClear = new Deferred(clock, (name) => this.clear(name));
    storage.subscribe((change) => this.note(change));
  }

  private note({ resource, type, object }: StorageChange): void {
    if (resource !== CUSTOM_RESOURCE_DEFINITION) {
      if (type === 'DELETED') this.noteClosed(`${resource.plural}.${resource.group}`);
    } else if (type === 'DELETED') {
      this.registry.remove(resourceOf(object));
    } else {
      this.registry.add(resourceOf(object));
      this.noteClosed(object.metadata.name);
    }
  }

  private noteClosed(name: string): void {
    if (this.definition(name)?.metadata.deletionTimestamp) this.toClear.add(name);
  }

  private clear(name: string): void {
    const definition = this.definition(name);
    if (!definition) return;
    const resource = resourceOf(definition);
    const objects = this.storage.collection(resource.type);
    for (const object of objects.list()) {
      if (!object.metadata.deletionTimestamp) this.deleter.delete(resource, object);
    }
    if (objects.list().length > 0) return;
    const finalizers = definition.metadata.finalizers?.filter((finalizer) => finalizer !== DEFINITION_CLEANUP);
    const draft = { ...definition, metadata: { ...definition.metadata, finalizers } };
    this.writer.replace(this.registry.ofType(CUSTOM_RESOURCE_DEFINITION), definition, draft, 'main');
  }

  private definition(name: string): StoredObject | undefined {
    return this.storage.collection(CUSTOM_RESOURCE_DEFINITION).get({ name });
  }
}
