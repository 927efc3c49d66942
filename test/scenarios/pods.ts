import { Cluster } from './cluster';
import { LABEL, Pod } from '../../src/core';
import { State } from '../support/embedded';

/** What scenarios ask of pods. */

export const cliqueOf = ({ metadata }: Pod): string => metadata.labels?.[LABEL.podClique] ?? '';

export const podsOf = (state: State, clique: string): Pod[] => state.pods.filter(pod => cliqueOf(pod) === clique);

/** How many pods of each clique have a node, by the clique's name. */
export function bound(state: State): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const pod of state.bound) counts[cliqueOf(pod)] = (counts[cliqueOf(pod)] ?? 0) + 1;
  return counts;
}

export const uids = (pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.uid ?? '').sort();

/** The pods of before that are still there, not on their way out. */
export const survivors = (before: State, after: State): Pod[] =>
  before.pods.filter(pod => after.pods.some(({ metadata }) => metadata.uid === pod.metadata.uid));

/** Waits until there are so many pods, so many of them with a node, and so many ready. */
export function untilPods(cluster: Cluster, expected: { readonly total?: number; readonly bound?: number; readonly ready?: number }): Promise<State> {
  return cluster.until(JSON.stringify(expected), state =>
    state.pods.length === (expected.total ?? state.pods.length)
    && state.bound.length === (expected.bound ?? state.bound.length)
    && state.ready.length === (expected.ready ?? state.ready.length));
}

/** Waits until these are the bound pods of each clique, by the clique's name, and all of them are ready; `total` pods there are. */
export function untilBound(cluster: Cluster, total: number, expected: Readonly<Record<string, number>>): Promise<State> {
  const wanted = inOrder(expected);
  return cluster.until(`${total} pods, with a node: ${wanted}`, state =>
    state.pods.length === total && inOrder(bound(state)) === wanted && state.ready.length === state.bound.length);
}

const inOrder = (counts: Readonly<Record<string, number>>) => JSON.stringify(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Waits until the gang says why it waits, in words that begin like these. */
export async function untilPending(cluster: Cluster, gang: string, message: string): Promise<void> {
  await cluster.until(`gang ${gang}: ${message}`, state => {
    const condition = state.gang(gang)?.status?.conditions?.find(({ type }) => type === 'Scheduled');
    return condition?.status === 'False' && (condition.message ?? '').startsWith(message);
  });
}

/** Waits until every replica of the only set is available and every gang runs. */
export function untilAvailable(cluster: Cluster, replicas = 1): Promise<State> {
  return cluster.until('available', ({ sets: [set], gangs }) =>
    set?.status?.availableReplicas === replicas && gangs.every(({ status }) => status?.phase === 'Running'));
}

/** Waits until there are events of that reason, which come a little after what they tell of. */
export async function untilEvents(cluster: Cluster, reason: string): Promise<string[]> {
  for (let looks = 0; looks < 100; looks++) {
    const notes = await cluster.events(reason);
    if (notes.length > 0) return notes;
    await cluster.pass(100);
  }
  throw new Error(`no event with the reason ${reason}`);
}
