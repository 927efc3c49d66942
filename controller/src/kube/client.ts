import { Random } from './backoff';
import { Call, Caller, RequestObservation } from './caller';
import { Clock, systemClock } from './clock';
import { ApiError, isGone } from './errors';
import { KubeObject, ObjectKey, ObjectMeta } from './object';
import { Patch } from './patch';
import { apiVersionOf, POD, resourceNameOf, resourcePath, ResourceType } from './resource';
import { KubeStream, Transport, TransportError } from './transport';

export interface ClientOptions {
  readonly transport: Transport;
  /** @default the machine's */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: Random;
  /**
   * Requests under way at once; watches do not count. More do not make a server faster: one that is short of CPU then starves its watches,
   * drops them as too slow, and sends whole lists instead. @default 24
   */
  readonly maxInFlight?: number;
  /** Attempts for one request, see {@link Caller}. @default 5 */
  readonly maxAttempts?: number;
  /** Told about every attempt of every request. Must not throw. */
  readonly observe?: (observation: RequestObservation) => void;
}

/** Which objects of a type are meant. */
export interface Selection {
  /** @default all namespaces */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface WatchOptions extends Selection {
  /** Changes after this one are sent. */
  readonly resourceVersion: string;
  /** After which the server ends the watch. @default the server's choice */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
}

export interface DeleteOptions {
  /** Delete only the object that has this uid; otherwise the answer is a conflict. */
  readonly uid?: string;
  /** Delete only while the object is unchanged; otherwise the answer is a conflict. */
  readonly resourceVersion?: string;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  /** Asked before every attempt: whether the object is still to be deleted; otherwise the outcome is a conflict. @default it is */
  readonly isDue?: () => boolean;
}

export interface ObjectList<T> {
  readonly items: T[];
  /** Where a watch can go on. */
  readonly resourceVersion: string;
}

interface ListPage {
  readonly items?: KubeObject[];
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
}

const PAGE_SIZE = 500;
/** A server answers a watch at once, though there may be no news for long. */
const OPENING_TIMEOUT_MS = 30_000;

/**
 * Requests for Kubernetes objects as plain JSON, so that no field is lost. Every method throws {@link ApiError} when the server
 * refuses, and {@link TransportError} when no answer came: then the request may or may not have been carried out.
 */
export class Client {
  private readonly transport: Transport;
  private readonly clock: Clock;
  private readonly caller: Caller;

  constructor({ transport, clock = systemClock, random = Math.random, maxInFlight = 24, maxAttempts = 5, observe }: ClientOptions) {
    this.transport = transport;
    this.clock = clock;
    this.caller = new Caller({ transport, clock, random, maxInFlight, maxAttempts, observe });
  }

  /** How busy the client is: 1 when as many requests are under way as may be, more when others stand in line. */
  get load(): number {
    return this.caller.load;
  }

  async get<T extends KubeObject>(type: ResourceType, key: ObjectKey): Promise<T> {
    return await this.send({ verb: 'get', type, request: { method: 'GET', path: objectPath(type, key) }, repeatable: true }) as T;
  }

  /**
   * All objects of a selection, asked for page by page.
   * @param selection `limit` is the length of a page. @default 500
   */
  async list<T extends KubeObject>(type: ResourceType, selection: Selection & { limit?: number } = {}): Promise<ObjectList<T>> {
    try {
      return await this.listPages<T>(type, selection);
    } catch (error) {
      if (!isGone(error)) throw error;
      return this.listPages<T>(type, selection); // the list took so long that its place in it was forgotten
    }
  }

  /** Opens a watch, with bookmarks. Not repeated here: who watches has to know how to go on after a break anyway. */
  async watch(type: ResourceType, { resourceVersion, timeoutSeconds, signal, ...selection }: WatchOptions): Promise<KubeStream> {
    const query = {
      ...selectors(selection),
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion,
      ...(timeoutSeconds !== undefined && { timeoutSeconds: String(timeoutSeconds) }),
    };
    const path = resourcePath(type, { namespace: selection.namespace });
    const startMs = this.clock.elapsed();
    const observe = (status: number | string): void => this.caller.observe({ verb: 'watch', type }, status, this.clock.elapsed() - startMs);
    let stream: KubeStream;
    try {
      stream = await this.transport.stream({ method: 'GET', path, query, signal, timeoutMs: OPENING_TIMEOUT_MS });
    } catch (error) {
      observe(error instanceof TransportError ? error.code : 'EUNKNOWN');
      throw error;
    }
    observe(stream.status);
    if (stream.status < 400) return stream;
    stream.cancel();
    throw ApiError.fromResponse({ status: stream.status, body: stream.errorBody, headers: stream.headers }, `watch ${resourceNameOf(type)}`);
  }

