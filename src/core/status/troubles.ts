import { CONDITION } from '../api';
import type { LastError, PodClique, PodCliqueScalingGroup } from '../api';
import { findCondition } from './conditions';
import { PROGRESS_DEADLINE_EXCEEDED } from '../rollout/deadline';

/** Something that keeps a set from becoming what it asks for. */
export interface Trouble {
  /** One CamelCase word; that of the event which tells the same. */
  readonly reason: string;
  /** What is wrong, and of which object, where possible in the words of whoever refused it. */
  readonly message: string;
  /** When it was first seen, in milliseconds since 1970. */
  readonly sinceMs: number;
}

/**
 * What goes on for so long is no passing fault of the server: from then on a set counts as stalled, and tools that wait for it may give up.
 * It is tried again all the same.
 */
export const STALLED_AFTER_MS = 10_000;

/** The reasons by the codes of `lastErrors`. */
const REASONS: Readonly<Record<string, string>> = {
  ERR_CREATE_POD: 'PodCreateFailed',
  ERR_DELETE_POD: 'PodDeleteFailed',
  ERR_REMOVE_POD_SCHEDULING_GATE: 'PodReleaseFailed',
  ERR_SYNC_PCLQ_RESOURCE_CLAIM: 'ResourceClaimFailed',
  ERR_SYNC_PCSG_RESOURCE_CLAIM: 'ResourceClaimFailed',
  ERR_CREATE_PODCLIQUES: 'PodCliqueCreateFailed',
  ERR_DELETE_PODCLIQUES: 'PodCliqueScalingGroupReplicaDeleteFailed',
  ERR_CREATE_OR_PATCH_PODGANG: 'PodGangCreateOrUpdateFailed',
  ERR_DELETE_PCS_REPLICA: 'PodCliqueSetReplicaDeleteFailed',
  ERR_SYNC_PODCLIQUESET: 'SyncFailed',
};

type Child = PodClique | PodCliqueScalingGroup;

/** Errors of an object, as its set tells them. */
export function errorTroubles(object: string, errors: readonly LastError[] | undefined): Trouble[] {
  return (errors ?? []).map(({ code, description, observedAt }) => (
    { reason: REASONS[code] ?? 'SyncFailed', message: `${object}: ${description}`, sinceMs: Date.parse(observedAt) }));
}

/**
 * What a clique or a scaling group has trouble with: what could not be done for it, that it was scaled below what its gang needs, and that its update
 * comes no further. Of that the deadline has said already that it goes on for too long.
 */
export function childTroubles({ kind, metadata, status }: Child): Trouble[] {
  const object = `${kind} ${metadata.name}`;
  const below = findCondition(status?.conditions, CONDITION.scaledBelowMinAvailable);
  const scaled = below ? [{ reason: CONDITION.scaledBelowMinAvailable, message: `${object}: ${below.message}`, sinceMs: Date.parse(below.lastTransitionTime) }] : [];
  const update = findCondition(status?.conditions, CONDITION.updateInProgress);
  const stuck = update?.reason === PROGRESS_DEADLINE_EXCEEDED
    ? [{ reason: PROGRESS_DEADLINE_EXCEEDED, message: `${object}: ${update.message}`, sinceMs: Date.parse(update.lastTransitionTime) - STALLED_AFTER_MS }] : [];
  return [...errorTroubles(object, status?.lastErrors), ...scaled, ...stuck];
}

/** The oldest of them, with how many there are besides; undefined when there are none. */
export function summaryOf(troubles: readonly Trouble[]): Trouble | undefined {
  const [first, ...others] = [...troubles].sort((one, other) => one.sinceMs - other.sinceMs || (one.message < other.message ? -1 : 1));
  return first && (others.length === 0 ? first : { ...first, message: `${first.message} (and ${others.length} more)` });
}

/** Milliseconds until a set with these troubles counts as stalled; undefined when it does already, or never will. */
export function stallsAfterMs(troubles: readonly Trouble[], nowMs: number): number | undefined {
  const dueMs = Math.min(...troubles.map(({ sinceMs }) => sinceMs)) + STALLED_AFTER_MS - nowMs;
  return Number.isFinite(dueMs) && dueMs > 0 ? dueMs : undefined;
}
