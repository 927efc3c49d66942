/** What every Kubernetes object has, as it is on the wire. Times are strings, as the server sends them. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

export interface ObjectMeta {
  readonly name?: string;
  /** Prefix from which the server makes a unique name when `name` is absent. */
  readonly generateName?: string;
  /** Absent on cluster-scoped objects. */
  readonly namespace?: string;
  readonly uid?: string;
  /** Grows with every change of any object of the type. */
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** What it takes to find an object of a known type. The metadata of any object will do. */
export interface ObjectKey {
  readonly name?: string;
  /** Absent for cluster-scoped types. */
  readonly namespace?: string;
}

/** The key as one string: `namespace/name`, or `name` when cluster-scoped. It keys caches and work queues. */
export function keyOf(object: { readonly metadata: ObjectKey }): string {
  return formatKey(object.metadata);
}

/** See {@link keyOf}. */
export function formatKey({ namespace, name }: ObjectKey): string {
  return namespace ? `${namespace}/${name ?? ''}` : name ?? '';
}

/** The opposite of {@link formatKey}. */
export function parseKey(key: string): { name: string; namespace?: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** Whether somebody has asked for the object to be deleted; it may live on until its finalizers are gone. */
export function isTerminating(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}
