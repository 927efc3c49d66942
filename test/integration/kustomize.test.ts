import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import type { PodCliqueSet } from '../../src/core';
import { ensureBinaries } from '../control-plane/binaries';

const ROOT = resolve(__dirname, '../..');
let kubectl: string;

beforeAll(async () => {
  ({ kubectl } = await ensureBinaries(['kubectl']));
}, 600_000);

/** The set of an example after a patch, as kustomize makes it. */
function patched(spec: object, openapi = true): PodCliqueSet {
  const folder = mkdtempSync(join(tmpdir(), 'grove-kustomize-'));
  copyFileSync(join(ROOT, 'examples/deepseek-r1-disagg/deepseek-r1-disagg.k8s.yaml'), join(folder, 'base.yaml'));
  copyFileSync(join(ROOT, 'gitops/kustomize/openapi.json'), join(folder, 'openapi.json'));
  writeFileSync(join(folder, 'patch.yaml'), stringify({ apiVersion: 'grove.io/v1alpha1', kind: 'PodCliqueSet', metadata: { name: 'deepseek-r1' }, spec }));
  const kustomization = { resources: ['base.yaml'], patches: [{ path: 'patch.yaml' }], ...(openapi ? { openapi: { path: 'openapi.json' } } : {}) };
  writeFileSync(join(folder, 'kustomization.yaml'), stringify(kustomization));
  const documents = parseAllDocuments(execFileSync(kubectl, ['kustomize', folder], { encoding: 'utf8' })).map(document => document.toJS());
  return documents.find(({ kind }) => kind === 'PodCliqueSet');
}

const patch = {
  template: {
    cliques: [
      { name: 'frontend' }, { name: 'prefill' },
      { name: 'worker', spec: { podSpec: { containers: [{ name: 'main', env: [{ name: 'NCCL_DEBUG', value: 'INFO' }] }] } } },
      { name: 'leader' },
    ],
    podCliqueScalingGroups: [{ name: 'decode', replicas: 2 }],
  },
};

test('with the schema, a patch changes entries and keeps the rest of the lists, in the order in which it names them', () => {
  const { template } = patched(patch).spec;
  expect(template.cliques.map(({ name }) => name)).toEqual(['frontend', 'prefill', 'worker', 'leader']);
  const [container] = template.cliques[2]!.spec.podSpec.containers;
  expect(container).toMatchObject({ image: expect.any(String), resources: expect.any(Object) });
  expect(container!.env!.map(({ name }) => name)).toEqual(expect.arrayContaining(['NCCL_DEBUG', 'NCCL_MNNVL_ENABLE']));
  expect(template.podCliqueScalingGroups).toEqual([{ name: 'decode', cliqueNames: ['worker', 'leader'], minAvailable: 1, replicas: 2 }]);
});

test('without it, the patch would be the whole list', () => {
  const { template } = patched(patch, false).spec;
  expect(template.cliques[0]).toEqual({ name: 'frontend' });
});
