import { CONDITION } from '../api';
import type { ClusterTopologyBinding, Condition, PodCliqueSet } from '../api';
import { Observation, withCondition, withoutCondition } from './conditions';
import { STALLED_AFTER_MS, Trouble, summaryOf } from './troubles';
import { referencedDomains, topologyNameOf } from '../topology/bindings';

/** What the conditions of an admitted set are made from. */
export interface SetProgress {
  readonly set: PodCliqueSet;
  readonly topologies: readonly ClusterTopologyBinding[];
  /** Replicas that are available. */
  readonly available: number;
  readonly isUpdating: boolean;
  readonly troubles: readonly Trouble[];
  readonly nowMs: number;
}

type Words = Pick<Observation, 'status' | 'reason' | 'message'>;

/** What tools that know nothing of Grove read (kstatus): Ready, Progressing, and Stalled only while something has to be mended by hand. */
export function setConditions(progress: SetProgress): Condition[] {
  const { set, topologies, nowMs } = progress;
  const trouble = summaryOf(progress.troubles);
  const stalled = trouble && nowMs - trouble.sinceMs >= STALLED_AFTER_MS ? trouble : undefined;
  const observations = [
    topologyCondition(set, topologies),
    observation(set, CONDITION.ready, readyWords(progress)),
    observation(set, CONDITION.progressing, progressWords(progress, trouble, stalled !== undefined)),
    ...(stalled ? [observation(set, CONDITION.stalled, { status: 'True', reason: stalled.reason, message: stalled.message })] : []),
  ];
  const before = stalled ? set.status?.conditions : withoutCondition(set.status?.conditions, CONDITION.stalled);
  return observations.reduce((all, entry) => withCondition(all, entry, nowMs), [...before ?? []]);
}

/** The conditions of a set whose spec is not carried out. */
export function refusedConditions(
  set: PodCliqueSet, topologies: readonly ClusterTopologyBinding[], { reason, message }: Pick<Words, 'reason' | 'message'>, nowMs: number,
): Condition[] {
  return [
    topologyCondition(set, topologies),
    ...[CONDITION.ready, CONDITION.progressing].map(type => observation(set, type, { status: 'False', reason, message })),
    observation(set, CONDITION.stalled, { status: 'True', reason, message }),
  ].reduce((all, entry) => withCondition(all, entry, nowMs), [...set.status?.conditions ?? []]);
}

function readyWords({ set, available }: SetProgress): Words {
  const replicas = set.spec.replicas ?? 0;
  const message = `${available} of ${replicas} replicas are available`;
  return available === replicas ? { status: 'True', reason: 'AllReplicasAvailable', message } : { status: 'False', reason: 'ReplicasUnavailable', message };
}

function progressWords({ set, available, isUpdating }: SetProgress, trouble: Trouble | undefined, isStalled: boolean): Words {
  const replicas = set.spec.replicas ?? 0;
  if (trouble) return { status: isStalled ? 'False' : 'True', reason: trouble.reason, message: trouble.message };
  if (isUpdating) return { status: 'True', reason: 'UpdateInProgress', message: 'changed templates are being rolled out' };
  if (available < replicas) return { status: 'True', reason: 'ReplicasStarting', message: `${available} of ${replicas} replicas are available` };
  return { status: 'False', reason: 'Complete', message: 'everything that was asked for is there' };
}

/** Whether the topology has the domains that the set speaks of; the cases are those of spec 04 §1.5. */
export function topologyCondition(set: PodCliqueSet, topologies: readonly ClusterTopologyBinding[]): Observation {
  const domains = referencedDomains(set);
  const name = topologyNameOf(set);
  const topology = topologies.find(binding => binding.metadata.name === name);
  const known = new Set(topology?.spec.levels.map(({ domain }) => domain));
  const unknown = domains.filter(domain => !known.has(domain));
  const verdict = (status: Condition['status'], reason: string, message: string) =>
    observation(set, CONDITION.topologyLevelsUnavailable, { status, reason, message });
  if (domains.length === 0) return verdict('False', 'AllClusterTopologyLevelsAvailable', 'No topology constraints defined');
  if (name === undefined) return verdict('Unknown', 'TopologyNameMissing', 'PodCliqueSet topology constraints must include topologyName');
  if (!topology) return verdict('Unknown', 'ClusterTopologyNotFound', 'ClusterTopologyBinding resource not found');
  if (unknown.length > 0) return verdict('True', 'ClusterTopologyLevelsUnavailable', `Unavailable topology domains: [${unknown.join(', ')}]`);
  return verdict('False', 'AllClusterTopologyLevelsAvailable', 'All topology levels are available');
}

function observation({ metadata }: PodCliqueSet, type: string, words: Words): Observation {
  return { type, ...words, ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }) };
}
