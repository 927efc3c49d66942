import { AdmissionConfig, ClusterTopologyBinding, PodCliqueSet, admit, withDefaults } from '../../../src/core';
import { differences } from '../../../src/core/diff/differences';
import { explainUpdate } from '../../../src/core/diff/update';
import { golden } from '../../golden/golden';
import { aCliqueTemplate, aSet } from '../../support/objects';

interface Case {
  readonly id: string;
  readonly object: PodCliqueSet;
  readonly oldObject?: PodCliqueSet;
  readonly config: AdmissionConfig;
  readonly topologies: readonly string[];
}

const recorded = golden<{ cases: Case[]; topologies: Record<string, ClusterTopologyBinding> }>('admission.json');

type Template = PodCliqueSet['spec']['template'];

const template: Template = {
  cliques: [aCliqueTemplate('router', 2, 1), aCliqueTemplate('leader', 1, 1), aCliqueTemplate('worker', 3, 3)],
  podCliqueScalingGroups: [{ name: 'decode', cliqueNames: ['leader', 'worker'], replicas: 3, minAvailable: 3 }],
};
const old = aSet('llm', template, 2);

const edited = (change: (set: any) => void, base: PodCliqueSet = old): PodCliqueSet => {
  const copy = structuredClone(base);
  change(copy);
  return copy;
};
const effects = (set: PodCliqueSet, base = old) => {
  const { outcome, changes } = explainUpdate(base, set);
  return [outcome, ...changes.map(({ field, effect }) => `${effect} ${field}`)];
};
const clique = (set: any, index: number) => set.spec.template.cliques[index];

