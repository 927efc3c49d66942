import { ClusterTopologyBinding, PodCliqueSet } from 'cdk8s-grove/core';
import { authored } from './scopes';
import { importSet } from './set';
import { Source, literal } from './source';

const GROVE = 'cdk8s-grove';

/** A program, and what of the manifests is not in it or is there in other words. */
export interface Program {
  readonly text: string;
  readonly notes: readonly string[];
}

/** A TypeScript program whose synthesis gives the same PodCliqueSets and ClusterTopologyBindings. */
export function generateProgram(name: string, sets: readonly PodCliqueSet[], topologies: readonly ClusterTopologyBinding[]): Program {
  const source = new Source();
  const notes: string[] = [];
  source.add(
    `const app = new ${source.use('cdk8s', 'App')}();`,
    `const chart = new ${source.use('cdk8s', 'Chart')}(app, ${literal(name)});`,
  );
  const ids = new Set<string>();
  const idOf = (wanted: string): string => {
    const id = ids.has(wanted) ? idOf(`${wanted}-again`) : wanted;
    ids.add(id);
    return id;
  };
  topologies.forEach(topology => importTopology(source, topology, idOf));
  sets.forEach(set => importSet({ source, notes, set, id: idOf(set.metadata.name ?? 'set') }));
  source.add('', 'app.synth();');
  return { text: source.toString(), notes };
}

function importTopology(source: Source, { metadata, spec }: ClusterTopologyBinding, idOf: (wanted: string) => string): void {
  const { name = '', labels, annotations } = metadata;
  const id = idOf(name);
  const props = {
    metadata: labels || annotations || id !== name ? { name, labels, annotations: authored(annotations) } : undefined,
    levels: spec.levels,
    schedulerTopologies: spec.schedulerTopologyBindings,
  };
  source.add('', `new ${source.use(GROVE, 'ClusterTopology')}(chart, ${literal(id)}, ${literal(props)});`);
}
