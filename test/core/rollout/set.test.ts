import { PodClique, PodCliqueSet, desiredCliques, generationHash } from '../../../src/core';
import { setUpdateProgress } from '../../../src/core/rollout/set';
import { EPOCH_MS, aCliqueTemplate, aSet } from '../../support/objects';

const set = (image: string, status?: PodCliqueSet['status']): PodCliqueSet => (
  { ...aSet('w', { cliques: [aCliqueTemplate('c', 1, 1, { containers: [{ name: 'main', image }] })] }), ...(status ? { status } : {}) });
const progressOf = (changed: PodCliqueSet, clique: PodClique | undefined) =>
  setUpdateProgress(changed, [{ i: 0, cliques: [clique], groups: [], members: () => [] }], EPOCH_MS);

test('a set that is changed before its first status is written is updated, too', () => {
  const [made] = desiredCliques(set('v1'), 0);
  expect(progressOf(set('v1'), undefined)).toBeUndefined();
  expect(progressOf(set('v1'), made)).toBeUndefined();
  expect(progressOf(set('v2'), made)).toMatchObject({ currentlyUpdating: [{ replicaIndex: 0 }] });
});

test('an update that is taken back goes on until what it has made is replaced', () => {
  const [made] = desiredCliques(set('v2'), 0);
  const claim = generationHash(set('v1'));
  const counts = { replicas: 1, readyReplicas: 1, updatedReplicas: 1, scheduleGatedReplicas: 0, scheduledReplicas: 1 };
  const status = { ...counts, currentPodCliqueSetGenerationHash: claim };
  const halfway = { availableReplicas: 1, updatedReplicas: 0, currentGenerationHash: generationHash(set('v2')) };
  expect(progressOf(set('v1', halfway), { ...made!, status })).toMatchObject({ currentlyUpdating: [{ replicaIndex: 0 }] });
});
