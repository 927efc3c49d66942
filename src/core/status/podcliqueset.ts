import { CONDITION, LABEL } from '../api';
import type { ClusterTopologyBinding, PodClique, PodCliqueScalingGroup, PodCliqueSet, PodCliqueSetStatus } from '../api';
import { findCondition } from './conditions';
import { isTerminating } from './pods';
import { hasFloorReady, isUpdated, scalingGroupFloor } from './scaling-group';
import { refusedConditions, setConditions, topologyCondition } from './set-conditions';
import { Trouble } from './troubles';
import { FieldError } from '../admission/request';
import { generationHash } from '../desired/hash';
import { managedLabels, selectorText } from '../desired/metadata';
import { setReplicaIndex } from '../desired/position';
import { scalingGroups, standaloneCliques } from '../desired/template';
import { cliqueName, memberCliqueName, scalingGroupName } from '../names';
import { SetReplica, setUpdateProgress } from '../rollout/set';
import { updatesOnDelete } from '../rollout/strategy';

export interface PodCliqueSetObservation {
  readonly set: PodCliqueSet;
  readonly clique: (name: string) => PodClique | undefined;
  readonly scalingGroup: (name: string) => PodCliqueScalingGroup | undefined;
  readonly topologies: readonly ClusterTopologyBinding[];
  /** Whether every child that the set asks for is there. */
  readonly complete: boolean;
  /** What keeps the set, or something that belongs to it, from becoming what it should be. @default nothing */
  readonly troubles?: readonly Trouble[];
  readonly nowMs: number;
}

/** The status that an admitted PodCliqueSet should have (spec 04 §1.5). */
export function podCliqueSetStatus(observation: PodCliqueSetObservation): PodCliqueSetStatus {
  const { set, complete } = observation;
  const hash = generationHash(set);
  const parts = Array.from({ length: set.spec.replicas ?? 0 }, (_, i) => replicaParts(observation, i));
  const replicas = parts.map(part => replicaState(part, hash));
  const progress = setUpdateProgress(set, parts, observation.nowMs);
  const available = replicas.filter(state => state.available).length;
  const isUpdating = progress !== undefined && progress.updateEndedAt === undefined && !updatesOnDelete(set);
  return {
    ...set.status,
    replicas: replicas.length,
    availableReplicas: available,
    updatedReplicas: replicas.filter(state => state.available && state.updated).length,
    hpaPodSelector: selectorText(managedLabels(set.metadata.name ?? '')),
    currentGenerationHash: hash,
    ...(progress ? { updateProgress: progress } : {}),
    ...(complete && set.metadata.generation !== undefined ? { observedGeneration: set.metadata.generation } : {}),
    conditions: setConditions({ troubles: [], ...observation, available, isUpdating }),
  };
}

/** Whether people or programs wait for what this status tells: the set has become wholly available or is so no longer, or was seen anew. */
export function isUrgentSetStatus({ status: old }: PodCliqueSet, status: PodCliqueSetStatus): boolean {
  const whole = (of: PodCliqueSetStatus | undefined) => of?.replicas !== undefined && of.availableReplicas === of.replicas;
  const turn = (of: PodCliqueSetStatus | undefined) => {
    const { currentlyUpdating, updateEndedAt } = of?.updateProgress ?? {};
    return `${of?.currentGenerationHash}/${currentlyUpdating?.[0]?.replicaIndex}/${updateEndedAt}`;
  };
  const stalled = (of: PodCliqueSetStatus | undefined) => findCondition(of?.conditions, CONDITION.stalled)?.reason;
  return whole(status) !== whole(old) || status.observedGeneration !== old?.observedGeneration || turn(status) !== turn(old)
    || stalled(status) !== stalled(old);
}

/** A set whose spec must not be carried out, and what there is of it. */
export interface RefusedSet {
  readonly set: PodCliqueSet;
  readonly errors: readonly FieldError[];
  readonly topologies: readonly ClusterTopologyBinding[];
  /** Every clique and scaling group that was made for the set before. */
  readonly cliques: readonly PodClique[];
  readonly scalingGroups: readonly PodCliqueScalingGroup[];
  readonly nowMs: number;
}

/** The status of a set that admission would have refused: nothing of its spec is carried out until it is mended, and what runs still counts. */
export function stalledStatus(refused: RefusedSet): PodCliqueSetStatus {
  const { set, errors, topologies, nowMs } = refused;
  const generation = set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation };
  const availableReplicas = availableAsMade(refused);
  return {
    ...set.status,
    availableReplicas,
    updatedReplicas: Math.min(set.status?.updatedReplicas ?? 0, availableReplicas),
    ...generation,
    conditions: refusedConditions(set, topologies, { reason: refusalReason(refused), message: describeErrors(errors) }, nowMs),
  };
}

/** One word for why a set is not carried out: what its topology lacks, when that is all, or that its spec is wrong. */
export function refusalReason({ set, errors, topologies }: Pick<RefusedSet, 'set' | 'errors' | 'topologies'>): string {
  const { status, reason } = topologyCondition(set, topologies);
  return status !== 'False' && errors.every(({ field }) => field.includes('.topologyConstraint')) ? reason : 'InvalidSpec';
}

/** Replicas that are available by what they consist of now; the spec, which is wrong, is not asked. */
function availableAsMade({ cliques, scalingGroups: groups }: RefusedSet): number {
  const verdicts = new Map<number, boolean>();
  const count = (child: PodClique | PodCliqueScalingGroup, isWell: boolean) => {
    const i = setReplicaIndex(child);
    if (i !== undefined) verdicts.set(i, (verdicts.get(i) ?? true) && isWell && !isTerminating(child));
  };
  cliques.filter(({ metadata }) => metadata.labels?.[LABEL.scalingGroup] === undefined).forEach(clique => count(clique, hasFloorReady(clique)));
  groups.forEach(group => count(group, hasFloorAvailable(group)));
  return [...verdicts.values()].filter(Boolean).length;
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
      && groups.every(found => found && hasFloorAvailable(found)),
    updated: cliques.every(found => found && isUpdated(found, hash)) && groups.every(found => found?.status?.currentPodCliqueSetGenerationHash === hash),
  };
}

function hasFloorAvailable(group: PodCliqueScalingGroup): boolean {
  return (group.status?.availableReplicas ?? 0) >= scalingGroupFloor(group);
}
