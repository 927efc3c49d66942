import { Testing } from 'cdk8s';
import { PROGRAMS, asLittleAsPossible } from './everything';
import { crdFiles } from '../../scripts/crds/files';
import type { Schema } from '../../scripts/crds/schema';
import { serverSchema } from '../support/server-schema';

/*
 * Walks the schemas of what users write: every field, every enum value and every required flag has to be in reach of the constructs. The pod spec is
 * not walked: it is cdk8s-plus's, and what that does not know goes through `podSpecPatch` (podclique.test.ts).
 */

interface Field {
  readonly path: string;
  readonly isRequired: boolean;
  readonly values: readonly unknown[];
}

/** What the constructs do not say, and why. */
const OUT_OF_REACH: Readonly<Record<string, string>> = {
  'PodCliqueSet.spec.template.topologyConstraint.packDomain': 'deprecated: refused on new objects; Packing.required writes pack.required',
  'PodCliqueSet.spec.template.cliques[].topologyConstraint.packDomain': 'deprecated, as above',
  'PodCliqueSet.spec.template.podCliqueScalingGroups[].topologyConstraint.packDomain': 'deprecated, as above',
};

/** Optional fields that are always written, so that what is stored is what Git says. */
const WRITTEN_OUT = [
  'PodCliqueSet.spec.replicas',
  'PodCliqueSet.spec.template.cliqueStartupType',
  'PodCliqueSet.spec.template.cliques[].spec.minAvailable',
  'PodCliqueSet.spec.template.headlessServiceConfig',
  'PodCliqueSet.spec.template.podCliqueScalingGroups[].minAvailable',
  'PodCliqueSet.spec.template.podCliqueScalingGroups[].replicas',
  'PodCliqueSet.spec.template.terminationDelay',
];

function fieldsOf(schema: Schema, path: string): Field[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const here = `${path}.${name}`;
    const isRequired = schema.required?.includes(name) ?? false;
    return [{ path: here, isRequired, values: (field.enum ?? []) as readonly unknown[] }, ...(name === 'podSpec' ? [] : fieldsOf(field, here))];
  });
  return [...own, ...(schema.items ? fieldsOf(schema.items, `${path}[]`) : [])];
}

/** Every field that an object has, with the plain values that came up. */
function said(value: unknown, path: string, found: Map<string, Set<unknown>>): void {
  if (Array.isArray(value)) return value.forEach(element => said(element, `${path}[]`, found));
  if (typeof value === 'object' && value !== null) return Object.entries(value).forEach(([name, content]) => note(content, `${path}.${name}`, found));
}

function note(content: unknown, path: string, found: Map<string, Set<unknown>>): void {
  found.set(path, (found.get(path) ?? new Set()).add(content));
  said(content, path, found);
}

const KINDS = ['PodCliqueSet', 'ClusterTopologyBinding'];
const schemas = new Map(crdFiles().map(({ crd }) => [crd.spec.names.kind, crd.spec.versions[0].schema.openAPIV3Schema as Schema]));
const fields = KINDS.flatMap(kind => fieldsOf(schemas.get(kind)!.properties!.spec!, `${kind}.spec`));

function synthesized(program: (typeof PROGRAMS)[string]): any[] {
  const chart = Testing.chart();
  program(chart);
  return Testing.synth(chart).filter(({ kind }) => KINDS.includes(kind));
}

function saidBy(objects: readonly any[]): Map<string, Set<unknown>> {
  const found = new Map<string, Set<unknown>>();
  for (const { kind, spec } of objects) said(spec, `${kind}.spec`, found);
  return found;
}

const objects = Object.values(PROGRAMS).flatMap(synthesized);
const found = saidBy(objects);

test('the walk sees the whole API', () => {
  expect(fields.length).toBeGreaterThan(200);
  expect(fields.map(({ path }) => path)).toContain('PodCliqueSet.spec.template.podCliqueScalingGroups[].scaleConfig.metrics[].pods.metric.selector.matchExpressions[].values');
});

test('every field can be said', () => {
  const missing = fields.map(({ path }) => path).filter(path => !found.has(path));
  expect(missing).toEqual(Object.keys(OUT_OF_REACH).sort((a, b) => fields.findIndex(({ path }) => path === a) - fields.findIndex(({ path }) => path === b)));
});

test('every value of every enum can be said', () => {
  const missing = fields.flatMap(({ path, values }) => values.filter(value => !found.get(path)?.has(value)).map(value => `${path} = ${value}`));
  expect(fields.filter(({ values }) => values.length > 0).length).toBeGreaterThanOrEqual(5);
  expect(missing).toEqual([]);
});

test('what is required is always there, and all of it is what the schema accepts', () => {
  for (const object of [...objects, ...synthesized(asLittleAsPossible)]) {
    const { metadata: _, ...properties } = schemas.get(object.kind)!.properties!;
    expect(serverSchema({ ...schemas.get(object.kind), properties })(object)).toEqual([]);
  }
});

test('what is optional can be left out', () => {
  const least = saidBy(synthesized(asLittleAsPossible));
  const optional = fields.filter(({ isRequired }) => !isRequired).map(({ path }) => path).filter(path => least.has(path));
  expect(optional.filter(path => !path.endsWith('.podCliqueScalingGroups')).sort()).toEqual(WRITTEN_OUT);
});
