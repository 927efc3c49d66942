import { ANNOTATION, COMPONENT, LABEL } from '../api';
import type {
  ClusterTopologyBinding, PackedPlacement, PodCliqueScalingGroupConfig, PodCliqueSet, PodCliqueTemplate, PodGang, PodGangSpec, PodGroup,
  TopologyConstraintGroupConfig,
} from '../api';
import { baseGangName, cliqueName, memberCliqueName, scaledGangName, scalingGroupName } from '../names';
import { managedLabels, namespaceOf, ownerReference, whenAny } from './metadata';
import { floorOf, groupFloor, memberCliques, scalingGroups, standaloneCliques } from './template';
import { SCHEDULER_NAME } from '../gang/pinning';
import { packedPlacement } from '../topology/bindings';

/** What gangs depend on besides the set. */
export interface GangContext {
  /** Replicas of a live scaling group, by its full name; undefined when it does not exist yet and the template's count holds. */
  readonly scalingGroupReplicas?: (name: string) => number | undefined;
  /** Names of the pods of a PodClique that are not being deleted, by its full name. */
  readonly podNames?: (clique: string) => readonly string[];
  /** The topology that constraints are translated with; without it there are none. */
  readonly topology?: ClusterTopologyBinding | undefined;
}

/** The gangs of replica `i` of a set: the base gang, then one for each group replica at or above its floor (spec 05 §1). */
export function desiredGangs(set: PodCliqueSet, i: number, context: GangContext = {}): PodGang[] {
  return [baseGang(set, i, context), ...scalingGroups(set).flatMap(group => scaledGangs(set, i, group, context))];
}

/** Where a gang stands: the base gang of replica `i`, or the gang of replica `j` of a scaling group in it. */
export interface GangPosition {
  readonly i: number;
  readonly scaled?: { readonly group: PodCliqueScalingGroupConfig; readonly j: number };
}

/** One gang of a set; undefined when the set, or its live scaling group, is smaller than that. */
export function desiredGang(set: PodCliqueSet, { i, scaled }: GangPosition, context: GangContext = {}): PodGang | undefined {
  if (i >= (set.spec.replicas ?? 0)) return undefined;
  if (!scaled) return baseGang(set, i, context);
  const { group, j } = scaled;
  return j < groupFloor(group) || j >= liveReplicas(set, i, group, context) ? undefined : scaledGang(set, i, group, j, context);
}

/** Names of all gangs of a set. */
export function desiredGangNames(set: PodCliqueSet, context: GangContext = {}): Set<string> {
  const setName = set.metadata.name ?? '';
  const replicas = Array.from({ length: set.spec.replicas ?? 0 }, (_, i) => i);
  return new Set(replicas.flatMap(i => [baseGangName(setName, i), ...scalingGroups(set).flatMap(group =>
    Array.from({ length: Math.max(0, liveReplicas(set, i, group, context) - groupFloor(group)) }, (_, k) => scaledGangName(setName, i, group.name, k)))]));
}

function baseGang(set: PodCliqueSet, i: number, context: GangContext): PodGang {
  const setName = set.metadata.name ?? '';
  const standalone = standaloneCliques(set).map(clique => podGroup(set, clique, cliqueName(setName, i, clique.name), context));
  const replicas = scalingGroups(set).flatMap(group => Array.from({ length: groupFloor(group) }, (_, j) => groupReplica(set, i, group, j, context)));
  const configs = replicas.flatMap(replica => replica.config ?? []);
  return podGang(set, baseGangName(setName, i), {
    podgroups: [...standalone, ...replicas.flatMap(replica => replica.podgroups)],
    ...placement(packedPlacement(set.spec.template.topologyConstraint, context.topology)),
    ...(configs.length > 0 ? { topologyConstraintGroupConfigs: configs } : {}),
  }, context);
}

