import {
  ClusterTopologyBinding, KubeObject, LABEL, MANAGED_BY, Node, Pod, PodClique, PodCliqueScalingGroup, PodCliqueSet, PodGang, PriorityClass,
} from 'cdk8s-grove/core';
import { CLUSTER_TOPOLOGY_BINDING, COMPUTE_DOMAIN, POD_CLIQUE, POD_CLIQUE_SET, POD_GANG, SCALING_GROUP } from './resources';
import { withoutInnerLife } from './trim';
import { HORIZONTAL_POD_AUTOSCALER, NODE, POD, PRIORITY_CLASS, RESOURCE_CLAIM, ResourceType, SERVICE, Store } from '../kube';

/** One type of object that the controller watches. */
export interface Cache<T extends KubeObject> {
  readonly type: ResourceType;
  readonly store: Store<T>;
  readonly labelSelector?: string;
  /** Whether there are clusters without this type; they just have no such objects. */
  readonly isOptional?: boolean;
}

/** Everything the controller knows of the cluster: what it decides, it decides from these and from nothing else. */
export interface Caches {
  readonly sets: Cache<PodCliqueSet>;
  readonly cliques: Cache<PodClique>;
  readonly scalingGroups: Cache<PodCliqueScalingGroup>;
  readonly gangs: Cache<PodGang>;
  readonly topologies: Cache<ClusterTopologyBinding>;
  readonly services: Cache<KubeObject>;
  readonly autoscalers: Cache<KubeObject>;
  readonly claims: Cache<KubeObject>;
  readonly computeDomains: Cache<KubeObject>;
  /** All pods of the cluster: those of others take room on nodes, too. */
  readonly pods: Cache<Pod>;
  readonly nodes: Cache<Node>;
  readonly priorityClasses: Cache<PriorityClass>;
}

export function createCaches(): Caches {
  const labelSelector = `${LABEL.managedBy}=${MANAGED_BY}`;
  const bySet = { set: byLabel(LABEL.partOf) };
  return {
    sets: { type: POD_CLIQUE_SET, store: new Store<PodCliqueSet>({ topology: set => referencedTopology(set) }) },
    cliques: {
      type: POD_CLIQUE,
      store: new Store<PodClique>({
        ...bySet, gang: byLabel(LABEL.podGang), baseGang: byLabel(LABEL.basePodGang), scalingGroup: byLabel(LABEL.scalingGroup), parent: parentsOfClique,
      }),
    },
    scalingGroups: { type: SCALING_GROUP, store: new Store<PodCliqueScalingGroup>(bySet) },
    gangs: { type: POD_GANG, store: new Store<PodGang>(bySet) },
    topologies: { type: CLUSTER_TOPOLOGY_BINDING, store: new Store<ClusterTopologyBinding>() },
    services: { type: SERVICE, store: new Store<KubeObject>(bySet), labelSelector },
    autoscalers: { type: HORIZONTAL_POD_AUTOSCALER, store: new Store<KubeObject>(bySet), labelSelector, isOptional: true },
    claims: { type: RESOURCE_CLAIM, store: new Store<KubeObject>({ ...bySet, owner: ownersOf }), labelSelector, isOptional: true },
    computeDomains: { type: COMPUTE_DOMAIN, store: new Store<KubeObject>(bySet), labelSelector, isOptional: true },
    pods: {
      type: POD,
      store: new Store<Pod>({ clique: byLabel(LABEL.podClique), gang: byLabel(LABEL.podGang), baseGang: byLabel(LABEL.basePodGang) }, withoutInnerLife),
    },
    nodes: { type: NODE, store: new Store<Node>() },
    priorityClasses: { type: PRIORITY_CLASS, store: new Store<PriorityClass>() },
  };
}

/** `namespace/value`: how an index finds objects by a name of something in their own namespace. */
export function scopedKey(object: KubeObject, name: string): string {
  return `${object.metadata.namespace ?? ''}/${name}`;
}

function byLabel(key: string): (object: KubeObject) => readonly string[] {
  return object => {
    const value = object.metadata.labels?.[key];
    return value === undefined ? [] : [scopedKey(object, value)];
  };
}

function ownersOf({ metadata: { ownerReferences = [] } }: KubeObject): readonly string[] {
  return ownerReferences.map(({ uid }) => uid);
}

function parentsOfClique(clique: PodClique): readonly string[] {
  return (clique.spec.startsAfter ?? []).map(name => scopedKey(clique, name));
}

function referencedTopology({ spec: { template } }: PodCliqueSet): readonly string[] {
  const scopes = [template, ...template.podCliqueScalingGroups ?? [], ...template.cliques ?? []];
  return [...new Set(scopes.flatMap(({ topologyConstraint }) => topologyConstraint?.topologyName || []))];
}
