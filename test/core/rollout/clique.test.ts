import fc from 'fast-check';
import { LABEL, Pod, PodClique, PodCliqueSet, desiredCliques, generationHash, planPods } from '../../../src/core';
import { planCliqueUpdate } from '../../../src/core/rollout/clique';
import { disruptionsAllowed } from '../../../src/core/rollout/strategy';
import { EPOCH_MS, aCliqueTemplate, aPod, aSet } from '../../support/objects';

const LATER_MS = EPOCH_MS + 3_600_000;

/** A set whose template has just changed and whose only replica is being updated, with its clique revised already. */
function updating(replicas: number, minAvailable: number): { set: PodCliqueSet; clique: PodClique } {
  const set: PodCliqueSet = {
    ...aSet('w', { cliques: [aCliqueTemplate('c', replicas, minAvailable)] }),
    status: { availableReplicas: 1, updatedReplicas: 0, updateProgress: { currentlyUpdating: [{ replicaIndex: 0 }] } },
  };
  const [made] = desiredCliques(set, 0);
  const status = { readyReplicas: replicas, updatedReplicas: 0, scheduleGatedReplicas: 0, scheduledReplicas: replicas, currentPodCliqueSetGenerationHash: 'before' };
  return { set, clique: { ...made, metadata: { ...made.metadata, uid: 'uid-c' }, status } };
}

const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);

test('outdated pods that are of no use go at once, ready ones one at a time, the oldest first', () => {
  const { set, clique } = updating(3, 1);
  const pods = [
    aPod('newer', { index: 0, node: 'n', ready: true, hash: 'old', createdAt: 9 }), aPod('older', { index: 1, node: 'n', ready: true, hash: 'old' }), aPod('starting', { index: 2, node: 'n', hash: 'old' }),
  ];
  const first = planCliqueUpdate(set, clique, pods, LATER_MS);
  expect(names(first.remove)).toEqual(['starting']);
  const allReady = [...pods.slice(0, 2), aPod('fresh', { index: 2, node: 'n', ready: true, hash: clique.metadata.labels![LABEL.podTemplateHash] })];
  const second = planCliqueUpdate(set, { ...clique, status: { ...clique.status!, updateProgress: first.progress } }, allReady, LATER_MS);
  expect(names(second.remove)).toEqual(['older']);
  expect(second.progress).toMatchObject({ podCliqueSetGenerationHash: generationHash(set), readyPodsSelectedToUpdate: { current: 'older' } });
});

test('a clique waits for its replica’s turn', () => {
  const { set, clique } = updating(1, 1);
  const waiting = { ...set, status: { ...set.status!, updateProgress: { currentlyUpdating: [{ replicaIndex: 1 }] } } };
  expect(planCliqueUpdate(waiting, clique, [aPod('a', { node: 'n', ready: true, hash: 'old' })], LATER_MS)).toEqual({ remove: [], progress: undefined });
});

test('with OnDelete the update is over at once and takes nothing', () => {
  const { set, clique } = updating(1, 1);
  const onDelete: PodCliqueSet = { ...set, spec: { ...set.spec, updateStrategy: { type: 'OnDelete' } } };
  const { remove, progress } = planCliqueUpdate(onDelete, clique, [aPod('a', { node: 'n', ready: true, hash: 'old' })], LATER_MS);
  expect([remove, progress?.updateEndedAt]).toEqual([[], '2026-01-01T01:00:00Z']);
});

test.each([
  [{ replicas: 4, floor: 2, ready: 4 }, 1], [{ replicas: 4, floor: 2, ready: 3 }, 0],
  [{ replicas: 3, floor: 3, ready: 3 }, 1], [{ replicas: 3, floor: 3, ready: 2 }, 0],
  [{ replicas: 1, floor: 1, ready: 1 }, 1], [{ replicas: 5, floor: 5, ready: 0 }, 0],
])('of %o an update may take %i', (state, allowed) => {
  expect(disruptionsAllowed(state)).toBe(allowed);
});

test('whatever happens meanwhile, an update ends, and never goes below the floor by its own hand', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(5), fc.array(fc.nat(99), { maxLength: 40 }), (replicas, spare, accidents) => {
    const minAvailable = Math.max(1, replicas - spare);
    const { set, clique: fresh } = updating(replicas, minAvailable);
    let clique = fresh;
    let pods = Array.from({ length: replicas }, (_, index) => aPod(`old-${index}`, { index, node: 'n', ready: true, hash: 'old', createdAt: index }));
    const lowest = Math.min(minAvailable, replicas - 1);
    for (let step = 0; step < 200; step++) {
      const { remove, progress } = planCliqueUpdate(set, clique, pods, LATER_MS);
      const ready = pods.filter(isReadyPod).length;
      const taken = remove.filter(isReadyPod).length;
      if (taken > 0) expect(ready - taken).toBeGreaterThanOrEqual(lowest);
      clique = { ...clique, status: { ...clique.status!, ...(progress ? { updateProgress: progress } : {}) } };
      if (progress?.updateEndedAt !== undefined) {
        expect(pods.every(pod => pod.metadata.labels![LABEL.podTemplateHash] === clique.metadata.labels![LABEL.podTemplateHash])).toBe(true);
        return;
      }
      pods = grown(clique, pods.filter(pod => !remove.includes(pod)), accidents[step]);
    }
    throw new Error('the update did not end within 200 steps');
  }), { numRuns: 2_000 });
});

function isReadyPod({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}

/** Replacements are made; then, by chance, some pods become ready, or one loses its readiness or is lost. Without an accident all become ready. */
function grown(clique: PodClique, pods: readonly Pod[], accident: number | undefined): Pod[] {
  const made = planPods(clique, pods, LATER_MS).create.map(pod => ({ ...pod, metadata: { ...pod.metadata, uid: `uid-${pod.metadata.name}-${accident}` } }));
  const all = [...pods, ...made];
  if (accident === undefined) return all.map(pod => withReady(pod, true));
  const position = accident % all.length;
  if (accident >= 90) return all.filter((_, index) => index !== position);
  if (accident >= 80) return all.map((pod, index) => (index === position ? withReady(pod, false) : pod));
  return all.map((pod, index) => (index <= position ? withReady(pod, true) : pod));
}

function withReady(pod: Pod, ready: boolean): Pod {
  return { ...pod, status: { phase: 'Running', conditions: [{ type: 'PodScheduled', status: 'True' }, { type: 'Ready', status: ready ? 'True' : 'False' }] } };
}
