import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { structuralValidator } from './structural-validator';
import { crdFiles } from '../../scripts/crds/files';
import type { Schema } from '../../scripts/crds/schema';
import type { FieldError, PodCliqueSet } from '../../src/core';
import { Defaults, SET_SPEC_DEFAULTS } from '../../src/core/admission/schema-defaults';
import { golden } from '../golden/golden';

const ROOT = join(__dirname, '..', '..');
const files = crdFiles();
const podCliqueSetSchema = files.find(({ crd }) => crd.spec.names.kind === 'PodCliqueSet')!.crd.spec.versions[0].schema.openAPIV3Schema;

describe('the files under crds/', () => {
  test.each(files)('$path is what the generator makes of the sources', ({ path, text }) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text);
  });

  test('are these and no others', () => {
    const listed = ['crds', 'crds/minimal'].flatMap(folder => readdirSync(join(ROOT, folder)).map(name => `${folder}/${name}`));
    expect(listed.filter(path => path.endsWith('.yaml')).sort()).toEqual(files.map(({ path }) => path).sort());
  });

  test.each(files.filter(({ path }) => dirname(path) === 'crds/minimal'))('$path fits the annotation of a client-side apply', ({ crd }) => {
    expect(JSON.stringify(crd).length).toBeLessThan(256 * 1024);
  });

  test('differ in nothing but descriptions', () => {
    const lines = (folder: string) => files.filter(({ path }) => dirname(path) === folder).map(({ crd }) => paths(crd));
    const described = lines('crds').map(list => list.filter(line => !/\.description="/.test(line)));
    expect(lines('crds/minimal')).toEqual(described);
  });
});

/** Every value of a document with its path, in order. */
function paths(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}=${JSON.stringify(value)}`];
  const entries = Object.entries(value);
  return entries.length === 0 ? [`${path}={}`] : entries.flatMap(([key, child]) => paths(child, `${path}.${key}`));
}

test('the defaults of admission are those that the schema of a PodCliqueSet fills in', () => {
  expect(defaultsOf(podCliqueSetSchema.properties!.spec)).toEqual(SET_SPEC_DEFAULTS);
});

/** The defaults below a schema in the form that admission keeps them; undefined when there are none. */
function defaultsOf(schema: Schema): Defaults | undefined {
  const found = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const inner = field.default ?? defaultsOf(field.items ?? field);
    return inner === undefined ? [] : [[field.items ? `${name}[]` : name, inner]];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

interface Case {
  readonly id: string;
  readonly kind: 'create' | 'update';
  readonly object: PodCliqueSet;
  readonly upstream: { readonly schemaErrors: readonly FieldError[] };
}

/** Faults that upstream's operator met when it decoded the object, before any field was looked at; the schema names the field. */
const DECODED_FIRST: readonly { finding: RegExp; reason: string }[] = [
  { finding: /^Invalid spec\.template\.terminationDelay$/, reason: 'no duration that Go can read' },
  { finding: /^Invalid spec\.replicas$/, reason: 'a string in place of a number' },
];

function asRecorded(findings: readonly string[]): string[] {
  const decoded = findings.some(text => DECODED_FIRST.some(({ finding }) => finding.test(text)));
  return decoded ? ['Decode '] : [...new Set(findings)].sort();
}

/** The object as the recording's client sent it, encoded by Go: what is missing is written as its zero value, and an empty string may be left out. */
function asGoWrites({ spec, ...object }: any): unknown {
  const { cliques, podCliqueScalingGroups, ...template } = spec.template;
  const zeroMax = (field: string, value: any) => (value[field] ? { [field]: { maxReplicas: 0, ...value[field] } } : {});
  return {
    ...object,
    spec: {
      ...spec,
      ...(spec.updateStrategy?.type === '' ? { updateStrategy: {} } : {}),
      template: {
        ...template,
        cliques: cliques.map((clique: any) => ({
          ...clique,
          spec: { roleName: '', replicas: 0, podSpec: {}, ...clique.spec, ...zeroMax('autoScalingConfig', clique.spec) },
        })),
        ...(podCliqueScalingGroups ? { podCliqueScalingGroups: podCliqueScalingGroups.map((group: any) => ({ ...group, ...zeroMax('scaleConfig', group) })) } : {}),
      },
    },
  };
}

describe('the schema of a PodCliqueSet', () => {
  const findings = structuralValidator(podCliqueSetSchema);
  const creates = (golden<{ cases: Case[] }>('admission.json')?.cases ?? []).filter(({ kind }) => kind === 'create');

  (creates.length > 0 ? test.each(creates) : test.skip.each([{ id: 'golden admission' }] as Case[]))('judges $id as recorded', ({ object, upstream }) => {
    const expected = new Set(upstream.schemaErrors.map(({ type, field }) => `${type} ${field}`));
    expect(asRecorded(findings(asGoWrites(object)))).toEqual([...expected].sort());
  });
});
