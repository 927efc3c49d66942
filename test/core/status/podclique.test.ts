import { PodClique, SCHEDULER_NAME, podCliqueStatus } from '../../../src/core';
import { EPOCH_MS, aClique, aPod } from '../../support/objects';

const observe = (clique: PodClique, pods: Parameters<typeof podCliqueStatus>[0]['pods'], nowMs = EPOCH_MS) =>
  podCliqueStatus({ clique, pods, hashes: { template: 'hash', generation: 'generation' }, nowMs });
const condition = (status: ReturnType<typeof observe>, type: string) => status.conditions?.find(found => found.type === type);

test('counts leave out pods that have ended or are on their way out', () => {
  const pods = [
    aPod('a', { node: 'n', ready: true }), aPod('b', { node: 'n', ready: true, terminating: true }), aPod('c', { node: 'n', phase: 'Failed' }), aPod('d', { gated: true }),
  ];
  expect(observe(aClique('c', 2, 1), pods)).toMatchObject({ replicas: 2, readyReplicas: 1, scheduledReplicas: 1, scheduleGatedReplicas: 1, updatedReplicas: 2 });
});

test('there is no verdict before every pod was released for scheduling once', () => {
  const gated = observe(aClique('c', 1, 1), [aPod('a', { gated: true })]);
  expect(gated.observedGeneration).toBeUndefined();
  expect(gated.conditions).toBeUndefined();
  expect(observe(aClique('c', 1, 1), [aPod('a', { node: 'n' })]).observedGeneration).toBe(1);
});

test('pods that wait for a node from us are held back as those behind a gate are', () => {
  const [waiting, placed] = [{ spec: { schedulerName: SCHEDULER_NAME } }, { node: 'n', spec: { schedulerName: SCHEDULER_NAME } }];
  expect(observe(aClique('c', 2, 1), [aPod('a', placed), aPod('b', waiting)])).toMatchObject({ scheduleGatedReplicas: 1, scheduledReplicas: 1 });
  expect(observe(aClique('c', 2, 1), [aPod('a', placed), aPod('b', waiting)]).observedGeneration).toBeUndefined();
  expect(observe(aClique('c', 2, 1), [aPod('a', placed), aPod('b', placed)])).toMatchObject({ scheduleGatedReplicas: 0, observedGeneration: 1 });
});

test.each([
  ['pods that are still starting count as good', [aPod('a', { node: 'n' }), aPod('b', { node: 'n' })], 'False', 'SufficientReadyPods'],
  ['too few nodes', [aPod('a', { node: 'n' }), aPod('b')], 'True', 'ScheduledReplicasBelowMinAvailable'],
  ['a pod that has crashed', [aPod('a', { node: 'n' }), crashed('b')], 'True', 'InsufficientReadyPods'],
  ['a pod that started and is not ready', [aPod('a', { node: 'n' }), unready('b')], 'True', 'InsufficientReadyPods'],
])('%s', (_, pods, status, reason) => {
  expect(condition(observe(aClique('c', 2, 2), pods), 'MinAvailableBreached')).toMatchObject({ status, reason });
});

test('what never had its nodes has lacked them since it was created, however late that is written', () => {
  const clique = aClique('c', 1, 1);
  const created = { ...clique, metadata: { ...clique.metadata, creationTimestamp: '2026-01-01T00:00:00Z' } };
  const late = EPOCH_MS + 3_600_000;
  const scheduled = (node?: string) => condition(observe(created, [aPod('a', node === undefined ? {} : { node })], late), 'PodCliqueScheduled');
  expect(scheduled()).toMatchObject({ status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z' });
  expect(scheduled('n')).toMatchObject({ status: 'True', lastTransitionTime: '2026-01-01T01:00:00Z' });
});

test('the time of transition stays while the status does', () => {
  const first = observe(aClique('c', 1, 1), [aPod('a', { node: 'n' })]);
  const second = observe(aClique('c', 1, 1, { status: first }), [aPod('a', { node: 'n', ready: true })], EPOCH_MS + 60_000);
  const third = observe(aClique('c', 1, 1, { status: second }), [aPod('a')], EPOCH_MS + 120_000);
  expect([first, second, third].map(status => condition(status, 'MinAvailableBreached')?.lastTransitionTime))
    .toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2026-01-01T00:02:00Z']);
});

test('hashes are taken over when every pod conforms, and kept when one does not', () => {
  const clique = aClique('c', 2, 1);
  const all = observe(clique, [aPod('a', { node: 'n' }), aPod('b', { node: 'n' })]);
  expect(all).toMatchObject({ currentPodTemplateHash: 'hash', currentPodCliqueSetGenerationHash: 'generation' });
  expect(observe(clique, [aPod('a', { node: 'n', hash: 'old' }), aPod('b', { node: 'n' })]).currentPodTemplateHash).toBeUndefined();
});

function crashed(name: string) {
  return aPod(name, {
    node: 'n',
    status: {
      phase: 'Running',
      conditions: [{ type: 'PodScheduled', status: 'True' }],
      containerStatuses: [{ name: 'main', ready: false, started: false, lastState: { terminated: { exitCode: 1 } } }],
    },
  });
}

function unready(name: string) {
  return aPod(name, {
    node: 'n',
    status: {
      phase: 'Running', conditions: [{ type: 'PodScheduled', status: 'True' }], containerStatuses: [{ name: 'main', ready: false, started: true }],
    },
  });
}