function scaledGangs(set: PodCliqueSet, i: number, group: PodCliqueScalingGroupConfig, context: GangContext): PodGang[] {
  const floor = groupFloor(group);
  return Array.from({ length: Math.max(0, liveReplicas(set, i, group, context) - floor) }, (_, k) => scaledGang(set, i, group, floor + k, context));
}

function scaledGang(set: PodCliqueSet, i: number, group: PodCliqueScalingGroupConfig, j: number, context: GangContext): PodGang {
  const constraint = group.topologyConstraint ?? set.spec.template.topologyConstraint;
  return podGang(set, scaledGangName(set.metadata.name ?? '', i, group.name, j - groupFloor(group)), {
    podgroups: groupReplica(set, i, group, j, context).podgroups,
    ...placement(packedPlacement(constraint, context.topology)),
  }, context);
}

function liveReplicas(set: PodCliqueSet, i: number, group: PodCliqueScalingGroupConfig, context: GangContext): number {
  return context.scalingGroupReplicas?.(scalingGroupName(set.metadata.name ?? '', i, group.name)) ?? group.replicas ?? 1;
}

function groupReplica(
  set: PodCliqueSet, i: number, group: PodCliqueScalingGroupConfig, j: number, context: GangContext,
): { podgroups: PodGroup[]; config?: TopologyConstraintGroupConfig } {
  const groupName = scalingGroupName(set.metadata.name ?? '', i, group.name);
  const podgroups = memberCliques(set, group).map(clique => podGroup(set, clique, memberCliqueName(groupName, j, clique.name), context));
  if (!group.topologyConstraint || !context.topology) return { podgroups };
  const packed = placement(packedPlacement(group.topologyConstraint, context.topology));
  return { podgroups, config: { name: `${groupName}-${j}`, podGroupNames: podgroups.map(({ name }) => name), ...packed } };
}

function podGroup(set: PodCliqueSet, clique: PodCliqueTemplate, name: string, context: GangContext): PodGroup {
  const namespace = namespaceOf(set);
  return {
    name,
    minReplicas: floorOf(clique),
    podReferences: [...(context.podNames?.(name) ?? [])].sort().map(pod => ({ namespace, name: pod })),
    ...placement(packedPlacement(clique.topologyConstraint, context.topology)),
  };
}

function podGang(set: PodCliqueSet, name: string, spec: PodGangSpec, { topology }: GangContext): PodGang {
  const { priorityClassName, cliques } = set.spec.template;
  const scheduler = cliques.map(clique => clique.spec.podSpec.schedulerName).find(Boolean) ?? SCHEDULER_NAME;
  const translated = topology?.metadata.name !== undefined && isConstrained(spec);
  return {
    apiVersion: 'scheduler.grove.io/v1alpha1',
    kind: 'PodGang',
    metadata: {
      name,
      namespace: namespaceOf(set),
      labels: {
        ...inherited(set.metadata.labels), ...managedLabels(set.metadata.name ?? ''), [LABEL.component]: COMPONENT.podGang, [LABEL.schedulerName]: scheduler,
      },
      ...whenAny('annotations', { ...inherited(set.metadata.annotations), ...(translated ? { [ANNOTATION.topologyName]: topology.metadata.name ?? '' } : {}) }),
      ownerReferences: [ownerReference(set)],
    },
    spec: { ...spec, ...(priorityClassName ? { priorityClassName } : {}) },
  };
}

function isConstrained({ topologyConstraint, topologyConstraintGroupConfigs = [], podgroups }: PodGangSpec): boolean {
  return [{ topologyConstraint }, ...topologyConstraintGroupConfigs, ...podgroups].some(scope => scope.topologyConstraint !== undefined);
}

/** What a gang takes over from its set: everything outside Grove's own keys, but not kubectl's copy of the manifest, which would only bloat it. */
function inherited(map: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !key.startsWith('grove.io/') && key !== 'kubectl.kubernetes.io/last-applied-configuration'));
}

function placement(topologyConstraint: PackedPlacement | undefined): { topologyConstraint?: PackedPlacement } {
  return topologyConstraint ? { topologyConstraint } : {};
}
