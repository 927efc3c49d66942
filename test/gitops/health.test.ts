import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ARGOCD, argoHealth } from './argocd';
import { HEALTH_CHECKS, fluxHealth } from './flux';
import { POD_CLIQUE_SET } from '../../controller/src/state/resources';
import type { KubeObject } from '../../src/core';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

interface Recorded {
  readonly name: string;
  readonly argo: string;
  readonly flux?: string;
  /** What Argo CD's message holds. */
  readonly says?: string;
  readonly object: KubeObject;
}

const read = (file: string): Recorded[] => parse(readFileSync(join(__dirname, file), 'utf8'));
const label = ({ name, object: { kind } }: Recorded): [string, Recorded] => [`${kind}: ${name}`, { name } as Recorded];
const tables = { ours: read('statuses-ours.yaml'), upstream: read('statuses-upstream.yaml') };

describe.each(Object.entries(tables))('statuses of %s', (_, table) => {
  test('are enough to mean something', () => {
    expect(table.length).toBeGreaterThan(25);
    for (const kind of ['PodCliqueSet', 'PodClique', 'PodCliqueScalingGroup', 'PodGang']) expect(table.map(({ object }) => object.kind)).toContain(kind);
  });

  test.each(table.map((entry): [string, Recorded] => [label(entry)[0], entry]))('Argo CD, %s', (_name, { argo, says = '', object }) => {
    const { status, message } = argoHealth(object);
    expect(status).toBe(argo);
    expect(message).toContain(says);
  });

  test.each(table.flatMap((entry): [string, Recorded][] => (entry.flux ? [[label(entry)[0], entry]] : [])))('Flux, %s', (_name, { flux, object }) => {
    const verdict = fluxHealth(object);
    // Without a status there is nothing to evaluate, and Flux waits.
    expect(verdict === 'Error' && object.status === undefined ? 'InProgress' : verdict).toBe(flux);
  });
});

test('both know the same kinds', () => {
  const argo = Object.keys(ARGOCD).flatMap(key => key.match(/^resource\.customizations\.health\.(.*)$/)?.[1] ?? []);
  expect(HEALTH_CHECKS.map(({ apiVersion, kind }) => `${apiVersion.split('/')[0]}_${kind}`).sort()).toEqual(argo.sort());
});

/** One GPU each, so that what there is room for can be counted. */
const gpu = { containers: [{ name: 'main', image: 'i', resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
const nodes = (count: number, from: number) => Array.from({ length: count }, (_, i) => ({ name: `n${from + i}`, labels: {}, allocatable: { 'nvidia.com/gpu': '1' } }));

test('on a cluster: never healthy before the gang is ready, always healthy in the end; an update is progress', async () => {
  const told: string[] = [];
  const watch = (state: State) => {
    const [set] = state.sets;
    if (!set) return;
    const word = `${argoHealth(set as KubeObject).status}/${fluxHealth(set as KubeObject).replace('Error', 'InProgress')}`;
    if (told.at(-1) !== word) told.push(word);
    if (word.startsWith('Healthy')) expect(state.ready.length).toBeGreaterThanOrEqual(3);
  };
  const set = aSet('llm', { cliques: [aCliqueTemplate('prefill', 2, 1, gpu), aCliqueTemplate('decode', 2, 2, gpu)] });
  const cluster = await EmbeddedCluster.start({ nodes: nodes(2, 0), kubelet: { startMs: 1_000, readyMs: 1_000 }, invariant: watch });
  await cluster.createSet(set);
  await cluster.pass(10_000);
  expect(told).toEqual(['Progressing/InProgress']);
  await cluster.addNodes(nodes(2, 2));
  await cluster.until('healthy', ({ sets: [{ status }] }) => status?.availableReplicas === 1);
  await cluster.pass(5_000);
  expect(told).toEqual(['Progressing/InProgress', 'Healthy/Current']);
  const cliques = set.spec.template.cliques.map(clique => ({ ...clique, spec: { ...clique.spec, podSpec: { ...gpu, containers: [{ ...gpu.containers[0], image: 'i:2' }] } } }));
  await cluster.patch(POD_CLIQUE_SET, 'llm', { spec: { template: { cliques } } });
  await cluster.until('updated', ({ sets: [{ status }] }) => status?.updateProgress?.updateEndedAt !== undefined && status.updatedReplicas === 1, 300_000);
  await cluster.pass(5_000);
  await cluster.stop();
  expect(told[2]).toBe('Progressing/InProgress');
  expect(told.at(-1)).toBe('Healthy/Current');
  expect(told.every(word => word === 'Progressing/InProgress' || word === 'Healthy/Current')).toBe(true);
});
