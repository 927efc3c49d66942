import { CONDITION } from '../api';
import type {
  ClusterTopologyBinding, Condition, PodClique, PodCliqueScalingGroup, PodCliqueSet, PodCliqueSetStatus, PodCliqueSetUpdateProgress,
} from '../api';
import { Observation, withCondition, withoutCondition } from './conditions';
import { isTerminating } from './pods';
import { hasFloorReady, isUpdated, scalingGroupFloor } from './scaling-group';
import { FieldError } from '../admission/request';
import { generationHash } from '../desired/hash';
import { managedLabels, selectorText } from '../desired/metadata';
import { scalingGroups, standaloneCliques } from '../desired/template';
import { cliqueName, memberCliqueName, scalingGroupName } from '../names';
import { SetReplica, setUpdateProgress } from '../rollout/set';
import { referencedDomains, topologyNameOf } from '../topology/bindings';

export interface PodCliqueSetObservation {
  readonly set: PodCliqueSet;
  readonly clique: (name: string) => PodClique | undefined;
  readonly scalingGroup: (name: string) => PodCliqueScalingGroup | undefined;
  readonly topologies: readonly ClusterTopologyBinding[];
  /** Whether every child that the set asks for is there. */
  readonly complete: boolean;
  readonly nowMs: number;
}

/** The status that an admitted PodCliqueSet should have (spec 04 §1.5). */
export function podCliqueSetStatus(observation: PodCliqueSetObservation): PodCliqueSetStatus {
  const { set, complete } = observation;
  const hash = generationHash(set);
  const parts = Array.from({ length: set.spec.replicas ?? 0 }, (_, i) => replicaParts(observation, i));
  const replicas = parts.map(part => replicaState(part, hash));
  const progress = setUpdateProgress(set, parts, observation.nowMs);
  return {
    ...set.status,
    replicas: replicas.length,
    availableReplicas: replicas.filter(({ available }) => available).length,
    updatedReplicas: replicas.filter(({ available, updated }) => available && updated).length,
    hpaPodSelector: selectorText(managedLabels(set.metadata.name ?? '')),
    currentGenerationHash: hash,
    ...(progress ? { updateProgress: progress } : {}),
    ...(complete && set.metadata.generation !== undefined ? { observedGeneration: set.metadata.generation } : {}),
    conditions: conditions(observation, replicas.filter(({ available }) => available).length, progress),
  };
}

/** What tools that know nothing of Grove read (kstatus): Ready, Progressing, and Stalled only while something has to be mended by hand. */
function conditions(observation: PodCliqueSetObservation, available: number, progress: PodCliqueSetUpdateProgress | undefined): Condition[] {
  const { set, nowMs } = observation;
  const replicas = set.spec.replicas ?? 0;
  const isUpdating = progress !== undefined && progress.updateEndedAt === undefined;
  const message = `${available} of ${replicas} replicas are available`;
  const generation = set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation };
  const observations: Observation[] = [
    topologyCondition(observation),
    available === replicas
      ? { type: CONDITION.ready, status: 'True', reason: 'AllReplicasAvailable', message, ...generation }
      : { type: CONDITION.ready, status: 'False', reason: 'ReplicasUnavailable', message, ...generation },
    isUpdating
      ? { type: CONDITION.progressing, status: 'True', reason: 'UpdateInProgress', message: 'changed templates are being rolled out', ...generation }
      : available < replicas
        ? { type: CONDITION.progressing, status: 'True', reason: 'ReplicasStarting', message, ...generation }
        : { type: CONDITION.progressing, status: 'False', reason: 'Complete', message: 'everything that was asked for is there', ...generation },
  ];
  return observations.reduce((all, entry) => withCondition(all, entry, nowMs), withoutCondition(set.status?.conditions, CONDITION.stalled));
}

