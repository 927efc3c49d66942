import type { PodCliqueSet } from '../api';
import { updatesOnDelete } from './strategy';
import { generationHash } from '../desired/hash';

/** What the status of a clique or scaling group tells of its update. */
interface UpdateStatus {
  readonly updateProgress?: { readonly podCliqueSetGenerationHash: string; readonly updateEndedAt?: string };
  readonly currentPodCliqueSetGenerationHash?: string;
}

export interface Turn {
  /** Whether an update to the set's present templates has begun and not ended. */
  readonly isRunning: boolean;
  /** Whether there is a step to take. */
  readonly isDue: boolean;
}

/** The set's replica whose turn it is in a rolling update. */
export function updatingReplica({ status }: PodCliqueSet): number | undefined {
  return status?.updateProgress?.updateEndedAt === undefined ? status?.updateProgress?.currentlyUpdating?.[0]?.replicaIndex : undefined;
}

/**
 * Where the update of a clique or group of a set's replica stands. In its replica's turn, or with OnDelete, it begins and goes on; at any other time
 * it only ends, when it lacks nothing: it may have begun before the set knew of the change, or a later change may have left it nothing to do.
 * @param isLacking whether something of it is not as the set asks for now
 */
export function turnOf(set: PodCliqueSet, replica: number | undefined, status: UpdateStatus | undefined, isLacking: boolean): Turn {
  const target = generationHash(set);
  const { updateProgress: progress, currentPodCliqueSetGenerationHash: current = target } = status ?? {};
  const isReached = (progress?.podCliqueSetGenerationHash ?? current) === target;
  const isOpen = progress !== undefined && progress.updateEndedAt === undefined;
  const isTurn = !updatesOnDelete(set) && updatingReplica(set) === replica;
  const isDue = isTurn || updatesOnDelete(set) ? isOpen || !isReached || (isTurn && isLacking) : isOpen && !isLacking;
  return { isRunning: isOpen && isReached, isDue };
}
