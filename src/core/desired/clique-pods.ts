import { LABEL } from '../api';
import type { Pod, PodClique } from '../api';
import { PodOptions, desiredPod } from './pods';
import { sha256 } from '../sha256';
import { isActive, isFinished, isReady, isTerminating, podIndex } from '../status/pods';

/** A pod that ends within this time of its creation is replaced only when it is over, so that a pod which no node accepts makes no hot loop. */
export const REPLACEMENT_INTERVAL_MS = 10_000;

/** What has to happen to the pods of a clique. */
export interface PodPlan {
  readonly create: readonly Pod[];
  readonly remove: readonly Pod[];
  /** When to look again, in milliseconds from now; absent when nothing waits for time to pass. */
  readonly againAfterMs?: number;
}

/**
 * Creates what is missing, removes what is too much, and replaces pods that have ended (spec 04 §4.2 and §4.3; upstream leaves failed pods
 * where they are). `pods` are all pods of the clique, terminating ones included.
 */
export function planPods(clique: PodClique, pods: readonly Pod[], nowMs: number, options: PodOptions = {}): PodPlan {
  const active = pods.filter(isActive);
  const ended = pods.filter(pod => isFinished(pod) && !isTerminating(pod));
  const due = ended.filter(pod => replaceableAt(pod) <= nowMs);
  const waiting = ended.filter(pod => replaceableAt(pod) > nowMs);
  const excess = active.length - clique.spec.replicas;
  const surplus = excess > 0 ? [...active].sort((a, b) => removalRank(a, b, clique)).slice(0, excess) : [];
  const twins = twinsToRemove(clique, active.filter(pod => !surplus.includes(pod)));
  const missing = Math.max(0, Math.max(0, -excess) + twins.length - waiting.length);
  return {
    create: freeIndices(active, missing).map(index => namedPod(clique, index, pods, options)),
    remove: [...due, ...surplus, ...twins],
    ...(waiting.length > 0 ? { againAfterMs: Math.min(...waiting.map(replaceableAt)) - nowMs } : {}),
  };
}

/**
 * The pod with its whole name. The suffix follows from the clique, the index and the pods that have had the index and are still there: a
 * create whose answer was lost meets its own pod when it is repeated, and never makes a second one.
 */
function namedPod(clique: PodClique, index: number, pods: readonly Pod[], options: PodOptions): Pod {
  const pod = desiredPod(clique, index, options);
  const predecessors = pods.filter(other => podIndex(other) === index).map(({ metadata }) => metadata.uid ?? '').sort();
  const suffix = nameSuffix([clique.metadata.uid ?? clique.metadata.name ?? '', String(index), ...predecessors].join('/'));
  return { ...pod, metadata: { name: `${clique.metadata.name ?? ''}-${suffix}`, ...pod.metadata } };
}

/** The characters that the API server completes names with. */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

function nameSuffix(seed: string): string {
  return [...sha256(seed).slice(0, 5)].map(byte => SUFFIX_ALPHABET[byte % SUFFIX_ALPHABET.length]).join('');
}

/** The lowest indices that no active pod has. */
function freeIndices(active: readonly Pod[], count: number): number[] {
  const taken = new Set(active.map(podIndex));
  const free: number[] = [];
  for (let index = 0; free.length < count; index++) if (!taken.has(index)) free.push(index);
  return free;
}

/**
 * Pods whose index another one has, too, while an index is missing: the answer to a create was lost, and before the pod was heard of the pods that
 * its name follows from had changed. Those that are not ready go at once, a ready one when all are ready.
 */
function twinsToRemove(clique: PodClique, pods: readonly Pod[]): Pod[] {
  const best = new Map([...pods].sort((a, b) => removalRank(a, b, clique)).map(pod => [podIndex(pod), pod]));
  const twins = pods.filter(pod => podIndex(pod) !== undefined && best.get(podIndex(pod)) !== pod);
  const unready = twins.filter(pod => !isReady(pod));
  const isAllReady = pods.filter(isReady).length >= clique.spec.replicas;
  return unready.length > 0 || !isAllReady ? unready : twins.slice(0, 1);
}

function replaceableAt({ metadata }: Pod): number {
  return Date.parse(metadata.creationTimestamp ?? '1970-01-01T00:00:00Z') + REPLACEMENT_INTERVAL_MS;
}

/** Whom a scale-in takes first (spec 04 §4.3): without node, then by phase, not ready, outdated, newest; by name where all is equal. */
function removalRank(a: Pod, b: Pod, clique: PodClique): number {
  const hash = clique.metadata.labels?.[LABEL.podTemplateHash];
  const rank = (pod: Pod) => [
    pod.spec.nodeName ? 1 : 0,
    pod.status?.phase === 'Running' ? 2 : pod.status?.phase === 'Unknown' ? 1 : 0,
    isReady(pod) ? 1 : 0,
    pod.metadata.labels?.[LABEL.podTemplateHash] === hash ? 1 : 0,
    -Date.parse(pod.metadata.creationTimestamp ?? '9999-12-31T00:00:00Z'),
    -(podIndex(pod) ?? 0),
  ];
  const [left, right] = [rank(a), rank(b)];
  const differing = left.findIndex((value, position) => value !== right[position]);
  return differing < 0 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
}