/** Whether people or programs wait for what this status tells: the set has become wholly available or is so no longer, or was seen anew. */
export function isUrgentSetStatus({ status: old }: PodCliqueSet, status: PodCliqueSetStatus): boolean {
  const whole = (of: PodCliqueSetStatus | undefined) => of?.replicas !== undefined && of.availableReplicas === of.replicas;
  const turn = (of: PodCliqueSetStatus | undefined) => {
    const { currentlyUpdating, updateEndedAt } = of?.updateProgress ?? {};
    return `${of?.currentGenerationHash}/${currentlyUpdating?.[0]?.replicaIndex}/${updateEndedAt}`;
  };
  return whole(status) !== whole(old) || status.observedGeneration !== old?.observedGeneration || turn(status) !== turn(old);
}

/** The status of a set that admission would have refused: nothing of it is carried out until its spec is mended. */
export function stalledStatus(set: PodCliqueSet, errors: readonly FieldError[], nowMs: number): PodCliqueSetStatus {
  const generation = set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation };
  const observation: Observation = { type: CONDITION.stalled, status: 'True', reason: 'InvalidSpec', message: describeErrors(errors), ...generation };
  return { availableReplicas: 0, updatedReplicas: 0, ...set.status, ...generation, conditions: withCondition(set.status?.conditions, observation, nowMs) };
}

/** Field errors as one text, cut to what an event can hold. */
export function describeErrors(errors: readonly FieldError[]): string {
  const text = errors.map(({ field, type, detail }) => `${field}: ${type}: ${detail}`).join('; ');
  return text.length > 1000 ? `${text.slice(0, 997)}...` : text;
}

function replicaParts({ set, clique, scalingGroup }: PodCliqueSetObservation, i: number): SetReplica {
  const name = set.metadata.name ?? '';
  const alive = <T extends PodClique | PodCliqueScalingGroup>(found: T | undefined) => (found && !isTerminating(found) ? found : undefined);
  const groups = scalingGroups(set).map(group => alive(scalingGroup(scalingGroupName(name, i, group.name))));
  const membersOf = ({ metadata, spec }: PodCliqueScalingGroup) => Array.from({ length: spec.replicas }, (_, j) =>
    spec.cliqueNames.map(member => alive(clique(memberCliqueName(metadata.name ?? '', j, member))))).flat();
  return {
    i,
    cliques: standaloneCliques(set).map(template => alive(clique(cliqueName(name, i, template.name)))),
    groups,
    members: () => groups.flatMap(group => (group ? membersOf(group) : [undefined])),
  };
}

function replicaState({ cliques, groups }: SetReplica, hash: string): { available: boolean; updated: boolean } {
  return {
    available: cliques.every(found => found && hasFloorReady(found))
      && groups.every(found => found && (found.status?.availableReplicas ?? 0) >= scalingGroupFloor(found)),
    updated: cliques.every(found => found && isUpdated(found, hash)) && groups.every(found => found?.status?.currentPodCliqueSetGenerationHash === hash),
  };
}

/** Whether the topology has the domains that the set speaks of; the cases are those of spec 04 §1.5. */
function topologyCondition({ set, topologies }: PodCliqueSetObservation): Observation {
  const domains = referencedDomains(set);
  const name = topologyNameOf(set);
  const topology = topologies.find(binding => binding.metadata.name === name);
  const known = new Set(topology?.spec.levels.map(({ domain }) => domain));
  const unknown = domains.filter(domain => !known.has(domain));
  const verdict = (status: Condition['status'], reason: string, message: string): Observation => ({
    type: CONDITION.topologyLevelsUnavailable,
    status,
    reason,
    message,
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
  });
  if (domains.length === 0) return verdict('False', 'AllClusterTopologyLevelsAvailable', 'No topology constraints defined');
  if (name === undefined) return verdict('Unknown', 'TopologyNameMissing', 'PodCliqueSet topology constraints must include topologyName');
  if (!topology) return verdict('Unknown', 'ClusterTopologyNotFound', 'ClusterTopologyBinding resource not found');
  if (unknown.length > 0) return verdict('True', 'ClusterTopologyLevelsUnavailable', `Unavailable topology domains: [${unknown.join(', ')}]`);
  return verdict('False', 'AllClusterTopologyLevelsAvailable', 'All topology levels are available');
}
