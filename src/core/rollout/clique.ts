import { LABEL } from '../api';
import type { Pod, PodClique, PodCliqueSet, PodCliqueUpdateProgress } from '../api';
import { conforms } from './conformity';
import { outdatedPods, podsToReplace } from './pods';
import { updatesOnDelete } from './strategy';
import { generationHash } from '../desired/hash';
import { cliquePosition } from '../desired/position';
import { timestamp } from '../status/conditions';

export interface CliqueUpdate {
  /** The pods to replace now. */
  readonly remove: readonly Pod[];
  readonly progress: PodCliqueUpdateProgress | undefined;
}

/** The set's replica whose turn it is in a rolling update. */
export function updatingReplica({ status }: PodCliqueSet): number | undefined {
  return status?.updateProgress?.updateEndedAt === undefined ? status?.updateProgress?.currentlyUpdating?.[0]?.replicaIndex : undefined;
}

/** Whether an update of the clique has begun and not ended. */
export function isCliqueUpdating({ status }: PodClique): boolean {
  return status?.updateProgress !== undefined && status.updateProgress.updateEndedAt === undefined;
}

/** The next step of a standalone clique's update (spec 07 §3, §5). Cliques of scaling groups are replaced whole, by their group. */
export function planCliqueUpdate(set: PodCliqueSet, clique: PodClique, pods: readonly Pod[], nowMs: number): CliqueUpdate {
  const position = cliquePosition(set, clique);
  const old = clique.status?.updateProgress;
  const now = timestamp(nowMs);
  const target = generationHash(set);
  if (!position || (position.member && !updatesOnDelete(set))) return { remove: [], progress: old };
  const isFirst = clique.status?.currentPodCliqueSetGenerationHash === undefined;
  const isReached = old ? old.podCliqueSetGenerationHash === target : isFirst || clique.status?.currentPodCliqueSetGenerationHash === target;
  const isTurn = updatesOnDelete(set) || updatingReplica(set) === position.i;
  if (isReached && (!old || old.updateEndedAt !== undefined)) return { remove: [], progress: old };
  if (!isTurn || !conforms(set, clique)) return { remove: [], progress: old };
  const progress: PodCliqueUpdateProgress = old && isReached
    ? old
    : { updateStartedAt: now, podCliqueSetGenerationHash: target, podTemplateHash: clique.metadata.labels?.[LABEL.podTemplateHash] ?? '' };
  if (updatesOnDelete(set)) return { remove: [], progress: { ...progress, updateEndedAt: progress.updateEndedAt ?? now } };
  return step(clique, pods, progress, now);
}

function step(clique: PodClique, pods: readonly Pod[], progress: PodCliqueUpdateProgress, now: string): CliqueUpdate {
  const { unready, ready } = podsToReplace(clique, pods);
  if (outdatedPods(clique, pods).length === 0) {
    const { readyPodsSelectedToUpdate: _done, ...ended } = progress;
    return { remove: [], progress: { ...ended, updateEndedAt: now } };
  }
  const selected = progress.readyPodsSelectedToUpdate;
  const [next] = ready.map(({ metadata }) => metadata.name ?? '');
  if (next === undefined || next === selected?.current) return { remove: [...unready, ...ready], progress };
  const completed = selected ? [...selected.completed ?? [], selected.current] : [];
  return {
    remove: [...unready, ...ready],
    progress: { ...progress, readyPodsSelectedToUpdate: { current: next, ...(completed.length > 0 ? { completed } : {}) } },
  };
}
