import { ObjectKey } from './object';

/** A type of object as the API server names and places it. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** What a path leads to: a whole collection, one namespace's part of it, one object, or a part of an object. */
export interface ResourceTarget extends ObjectKey {
  /** For example `status`, `scale`, `binding`. Needs a name. */
  readonly subresource?: string;
}

const core = (kind: string, plural: string, namespaced = true): ResourceType =>
  ({ group: '', version: 'v1', kind, plural, namespaced });
const grouped = (group: string, version: string, kind: string, plural: string, namespaced = true): ResourceType =>
  ({ group, version, kind, plural, namespaced });

export const POD = core('Pod', 'pods');
export const SERVICE = core('Service', 'services');
export const SERVICE_ACCOUNT = core('ServiceAccount', 'serviceaccounts');
export const CONFIG_MAP = core('ConfigMap', 'configmaps');
export const SECRET = core('Secret', 'secrets');
export const NODE = core('Node', 'nodes', false);
export const NAMESPACE = core('Namespace', 'namespaces', false);
export const PERSISTENT_VOLUME_CLAIM = core('PersistentVolumeClaim', 'persistentvolumeclaims');
/** Events of `events.k8s.io/v1`; the server shows them as core events, too. */
export const EVENT = grouped('events.k8s.io', 'v1', 'Event', 'events');
export const LEASE = grouped('coordination.k8s.io', 'v1', 'Lease', 'leases');
export const HORIZONTAL_POD_AUTOSCALER = grouped('autoscaling', 'v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers');
export const POD_DISRUPTION_BUDGET = grouped('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets');
export const PRIORITY_CLASS = grouped('scheduling.k8s.io', 'v1', 'PriorityClass', 'priorityclasses', false);
export const ROLE = grouped('rbac.authorization.k8s.io', 'v1', 'Role', 'roles');
export const ROLE_BINDING = grouped('rbac.authorization.k8s.io', 'v1', 'RoleBinding', 'rolebindings');
export const CLUSTER_ROLE = grouped('rbac.authorization.k8s.io', 'v1', 'ClusterRole', 'clusterroles', false);
export const CLUSTER_ROLE_BINDING = grouped('rbac.authorization.k8s.io', 'v1', 'ClusterRoleBinding', 'clusterrolebindings', false);
export const RESOURCE_CLAIM = grouped('resource.k8s.io', 'v1', 'ResourceClaim', 'resourceclaims');
export const RESOURCE_CLAIM_TEMPLATE = grouped('resource.k8s.io', 'v1', 'ResourceClaimTemplate', 'resourceclaimtemplates');
export const RESOURCE_SLICE = grouped('resource.k8s.io', 'v1', 'ResourceSlice', 'resourceslices', false);
export const CUSTOM_RESOURCE_DEFINITION =
  grouped('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', 'customresourcedefinitions', false);
export const VALIDATING_WEBHOOK_CONFIGURATION =
  grouped('admissionregistration.k8s.io', 'v1', 'ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', false);
export const MUTATING_WEBHOOK_CONFIGURATION =
  grouped('admissionregistration.k8s.io', 'v1', 'MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', false);

/** `v1`, or `group/version`: what objects of the type carry as `apiVersion`. */
export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/** `pods`, or `leases.coordination.k8s.io`: the name by which people and RBAC rules know the type. */
export function resourceNameOf(type: ResourceType): string {
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`;
}

/**
 * The path of a target below the server's root.
 * @throws Error when the target does not fit the type: a namespace for a cluster-scoped type, a name without a namespace for
 *   a namespaced one, a subresource without a name. Sending such a path would reach something else than was meant.
 */
export function resourcePath(type: ResourceType, target: ResourceTarget = {}): string {
  refuseMisfit(type, target);
  const segments = type.group === '' ? ['api', type.version] : ['apis', type.group, type.version];
  if (target.namespace) segments.push('namespaces', target.namespace);
  segments.push(type.plural);
  if (target.name) segments.push(target.name);
  if (target.subresource) segments.push(...target.subresource.split('/'));
  return '/' + segments.map(encodeURIComponent).join('/');
}

function refuseMisfit(type: ResourceType, { namespace, name, subresource }: ResourceTarget): void {
  const what = resourceNameOf(type);
  if (namespace && !type.namespaced) throw new Error(`${what} are cluster-scoped, but namespace "${namespace}" was given`);
  if (name && type.namespaced && !namespace) throw new Error(`${what} "${name}": the namespace is missing`);
  if (subresource && !name) throw new Error(`${what}: subresource "${subresource}" needs the name of an object`);
}
