import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crdFiles } from '../../scripts/crds/files';
import { kustomizeFile } from '../../scripts/gitops/kustomize';

const { path, text } = kustomizeFile(crdFiles());
const { definitions } = JSON.parse(text);

/** The lists that have a key, with it. */
function keys(schema: any, way = ''): Record<string, string> {
  const own = schema['x-kubernetes-patch-merge-key'] ? { [way]: schema['x-kubernetes-patch-merge-key'] } : {};
  const children = Object.entries(schema.properties ?? {}).map(([name, child]) => keys(child, `${way}.${name}`));
  return Object.assign(own, ...children, schema.items ? keys(schema.items, `${way}[]`) : {});
}

test('the file is what the generator makes of the sources', () => {
  expect(readFileSync(join(__dirname, '../..', path), 'utf8')).toBe(text);
});

test('it has a key for every list whose entries have names, and none for those of which the order is the meaning', () => {
  const pod = '.spec.template.cliques[].spec.podSpec';
  const all = keys(definitions['io.grove.v1alpha1.PodCliqueSet']);
  expect(all).toMatchObject({
    '.spec.template.cliques': 'name',
    '.spec.template.podCliqueScalingGroups': 'name',
    '.spec.template.resourceClaimTemplates': 'name',
    [`${pod}.containers`]: 'name',
    [`${pod}.containers[].env`]: 'name',
    [`${pod}.containers[].ports`]: 'containerPort',
    [`${pod}.containers[].volumeMounts`]: 'mountPath',
    [`${pod}.volumes`]: 'name',
  });
  expect(Object.keys(all)).not.toContain(`${pod}.containers[].args`);
  expect(Object.keys(all)).not.toContain(`${pod}.tolerations`);
});
