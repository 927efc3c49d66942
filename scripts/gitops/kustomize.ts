import type { CrdFile } from '../crds/files';
import type { Schema } from '../crds/schema';

/** Lists whose entries admission tells apart by a field that the schema of the API does not name as their key. */
const KEYS: Readonly<Record<string, string>> = { 'spec.template.podCliqueScalingGroups': 'name', 'spec.template.resourceClaimTemplates': 'name' };

/**
 * The schema by which kustomize merges a patch into the lists of a PodCliqueSet entry by entry, in place of taking the patch's list for the whole: of the
 * schema of the API, the lists that have keys and the ways to them.
 */
export function kustomizeFile(files: readonly CrdFile[]): { readonly path: string; readonly text: string } {
  const { group, names, versions } = files.find(({ crd }) => crd.spec.names.kind === 'PodCliqueSet')!.crd.spec;
  const [{ name: version, schema: { openAPIV3Schema } }] = versions;
  const spec = keyed(openAPIV3Schema.properties!.spec!, 'spec');
  const definition = {
    'type': 'object',
    'properties': { spec },
    'x-kubernetes-group-version-kind': [{ group, version, kind: names.kind }],
  };
  const document = { definitions: { [`${group.split('.').reverse().join('.')}.${version}.${names.kind}`]: definition } };
  return { path: 'gitops/kustomize/openapi.json', text: `${JSON.stringify(document, null, 1)}\n` };
}

/** What of a schema speaks of lists with keys; undefined when nothing does. */
function keyed(schema: Schema, path: string): object | undefined {
  if (schema.items) {
    const keys = (schema['x-kubernetes-list-map-keys'] as string[] | undefined) ?? (KEYS[path] ? [KEYS[path]] : undefined);
    const items = keyed(schema.items, path);
    if (!keys) return items && { type: 'array', items };
    return {
      'type': 'array',
      'items': items ?? { type: 'object' },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': keys,
      'x-kubernetes-patch-merge-key': keys[0],
      'x-kubernetes-patch-strategy': 'merge',
    };
  }
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const found = keyed(child, `${path}.${name}`);
    return found ? [[name, found]] : [];
  });
  return properties.length > 0 ? { type: 'object', properties: Object.fromEntries(properties) } : undefined;
}
