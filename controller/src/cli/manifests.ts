import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KubeObject } from 'cdk8s-grove/core';
import { Document, LineCounter, isNode, parseAllDocuments } from 'yaml';
import { UsageError } from './exit';
import { messageOf } from '../kube';

/** One object of a manifest, and where it stands. */
export interface ManifestObject {
  readonly file: string;
  readonly object: KubeObject;
  /** The line of a field, given as admission writes it (`spec.template.cliques[0].name`), or of its nearest ancestor. 1-based. */
  lineOf(field: string): number;
}

/**
 * Reads every object of the given files, folders (their .yaml, .yml and .json files, recursively) or `-` for standard input.
 * @throws UsageError when a path cannot be read or a document is not YAML.
 */
export function readManifests(paths: readonly string[], readStdin: () => string = () => readFileSync(0, 'utf8')): ManifestObject[] {
  return paths.flatMap(path => (path === '-' ? reading('stdin', () => parse('stdin', readStdin()))
    : reading(path, () => filesBelow(path)).flatMap(file => reading(file, () => parse(file, readFileSync(file, 'utf8'))))));
}

/** The paths as a message names them. */
export function namesOf(paths: readonly string[]): string {
  return paths.map(path => (path === '-' ? 'standard input' : path)).join(', ');
}

/** Why there may be nothing: a cdk8s app is TypeScript until somebody synthesizes it. Empty when that is not it. */
export function synthesisHint(paths: readonly string[]): string {
  const apps = paths.filter(path => path !== '-' && existsSync(join(path, 'cdk8s.yaml')));
  return apps.length === 0 ? '' : `; ${apps.join(', ')} is a cdk8s app: run cdk8s synth there and pass the folder that it writes to`;
}

/** @throws UsageError for whatever the reading throws: no permission, a link that leads nowhere, aliases without end */
function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${path}: cannot be read: ${messageOf(error)}`);
  }
}

function filesBelow(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new UsageError(`${path}: no such file or folder`);
  if (path.endsWith('.ts')) throw new UsageError(`${path}: a program, not a manifest; run cdk8s synth and pass what it writes`);
  if (!stat.isDirectory()) return [path];
  const found = readdirSync(path, { withFileTypes: true })
    .filter(entry => entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      if (entry.isDirectory()) return filesBelow(join(path, entry.name));
      return /\.(ya?ml|json)$/.test(entry.name) ? [join(path, entry.name)] : [];
    });
  return found;
}

function parse(file: string, text: string): ManifestObject[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  return [...documents].flatMap(document => {
    const [problem] = document.errors;
    if (problem) throw new UsageError(`${file}:${lines.linePos(problem.pos[0]).line}: not valid YAML: ${problem.message}`);
    const value: unknown = document.toJS();
    return objectsOf(value).map(({ object, prefix }) => ({
      file, object, lineOf: (field: string) => lineOf(document, lines, [...prefix, ...segments(field)]),
    }));
  });
}

/** A document is one object, a List of objects, or neither (then it is left out: cdk8s.yaml and the like). */
function objectsOf(value: unknown): { object: KubeObject; prefix: (string | number)[] }[] {
  if (!isKubeObject(value)) return [];
  if (value.kind !== 'List' || !Array.isArray(value.items)) return [{ object: value, prefix: [] }];
  return value.items.flatMap((item: unknown, index) => (isKubeObject(item) ? [{ object: item, prefix: ['items', index] }] : []));
}

function isKubeObject(value: unknown): value is KubeObject {
  return typeof value === 'object' && value !== null && 'apiVersion' in value && 'kind' in value
    && typeof value.apiVersion === 'string' && typeof value.kind === 'string';
}

function segments(field: string): (string | number)[] {
  return [...field.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(match => (match[2] === undefined ? match[1]! : Number(match[2])));
}

function lineOf(document: Document.Parsed, lines: LineCounter, path: (string | number)[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
