import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { Crd, customResourceDefinitions, minimal } from './crd';
import { readDeclarations } from './declarations';
import { Schema } from './schema';
import { shapesSource } from './shapes';

const ROOT = join(__dirname, '..', '..');
const API = join(ROOT, 'src', 'core', 'api');
const SCHEMAS = join(__dirname, 'schemas');

/** A file under `crds/`. */
export interface CrdFile {
  /** Where it belongs, from the root of the project. */
  readonly path: string;
  readonly crd: Crd;
  readonly text: string;
}

/** Everything that belongs under `crds/`: for each kind the full definition and the minimal one. The same sources give the same bytes. */
export function crdFiles(): CrdFile[] {
  const crds = customResourceDefinitions({ declarations: readDeclarations(API), foreign: foreignSchema });
  return [
    ...crds.map(crd => crdFile('crds', crd)),
    ...crds.map(crd => crdFile('crds/minimal', minimal(crd))),
  ];
}

/** The same schemas in the form that admission looks them up in. */
export function shapesFile(files: readonly CrdFile[]): { readonly path: string; readonly text: string } {
  return { path: 'src/core/admission/shapes.generated.ts', text: shapesSource(files.map(({ crd }) => crd)) };
}

function crdFile(folder: string, crd: Crd): CrdFile {
  const { group, names } = crd.spec;
  const yaml = stringify(crd, { aliasDuplicateObjects: false, lineWidth: 0, version: '1.1' });
  return {
    path: `${folder}/${group}_${names.plural}.yaml`,
    crd,
    text: `# Generated from the doc comments of src/core/api by \`npm run crds\`; edit those.\n${yaml}`,
  };
}

/** A schema that scripts/fetch-openapi.ts took from an API server. */
function foreignSchema(name: string): Schema {
  return (JSON.parse(readFileSync(join(SCHEMAS, `${name}.json`), 'utf8')) as { schema: Schema }).schema;
}