describe('nothing happens', () => {
  test('when nothing changes, and when only defaults are written out', () => {
    expect(explainUpdate(old, old)).toMatchObject({ outcome: 'unchanged', changes: [], errors: [] });
    expect(explainUpdate(old, withDefaults(old))).toMatchObject({ outcome: 'unchanged', changes: [] });
    expect(explainUpdate(withDefaults(old), old)).toMatchObject({ outcome: 'unchanged', changes: [] });
  });

  test('for kubectl\'s bookkeeping and what the server adds', () => {
    const stored = edited(set => {
      Object.assign(set.metadata, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' }, managedFields: [], resourceVersion: '1' });
      set.status = { replicas: 2, availableReplicas: 2, updatedReplicas: 2 };
    });
    expect(explainUpdate(stored, old).outcome).toBe('unchanged');
  });

  test('to what runs, when only the counts of templates change', () => {
    expect(effects(edited(set => { clique(set, 0).spec.replicas = 4; }))).toEqual(['no-live-effect', 'later spec.template.cliques[0].spec.replicas']);
    expect(effects(edited(set => { set.spec.template.podCliqueScalingGroups[0].replicas = 4; })))
      .toEqual(['no-live-effect', 'later spec.template.podCliqueScalingGroups[0].replicas']);
    expect(effects(edited(set => { clique(set, 2).spec.replicas = 4; }))[0]).toBe('no-live-effect');
  });
});

describe('pods stay', () => {
  test.each([
    ['terminationDelay', (set: any) => { set.spec.template.terminationDelay = '1h'; }, 'spec.template.terminationDelay'],
    ['the service', (set: any) => { set.spec.template.headlessServiceConfig = { publishNotReadyAddresses: false }; }, 'spec.template.headlessServiceConfig.publishNotReadyAddresses'],
    ['an autoscaler', (set: any) => { clique(set, 0).spec.autoScalingConfig = { maxReplicas: 5 }; }, 'spec.template.cliques[0].spec.autoScalingConfig'],
    ['the gangs\' priority', (set: any) => { set.spec.template.priorityClassName = 'high'; }, 'spec.template.priorityClassName'],
    ['a group\'s annotation', (set: any) => { set.spec.template.podCliqueScalingGroups[0].annotations = { a: 'b' }; }, 'spec.template.podCliqueScalingGroups[0].annotations'],
    ['a label of the set', (set: any) => { set.metadata.labels = { team: 'red' }; }, 'metadata.labels'],
    ['the order of cliques', (set: any) => { set.spec.template.cliques.reverse(); }, 'spec.template.cliques'],
    ['the strategy', (set: any) => { set.spec.updateStrategy = { type: 'OnDelete' }; }, 'spec.updateStrategy'],
  ])('when %s changes', (_what, change, field) => {
    expect(effects(edited(change))).toEqual(['in-place', `in-place ${field}`]);
  });

  test('when copies are made or taken away', () => {
    expect(explainUpdate(old, edited(set => { set.spec.replicas = 5; }))).toMatchObject({ outcome: 'scale', scale: { from: 2, to: 5 } });
    expect(explainUpdate(old, edited(set => { set.spec.replicas = 0; }))).toMatchObject({ outcome: 'scale', scale: { from: 2, to: 0 } });
  });

  test('when there are none', () => {
    expect(effects(edited(set => { clique(set, 0).labels = { a: 'b' }; set.spec.replicas = 0; }, edited(set => { set.spec.replicas = 0; })), edited(set => { set.spec.replicas = 0; })))
      .toEqual(['in-place', 'in-place spec.template.cliques[0].labels']);
  });
});

describe('pods are replaced', () => {
  const image = (index: number, base = old) => edited(set => { clique(set, index).spec.podSpec.containers[0].image = 'newer'; }, base);

  test('of a clique one at a time, in copy after copy', () => {
    expect(explainUpdate(old, image(0)).rollout).toEqual({
      strategy: 'RollingRecreate',
      copies: [0, 1],
      cliques: [{ clique: 'router', pods: 2, atATime: 1, staysReady: 1, belowMinimum: false }],
      scalingGroups: [],
      podsPerCopy: 2,
    });
  });

  test('of a scaling group whole, replica after replica, though one clique has changed', () => {
    expect(explainUpdate(old, image(2)).rollout?.scalingGroups).toEqual([{
      scalingGroup: 'decode', replicas: [0, 1, 2], cliques: ['leader', 'worker'], changed: ['worker'], podsPerReplica: 4, atATime: 1, staysReady: 2, belowMinimum: true,
    }]);
  });

  test('not at all with OnDelete, until somebody deletes those of the changed clique', () => {
    const onDelete = edited(set => { set.spec.updateStrategy = { type: 'OnDelete' }; });
    const { outcome, rollout } = explainUpdate(onDelete, image(2, onDelete));
    expect([outcome, rollout?.strategy, rollout?.scalingGroups[0]?.cliques, rollout?.podsPerCopy]).toEqual(['on-delete', 'OnDelete', ['worker'], 9]);
  });

  test('only in the copies that stay', () => {
    const { scale, rollout } = explainUpdate(old, edited(set => { set.spec.replicas = 1; }, image(0)));
    expect([scale, rollout?.copies]).toEqual([{ from: 2, to: 1 }, [0]]);
  });

  test('in every copy, when an autoscaler knows how many there are', () => {
    const uncounted = edited(set => { delete set.spec.replicas; });
    const { outcome, rollout } = explainUpdate(uncounted, image(0, uncounted));
    expect([outcome, rollout?.copies, rollout?.podsPerCopy]).toEqual(['rolling-recreate', undefined, 2]);
  });
});

describe('refused', () => {
  test('is what may not change; as a new set it would do', () => {
    const { outcome, errors } = explainUpdate(old, edited(set => { clique(set, 0).spec.minAvailable = 2; }));
    expect([outcome, errors.map(({ field }) => field)]).toEqual(['needs-recreate', ['spec.template.cliques.spec.minAvailable']]);
  });

  test('is what would never do', () => {
    expect(explainUpdate(old, edited(set => { clique(set, 0).spec.minAvailable = 9; })).outcome).toBe('refused');
    expect(explainUpdate(old, { ...old, spec: undefined } as any).outcome).toBe('refused');
  });
});

describe('differences', () => {
  test('are told by name, as deep as possible', () => {
    const before = { 'list': [{ name: 'a', x: 1 }, { name: 'b', x: 1 }], 'texts': ['1', '2'], 'example.com/x': 1, 'empty': {} };
    const after = { 'list': [{ name: 'new' }, { name: 'a', x: 1 }, { name: 'b', x: 2 }], 'texts': ['1', '3'], 'example.com/x': 2 };
    expect(differences(before, after, 'spec')).toEqual([
      { field: 'spec.list[0]', to: { name: 'new' } },
      { field: 'spec.list[2].x', from: 1, to: 2 },
      { field: 'spec.texts[1]', from: '2', to: '3' },
      { field: 'spec[example.com/x]', from: 1, to: 2 },
    ]);
    expect(differences(after.list, before.list, 'list').map(({ field }) => field)).toEqual(['list[1].x', 'list[0]']);
    expect(differences([{ name: 'a' }, { name: 'b' }], [{ name: 'b' }, { name: 'a' }], 'list')).toEqual([{ field: 'list', from: ['a', 'b'], to: ['b', 'a'] }]);
  });
});

(recorded ? test : test.skip)('every update of the golden data is refused or explained as admission has it', () => {
  const updates = recorded!.cases.filter(({ oldObject }) => oldObject);
  for (const { id, object, oldObject, config, topologies } of updates) {
    const context = { config, topologies: topologies.map(name => recorded!.topologies[name]!) };
    const { outcome, changes, errors } = explainUpdate(oldObject!, object, context);
    const { allowed } = admit({ ...context, object, oldObject });
    expect({ id, refused: ['refused', 'needs-recreate'].includes(outcome) }).toEqual({ id, refused: !allowed });
    expect({ id, errors: errors.length > 0 }).toEqual({ id, errors: !allowed });
    if (allowed) expect({ id, changed: changes.length > 0 }).toEqual({ id, changed: outcome !== 'unchanged' });
  }
  expect(updates.length).toBeGreaterThan(50);
});
