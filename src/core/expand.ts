import { withDefaults } from './admission/defaults';
import type { ClusterTopologyBinding, KubeObject, Pod, PodClique, PodCliqueSet, ResourceClaimTemplateSpec } from './api';
import { desiredAutoscalers } from './desired/autoscalers';
import { desiredCliques, desiredMemberCliques } from './desired/cliques';
import { desiredComputeDomains } from './desired/compute-domains';
import { desiredGangs } from './desired/gangs';
import { desiredPod } from './desired/pods';
import { cliquePosition } from './desired/position';
import { ExternalTemplate, cliqueClaims, scalingGroupClaims, setClaims, sharedClaims } from './desired/resource-claims';
import { desiredScalingGroups } from './desired/scaling-groups';
import { desiredService } from './desired/services';
import { scalingGroups } from './desired/template';
import { topologyOf } from './topology/bindings';

export interface ExpandContext {
  /** Topology bindings of the cluster; constraints are translated with the one that the set names. @default none */
  readonly topologies?: readonly ClusterTopologyBinding[];
  /** Counts that users or autoscalers have set on live children, by full name. @default the template's */
  readonly live?: {
    readonly scalingGroupReplicas?: Readonly<Record<string, number>>;
    readonly cliqueReplicas?: Readonly<Record<string, number>>;
  };
  /** ResourceClaimTemplates of the cluster that shared claims may be made from. Claims from others are left out. @default none */
  readonly claimTemplates?: readonly KubeObject[];
  /** Image of the init container that waits for parents. */
  readonly startupImage?: string;
}

/**
 * Every child object of a PodCliqueSet, as the controller would create it: replica by replica, each owner before what it owns. Pods are
 * named by their host names, since the random suffix of their real names is the API server's; owner uids are those of `set` or empty.
 */
export function expand(set: PodCliqueSet, context: ExpandContext = {}): KubeObject[] {
  const defaulted = withDefaults(set);
  const replicas = Array.from({ length: defaulted.spec.replicas ?? 0 }, (_, i) => expandReplica(defaulted, i, context));
  return [...setClaims(defaulted, external(context)), ...replicas.flat()];
}

function expandReplica(set: PodCliqueSet, i: number, context: ExpandContext): KubeObject[] {
  const groupReplicas = (name: string) => context.live?.scalingGroupReplicas?.[name];
  const groups = desiredScalingGroups(set, i).map(group => {
    const replicas = groupReplicas(group.metadata.name ?? '') ?? group.spec.replicas;
    return { ...group, spec: { ...group.spec, replicas } };
  });
  const members = scalingGroups(set).flatMap((config, index) =>
    Array.from({ length: groups[index]?.spec.replicas ?? 0 }, (_, j) => desiredMemberCliques(set, i, config, j)).flat());
  const cliques = [...desiredCliques(set, i), ...members].map(clique => scaled(clique, context.live?.cliqueReplicas?.[clique.metadata.name ?? '']));
  const pods = new Map(cliques.map(clique => [clique.metadata.name ?? '', podsOf(set, clique, context)]));
  const gangs = desiredGangs(set, i, {
    scalingGroupReplicas: groupReplicas,
    podNames: clique => (pods.get(clique) ?? []).map(pod => pod.metadata.name ?? ''),
    topology: topologyOf(set, context.topologies ?? []),
  });
  return [
    desiredService(set, i),
    ...desiredAutoscalers(set, i),
    ...desiredComputeDomains(set, i),
    ...groups,
    ...groups.flatMap(group => scalingGroupClaims(set, group, external(context))),
    ...cliques,
    ...cliques.flatMap(clique => cliqueClaims(set, clique, cliquePosition(set, clique)?.clique ?? '', external(context))),
    ...gangs,
    ...[...pods.values()].flat(),
  ] as KubeObject[];
}

function scaled(clique: PodClique, replicas: number | undefined): PodClique {
  return replicas === undefined ? clique : { ...clique, spec: { ...clique.spec, replicas } };
}

function podsOf(set: PodCliqueSet, clique: PodClique, { startupImage }: ExpandContext): Pod[] {
  const position = cliquePosition(set, clique);
  const claims = (index: number) => (position ? sharedClaims(set, position, index) : []);
  return Array.from({ length: clique.spec.replicas }, (_, index) => {
    const pod = desiredPod(clique, index, { claims, ...(startupImage === undefined ? {} : { startupImage }) });
    const { generateName: _serverCompletes, ...metadata } = pod.metadata;
    return { ...pod, metadata: { name: pod.spec.hostname ?? '', ...metadata } };
  });
}

/** Templates of the cluster as far as they were given; offline nobody can tell that one is missing. */
function external({ claimTemplates }: ExpandContext): ExternalTemplate | undefined {
  if (!claimTemplates) return undefined;
  return (namespace, name) => claimTemplates.find(({ metadata }) => metadata.name === name && (metadata.namespace ?? 'default') === namespace)
    ?.spec as ResourceClaimTemplateSpec | undefined;
}
