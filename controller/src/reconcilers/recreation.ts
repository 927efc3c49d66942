import { CONDITION, PodClique, PodCliqueScalingGroup, withCondition } from 'cdk8s-grove/core';
import { World } from './world';
import { isNotFound, sleep } from '../kube';
import { SCALING_GROUP } from '../state/resources';
import { Writer } from '../state/writer';

/** Others write the same status, and servers have their moments: as often, and after such waits, as upstream tries it. */
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 25;

/**
 * Deletes cliques that are recreated together, those that are the reason for it last: when something fails half-way the reason is still there, and
 * the next pass does it again, so that old and new never stay side by side.
 * @param isDue whether a clique is still to go, by what is known when its deletion is sent or repeated. @default they go in any case
 */
export async function removeTogether(
  writer: Writer, cliques: readonly PodClique[], isReason: (clique: PodClique) => boolean, isDue?: (clique: PodClique) => boolean,
): Promise<void> {
  await writer.removeAll(cliques.filter(clique => !isReason(clique)), isDue);
  await writer.removeAll(cliques.filter(isReason), isDue);
}

/** Marks a scaling group whose replicas are being recreated, so that its breach, which goes on until they run, does not have it done once more. */
export async function markRecreated({ writer, clock }: World, group: PodCliqueScalingGroup): Promise<void> {
  const observation = {
    type: CONDITION.gangTerminationInProgress, status: 'True' as const, reason: 'GangTerminationActive', message: 'the replica is being recreated',
  };
  for (let attempt = 1; ; attempt++) {
    try {
      const latest = attempt === 1 ? group : await writer.client.get<PodCliqueScalingGroup>(SCALING_GROUP, group.metadata);
      await writer.writeStatus(latest, { ...latest.status, conditions: withCondition(latest.status?.conditions, observation, clock.now()) });
      return;
    } catch (error) {
      if (isNotFound(error)) return;
      if (attempt === ATTEMPTS) throw error;
      await sleep(clock, FIRST_WAIT_MS * 2 ** (attempt - 1));
    }
  }
}
