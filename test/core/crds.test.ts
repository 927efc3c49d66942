import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crdFiles, shapesFile } from '../../scripts/crds/files';
import type { Schema } from '../../scripts/crds/schema';
import { Defaults, SET_SPEC_DEFAULTS } from '../../src/core/admission/schema-defaults';
import { RecordedVerdict, asRecorded, recordedVerdicts } from '../golden/schema-verdicts';
import { serverSchema } from '../support/server-schema';

const ROOT = join(__dirname, '..', '..');
const files = crdFiles();
const podCliqueSetSchema = files.find(({ crd }) => crd.spec.names.kind === 'PodCliqueSet')!.crd.spec.versions[0].schema.openAPIV3Schema;

describe('the files under crds/', () => {
  test.each(files)('$path is what the generator makes of the sources', ({ path, text }) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text);
  });

  test('and the table that admission looks shapes up in are made of the same sources', () => {
    const { path, text } = shapesFile(files);
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

describe('the schema of a PodCliqueSet', () => {
  const findings = serverSchema(podCliqueSetSchema);
  const recorded = recordedVerdicts();

  (recorded.length > 0 ? test.each(recorded) : test.skip.each([{ id: 'golden admission' } as RecordedVerdict]))('judges $id as recorded', ({ object, oldObject, verdict }) => {
    expect(asRecorded(findings(object, oldObject))).toEqual(verdict);
  });
});
