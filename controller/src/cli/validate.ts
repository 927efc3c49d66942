import { AdmissionResult, ClusterTopologyBinding, KubeObject, PodCliqueSet, admit } from 'cdk8s-grove/core';
import { EXIT, UsageError } from './exit';
import { ManifestObject, namesOf, readManifests, synthesisHint } from './manifests';
import { Terminal, painter } from './terminal';

export interface ValidateOptions {
  readonly filename: readonly string[];
  readonly output?: 'json' | 'text';
}

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly object: string;
  readonly type: string;
  readonly field: string;
  readonly detail: string;
}

interface Report {
  readonly checked: number;
  readonly ignored: number;
  readonly errors: readonly Finding[];
  readonly warnings: readonly { readonly file: string; readonly object: string; readonly message: string }[];
}

/** `grove validate`: the admission rules over manifests, without a cluster. Findings give exit code 1. */
export function validate(options: ValidateOptions, terminal: Terminal): number {
  const manifests = readManifests(options.filename);
  const sets = manifests.filter(manifest => isPodCliqueSet(manifest.object));
  if (sets.length === 0) throw new UsageError(`no PodCliqueSet in ${namesOf(options.filename)}; nothing was validated${synthesisHint(options.filename)}`);
  const report = reportOn(sets, manifests);
  if (options.output === 'json') terminal.out.write(`${JSON.stringify(report, null, 2)}\n`);
  else print(report, sets, terminal);
  return report.errors.length > 0 ? EXIT.findings : EXIT.ok;
}

/** Whether the object is the kind that users author. */
export function isPodCliqueSet(object: KubeObject): object is PodCliqueSet & KubeObject {
  return object.kind === 'PodCliqueSet' && object.apiVersion.startsWith('grove.io/');
}

/** The topology bindings among the manifests: constraints are checked against them when there are any. */
export function topologiesIn(manifests: readonly ManifestObject[]): ClusterTopologyBinding[] {
  return manifests.flatMap(({ object }) => (object.kind === 'ClusterTopologyBinding' ? [object as unknown as ClusterTopologyBinding] : []));
}

/** The verdict on one manifest, with the topologies found beside it. */
export function admitManifest(manifest: ManifestObject, manifests: readonly ManifestObject[]): AdmissionResult {
  const topologies = topologiesIn(manifests);
  return admit({ object: manifest.object as unknown as PodCliqueSet, ...(topologies.length > 0 ? { topologies } : {}) });
}

/** `PodCliqueSet default/llm`. */
export function label(object: KubeObject): string {
  return `${object.kind} ${object.metadata?.namespace ?? 'default'}/${object.metadata?.name ?? '(no name)'}`;
}

function reportOn(sets: readonly ManifestObject[], manifests: readonly ManifestObject[]): Report {
  const verdicts = sets.map(manifest => ({ manifest, verdict: admitManifest(manifest, manifests) }));
  return {
    checked: sets.length,
    ignored: manifests.length - sets.length,
    errors: verdicts.flatMap(({ manifest, verdict }) => verdict.errors.map(error => ({
      file: manifest.file,
      line: manifest.lineOf(error.field),
      object: label(manifest.object),
      type: error.type,
      field: error.field,
      detail: error.detail,
    }))),
    warnings: verdicts.flatMap(({ manifest, verdict }) => verdict.warnings.map(message => ({ file: manifest.file, object: label(manifest.object), message }))),
  };
}

function print(report: Report, sets: readonly ManifestObject[], terminal: Terminal): void {
  const paint = painter(terminal.out);
  for (const { file, line, object, type, field, detail } of report.errors) {
    terminal.out.write(`${paint('red', 'error')}  ${file}:${line}  ${object}\n       ${paint('bold', field)}: ${type}: ${detail}\n`);
  }
  for (const { file, object, message } of report.warnings) terminal.err.write(`${painter(terminal.err)('yellow', 'warning')}  ${file}  ${object}: ${message}\n`);
  const bad = new Set(report.errors.map(error => `${error.file} ${error.object}`));
  for (const { file, object } of sets) {
    if (!bad.has(`${file} ${label(object)}`)) terminal.out.write(`${paint('green', 'ok')}     ${file}  ${label(object)}\n`);
  }
}
