import { DraftObject, JsonObject, listIn, objectIn } from './json';
import { FieldProblem, invalidValue, required } from './refusal';
import { customResource, Resource, ScalePaths } from './resources';
import { JsonSchema } from './schema';

/** Put on every CustomResourceDefinition, so that its objects go before it does. */
export const DEFINITION_CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/** The type that a CustomResourceDefinition defines: its storage version. */
export function resourceOf(definition: JsonObject): Resource {
  const spec = objectIn(definition, 'spec');
  const names = objectIn(spec, 'names');
  const version = listIn(spec, 'versions').find((one) => one.storage === true) ?? {};
  const subresources = objectIn(version, 'subresources');
  const resource = customResource({
    type: {
      group: String(spec.group), version: String(version.name), kind: String(names.kind), plural: String(names.plural), namespaced: spec.scope === 'Namespaced',
    },
    shortNames: (names.shortNames ?? []) as readonly string[],
    status: 'status' in subresources,
    ...('scale' in subresources && { scale: objectIn(subresources, 'scale') as unknown as ScalePaths }),
    schema: objectIn(objectIn(version, 'schema'), 'openAPIV3Schema') as JsonSchema,
  });
  const selectable = listIn(version, 'selectableFields').map(({ jsonPath }) => String(jsonPath).replace(/^\./, ''));
  return { ...resource, categories: (names.categories ?? []) as readonly string[], fields: [...resource.fields, ...selectable] };
}

/** What is wrong with a new CustomResourceDefinition, as far as the embedded server would stumble over it. */
export function definitionProblems(definition: DraftObject): FieldProblem[] {
  const spec = objectIn(definition, 'spec');
  const names = objectIn(spec, 'names');
  const problems: FieldProblem[] = [];
  if (!spec.group) problems.push(required('spec.group'));
  if (!names.plural) problems.push(required('spec.names.plural'));
  if (!names.kind) problems.push(required('spec.names.kind'));
  const expected = `${String(names.plural)}.${String(spec.group)}`;
  if (definition.metadata.name !== expected) problems.push(invalidValue('metadata.name', definition.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  if (listIn(spec, 'versions').filter((version) => version.storage === true).length !== 1) {
    problems.push(invalidValue('spec.versions', spec.versions, 'must have exactly one version marked as storage version'));
  }
  return problems;
}

/** Served from the moment of its creation; the real server takes a second or so. */
export function definitionStatus(definition: DraftObject): JsonObject {
  const spec = objectIn(definition, 'spec');
  const names = objectIn(spec, 'names');
  const lastTransitionTime = definition.metadata.creationTimestamp;
  const kind = String(names.kind);
  return {
    conditions: [
      { type: 'NamesAccepted', status: 'True', lastTransitionTime, reason: 'NoConflicts', message: 'no conflicts found' },
      { type: 'Established', status: 'True', lastTransitionTime, reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' },
    ],
    acceptedNames: { singular: kind.toLowerCase(), listKind: `${kind}List`, ...names },
    storedVersions: listIn(spec, 'versions').filter((version) => version.storage === true).map((version) => version.name),
  };
}
