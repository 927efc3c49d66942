import {
  ClusterTopologyBinding, PodClique, PodCliqueScalingGroup, PodCliqueSet, admit, desiredScalingGroups, planSetChildren, podCliqueSetStatus, podGangStatus,
  scalingGroupStatus, stalledStatus, stallsAfterMs,
} from '../../../src/core';
import { EPOCH_MS, aClique, aCliqueTemplate, aGang, aPod, aSet } from '../../support/objects';

const ready = (clique: PodClique, readyReplicas: number, hash = 'generation'): PodClique => ({
  ...clique,
  status: {
    readyReplicas,
    updatedReplicas: 0,
    scheduleGatedReplicas: 0,
    scheduledReplicas: clique.spec.replicas,
    currentPodCliqueSetGenerationHash: hash,
    conditions: [
      { type: 'PodCliqueScheduled', status: 'True', reason: 'X', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
      { type: 'MinAvailableBreached', status: 'False', reason: 'X', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ],
  },
});

describe('PodGang', () => {
  const gang = aGang('llm-0', [['llm-0-a', 1, ['a1', 'a2']], ['llm-0-b', 1, ['b1']]]);
  const status = (states: Record<string, Parameters<typeof aPod>[1]>, extra: object = {}) => podGangStatus({
    gang, pods: new Map(Object.entries(states).map(([name, state]) => [name, aPod(name, state)])), initialized: true, nowMs: EPOCH_MS, ...extra,
  });
  const conditions = (of: ReturnType<typeof status>) => Object.fromEntries(of.conditions!.map(({ type, status: value }) => [type, value]));

  test('is Pending until the minimum of each group has nodes, Starting until it is ready, Running then', () => {
    const pending = status({ a1: { node: 'n' }, a2: { node: 'n' }, b1: {} });
    expect([pending.phase, conditions(pending)]).toEqual(['Pending', { Initialized: 'True', Scheduled: 'False', Ready: 'False' }]);
    const starting = status({ a1: { node: 'n' }, a2: {}, b1: { node: 'n', ready: true } });
    expect([starting.phase, conditions(starting)]).toEqual(['Starting', { Initialized: 'True', Scheduled: 'True', Ready: 'False' }]);
    const running = status({ a1: { node: 'n', ready: true }, a2: {}, b1: { node: 'n', ready: true } });
    expect([running.phase, conditions(running)]).toEqual(['Running', { Initialized: 'True', Scheduled: 'True', Ready: 'True' }]);
  });

  test('is Unhealthy when it was whole and has lost some, and no longer when it is whole again or has lost all', () => {
    const after = (old: ReturnType<typeof status>, states: Record<string, Parameters<typeof aPod>[1]>) => status(states, { gang: { ...gang, status: old } });
    const whole = status({ a1: { node: 'n' }, b1: { node: 'n' } });
    expect(conditions(whole)).not.toHaveProperty('Unhealthy');
    const lacking = after(whole, { a1: { node: 'n' }, b1: {} });
    expect(conditions(lacking)).toMatchObject({ Scheduled: 'False', Unhealthy: 'True' });
    expect(conditions(after(lacking, { a1: { node: 'n' }, b1: {} }))).toMatchObject({ Unhealthy: 'True' });
    expect(conditions(after(lacking, { a1: { node: 'n' }, b1: { node: 'n' } }))).toMatchObject({ Scheduled: 'True', Unhealthy: 'False' });
    expect(conditions(after(lacking, { a1: {}, b1: {} }))).toMatchObject({ Scheduled: 'False', Unhealthy: 'False' });
    expect(conditions(status({ a1: { node: 'n' }, b1: {} }))).not.toHaveProperty('Unhealthy');
  });

  test('says why it waits in the scheduler’s words, and keeps what others wrote', () => {
    const foreign = { type: 'Unhealthy', status: 'False' as const, reason: 'X', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' };
    const waiting = podGangStatus({
      gang: { ...gang, status: { conditions: [foreign] } }, pods: new Map(), initialized: false, nowMs: EPOCH_MS, verdict: { reason: 'Unschedulable', message: 'too few GPUs' },
    });
    expect(waiting.conditions).toContainEqual(foreign);
    expect(waiting.conditions).toContainEqual(expect.objectContaining({ type: 'Scheduled', status: 'False', reason: 'Unschedulable', message: 'too few GPUs' }));
    expect(waiting.conditions).toContainEqual(expect.objectContaining({ type: 'Initialized', status: 'False', reason: 'PodGangPodsCreationPending' }));
  });
});

describe('PodCliqueScalingGroup', () => {
  const group = (replicas: number, minAvailable: number): PodCliqueScalingGroup => ({
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodCliqueScalingGroup',
    metadata: { name: 'llm-0-g', namespace: 'default', generation: 1, labels: { 'app.kubernetes.io/part-of': 'llm' } },
    spec: { replicas, minAvailable, cliqueNames: ['leader', 'worker'] },
  });
  const status = (of: PodCliqueScalingGroup, cliques: readonly PodClique[]) => scalingGroupStatus({
    group: of, clique: name => cliques.find(({ metadata }) => metadata.name === name), generationHash: 'generation', nowMs: EPOCH_MS,
  });

  test('a replica counts when all its cliques are there and whole', () => {
    const cliques = [
      ready(aClique('llm-0-g-0-leader', 1, 1), 1), ready(aClique('llm-0-g-0-worker', 4, 3), 3),
      ready(aClique('llm-0-g-1-leader', 1, 1), 1), ready(aClique('llm-0-g-1-worker', 4, 3), 2),
      ready(aClique('llm-0-g-2-leader', 1, 1), 1),
    ];
    expect(status(group(3, 1), cliques)).toMatchObject({ replicas: 3, scheduledReplicas: 2, availableReplicas: 1, updatedReplicas: 1 });
    expect(status(group(3, 1), cliques).observedGeneration).toBeUndefined();
    expect(status(group(2, 1), cliques)).toMatchObject({ observedGeneration: 1, currentPodCliqueSetGenerationHash: 'generation' });
  });

  test('is breached when fewer replicas than its minimum are whole', () => {
    const breach = (of: ReturnType<typeof status>) => of.conditions?.find(({ type }) => type === 'MinAvailableBreached')?.status;
    const one = [ready(aClique('llm-0-g-0-leader', 1, 1), 1), ready(aClique('llm-0-g-0-worker', 1, 1), 1)];
    expect([breach(status(group(2, 1), one)), breach(status(group(2, 2), one))]).toEqual(['False', 'True']);
  });
});

describe('PodCliqueSet', () => {
  const set = aSet('llm', { cliques: [aCliqueTemplate('router', 2, 1)] }, 2);
  const status = (of: PodCliqueSet, cliques: readonly PodClique[], topologies: ClusterTopologyBinding[] = []) => podCliqueSetStatus({
    set: of, clique: name => cliques.find(({ metadata }) => metadata.name === name), scalingGroup: () => undefined, topologies, complete: true, nowMs: EPOCH_MS,
  });

  test('a replica is available when every clique has its minimum ready', () => {
    const cliques = [ready(aClique('llm-0-router', 2, 1), 1), ready(aClique('llm-1-router', 2, 1), 0)];
    expect(status(set, cliques)).toMatchObject({ replicas: 2, availableReplicas: 1, observedGeneration: 1, hpaPodSelector: expect.stringContaining('part-of=llm') });
  });

  test('tools that know nothing of Grove learn whether it is ready, in progress or done', () => {
    const conditions = (cliques: readonly PodClique[], updateProgress?: object, of = set) =>
      Object.fromEntries(status({ ...of, status: { availableReplicas: 0, updatedReplicas: 0, ...(updateProgress ? { updateProgress } : {}) } }, cliques)
        .conditions!.map(({ type, status: value, reason }) => [type, `${value} ${reason}`]));
    const both = ['llm-0-router', 'llm-1-router'].map(name => ready(aClique(name, 2, 1), 2));
    expect(conditions(both.slice(1))).toMatchObject({ Ready: 'False ReplicasUnavailable', Progressing: 'True ReplicasStarting' });
    expect(conditions(both)).toMatchObject({ Ready: 'True AllReplicasAvailable', Progressing: 'False Complete' });
    expect(conditions(both, { currentlyUpdating: [{ replicaIndex: 0 }] })).toMatchObject({ Ready: 'True AllReplicasAvailable', Progressing: 'True UpdateInProgress' });
    const resting: PodCliqueSet = { ...set, spec: { ...set.spec, updateStrategy: { type: 'OnDelete' } } };
    expect(conditions(both, { currentlyUpdating: [{ replicaIndex: 0 }] }, resting)).toMatchObject({ Progressing: 'False Complete' });
  });

  const packed = (topologyName: string | undefined, required: string) => aSet('llm', {
    cliques: [aCliqueTemplate('router', 1, 1)], topologyConstraint: { ...(topologyName ? { topologyName } : {}), pack: { required } },
  });
  const binding: ClusterTopologyBinding = {
    apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name: 'dc' }, spec: { levels: [{ domain: 'rack', key: 'example.com/rack' }] },
  };
  test.each([
    ['no constraint', set, 'False', 'AllClusterTopologyLevelsAvailable'],
    ['no name', packed(undefined, 'rack'), 'Unknown', 'TopologyNameMissing'],
    ['no such binding', packed('other', 'rack'), 'Unknown', 'ClusterTopologyNotFound'],
    ['no such level', packed('dc', 'block'), 'True', 'ClusterTopologyLevelsUnavailable'],
    ['all there', packed('dc', 'rack'), 'False', 'AllClusterTopologyLevelsAvailable'],
  ])('topology: %s', (_, of, value, reason) => {
    expect(status(of, [], [binding]).conditions).toContainEqual(expect.objectContaining({ type: 'TopologyLevelsUnavailable', status: value, reason }));
  });

  test('a refused spec is told as Stalled, and forgotten once it is mended', () => {
    const errors = [{ type: 'Invalid' as const, field: 'spec.replicas', detail: 'must not be negative' }];
    const stalled = { ...set, status: stalledStatus({ set, errors, topologies: [], cliques: [], scalingGroups: [], nowMs: EPOCH_MS }) };
    const words = { reason: 'InvalidSpec', message: 'spec.replicas: Invalid: must not be negative' };
    for (const [type, value] of [['Ready', 'False'], ['Progressing', 'False'], ['Stalled', 'True']]) {
      expect(stalled.status.conditions).toContainEqual(expect.objectContaining({ type, status: value, ...words }));
    }
    expect(status(stalled, []).conditions!.map(({ type }) => type)).not.toContain('Stalled');
  });

  test('what runs of a refused set still counts, and stops to count when it fails', () => {
    const before = { ...set, status: { availableReplicas: 2, updatedReplicas: 2 } };
    const available = (...cliques: PodClique[]) =>
      stalledStatus({ set: before, errors: [], topologies: [], cliques, scalingGroups: [], nowMs: EPOCH_MS });
    const made = (i: number, pods: number) => ready(aClique(`llm-${i}-router`, 2, 1, { labels: { 'grove.io/podcliqueset-replica-index': String(i) } }), pods);
    expect(available(made(0, 1), made(1, 2))).toMatchObject({ availableReplicas: 2, updatedReplicas: 2 });
    expect(available(made(0, 0), made(1, 2))).toMatchObject({ availableReplicas: 1, updatedReplicas: 1 });
  });

  test('a new set that only lacks its topology says that, in place of a wrong spec', () => {
    const of = packed('other', 'rack');
    const { errors } = admit({ object: of, topologies: [binding] });
    const { conditions } = stalledStatus({ set: of, errors, topologies: [binding], cliques: [], scalingGroups: [], nowMs: EPOCH_MS });
    const stalled = { type: 'Stalled', status: 'True', reason: 'ClusterTopologyNotFound', message: expect.stringContaining('"other" not found') as string };
    expect(conditions).toContainEqual(expect.objectContaining(stalled));
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'TopologyLevelsUnavailable', status: 'Unknown', reason: 'ClusterTopologyNotFound' }));
  });

  test('trouble is told at once as progress that is slow, and as Stalled when it lasts', () => {
    const trouble = { reason: 'PodCreateFailed', message: 'PodClique llm-0-router: create pods: exceeded quota', sinceMs: EPOCH_MS - 3_000 };
    const troubles = [{ ...trouble, message: 'later', sinceMs: EPOCH_MS }, trouble];
    const conditions = (nowMs: number) => Object.fromEntries(podCliqueSetStatus({
      set, clique: () => undefined, scalingGroup: () => undefined, topologies: [], complete: true, troubles, nowMs,
    }).conditions!.map(({ type, status: value, reason, message }) => [type, [value, reason, message]]));
    const words = ['PodCreateFailed', `${trouble.message} (and 1 more)`];
    expect(conditions(EPOCH_MS)).toMatchObject({ Progressing: ['True', ...words] });
    expect(conditions(EPOCH_MS)).not.toHaveProperty('Stalled');
    expect(conditions(EPOCH_MS + 7_000)).toMatchObject({ Progressing: ['False', ...words], Stalled: ['True', ...words] });
    const stalls = (nowMs: number) => stallsAfterMs([trouble], nowMs);
    expect([stalls(EPOCH_MS), stalls(EPOCH_MS + 7_000), stallsAfterMs([], EPOCH_MS)]).toEqual([7_000, undefined, undefined]);
  });

  test('live scaling groups get the annotations, labels and minimum of the set, and keep their size', () => {
    const config = { name: 'g', cliqueNames: ['a'], minAvailable: 2, replicas: 2, annotations: { team: 'new' } };
    const grouped = aSet('llm', { cliques: [aCliqueTemplate('a', 1, 1)], podCliqueScalingGroups: [config] });
    const [wanted] = desiredScalingGroups(grouped, 0);
    const live = { ...wanted, metadata: { ...wanted.metadata, annotations: { team: 'old', stale: 'x' } }, spec: { ...wanted.spec, replicas: 5, minAvailable: 1 } };
    const plan = (group: PodCliqueScalingGroup) =>
      planSetChildren(grouped, { services: new Map(), cliques: new Map(), scalingGroups: new Map([[group.metadata.name!, group]]), others: [] });
    expect(plan(live).revise).toMatchObject([{ metadata: { annotations: { team: 'new' } }, spec: { replicas: 5, minAvailable: 2 } }]);
    expect(plan({ ...wanted, spec: { ...wanted.spec, replicas: 5 } }).revise).toEqual([]);
  });

  test('children are made for missing replicas and taken away for surplus ones, services included', () => {
    const none = { services: new Map(), cliques: new Map(), scalingGroups: new Map(), others: [] };
    const made = planSetChildren(set, none).create;
    expect(made.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['Service llm-0', 'PodClique llm-0-router', 'Service llm-1', 'PodClique llm-1-router']);
    const byKind = (kind: string) => new Map(made.filter(object => object.kind === kind).map(object => [object.metadata.name!, object])) as Map<string, never>;
    const live = { services: byKind('Service'), cliques: byKind('PodClique'), scalingGroups: new Map(), others: [] };
    expect(planSetChildren(set, live)).toEqual({ create: [], revise: [], remove: [] });
    const smaller = planSetChildren({ ...set, spec: { ...set.spec, replicas: 1 } }, live);
    expect(smaller.remove.map(({ metadata }) => metadata.name)).toEqual(['llm-1', 'llm-1-router']);
  });
});
