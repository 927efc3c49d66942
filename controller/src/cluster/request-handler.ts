import { Deleter, DeletionOptions } from './deletion';
import { DraftObject, isObject, JsonObject, objectIn, StoredObject } from './json';
import { jsonPatch, mergePatch, strategicMergePatch } from './patches';
import { boundPod } from './pod-subresources';
import { Reader, selection } from './reader';
import { badRequest, methodNotAllowed, noSuchResource, resourceDetails, stale, successStatus, unsupportedMediaType } from './refusal';
import { Registry } from './registry';
import { Resource } from './resources';
import { Route, routeOf } from './route';
import { scaled, scaleOf } from './scale';
import { Storage } from './storage';
import { WatchChannel } from './watch-channel';
import { Place, Writer } from './writer';
import { Clock } from '../kube/clock';
import { NAMESPACE, POD } from '../kube/resource';
import { KubeRequest } from '../kube/transport';

export interface Handled {
  readonly status: number;
  readonly body: unknown;
}

interface Target {
  readonly resource: Resource;
  readonly route: Route;
  readonly request: KubeRequest;
  readonly body: JsonObject;
}

/** Carries out the requests for objects. */
export class RequestHandler {
  constructor(
    private readonly parts: { storage: Storage; registry: Registry; reader: Reader; writer: Writer; deleter: Deleter; clock: Clock },
  ) {}

  /** @throws Refusal */
  handle(request: KubeRequest): Handled {
    const target = this.target(request);
    const { name, subresource } = target.route;
    if (request.query?.dryRun) throw badRequest('the embedded cluster has no dry run');
    if (subresource) return this.onPart(target, target.route as Route & Place, subresource);
    return name ? this.onObject(target, target.route as Route & Place) : this.onCollection(target);
  }

  /** @throws Refusal */
  watch(request: KubeRequest): WatchChannel {
    const { resource, route } = this.target(request);
    const query = request.query ?? {};
    if (!route.name) return this.parts.reader.watch(resource, route.namespace, query);
    return this.parts.reader.watch(resource, route.namespace, { ...query, fieldSelector: `metadata.name=${route.name}` });
  }

  private target(request: KubeRequest): Target {
    const route = routeOf(request);
    const resource = this.parts.registry.find(route.apiVersion, route.plural);
    const fits = resource.type.namespaced ? !route.name || route.namespace !== undefined : route.namespace === undefined;
    if (!fits) throw noSuchResource();
    return { resource, route, request, body: isObject(request.body) ? request.body : {} };
  }

  private onCollection({ resource, route: { namespace }, request, body }: Target): Handled {
    const { reader, writer, deleter } = this.parts;
    const query = request.query ?? {};
    if (request.method === 'GET') return { status: 200, body: reader.list(resource, namespace, query) };
    if (resource.type.namespaced && namespace === undefined) throw methodNotAllowed();
    if (request.method === 'POST') return { status: 201, body: writer.create(resource, namespace, body) };
    if (request.method !== 'DELETE' || resource.type === NAMESPACE) throw methodNotAllowed();
    deleter.deleteCollection(resource, namespace, selection(resource, query), deletionOptions(request, body));
    return { status: 200, body: reader.list(resource, namespace, query) };
  }

  private onObject({ resource, request, body }: Target, place: Place): Handled {
    const { writer, deleter } = this.parts;
    switch (request.method) {
      case 'GET': return { status: 200, body: writer.existing(resource, place) };
      case 'PUT': return { status: 200, body: writer.update(resource, place, body) };
      case 'PATCH': return { status: 200, body: this.patch(resource, place, request) };
      case 'DELETE': {
        const { object, gone } = deleter.delete(resource, writer.existing(resource, place), deletionOptions(request, body));
        const details = { ...resourceDetails(resource.type, place.name), uid: object.metadata.uid };
        return { status: 200, body: gone && !resource.showsDeleted ? successStatus(details) : object };
      }
      default: throw methodNotAllowed();
    }
  }

  private onPart(target: Target, place: Place, part: string): Handled {
    const { resource, request } = target;
    if (part === 'status' && resource.status) return this.onStatus(target, place);
    if (part === 'scale' && resource.scale) return this.onScale(target, place);
    if (resource.type !== POD || (part !== 'binding' && part !== 'eviction')) throw noSuchResource();
    if (request.method !== 'POST') throw methodNotAllowed();
    return part === 'binding' ? this.bind(target, place) : this.evict(target, place);
  }

  private onStatus({ resource, request, body }: Target, place: Place): Handled {
    const { writer } = this.parts;
    switch (request.method) {
      case 'GET': return { status: 200, body: writer.existing(resource, place) };
      case 'PUT': return { status: 200, body: writer.update(resource, place, body, 'status') };
      case 'PATCH': return { status: 200, body: this.patch(resource, place, request, 'status') };
      default: throw methodNotAllowed();
    }
  }

  private onScale({ resource, request, body }: Target, place: Place): Handled {
    const { writer } = this.parts;
    const object = writer.existing(resource, place);
    const put = (scale: JsonObject): Handled =>
      ({ status: 200, body: scaleOf(resource, writer.update(resource, place, scaled(resource, object, scale))) });
    switch (request.method) {
      case 'GET': return { status: 200, body: scaleOf(resource, object) };
      case 'PUT': return put(body);
      case 'PATCH': return put(patched(resource, scaleOf(resource, object), request));
      default: throw methodNotAllowed();
    }
  }

  private patch(resource: Resource, place: Place, request: KubeRequest, part: 'main' | 'status' = 'main'): StoredObject {
    const { writer } = this.parts;
    const old = writer.existing(resource, place);
    const draft = patched(resource, old, request) as DraftObject;
    const { resourceVersion, name } = draft.metadata ?? {};
    if (name !== place.name) throw badRequest(`the name of the object (${name ?? ''}) does not match the name on the URL (${place.name})`);
    if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw stale(resource.type, place.name);
    return writer.replace(resource, old, draft, part);
  }

  private bind({ resource, body }: Target, place: Place): Handled {
    const { storage, writer, clock } = this.parts;
    storage.put(POD, boundPod(writer.existing(resource, place), body, clock));
    return { status: 201, body: successStatus(undefined, 201) };
  }

  private evict({ resource, request, body }: Target, place: Place): Handled {
    const { deleter, writer } = this.parts;
    deleter.delete(resource, writer.existing(resource, place), deletionOptions(request, objectIn(body, 'deleteOptions')));
    return { status: 201, body: successStatus(undefined, 201) };
  }
}

function deletionOptions({ query = {} }: KubeRequest, body: JsonObject): DeletionOptions {
  const { propagationPolicy, gracePeriodSeconds } = query;
  return {
    ...(propagationPolicy !== undefined && { propagationPolicy }),
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds: Number(gracePeriodSeconds) }),
    ...body,
  };
}

const MEDIA_TYPES = ['application/json-patch+json', 'application/merge-patch+json'];
const STRATEGIC = 'application/strategic-merge-patch+json';

function patched(resource: Resource, object: JsonObject, { contentType = '', body }: KubeRequest): JsonObject {
  const accepted = resource.custom ? MEDIA_TYPES : [...MEDIA_TYPES, STRATEGIC];
  if (!accepted.includes(contentType)) {
    throw unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`);
  }
  if (contentType === STRATEGIC) return strategicMergePatch(object, body) as JsonObject;
  return (contentType === MEDIA_TYPES[0] ? jsonPatch(object, body) : mergePatch(object, body)) as JsonObject;
}
