import type { PodCliqueResourceSharing, PodCliqueSet, PodCliqueSetSharingFilter, ResourceClaimTemplateConfig } from '../api';
import { broken, duplicates, fieldError } from './errors';
import type { FieldError } from './request';

const TEMPLATE = 'spec.template';
const SCOPES: readonly string[] = ['AllReplicas', 'PerReplica'];

/** Rules on claim templates and on who shares claims made from them (spec 02 §4.2). */
export function sharingErrors(set: PodCliqueSet): FieldError[] {
  const { resourceClaimTemplates = [], resourceSharing = [], podCliqueScalingGroups: groups = [], cliques } = set.spec.template;
  const templates = new Set(resourceClaimTemplates.map(({ name }) => name));
  const all: Children = { cliques: new Set(cliques.map(({ name }) => name)), groups: new Set(groups.map(({ name }) => name)) };
  return [
    ...templateErrors(resourceClaimTemplates),
    ...entryErrors(resourceSharing, templates, `${TEMPLATE}.resourceSharing`),
    ...filterErrors(resourceSharing, all, `${TEMPLATE}.resourceSharing`),
    ...cliques.flatMap(({ resourceSharing: shared = [] }, index) => entryErrors(shared, templates, `${TEMPLATE}.cliques[${index}].resourceSharing`)),
    ...groups.flatMap(({ resourceSharing: shared = [], cliqueNames }, index) => {
      const path = `${TEMPLATE}.podCliqueScalingGroups[${index}].resourceSharing`;
      return [...entryErrors(shared, templates, path), ...filterErrors(shared, { cliques: new Set(cliqueNames) }, path)];
    }),
  ];
}

function templateErrors(templates: readonly ResourceClaimTemplateConfig[]): FieldError[] {
  const path = `${TEMPLATE}.resourceClaimTemplates`;
  return [
    ...duplicates(`${path}.name`, 'claim template name', templates.map(({ name }) => name)),
    ...templates.flatMap(({ name, templateSpec }, index) => broken(
      name === '' && fieldError('Required', `${path}[${index}].name`, 'a claim template needs a name'),
      (templateSpec.spec.devices?.requests ?? []).length === 0 &&
        fieldError('Required', `${path}[${index}].templateSpec.spec.devices.requests`, 'a claim needs one device request at least'),
    )),
  ];
}

function entryErrors(entries: readonly PodCliqueResourceSharing[], templates: ReadonlySet<string>, path: string): FieldError[] {
  const seen = new Set<string>();
  return entries.flatMap(({ name, namespace, scope }, index) => {
    const again = seen.has(name);
    seen.add(name);
    return broken(
      name === '' && fieldError('Required', `${path}[${index}].name`, 'must name a claim template'),
      name !== '' && again && fieldError('Duplicate', `${path}[${index}].name`, `"${name}" must be shared once only in this list`, name),
      name !== '' && Boolean(namespace) && templates.has(name) &&
        fieldError('Invalid', `${path}[${index}].namespace`, `must be empty: "${name}" is a claim template of this set`, namespace),
      !SCOPES.includes(scope) && fieldError('NotSupported', `${path}[${index}].scope`, `must be one of ${SCOPES.join(', ')}`, scope),
    );
  });
}

/** What a filter may name. Where there are no groups, it is about cliques alone. */
interface Children {
  readonly cliques: ReadonlySet<string>;
  readonly groups?: ReadonlySet<string>;
}

function filterErrors(entries: readonly { readonly filter?: PodCliqueSetSharingFilter }[], children: Children, path: string): FieldError[] {
  return entries.flatMap(({ filter }, index) => {
    if (!filter) return [];
    const { childCliqueNames = [], childScalingGroupNames = [] } = filter;
    const groups = children.groups ? childScalingGroupNames : [];
    const field = `${path}[${index}].filter`;
    const hint = `must have an entry in childCliqueNames${children.groups ? ' or childScalingGroupNames' : ''}; leave the filter out to share with all`;
    return [
      ...broken(childCliqueNames.length + groups.length === 0 && fieldError('Required', field, hint)),
      ...unknownNames(childCliqueNames, children.cliques, `${field}.childCliqueNames`, 'clique'),
      ...unknownNames(groups, children.groups ?? new Set(), `${field}.childScalingGroupNames`, 'scaling group'),
    ];
  });
}

function unknownNames(names: readonly string[], known: ReadonlySet<string>, path: string, what: string): FieldError[] {
  return names.flatMap((name, j) => broken(!known.has(name) && fieldError('NotFound', `${path}[${j}]`, `there is no ${what} "${name}" here`, name)));
}
