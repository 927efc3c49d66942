import * as ts from 'typescript';
import { Declaration, properties } from './declarations';
import { DocComment, tagColumns, tagText, tagTexts } from './doc-comment';
import { Schema, SchemaContext, celRules, fieldSchema, withoutDescriptions } from './schema';

/** A CustomResourceDefinition of one version. */
export interface Crd {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: CrdNames;
    readonly scope: string;
    readonly versions: readonly [CrdVersion];
  };
}

export interface CrdNames {
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories?: readonly string[];
}

export interface CrdVersion {
  readonly name: string;
  readonly served: true;
  readonly storage: true;
  readonly additionalPrinterColumns: readonly object[];
  readonly schema: { readonly openAPIV3Schema: Schema };
  readonly subresources: object;
}

/** The CustomResourceDefinitions of the interfaces that carry `@resource`. */
export function customResourceDefinitions(context: SchemaContext): Crd[] {
  return [...context.declarations.values()]
    .filter(({ doc }) => tagText(doc, 'resource') !== undefined)
    .map(declaration => customResourceDefinition(declaration, context))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** The same definition without descriptions: small enough for `kubectl apply`, which keeps it a second time in an annotation. */
export function minimal(crd: Crd): Crd {
  const [version] = crd.spec.versions;
  const schema = { openAPIV3Schema: withoutDescriptions(version.schema.openAPIV3Schema) };
  return { ...crd, spec: { ...crd.spec, versions: [{ ...version, schema }] } };
}

function customResourceDefinition(declaration: Declaration, context: SchemaContext): Crd {
  const { name: kind, doc } = declaration;
  const { group, plural, singular, shortName, categories, scope } = resourceTag(doc);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames: [shortName], ...(categories ? { categories: categories.split(',') } : {}) },
      scope,
      versions: [{
        name: versionOf(declaration, context, group),
        served: true,
        storage: true,
        additionalPrinterColumns: tagTexts(doc, 'column').map(printerColumn),
        schema: { openAPIV3Schema: rootSchema(declaration, context) },
        subresources: subresources(doc),
      }],
    },
  };
}

function resourceTag(doc: DocComment): Record<string, string> {
  return Object.fromEntries(tagText(doc, 'resource')!.split(' ').map(pair => pair.split('=')));
}

/** The version that the type of `apiVersion` fixes. */
function versionOf(declaration: Declaration, context: SchemaContext, group: string): string {
  const type = properties(declaration, context.declarations).find(field => field.name.getText() === 'apiVersion')?.type;
  const text = type && ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? type.literal.text : '';
  if (!text.startsWith(`${group}/`)) throw new Error(`${declaration.name}.apiVersion is not of the group ${group}`);
  return text.slice(group.length + 1);
}

function printerColumn(text: string): object {
  const [name, type, jsonPath, priority] = tagColumns(text);
  return { name, type, jsonPath, ...(priority ? { priority: Number(priority) } : {}) };
}

function subresources(doc: DocComment): object {
  return Object.fromEntries(tagTexts(doc, 'subresource').map(text => {
    const [name, specReplicasPath, statusReplicasPath, labelSelectorPath] = text.split(' ');
    return [name, name === 'scale' ? { specReplicasPath, statusReplicasPath, labelSelectorPath } : {}];
  }));
}

/** What every object has, and `spec` and `status` of this one. Nothing may be said of `metadata`: it belongs to the API server. */
function rootSchema(declaration: Declaration, context: SchemaContext): Schema {
  const own = properties(declaration, context.declarations).filter(field => ['spec', 'status'].includes(field.name.getText()));
  return {
    description: declaration.doc.description,
    type: 'object',
    properties: {
      apiVersion: { description: 'Group and version of the API that the object is written for.', type: 'string' },
      kind: { description: 'Kind of the object.', type: 'string' },
      metadata: { type: 'object' },
      ...Object.fromEntries(own.map(field => [field.name.getText(), fieldSchema(field, declaration, context)])),
    },
    required: ['spec'],
    ...celRules(declaration.doc),
  };
}
