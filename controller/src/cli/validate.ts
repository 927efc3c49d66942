import { KubeObject, unknownFields } from 'cdk8s-grove/core';
import { EXIT, UsageError } from './exit';
import { ManifestObject, namesOf, readManifests, synthesisHint } from './manifests';
import { Terminal, painter } from './terminal';
import { Surroundings, isPodCliqueSet, isTopologyBinding, judge, label, lineOfError, readStored, readTopologies, topologiesIn } from './verdicts';

export interface ValidateOptions {
  readonly filename: readonly string[];
  /** Manifests with the topology bindings of the cluster. */
  readonly topology?: readonly string[];
  /** Manifests with the sets as they are stored. */
  readonly old?: readonly string[];
  /** Fields that the schema does not have are warned of, not refused. @default false */
  readonly allowUnknownFields?: boolean;
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

/**
 * `grove validate`: the admission rules over manifests, without a cluster. Findings give exit code 1, warnings do not. Topologies are those of
 * `--topology` and those among the manifests; a set that `--old` holds too is judged as an update of it. A field that the schema does not have is a
 * finding, as it is for kubectl.
 */
export function validate(options: ValidateOptions, terminal: Terminal): number {
  const manifests = readManifests(options.filename);
  const judged = manifests.filter(({ object }) => isPodCliqueSet(object) || isTopologyBinding(object));
  if (judged.length === 0) {
    throw new UsageError(`no PodCliqueSet or ClusterTopologyBinding in ${namesOf(options.filename)}; nothing was validated${synthesisHint(options.filename)}`);
  }
  const surroundings = { topologies: [...topologiesIn(manifests), ...readTopologies(options.topology)], stored: readStored(options.old) };
  const report = reportOn(judged, manifests.length - judged.length, surroundings, options.allowUnknownFields);
  if (options.output === 'json') terminal.out.write(`${JSON.stringify(report, null, 2)}\n`);
  else print(report, judged, terminal);
  return report.errors.length > 0 ? EXIT.findings : EXIT.ok;
}

function reportOn(judged: readonly ManifestObject[], ignored: number, surroundings: Surroundings, allowUnknownFields = false): Report {
  const reports = judged.map(manifest => {
    const { file, object } = manifest;
    const verdict = judge(manifest, surroundings);
    const unknown = unknownIn(object);
    const errors = [...verdict.errors, ...(allowUnknownFields ? [] : unknown)].map(error => (
      { file, line: lineOfError(manifest, error), object: label(object), type: error.type, field: error.field, detail: error.detail }));
    const messages = [...verdict.warnings, ...(allowUnknownFields ? unknown.map(({ field, detail }) => `${field}: ${detail}`) : [])];
    return { errors, warnings: messages.map(message => ({ file, object: label(object), message })) };
  });
  return { checked: judged.length, ignored, errors: reports.flatMap(({ errors }) => errors), warnings: reports.flatMap(({ warnings }) => warnings) };
}

function unknownIn(object: KubeObject): Pick<Finding, 'type' | 'field' | 'detail'>[] {
  return unknownFields(object, isTopologyBinding(object) ? 'ClusterTopologyBinding' : 'PodCliqueSet').map(({ field, meant }) => (
    { type: 'Unknown', field, detail: meant === undefined ? 'there is no such field' : `there is no such field; did you mean ${meant}?` }));
}

function print(report: Report, judged: readonly ManifestObject[], terminal: Terminal): void {
  const paint = painter(terminal.out);
  for (const { file, line, object, type, field, detail } of report.errors) {
    terminal.out.write(`${paint('red', 'error')}  ${file}:${line}  ${object}\n       ${paint('bold', field)}: ${type}: ${detail}\n`);
  }
  for (const { file, object, message } of report.warnings) terminal.err.write(`${painter(terminal.err)('yellow', 'warning')}  ${file}  ${object}: ${message}\n`);
  const bad = new Set(report.errors.map(error => `${error.file} ${error.object}`));
  for (const { file, object } of judged) {
    if (!bad.has(`${file} ${label(object)}`)) terminal.out.write(`${paint('green', 'ok')}     ${file}  ${label(object)}\n`);
  }
}
