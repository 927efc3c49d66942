import { LABEL } from '../api';
import type { Pod, PodClique, PodCliqueSet, PodCliqueUpdateProgress, RollingUpdateConfiguration } from '../api';
import { conforms } from './conformity';
import { Advance, withProgress } from './deadline';
import { outdatedPods, podsToReplace } from './pods';
import { updatesOnDelete } from './strategy';
import { turnOf } from './turn';
import { generationHash } from '../desired/hash';
import { cliquePosition } from '../desired/position';
import { cliqueTemplate } from '../desired/template';
import { timestamp } from '../status/conditions';
import { isActive, isReady } from '../status/pods';

export interface CliqueUpdate {
  /** The pods to replace now. */
  readonly remove: readonly Pod[];
  readonly progress: PodCliqueUpdateProgress | undefined;
}

/** The next step of a standalone clique's update (spec 07 §3, §5). Cliques of scaling groups are replaced whole, by their group. */
export function planCliqueUpdate(set: PodCliqueSet, clique: PodClique, pods: readonly Pod[], nowMs: number): CliqueUpdate {
  const position = cliquePosition(set, clique);
  const old = clique.status?.updateProgress;
  const now = timestamp(nowMs);
  if (!position || (position.member && !updatesOnDelete(set))) return { remove: [], progress: old };
  const { isRunning, isDue } = turnOf(set, position.i, clique.status, outdatedPods(clique, pods).length > 0);
  if (!isDue || !conforms(set, clique)) return { remove: [], progress: old };
  const progress: PodCliqueUpdateProgress = isRunning && old
    ? old
    : { updateStartedAt: now, podCliqueSetGenerationHash: generationHash(set), podTemplateHash: clique.metadata.labels?.[LABEL.podTemplateHash] ?? '' };
  if (updatesOnDelete(set)) return { remove: [], progress: { ...progress, updateEndedAt: progress.updateEndedAt ?? now } };
  const { rollingUpdate } = cliqueTemplate(set, position.clique);
  const update = step(clique, pods, progress, rollingUpdate, now);
  return { ...update, progress: withProgress(update.progress, writtenAdvance(clique), podAdvance(clique, pods), { rollingUpdate, nowMs }) };
}

/** The rolling update that a live clique's template asks for; none for cliques of scaling groups. */
export function cliqueRollingUpdate(set: PodCliqueSet, clique: PodClique): RollingUpdateConfiguration | undefined {
  const position = cliquePosition(set, clique);
  return position && !position.member ? cliqueTemplate(set, position.clique).rollingUpdate : undefined;
}

function step(
  clique: PodClique, pods: readonly Pod[], progress: PodCliqueUpdateProgress, rollingUpdate: RollingUpdateConfiguration | undefined, now: string,
): { remove: readonly Pod[]; progress: PodCliqueUpdateProgress } {
  const { unready, ready } = podsToReplace(clique, pods, rollingUpdate);
  if (outdatedPods(clique, pods).length === 0) {
    const { readyPodsSelectedToUpdate: _done, ...replaced } = progress;
    const isReadyAgain = podAdvance(clique, pods).ready >= clique.spec.replicas;
    return { remove: [], progress: isReadyAgain ? { ...replaced, updateEndedAt: now } : replaced };
  }
  const selected = progress.readyPodsSelectedToUpdate;
  const names = ready.map(({ metadata }) => metadata.name ?? '');
  const next = names.at(-1);
  if (next === undefined || next === selected?.current) return { remove: [...unready, ...ready], progress };
  const completed = [...new Set([...selected?.completed ?? [], ...(selected ? [selected.current] : []), ...names])].filter(name => name !== next);
  return {
    remove: [...unready, ...ready],
    progress: { ...progress, readyPodsSelectedToUpdate: { current: next, ...(completed.length > 0 ? { completed } : {}) } },
  };
}

function podAdvance(clique: PodClique, pods: readonly Pod[]): Advance {
  const active = pods.filter(isActive);
  return { ready: active.filter(isReady).length, updated: active.length - outdatedPods(clique, active).length };
}

/** How far the update was when the status was written last. */
function writtenAdvance({ status }: PodClique): Advance {
  return { ready: status?.readyReplicas ?? 0, updated: status?.updatedReplicas ?? 0 };
}
