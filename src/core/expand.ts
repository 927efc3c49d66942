import { withDefaults } from './admission/defaults';
import type { ClusterTopologyBinding, KubeObject, Pod, PodClique, PodCliqueSet } from './api';
import { desiredAutoscalers } from './desired/autoscalers';
import { desiredCliques, desiredMemberCliques } from './desired/cliques';
import { desiredGangs } from './desired/gangs';
import { desiredPod } from './desired/pods';
import { desiredScalingGroups } from './desired/scaling-groups';
import { desiredService } from './desired/services';
import { scalingGroups } from './desired/template';
import { scalingGroupName } from './names';
import { topologyOf } from './topology/bindings';

export interface ExpandContext {
  /** Topology bindings of the cluster; constraints are translated with the one that the set names. @default none */
  readonly topologies?: readonly ClusterTopologyBinding[];
  /** Counts that users or autoscalers have set on live children, by full name. @default the template's */
  readonly live?: {
    readonly scalingGroupReplicas?: Readonly<Record<string, number>>;
    readonly cliqueReplicas?: Readonly<Record<string, number>>;
  };
  /** Image of the init container that waits for parents. */
  readonly startupImage?: string;
}

/**
 * Every child object of a PodCliqueSet, as the controller would create it: replica by replica, each owner before what it owns. Pods are
 * named by their host names, since the random suffix of their real names is the API server's; owner uids are those of `set` or empty.
 */
export function expand(set: PodCliqueSet, context: ExpandContext = {}): KubeObject[] {
  const defaulted = withDefaults(set);
  return Array.from({ length: defaulted.spec.replicas ?? 0 }, (_, i) => expandReplica(defaulted, i, context)).flat();
}

function expandReplica(set: PodCliqueSet, i: number, context: ExpandContext): KubeObject[] {
  const groupReplicas = (name: string) => context.live?.scalingGroupReplicas?.[name];
  const members = scalingGroups(set).flatMap(group => {
    const count = groupReplicas(scalingGroupName(set.metadata.name ?? '', i, group.name)) ?? group.replicas ?? 1;
    return Array.from({ length: count }, (_, j) => desiredMemberCliques(set, i, group, j)).flat();
  });
  const cliques = [...desiredCliques(set, i), ...members].map(clique => scaled(clique, context.live?.cliqueReplicas?.[clique.metadata.name ?? '']));
  const pods = new Map(cliques.map(clique => [clique.metadata.name ?? '', podsOf(clique, context)]));
  const gangs = desiredGangs(set, i, {
    scalingGroupReplicas: groupReplicas,
    podNames: clique => (pods.get(clique) ?? []).map(pod => pod.metadata.name ?? ''),
    topology: topologyOf(set, context.topologies ?? []),
  });
  return [desiredService(set, i), ...desiredAutoscalers(set, i), ...desiredScalingGroups(set, i), ...cliques, ...gangs, ...[...pods.values()].flat()];
}

function scaled(clique: PodClique, replicas: number | undefined): PodClique {
  return replicas === undefined ? clique : { ...clique, spec: { ...clique.spec, replicas } };
}

function podsOf(clique: PodClique, { startupImage }: ExpandContext): Pod[] {
  return Array.from({ length: clique.spec.replicas }, (_, index) => {
    const pod = desiredPod(clique, index, startupImage === undefined ? {} : { startupImage });
    const { generateName: _serverCompletes, ...metadata } = pod.metadata;
    return { ...pod, metadata: { name: pod.spec.hostname ?? '', ...metadata } };
  });
}
