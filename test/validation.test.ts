import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { main } from '../package.json';
import { aCliqueTemplate, aSet } from './support/objects';

/** An entry of `validations:` in cdk8s.yaml. */
const ENTRY = parse(`
package: ./node_modules/cdk8s-grove
class: GroveValidation
version: 0.0.0
`) as { readonly class: string };

/** Loads the plugin as cdk8s-cli does: the package by its folder, which is its `main`, and of that the class by its name. */
async function load(properties: object = {}): Promise<{ validate(context: object): Promise<void> }> {
  const source = resolve(__dirname, '..', main.replace(/^lib\//, '').replace(/\.js$/, '.ts'));
  const { [ENTRY.class]: Plugin } = await import(source);
  return new Plugin(properties);
}

/** What cdk8s-cli hands to a plugin, and what it keeps. */
function context(...manifests: string[]) {
  const kept = { violations: [] as any[], status: undefined as string | undefined, metadata: {} as any, log: [] as string[] };
  const given = {
    manifests,
    report: {
      addViolation: (violation: any) => kept.violations.push(violation),
      submit: (status: string, metadata: any) => Object.assign(kept, { status, metadata }),
    },
    logger: { log: (message: string) => kept.log.push(message) },
    parseManifest: (path: string) => parseAllDocuments(readFileSync(path, 'utf8')).map(document => document.toJS()),
  };
  return { given, kept };
}

async function validated(manifests: string[], properties: object = {}) {
  const { given, kept } = context(...manifests);
  await (await load(properties)).validate(given);
  return kept;
}

function manifest(...objects: object[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'grove-')), 'app.k8s.yaml');
  writeFileSync(path, objects.map(object => `${JSON.stringify(object)}\n`).join('---\n'));
  return path;
}

const topology = { apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name: 'dc' }, spec: { levels: [{ domain: 'rack', key: 'example.com/rack' }] } };
const packed = (domain: string) => aSet('llm', { cliques: [aCliqueTemplate('a', 1, 1)], topologyConstraint: { topologyName: 'dc', pack: { required: domain } } });

test('a good app passes, whatever else is in it', async () => {
  const path = manifest(packed('rack'), topology, { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } });
  writeFileSync(path, `---\n${readFileSync(path, 'utf8')}`);
  expect(await validated([path])).toMatchObject({ status: 'success', violations: [], metadata: { checked: '2' } });
});

test('a bad one fails with the construct\'s name, the field and the manifest', async () => {
  const path = manifest(aSet('llm', { cliques: [aCliqueTemplate('a', 1, 3)] }));
  const { status, violations } = await validated([path]);
  expect(status).toBe('failure');
  expect(violations).toEqual([{
    ruleName: 'PodCliqueSet Invalid',
    recommendation: 'spec.template.cliques[0].spec.minAvailable: must not exceed replicas (1)',
    fix: expect.stringContaining('spec.template.cliques[0].spec.minAvailable'),
    violatingResources: [{ resourceName: 'llm', locations: ['spec.template.cliques[0].spec.minAvailable'], manifestPath: path }],
  }]);
});

test('topologies are those of the app and those of `topology`', async () => {
  expect((await validated([manifest(packed('zone'))])).status).toBe('success');
  expect((await validated([manifest(packed('zone')), manifest(topology)])).status).toBe('failure');
  expect((await validated([manifest(packed('zone'))], { topology: [manifest(topology)] })).status).toBe('failure');
  expect(await validated([manifest(packed('rack'))], { topology: [manifest(topology)] })).toMatchObject({ status: 'success', metadata: { checked: '1' } });
});

test('schedulers can be narrowed down', async () => {
  const scheduled = manifest(aSet('llm', { cliques: [aCliqueTemplate('a', 1, 1, { schedulerName: 'volcano' })] }));
  expect((await validated([scheduled])).status).toBe('success');
  expect((await validated([scheduled], { schedulers: ['default-scheduler'] })).violations[0]?.violatingResources[0].locations).toEqual(['spec.template.cliques.spec.podSpec.schedulerName']);
});

test('what is no set at all is a violation, and warnings are logged', async () => {
  expect((await validated([manifest({ apiVersion: 'grove.io/v1alpha1', kind: 'PodCliqueSet', metadata: { name: 'x' } })])).violations[0]?.recommendation).toContain('spec: ');
  const levels = { ...topology, spec: { levels: [{ domain: 'zone', key: 'zone' }, { domain: 'rack', key: 'rack' }] } };
  const odd = aSet('llm', { cliques: [aCliqueTemplate('a', 1, 1)], topologyConstraint: { topologyName: 'dc', pack: { required: 'rack', preferred: 'zone' } } });
  expect(await validated([manifest(odd, levels)])).toMatchObject({ status: 'success', log: [expect.stringContaining('PodCliqueSet llm')] });
});
