import type { Schema } from './schema';

/** A schema of the API server's OpenAPI documents: it may refer to others. */
export interface OpenApiSchema {
  readonly $ref?: string;
  readonly allOf?: readonly OpenApiSchema[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly required?: readonly string[];
  readonly items?: OpenApiSchema;
  readonly additionalProperties?: OpenApiSchema;
  readonly [keyword: string]: unknown;
}

export type OpenApiSchemas = Readonly<Record<string, OpenApiSchema>>;

const REFERENCE = '#/components/schemas/';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

const intOrString = { 'anyOf': [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true };
const stringMap = { type: 'object', additionalProperties: { type: 'string' } };

/** Types whose wire form their OpenAPI schema does not tell, or tells in a way that a CustomResourceDefinition may not. */
const SPECIAL: Readonly<Record<string, Schema>> = {
  [QUANTITY]: {
    ...intOrString,
    pattern: '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
  },
  [INT_OR_STRING]: intOrString,
  // The metadata of a template inside an object: Kubernetes takes labels and annotations there and nothing else.
  [OBJECT_META]: {
    type: 'object',
    properties: {
      annotations: { description: 'Annotations of the objects that are made from the template.', ...stringMap },
      labels: { description: 'Labels of the objects that are made from the template.', ...stringMap },
    },
  },
};

/**
 * Keywords that mean the same in a CustomResourceDefinition. Enumerations are left out, as controller-gen does: the next Kubernetes may know
 * another value, and the pods that are made from the spec are judged by it anyway.
 */
const KEPT = [
  'description', 'type', 'format', 'pattern', 'minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems',
  'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type',
];

/** Turns a type of the API server's OpenAPI into the structural schema that controller-gen writes for it: references put in their place. */
export function structuralSchema(type: string, schemas: OpenApiSchemas): Schema {
  return inline({ $ref: REFERENCE + type }, schemas, []);
}

function inline(schema: OpenApiSchema, schemas: OpenApiSchemas, path: readonly string[]): Schema {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference === undefined) return converted(schema, schemas, path);
  const type = reference.slice(REFERENCE.length);
  if (path.includes(type)) throw new Error(`${type} contains itself by way of ${path.join(' > ')}: a structural schema cannot say so`);
  const target = schemas[type];
  if (!target) throw new Error(`${type} is not in the document`);
  const described = schema.description ?? target.description;
  return {
    ...(described === undefined ? {} : { description: described }),
    ...withoutDescription(SPECIAL[type] ?? converted(target, schemas, [...path, type])),
    ...kept(schema, KEPT.filter(keyword => keyword.startsWith('x-'))),
  };
}

function converted(schema: OpenApiSchema, schemas: OpenApiSchemas, path: readonly string[]): Schema {
  const { type, properties, required, items, additionalProperties } = schema;
  const isFree = type === 'object' && !properties && !additionalProperties;
  return {
    ...kept(schema, KEPT),
    ...(isFree ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
    ...(properties ? { properties: fields(schema, schemas, path) } : {}),
    ...(required ? { required: [...required] } : {}),
    ...(items ? { items: inline(items, schemas, path) } : {}),
    ...(additionalProperties ? { additionalProperties: inline(additionalProperties, schemas, path) } : {}),
  };
}

function fields({ properties = {}, required = [] }: OpenApiSchema, schemas: OpenApiSchemas, path: readonly string[]): Record<string, Schema> {
  return Object.fromEntries(Object.entries(properties).map(([name, field]) => {
    const value = field.default;
    return [name, { ...inline(field, schemas, path), ...(isDefault(value, required.includes(name)) ? { default: value } : {}) }];
  }));
}

/**
 * Whether a default is one that a client may count on. The documents also state Go's zero values, `{}` for every struct and `""` for a required
 * string: taken over, they would fill in what a user forgot (a container without a name) in place of refusing it.
 */
function isDefault(value: unknown, required: boolean): boolean {
  return value !== undefined && !required && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

function kept(schema: OpenApiSchema, keywords: readonly string[]): Schema {
  return Object.fromEntries(keywords.filter(keyword => schema[keyword] !== undefined).map(keyword => [keyword, schema[keyword]]));
}

function withoutDescription({ description: _, ...schema }: Schema): Schema {
  return schema;
}
