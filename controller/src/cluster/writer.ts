import { generatedName, timestamp, uuid } from './identity';
import { defined, DraftObject, freeze, JsonObject, objectIn, sameJson, StoredObject, without } from './json';
import { kindOf } from './kinds';
import { changedMetadataProblems, newMetadataProblems } from './metadata-rules';
import { alreadyExists, badRequest, conflict, FieldProblem, forbidden, invalid, invalidValue, notFound, Refusal, stale } from './refusal';
import { Resource } from './resources';
import { problemsOf, pruned, withDefaults } from './schema';
import { Storage } from './storage';
import { Random } from '../kube/backoff';
import { Clock } from '../kube/clock';
import { ObjectMeta } from '../kube/object';
import { apiVersionOf, NAMESPACE } from '../kube/resource';

export interface Place {
  readonly namespace?: string;
  readonly name: string;
}

/** How often a generated name may be taken before the server gives up. */
const NAME_ATTEMPTS = 8;

/** Creates and changes objects, under the rules of the real API server. */
export class Writer {
  constructor(private readonly storage: Storage, private readonly clock: Clock, private readonly random: Random) {}

  existing(resource: Resource, place: Place): StoredObject {
    const object = this.storage.collection(resource.type).get(place);
    if (!object) throw notFound(resource.type, place.name);
    return object;
  }

  create(resource: Resource, namespace: string | undefined, body: JsonObject): StoredObject {
    const draft = this.received(resource, body, namespace);
    if (draft.metadata.resourceVersion) throw new Refusal(500, 'InternalError', 'resourceVersion should not be set on objects to be created');
    this.refuseClosedNamespace(resource, namespace, draft.metadata.name ?? draft.metadata.generateName ?? '');
    const named = this.withIdentity(resource, draft, namespace);
    const kind = kindOf(resource.type, resource.custom);
    const defaulted = shaped(resource, named);
    const problems = [...(kind.newProblems?.(defaulted) ?? []), ...shapeProblems(resource, defaulted), ...newMetadataProblems(resource.type, defaulted)];
    if (problems.length > 0) throw invalid(resource.type, named.metadata.name ?? '', problems);
    if (this.storage.collection(resource.type).get(named.metadata)) throw alreadyExists(resource.type, named.metadata.name ?? '');
    return this.storage.put(resource.type, kind.prepared?.(defaulted, this.storage) ?? defaulted);
  }

  /** Puts the body in the place of what is there; only `status` of it when that is the part asked for. */
  update(resource: Resource, place: Place, body: JsonObject, part: 'main' | 'status' = 'main'): StoredObject {
    const draft = this.received(resource, body, place.namespace);
    const old = this.storage.collection(resource.type).get(place);
    if (!old && resource.createdByUpdate && part === 'main') return this.create(resource, place.namespace, body);
    if (!old) throw notFound(resource.type, place.name);
    const { name, uid, resourceVersion } = draft.metadata;
    if (name !== place.name) throw badRequest(`the name of the object (${name ?? ''}) does not match the name on the URL (${place.name})`);
    if (uid && uid !== old.metadata.uid) {
      throw conflict(resource.type, place.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`);
    }
    if (!resourceVersion && !resource.unconditionalUpdate) {
      const problems = [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')];
      throw invalid({ ...resource.type, kind: resource.type.plural }, place.name, problems);
    }
    if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw stale(resource.type, place.name);
    return this.replace(resource, old, draft, part);
  }

  /** As {@link update}, for a body that was made from the stored object and needs no further identification. */
  replace(resource: Resource, old: StoredObject, draft: DraftObject, part: 'main' | 'status'): StoredObject {
    const kind = kindOf(resource.type, resource.custom);
    const next = part === 'status' ? withStatusOf(resource, old, draft) : withMainOf(resource, old, shaped(resource, kind.normalized?.(draft) ?? draft));
    const problems = [
      ...(part === 'main' ? kind.changedProblems?.(next, old) ?? [] : []), ...shapeProblems(resource, next, part), ...changedMetadataProblems(next, draft, old),
    ];
    if (problems.length > 0) throw invalid(resource.type, old.metadata.name, problems);
    if (isFinished(next, old)) {
      this.storage.remove(resource.type, old);
      return freeze(next) as StoredObject; // what was asked for, under the old version: so the real server answers
    }
    return sameJson(next, old) ? old : this.storage.put(resource.type, next);
  }

  private received(resource: Resource, body: JsonObject, namespace: string | undefined): DraftObject {
    const apiVersion = apiVersionOf(resource.type);
    if (resource.custom && !body.kind) throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body)}'`);
    if (resource.custom && body.kind !== resource.type.kind) {
      const problems = [invalidValue('kind', body.kind, `must be ${resource.type.kind}`)];
      throw invalid({ ...resource.type, kind: String(body.kind) }, String(objectIn(body, 'metadata').name), problems);
    }
    if (body.kind !== undefined && body.kind !== resource.type.kind) {
      throw badRequest(`${String(body.kind)} in version "${apiVersion}" cannot be handled as a ${resource.type.kind}`);
    }
    if (body.apiVersion !== undefined && body.apiVersion !== apiVersion) {
      throw badRequest(`the API version in the data (${String(body.apiVersion)}) does not match the expected API version (${apiVersion})`);
    }
    const metadata = (body.metadata ?? {}) as ObjectMeta & JsonObject;
    if (metadata.namespace && metadata.namespace !== namespace) {
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
    }
    return { apiVersion, kind: resource.type.kind, ...body, metadata: without(metadata, 'managedFields', 'selfLink') };
  }

  private refuseClosedNamespace(resource: Resource, name: string | undefined, object: string): void {
    if (!resource.type.namespaced) return;
    const namespace = this.storage.collection(NAMESPACE).get({ name });
    if (!namespace) throw notFound(NAMESPACE, name ?? '');
    if (!namespace.metadata.deletionTimestamp) return;
    const cause = { reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' };
    throw forbidden(resource.type, object, `unable to create new content in namespace ${name} because it is being terminated`, [cause]);
  }

  private withIdentity(resource: Resource, draft: DraftObject, namespace: string | undefined): DraftObject {
    const fresh = without(draft.metadata, 'generation', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'resourceVersion');
    const metadata = tidy({
      ...fresh,
      name: draft.metadata.name || this.newName(resource, draft.metadata.generateName, namespace),
      ...(namespace && { namespace }),
      uid: uuid(this.random),
      creationTimestamp: timestamp(this.clock.now()),
      ...(resource.generation && { generation: 1 }),
    });
    return { ...(resource.status && !resource.statusAtCreation ? without(draft, 'status') : draft), metadata };
  }

  private newName(resource: Resource, prefix: string | undefined, namespace: string | undefined): string | undefined {
    if (!prefix) return undefined;
    for (let attempt = 1; ; attempt++) {
      const name = generatedName(prefix, this.random);
      if (attempt === NAME_ATTEMPTS || !this.storage.collection(resource.type).get({ namespace, name })) return name;
    }
  }
}

/** Metadata as the server keeps it: a list or map with nothing in it is not there. */
function tidy<T extends object>(metadata: T): T {
  const isEmpty = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined && !isEmpty(value))) as T;
}

