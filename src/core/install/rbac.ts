import type { KubeObject } from '../api';

/** The service account that the controller runs as. */
export interface ControllerIdentity {
  readonly namespace: string;
  readonly serviceAccount: string;
}

const NAME = 'cdk8s-grove-controller';
const READ = ['get', 'list', 'watch'];

/** What the controller may do, and why; nothing else is asked of a cluster. */
const RULES = [
  { apiGroups: ['grove.io'], resources: ['podcliquesets', 'clustertopologybindings'], verbs: READ },
  { apiGroups: ['grove.io'], resources: ['podcliquesets'], verbs: ['patch'] }, // finalizers
  { apiGroups: ['grove.io'], resources: ['podcliques', 'podcliquescalinggroups'], verbs: [...READ, 'create', 'patch', 'delete'] },
  { apiGroups: ['scheduler.grove.io'], resources: ['podgangs'], verbs: [...READ, 'create', 'patch', 'delete'] },
  { apiGroups: ['grove.io'], resources: ['podcliquesets/status', 'podcliques/status', 'podcliquescalinggroups/status'], verbs: ['patch'] },
  { apiGroups: ['scheduler.grove.io'], resources: ['podgangs/status'], verbs: ['patch'] },
  // Owner references that block their owner's deletion need the right to set the owner's finalizers.
  { apiGroups: ['grove.io'], resources: ['podcliquesets/finalizers', 'podcliques/finalizers', 'podcliquescalinggroups/finalizers'], verbs: ['update'] },
  { apiGroups: [''], resources: ['pods'], verbs: [...READ, 'create', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['pods/binding'], verbs: ['create'] },
  { apiGroups: [''], resources: ['pods/status'], verbs: ['patch'] }, // the condition of pods that are evicted for a gang of higher priority
  { apiGroups: ['scheduling.k8s.io'], resources: ['priorityclasses'], verbs: READ },
  { apiGroups: [''], resources: ['services'], verbs: [...READ, 'create', 'patch', 'delete'] },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: [...READ, 'create', 'patch', 'delete'] },
  { apiGroups: ['resource.k8s.io'], resources: ['resourceclaims'], verbs: [...READ, 'create', 'delete'] },
  { apiGroups: ['resource.k8s.io'], resources: ['resourceclaimtemplates'], verbs: ['get'] },
  { apiGroups: ['resource.nvidia.com'], resources: ['computedomains'], verbs: [...READ, 'create', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['nodes'], verbs: READ },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
];

/** Roles and bindings that let a service account run the controller; its election needs the lease in its own namespace only. */
export function controllerRbac({ namespace, serviceAccount }: ControllerIdentity): KubeObject[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const subjects = [{ kind: 'ServiceAccount', name: serviceAccount, namespace }];
  const roleRef = (kind: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name: NAME });
  const leases = [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update', 'patch'] }];
  return [
    { apiVersion, kind: 'ClusterRole', metadata: { name: NAME }, rules: RULES },
    { apiVersion, kind: 'ClusterRoleBinding', metadata: { name: NAME }, roleRef: roleRef('ClusterRole'), subjects },
    { apiVersion, kind: 'Role', metadata: { name: NAME, namespace }, rules: leases },
    { apiVersion, kind: 'RoleBinding', metadata: { name: NAME, namespace }, roleRef: roleRef('Role'), subjects },
  ];
}
