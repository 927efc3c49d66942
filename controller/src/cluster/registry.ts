import { noSuchResource } from './refusal';
import { Resource } from './resources';
import { apiVersionOf, ResourceType } from '../kube/resource';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The types that the server serves, and what discovery says about them. */
export class Registry {
  private readonly resources = new Map<string, Resource>();

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) this.add(resource);
  }

  add(resource: Resource): void {
    this.resources.set(pathKey(apiVersionOf(resource.type), resource.type.plural), resource);
  }

  remove(resource: Resource): void {
    this.resources.delete(pathKey(apiVersionOf(resource.type), resource.type.plural));
  }

  /** @throws Refusal 404 when there is no such type */
  find(apiVersion: string, plural: string): Resource {
    const resource = this.resources.get(pathKey(apiVersion, plural));
    if (!resource) throw noSuchResource();
    return resource;
  }

  ofType(type: ResourceType): Resource {
    return this.find(apiVersionOf(type), type.plural);
  }

  all(): Resource[] {
    return [...this.resources.values()];
  }

  /** The body of `/apis`. */
  groups(): object {
    const names = [...new Set(this.all().map(({ type }) => type.group).filter((group) => group !== ''))];
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: names.map((name) => this.group(name)) };
  }

  /** The body of `/apis/{group}`, without the kind that only the answer to its own path carries. */
  group(name: string): object {
    const versions = [...new Set(this.all().filter(({ type }) => type.group === name).map(({ type }) => type.version))];
    if (versions.length === 0) throw noSuchResource();
    const described = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions: described, preferredVersion: described[0] };
  }

  /** The body of `/api/v1` and `/apis/{group}/{version}`. */
  resourceList(apiVersion: string): object {
    const served = this.all().filter(({ type }) => apiVersionOf(type) === apiVersion);
    if (served.length === 0) throw noSuchResource();
    return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources: served.flatMap(describe) };
  }
}

function pathKey(apiVersion: string, plural: string): string {
  return `${apiVersion}/${plural}`;
}

function describe({ type, shortNames, categories, status, scale }: Resource): object[] {
  const { plural: name, namespaced, kind } = type;
  const main = {
    name,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs: VERBS,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  };
  const part = (subresource: string, traits: object): object => ({ name: `${name}/${subresource}`, singularName: '', namespaced, ...traits });
  return [
    main,
    ...(status ? [part('status', { kind, verbs: ['get', 'patch', 'update'] })] : []),
    ...(scale ? [part('scale', { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] })] : []),
    ...(kind === 'Pod' ? [part('binding', { kind: 'Binding', verbs: ['create'] }), part('eviction', { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] })] : []),
  ];
}