/** Metadata that is the server's own; fields that the object lacks are taken out of the draft, too. */
function fixedMetadata({ metadata }: StoredObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds, generateName } = metadata;
  const fixed = { name, namespace, uid, resourceVersion, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds };
  return generateName === undefined ? fixed : { ...fixed, generateName };
}

/** The draft, with those fields of the old object that a client cannot change, and the next generation when what is asked for has changed. */
function withMainOf(resource: Resource, old: StoredObject, draft: DraftObject): DraftObject {
  const metadata = tidy({ ...draft.metadata, ...fixedMetadata(old) });
  const next: DraftObject = defined({ ...draft, metadata, ...(resource.status && { status: old.status }) });
  const asked = (object: DraftObject): JsonObject => without(object, 'metadata', ...(resource.status ? ['status'] : []));
  const changed = resource.generation && !sameJson(asked(next), asked(old));
  return changed ? { ...next, metadata: { ...metadata, generation: (old.metadata.generation ?? 0) + 1 } } : next;
}

/** A write of the status of a custom object changes nothing else; of a built-in one it may change labels and annotations. */
function withStatusOf(resource: Resource, old: StoredObject, draft: DraftObject): DraftObject {
  const { labels, annotations } = draft.metadata;
  const metadata = resource.custom ? old.metadata : tidy({ ...old.metadata, labels, annotations });
  const next = { ...without(old, 'status'), metadata } as DraftObject;
  if (draft.status === undefined) return next;
  const schema = resource.schema?.properties?.status;
  return { ...next, status: schema ? withDefaults(pruned(draft.status, schema, false), schema) : draft.status };
}

/** Whether the last finalizer of an object that is to be deleted has gone. */
function isFinished(next: DraftObject, { metadata }: StoredObject): boolean {
  return metadata.deletionTimestamp !== undefined && (next.metadata.finalizers?.length ?? 0) === 0 && (metadata.deletionGracePeriodSeconds ?? 0) === 0;
}

function shaped(resource: Resource, draft: DraftObject): DraftObject {
  return resource.schema ? withDefaults(pruned(draft, resource.schema), resource.schema) as DraftObject : draft;
}

/** What the schema says against the part that is written; the other part has been looked at when it was. */
function shapeProblems({ schema }: Resource, draft: DraftObject, part: 'main' | 'status' = 'main'): FieldProblem[] {
  if (!schema) return [];
  if (part === 'main') return problemsOf(draft, schema);
  const status = schema.properties?.status;
  return status && draft.status !== undefined ? problemsOf(draft.status, status, 'status') : [];
}