  /** Not repeated when its answer is lost: ask for the object, or take AlreadyExists as an answer. */
  async create<T extends KubeObject>(type: ResourceType, object: T): Promise<T> {
    const path = resourcePath(type, { namespace: object.metadata.namespace });
    return await this.send({ verb: 'create', type, request: { method: 'POST', path, body: typed(type, object) }, repeatable: false }) as T;
  }

  /** Refused as a conflict when the object carries a resource version and somebody else has changed it since. */
  async update<T extends KubeObject>(type: ResourceType, object: T, subresource?: string): Promise<T> {
    const path = objectPath(type, object.metadata, subresource);
    return await this.send({ verb: 'update', type, subresource, request: { method: 'PUT', path, body: typed(type, object) }, repeatable: true }) as T;
  }

  async patch<T extends KubeObject>(type: ResourceType, key: ObjectKey, patch: Patch, subresource?: string): Promise<T> {
    const { contentType, body, query, repeatable } = patch;
    const path = objectPath(type, key, subresource);
    const verb = contentType.startsWith('application/apply-patch') ? 'apply' : 'patch';
    return await this.send({ verb, type, subresource, request: { method: 'PATCH', path, query, body, contentType }, repeatable }) as T;
  }

  /**
   * Asks for an object's deletion. Repeated only with a uid: without it, a second attempt could hit the next object of that name.
   * @returns the object as the answer shows it, which may live on until its finalizers are gone; undefined when the answer is a Status
   */
  async delete(type: ResourceType, key: ObjectKey, options: DeleteOptions = {}): Promise<KubeObject | undefined> {
    const request = { method: 'DELETE' as const, path: objectPath(type, key), body: deleteBody(options) };
    const { uid, isDue } = options;
    const answer = await this.send({ verb: 'delete', type, request, repeatable: uid !== undefined, ...(isDue ? { isDue } : {}) }) as KubeObject;
    return answer?.kind === 'Status' ? undefined : answer;
  }

  async deleteCollection(type: ResourceType, selection: Selection & { namespace: string }): Promise<void> {
    const request = { method: 'DELETE' as const, path: resourcePath(type, { namespace: selection.namespace }), query: selectors(selection) };
    await this.send({ verb: 'deletecollection', type, request, repeatable: false });
  }

  /** Binds a pod to a node; refused as a conflict when the pod is bound, or when another pod has taken its name. */
  async bind(pod: { metadata: ObjectMeta }, node: string): Promise<void> {
    const { name, namespace, uid } = pod.metadata;
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target: { apiVersion: 'v1', kind: 'Node', name: node } };
    const request = { method: 'POST' as const, path: objectPath(POD, pod.metadata, 'binding'), body };
    await this.send({ verb: 'create', type: POD, subresource: 'binding', request, repeatable: false });
  }

  /** Reads a path that is no resource: `/version`, `/apis` … */
  getPath(path: string): Promise<unknown> {
    return this.send({ verb: 'get', request: { method: 'GET', path }, repeatable: true });
  }

  private async send(call: Call): Promise<unknown> {
    return (await this.caller.send(call)).body;
  }

  private async listPages<T extends KubeObject>(type: ResourceType, selection: Selection & { limit?: number }): Promise<ObjectList<T>> {
    const items: T[] = [];
    const path = resourcePath(type, { namespace: selection.namespace });
    const query = { ...selectors(selection), limit: String(selection.limit ?? PAGE_SIZE) };
    let place: string | undefined;
    for (;;) {
      const request = { method: 'GET' as const, path, query: place ? { ...query, continue: place } : query };
      const page = await this.send({ verb: 'list', type, request, repeatable: true }) as ListPage;
      for (const item of page.items ?? []) items.push(typed(type, item) as T);
      place = page.metadata.continue;
      if (!place) return { items, resourceVersion: page.metadata.resourceVersion ?? '' };
    }
  }
}

function objectPath(type: ResourceType, { namespace, name }: ObjectKey, subresource?: string): string {
  if (!name) throw new Error(`${resourceNameOf(type)}: the name of the object is missing`);
  return resourcePath(type, { namespace, name, subresource });
}

function selectors({ labelSelector, fieldSelector }: Selection): Record<string, string> {
  return { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) };
}

/** With `apiVersion` and `kind`, which the items of a list lack. */
function typed<T extends KubeObject>(type: ResourceType, object: T): T {
  return object.apiVersion && object.kind ? object : { ...object, apiVersion: apiVersionOf(type), kind: type.kind };
}

function deleteBody({ uid, resourceVersion, propagationPolicy, gracePeriodSeconds }: DeleteOptions): object {
  const preconditions = uid !== undefined || resourceVersion !== undefined ? { uid, resourceVersion } : undefined;
  return { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy, gracePeriodSeconds };
}
