import { ClusterTopologyBinding, KubeObject, PodCliqueSet, expand, withDefaults } from 'cdk8s-grove/core';
import { stringify } from 'yaml';
import { EXIT, UsageError } from './exit';
import { ManifestObject, namesOf, readManifests, synthesisHint } from './manifests';
import { Terminal } from './terminal';
import { renderTree } from './tree';
import { isPodCliqueSet, judge, label, lineOfError, readTopologies, topologiesIn } from './verdicts';

export interface ExpandOptions {
  readonly filename: readonly string[];
  /** Manifests with the topology bindings of the cluster. */
  readonly topology?: readonly string[];
  readonly output?: 'json' | 'yaml' | 'name' | 'tree';
}

/** `grove expand`: every object that the controller would create for the PodCliqueSets of the manifests. */
export function expandManifests(options: ExpandOptions, terminal: Terminal): number {
  const manifests = readManifests(options.filename);
  const sets = manifests.filter(manifest => isPodCliqueSet(manifest.object));
  if (sets.length === 0) throw new UsageError(`no PodCliqueSet in ${namesOf(options.filename)}; nothing to expand${synthesisHint(options.filename)}`);
  const topologies = [...topologiesIn(manifests), ...readTopologies(options.topology)];
  const refused = sets.filter(manifest => refuse(manifest, topologies, terminal));
  if (refused.length > 0) return EXIT.findings;
  const expanded = sets.map(({ object }) => {
    const set = withDefaults(object as unknown as PodCliqueSet);
    return { set, objects: expand(set, { topologies }) };
  });
  const { output = 'yaml' } = options;
  terminal.out.write(output === 'tree'
    ? expanded.map(({ set, objects }) => renderTree(set, objects)).join('')
    : render(expanded.flatMap(({ objects }) => objects), output));
  return EXIT.ok;
}

function refuse(manifest: ManifestObject, topologies: readonly ClusterTopologyBinding[], terminal: Terminal): boolean {
  const { allowed, errors } = judge(manifest, { topologies });
  for (const error of errors) {
    const { field, type, detail } = error;
    terminal.err.write(`error  ${manifest.file}:${lineOfError(manifest, error)}  ${label(manifest.object)}  ${field}: ${type}: ${detail}\n`);
  }
  return !allowed;
}

function render(objects: readonly KubeObject[], output: 'json' | 'yaml' | 'name'): string {
  if (output === 'json') return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, null, 2)}\n`;
  if (output === 'name') return objects.map(object => `${object.kind} ${object.metadata.name ?? `${object.metadata.generateName ?? ''}*`}\n`).join('');
  return objects.map(object => `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`).join('');
}
