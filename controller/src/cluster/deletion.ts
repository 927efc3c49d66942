import { timestamp } from './identity';
import { DraftObject, objectIn, StoredObject } from './json';
import { conflict } from './refusal';
import { Resource } from './resources';
import { Selector } from './selectors';
import { Storage } from './storage';
import { Clock } from '../kube/clock';
import { NAMESPACE, POD, ResourceType } from '../kube/resource';

/** The finalizers by which the garbage collector is asked to act before an object goes. */
export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

export interface DeletionOptions {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: string;
  readonly gracePeriodSeconds?: number;
}

export interface Deletion {
  readonly object: StoredObject;
  /** Whether the object is gone; otherwise it waits for finalizers or for its kubelet. */
  readonly gone: boolean;
}

/** Deletes objects as the real API server does: at once, or when finalizers and kubelet allow it. */
export class Deleter {
  constructor(private readonly storage: Storage, private readonly clock: Clock) {}

  delete(resource: Resource, old: StoredObject, options: DeletionOptions = {}): Deletion {
    refuseUnmetPreconditions(resource.type, old, options);
    if (resource.type === NAMESPACE) return this.closeNamespace(old);
    const isPod = resource.type === POD;
    if (isPod && isPending(old, options)) return { object: old, gone: false };
    const finalizers = withPropagation(old, options.propagationPolicy);
    const graceSeconds = isPod ? podGraceSeconds(old, options) : undefined;
    if (graceSeconds === undefined && finalizers.length === 0) return { object: this.storage.remove(resource.type, old), gone: true };
    const marked = this.marked(resource, old, finalizers, graceSeconds ?? 0);
    if (finalizers.length > 0 || graceSeconds! > 0) return { object: marked, gone: false };
    return { object: this.storage.remove(resource.type, marked), gone: true };
  }

  deleteCollection(resource: Resource, namespace: string | undefined, matches: Selector, options: DeletionOptions): StoredObject[] {
    return this.storage.collection(resource.type).list(namespace).filter(matches).map((object) => this.delete(resource, object, options).object);
  }

  /** Writes down that the object is to go; nothing happens when that is written there already. */
  private marked(resource: Resource, old: StoredObject, finalizers: readonly string[], graceSeconds: number): StoredObject {
    const { deletionTimestamp, deletionGracePeriodSeconds, generation } = old.metadata;
    const sameFinalizers = finalizers.length === (old.metadata.finalizers?.length ?? 0);
    if (deletionTimestamp && deletionGracePeriodSeconds === graceSeconds && sameFinalizers) return old;
    const metadata = {
      ...old.metadata,
      ...(finalizers.length > 0 && { finalizers }),
      ...(generation !== undefined && !deletionTimestamp && { generation: generation + 1 }),
      deletionTimestamp: timestamp(this.clock.now() + graceSeconds * 1000),
      deletionGracePeriodSeconds: graceSeconds,
    };
    return this.storage.put(resource.type, { ...old, metadata });
  }

  /** A namespace goes when it is empty; see {@link NamespaceKeeper}. */
  private closeNamespace(old: StoredObject): Deletion {
    if (old.metadata.deletionTimestamp) return { object: old, gone: false };
    const closed: DraftObject = {
      ...old, metadata: { ...old.metadata, deletionTimestamp: timestamp(this.clock.now()) }, status: { ...objectIn(old, 'status'), phase: 'Terminating' },
    };
    return { object: this.storage.put(NAMESPACE, closed), gone: false };
  }
}

function refuseUnmetPreconditions(type: ResourceType, { metadata }: StoredObject, { preconditions = {} }: DeletionOptions): void {
  const named = { ...type, plural: type.kind };
  const { uid, resourceVersion } = preconditions;
  if (uid && uid !== metadata.uid) {
    throw conflict(named, metadata.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`);
  }
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    throw conflict(named, metadata.name, `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record `
      + `(${metadata.resourceVersion}). The object might have been modified`);
  }
}

function withPropagation({ metadata }: StoredObject, policy: string | undefined): readonly string[] {
  const finalizers = metadata.finalizers ?? [];
  const others = finalizers.filter((finalizer) => finalizer !== FOREGROUND && finalizer !== ORPHAN);
  if (policy === 'Foreground') return [...others, FOREGROUND];
  if (policy === 'Orphan') return [...others, ORPHAN];
  return policy === 'Background' ? others : finalizers;
}

/** Whether the pod is on its way out already, and is not asked to hurry. */
function isPending({ metadata }: StoredObject, { gracePeriodSeconds }: DeletionOptions): boolean {
  const pendingSeconds = metadata.deletionTimestamp ? metadata.deletionGracePeriodSeconds ?? 0 : 0;
  return pendingSeconds > 0 && (gracePeriodSeconds === undefined || gracePeriodSeconds >= pendingSeconds);
}

/** How long a pod gets to stop: a pod that nobody runs goes at once, and nobody gets longer than was said before. */
function podGraceSeconds(pod: StoredObject, { gracePeriodSeconds }: DeletionOptions): number {
  const spec = objectIn(pod, 'spec');
  const phase = objectIn(pod, 'status').phase;
  if (!spec.nodeName || phase === 'Failed' || phase === 'Succeeded') return 0;
  const askedSeconds = gracePeriodSeconds ?? Number(spec.terminationGracePeriodSeconds ?? 30);
  return pod.metadata.deletionTimestamp ? Math.min(pod.metadata.deletionGracePeriodSeconds ?? 0, askedSeconds) : askedSeconds;
}
