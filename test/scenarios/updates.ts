import { CliqueTemplate, Cluster, History, SetOptions } from './cluster';
import { cliqueOf } from './pods';
import { Workload } from './workloads';
import { POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { Pod, PodCliqueSetStatus, PodSpec, isActive, isReady } from '../../src/core';
import { State } from '../support/embedded';

/** What scenarios do and ask of sets whose templates change. */

/** The same clique with another image, if it is one of those. @default all of them */
export const revised = (image: string, ...names: readonly string[]) => (clique: CliqueTemplate): CliqueTemplate => {
  if (names.length > 0 && !names.includes(clique.name)) return clique;
  return withPodSpec(clique, { containers: clique.spec.podSpec.containers.map(container => ({ ...container, image })) });
};

export const withPodSpec = (clique: CliqueTemplate, podSpec: Partial<PodSpec>): CliqueTemplate =>
  ({ ...clique, spec: { ...clique.spec, podSpec: { ...clique.spec.podSpec, ...podSpec } } });

/** Creates the set and waits until all its pods are ready, and the set knows it. */
export async function running(cluster: Cluster, workload: Workload, options: SetOptions = {}): Promise<State> {
  const { replicas = 1 } = options;
  await cluster.createSet('w', workload(cluster), options);
  return untilSettled(cluster, 10 * replicas, replicas);
}

/** Waits until there are so many pods, all ready, none on its way out, and the set's replicas are available. */
export function untilSettled(cluster: Cluster, pods: number, replicas = 1): Promise<State> {
  return cluster.until(`${pods} pods, all ready, ${replicas} replicas available`, ({ allPods, ready, sets: [set] }) =>
    allPods.length === pods && ready.length === pods && set?.status?.availableReplicas === replicas);
}

/** Changes the set's templates. */
export async function change(cluster: Cluster, workload: Workload, revision: (clique: CliqueTemplate) => CliqueTemplate): Promise<void> {
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: { template: workload(cluster, revision) } });
}

/** Waits until the update has ended, with so many pods, all ready. */
export function untilUpdated(cluster: Cluster, pods: number, replicas = 1): Promise<State> {
  return cluster.until(`updated, ${pods} pods ready`, state => {
    const { updateEndedAt, updatedReplicas } = progress(state);
    return updateEndedAt !== undefined && updatedReplicas === replicas && state.allPods.length === pods && state.ready.length === pods
      && state.sets[0].status?.availableReplicas === replicas;
  }, 240_000);
}

/** How far the set's update is. */
export function progress({ sets: [set] }: State): Partial<NonNullable<PodCliqueSetStatus['updateProgress']>> & { readonly updatedReplicas?: number } {
  return { ...set?.status?.updateProgress, ...(set?.status?.updatedReplicas === undefined ? {} : { updatedReplicas: set.status.updatedReplicas }) };
}

export const imageOf = ({ spec }: Pod): string => spec.containers[0].image ?? '';

export const images = (pods: readonly Pod[]): string[] => [...new Set(pods.map(imageOf))].sort();

/** Pods of a clique that are ready and not on their way out. */
export const readyOf = (pods: readonly Pod[], clique: string): number => pods.filter(pod => cliqueOf(pod) === clique && isActive(pod) && isReady(pod)).length;

/** The uids of all pods that ever were, by what stays the same when a pod is replaced: its host name. */
export function lives({ states }: History): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { spec, metadata } of states.flat()) found.set(spec.hostname ?? '', (found.get(spec.hostname ?? '') ?? new Set()).add(metadata.uid ?? ''));
  return found;
}

/** How often the pods of these cliques were made, by host name. */
export function timesMade(history: History, cliques: RegExp): number[] {
  return [...lives(history)].filter(([hostname]) => cliques.test(hostname)).map(([, made]) => made.size);
}

