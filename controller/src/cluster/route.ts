import { noSuchResource } from './refusal';
import { KubeRequest } from '../kube/transport';

/** What a path below `/api` or `/apis` leads to. */
export interface Route {
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** The parts of a namespace itself; anything else behind its name is something inside it. */
const NAMESPACE_PARTS = new Set(['status', 'finalize']);

/** @throws Refusal 404 when the path cannot lead to a resource */
export function routeOf({ path }: Pick<KubeRequest, 'path'>): Route {
  const [root, ...segments] = path.split('/').slice(1).map(decodeURIComponent);
  const apiVersion = root === 'api' ? segments.shift() : `${segments.shift() ?? ''}/${segments.shift() ?? ''}`;
  if ((root !== 'api' && root !== 'apis') || !apiVersion || segments.length === 0) throw noSuchResource();
  const inside = segments[0] === 'namespaces' && segments.length > 2 && !NAMESPACE_PARTS.has(segments[2]);
  const namespace = inside ? segments[1] : undefined;
  const [plural, name, ...subresource] = inside ? segments.slice(2) : segments;
  return { apiVersion, plural, namespace, name, subresource: subresource.length > 0 ? subresource.join('/') : undefined };
}

/** Paths that describe the server rather than objects, cut into their parts; undefined for all others. */
export function discoveryOf(path: string): readonly string[] | undefined {
  const segments = path.replace(/\/$/, '').split('/').slice(1);
  const [root] = segments;
  const longest: Readonly<Record<string, number>> = { version: 1, healthz: 1, readyz: 1, livez: 1, api: 2, apis: 3 };
  return root in longest && segments.length <= longest[root] ? segments : undefined;
}
