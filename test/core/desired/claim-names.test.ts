import { PodCliqueSet, admit, claimNameWarnings, expand } from '../../../src/core';

const TEMPLATE = 'gpus';
const sharing = (scope: 'AllReplicas' | 'PerReplica') => ({ resourceSharing: [{ name: TEMPLATE, scope }] });

/** A set of one clique with a name of so many characters; `llm-0-<clique>-<copy>-gpus` has 13 more with a copy of one digit. */
function set(length: number, ofClique: object = sharing('PerReplica'), spec: object = {}, replicas = 1): PodCliqueSet {
  const clique = { name: 'c'.repeat(length), ...ofClique, spec: { roleName: 'c', replicas: 1, podSpec: { containers: [{ name: 'main' }] }, ...spec } };
  const claims = [{ name: TEMPLATE, templateSpec: { spec: { devices: { requests: [{ name: 'r' }] } } } }];
  return { apiVersion: 'grove.io/v1alpha1', kind: 'PodCliqueSet', metadata: { name: 'llm' }, spec: { replicas, template: { cliques: [clique], resourceClaimTemplates: claims } } };
}

test.each<[string, PodCliqueSet, number]>([
  ['63 characters', set(50), 0],
  ['64 characters', set(51), 1],
  ['64 characters with `all`', set(49, sharing('AllReplicas')), 1],
  ['63 characters with `all`', set(48, sharing('AllReplicas')), 0],
  ['64 characters in the eleventh pod', set(50, sharing('PerReplica'), { replicas: 11 }), 1],
  ['64 characters in a pod that an autoscaler may add', set(50, sharing('PerReplica'), { autoScalingConfig: { maxReplicas: 11 } }), 1],
  ['64 characters in the eleventh copy of the set', set(50, sharing('PerReplica'), {}, 11), 1],
  ['no sharing', set(60, {}), 0],
])('%s', (_what, object, warnings) => {
  expect(claimNameWarnings(object)).toHaveLength(warnings);
});

test('the name that is told of is one that pods would refer to', () => {
  const object = set(51);
  const pods = expand(object).filter(({ kind }) => kind === 'Pod') as unknown as { spec: { resourceClaims: { name: string }[] } }[];
  expect(claimNameWarnings(object)).toEqual([expect.stringContaining(`"${pods[0]!.spec.resourceClaims[0]!.name}"`)]);
});

test('members of scaling groups are counted with the most copies of their group, and a template may be called what no claim can be', () => {
  const { spec, ...rest } = set(20, {});
  const group = { name: 'g', cliqueNames: ['c'.repeat(20)], scaleConfig: { maxReplicas: 3 }, resourceSharing: [{ name: 'a.b', scope: 'PerReplica' as const }] };
  const object = { ...rest, spec: { ...spec, template: { ...spec.template, podCliqueScalingGroups: [group] } } };
  expect(claimNameWarnings(object)).toEqual([expect.stringContaining('"llm-0-g-2-a.b"')]);
  expect(admit({ object })).toMatchObject({ allowed: true, warnings: [expect.stringContaining('"llm-0-g-2-a.b"')] });
});
