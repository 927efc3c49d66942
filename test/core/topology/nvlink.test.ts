import { PodCliqueSet, PodCliqueTemplate, planNvlinkDomains } from '../../../src/core';

function clique(name: string, replicas: number, gpus: number, group?: string): PodCliqueTemplate {
  const resources = gpus > 0 ? { resources: { limits: { 'nvidia.com/gpu': String(gpus) } } } : {};
  return {
    name,
    ...(group === undefined ? {} : { annotations: { 'grove.io/mnnvl-group': group } }),
    spec: { roleName: name, replicas, podSpec: { containers: [{ name: 'main', ...resources }] } },
  };
}

function set(annotation: string | undefined, cliques: PodCliqueTemplate[], groups: PodCliqueSet['spec']['template']['podCliqueScalingGroups'] = []): PodCliqueSet {
  return {
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodCliqueSet',
    metadata: { name: 'llm', ...(annotation === undefined ? {} : { annotations: { 'grove.io/mnnvl-group': annotation } }) },
    spec: { replicas: 1, template: { cliques, podCliqueScalingGroups: groups } },
  };
}

const member = (name: string, cliqueNames: string[], group?: string) =>
  ({ name, cliqueNames, ...(group === undefined ? {} : { annotations: { 'grove.io/mnnvl-group': group } }) });

const domains = (object: PodCliqueSet) => Object.fromEntries(planNvlinkDomains(object).map(({ domain, cliques }) => [domain, cliques]));

test('the nearest word counts: of the clique, else of its group, else of the set (spec 08 §8)', () => {
  const object = set('default', [
    clique('plain', 1, 4), clique('own', 1, 4, 'train'), clique('out', 1, 4, 'none'),
    clique('heir', 1, 4), clique('rebel', 1, 4, 'batch'), clique('quitter', 1, 4, 'none'), clique('off', 1, 4), clique('lone', 1, 4, 'solo'),
  ], [member('g2', ['heir', 'rebel', 'quitter'], 'train'), member('g3', ['off', 'lone'], 'none')]);
  expect(domains(object)).toEqual({ batch: ['rebel'], default: ['plain'], solo: ['lone'], train: ['own', 'heir'] });
});

test('pods without GPUs are in no domain, and without a word nobody is', () => {
  expect(domains(set('all', [clique('router', 2, 0), clique('decode', 2, 4)]))).toEqual({ all: ['decode'] });
  expect(domains(set(undefined, [clique('decode', 2, 4)]))).toEqual({});
});

test.each([
  ['whole nodes', [clique('a', 3, 4)], 4, 3],
  ['halves share a node', [clique('a', 3, 2)], 4, 2],
  ['large ones first, small ones in the gaps', [clique('a', 4, 1), clique('b', 2, 3)], 4, 3],
  ['every pod has a node of its own while nodes are not known', [clique('a', 3, 2)], undefined, 3],
])('nodes: %s', (_, cliques, gpusPerNode, nodes) => {
  expect(planNvlinkDomains(set('all', cliques), gpusPerNode)[0]!.initially.nodes).toBe(nodes);
});

test('an init container may be what takes the most GPUs; requests count before limits', () => {
  const greedy = clique('a', 1, 1);
  const podSpec = { ...greedy.spec.podSpec, initContainers: [{ name: 'warm', resources: { requests: { 'nvidia.com/gpu': 2 } } }] };
  expect(planNvlinkDomains(set('all', [{ ...greedy, spec: { ...greedy.spec, podSpec } }]))[0]!.initially.gpus).toBe(2);
});
