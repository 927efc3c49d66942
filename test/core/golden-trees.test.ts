import { KubeObject, LABEL, PodCliqueSet, expand } from '../../src/core';
import { NOT_OURS, Tree, comparable, namesAfter, treeTopologies, trees } from '../golden/trees';

(trees.length > 0 ? describe.each(trees) : describe.skip.each([{ id: 'golden trees' } as Tree]))('$id', ({ object, children, after }) => {
  const expanded = byKind(expand(object, { topologies: treeTopologies }));

  test('has the objects that upstream made', () => {
    const names = (kinds: typeof children) => Object.fromEntries(Object.entries(kinds).map(([kind, objects]) => [kind, Object.keys(objects).sort()]));
    expect(names(expanded)).toEqual(names(Object.fromEntries(Object.entries(children).filter(([kind]) => !(kind in NOT_OURS)))));
  });

  test.each(Object.keys(children).filter(kind => !(kind in NOT_OURS)))('%s: the same metadata and spec', kind => {
    for (const [name, theirs] of Object.entries(children[kind]!)) {
      expect({ name, ...comparable(expanded[kind]![name]!) }).toEqual({ name, ...comparable(theirs) });
    }
  });

  test('tells templates apart as upstream did', () => {
    const pairs = Object.entries(children.PodClique ?? {}).map(([name, theirs]) => [hashOf(theirs), hashOf(expanded.PodClique![name]!)]);
    expect(new Set(pairs.map(pair => pair.join())).size).toBe(new Set(pairs.map(([theirs]) => theirs)).size);
    expect(new Set(pairs.map(pair => pair.join())).size).toBe(new Set(pairs.map(([, ours]) => ours)).size);
  });

  test.each(Object.keys(after ?? {}).filter(step => step !== 'deleted'))('after %s has the objects that upstream had', step => {
    const names = byKind(expand(scaledTo(object, step), { topologies: treeTopologies, live: { scalingGroupReplicas: groupReplicas(object, step) } }));
    for (const [kind, theirs] of Object.entries(after[step]!)) {
      if (kind in NOT_OURS) continue;
      const ours = Object.keys(names[kind] ?? {}).sort();
      expect({ kind, names: ours }).toEqual({ kind, names: namesAfter(step, kind, theirs, ours) });
    }
  });
});

function hashOf(object: KubeObject): string | undefined {
  return object.metadata.labels?.[LABEL.podTemplateHash];
}

function byKind(objects: readonly KubeObject[]): Record<string, Record<string, KubeObject>> {
  const kinds: Record<string, Record<string, KubeObject>> = {};
  for (const object of objects) {
    const name = object.kind === 'Pod' ? `pod:${object.metadata.name}` : object.metadata.name ?? '';
    (kinds[object.kind] ??= {})[name] = object;
  }
  return kinds;
}

function scaledTo(object: PodCliqueSet, step: string): PodCliqueSet {
  if (step !== 'setReplicasPlus1') return object;
  return { ...object, spec: { ...object.spec, replicas: (object.spec.replicas ?? 0) + 1 } };
}

function groupReplicas(object: PodCliqueSet, step: string): Record<string, number> {
  const [group] = object.spec.template.podCliqueScalingGroups ?? [];
  return group && step === 'firstGroupPlus1' ? { [`${object.metadata.name}-0-${group.name}`]: (group.replicas ?? 1) + 1 } : {};
}
