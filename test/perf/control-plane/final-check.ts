import { isDeepStrictEqual } from 'node:util';
import { TestBed } from './test-bed';
import { PODS_PER_REPLICA, Workload } from './workload';
import { POD, keyOf } from '../../../controller/src/kube';
import { POD_CLIQUE, POD_GANG, SCALING_GROUP } from '../../../controller/src/state/resources';
import { KubeObject, LABEL, Pod, PodClique, PodGang, isTerminating, setReplicaIndex } from '../../../src/core';
import { until } from '../../control-plane/until';

const LIMIT_MS = 60_000;
const POLL_MS = 2_000;
const COUNTERS = ['replicas', 'availableReplicas', 'updatedReplicas'] as const;

/**
 * What must hold when everything is over (spec 10 §8): as many objects as were asked for, none on its way out or of a replica that is gone,
 * statuses that say so, no error, and the controller has lived through it.
 * @throws Error with all that does not hold
 */
export async function finalCheck({ client, controller }: TestBed, workload: Workload, replicas: number): Promise<void> {
  if (!controller.isRunning) throw new Error('the controller has ended');
  let wrong: string[] = [];
  await until('the final check holds', async () => {
    const [pods, cliques, groups, gangs, set] = await Promise.all([
      client.list<Pod>(POD), client.list<PodClique>(POD_CLIQUE), client.list(SCALING_GROUP), client.list<PodGang>(POD_GANG), workload.get(),
    ]);
    wrong = [
      ...differs('pods', pods.items.length, replicas * PODS_PER_REPLICA),
      ...differs('PodCliques', cliques.items.length, replicas),
      ...differs('PodCliqueScalingGroups', groups.items.length, 0),
      ...differs('PodGangs', gangs.items.length, replicas),
      ...[...pods.items, ...cliques.items, ...gangs.items].flatMap(object => misplaced(object, replicas)),
      ...differs('spec.replicas', set.spec.replicas, replicas),
      ...COUNTERS.flatMap(counter => differs(`status.${counter}`, set.status?.[counter], replicas)),
      ...differs('status.observedGeneration', set.status?.observedGeneration, set.metadata.generation),
      ...differs('status.lastErrors', set.status?.lastErrors ?? [], []),
      ...cliques.items.flatMap(unconverged),
    ];
    if (wrong.length === 0) return true;
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
    return undefined;
  }, LIMIT_MS).catch((error: unknown) => {
    throw new Error(`final check: ${wrong.slice(0, 20).join('; ')}`, { cause: error });
  });
}

/** An object that is on its way out, or belongs to a replica that the set no longer has. */
function misplaced(object: KubeObject, replicas: number): string[] {
  const name = `${object.kind} ${keyOf(object)}`;
  return [
    ...(isTerminating(object) ? [`${name} is terminating`] : []),
    ...((setReplicaIndex(object) ?? 0) < replicas ? [] : [`${name} has the index ${object.metadata.labels?.[LABEL.setReplicaIndex]}`]),
  ];
}

function unconverged({ metadata, spec, status }: PodClique): string[] {
  const { replicas, readyReplicas, updatedReplicas, scheduledReplicas, observedGeneration, lastErrors = [] } = status ?? {};
  const seen = [replicas, readyReplicas, updatedReplicas, scheduledReplicas, observedGeneration, lastErrors.length];
  return differs(`status of ${metadata.name}`, seen, [...Array<number>(4).fill(spec.replicas), metadata.generation, 0]);
}

function differs(what: string, found: unknown, expected: unknown): string[] {
  return isDeepStrictEqual(found, expected) ? [] : [`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`];
}
