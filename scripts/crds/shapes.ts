import type { Crd } from './crd';
import type { Schema } from './schema';
import type { Shape } from '../../src/core/admission/shape';

/** Kinds that admission judges. */
const KINDS = ['PodCliqueSet', 'ClusterTopologyBinding'];

/** Fields that a Go client writes whether they are set or not: admission takes them as 0 when they are missing, which a rule of it refuses. */
const MAY_BE_MISSING = [
  'PodCliqueSet.spec.template.cliques[].spec.autoScalingConfig.maxReplicas',
  'PodCliqueSet.spec.template.podCliqueScalingGroups[].scaleConfig.maxReplicas',
];

/** Where a rule of admission speaks of the same mistake in its own words (spec 02 §4). */
const JUDGED_BY_RULES = {
  'PodCliqueSet.spec.template.cliques': ['x-kubernetes-list-map-keys'],
  'PodCliqueSet.spec.template.cliqueStartupType': ['enum'],
  'PodCliqueSet.spec.template.terminationDelay': ['pattern'],
  'PodCliqueSet.spec.template.cliques[].spec.podSpec.containers[].env': ['x-kubernetes-list-map-keys'],
  'PodCliqueSet.spec.template.cliques[].spec.podSpec.initContainers[].env': ['x-kubernetes-list-map-keys'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const TEXT: Schema = { type: 'string' };
const WHOLE: Schema = { type: 'integer' };
const FLAG: Schema = { type: 'boolean' };
const TEXTS: Schema = { type: 'object', additionalProperties: TEXT };

/** What the API server asks of metadata when it decodes an object; schemas of CustomResourceDefinitions do not say it. */
const OBJECT_META: Schema = {
  type: 'object',
  properties: {
    name: TEXT,
    generateName: TEXT,
    namespace: TEXT,
    uid: TEXT,
    resourceVersion: TEXT,
    generation: WHOLE,
    deletionGracePeriodSeconds: WHOLE,
    labels: TEXTS,
    annotations: TEXTS,
    finalizers: { type: 'array', items: TEXT },
    ownerReferences: { type: 'array', items: { type: 'object', properties: { apiVersion: TEXT, kind: TEXT, name: TEXT, uid: TEXT, controller: FLAG, blockOwnerDeletion: FLAG } } },
  },
};

/** The source of src/core/admission/shapes.generated.ts: the schemas as one table in which equal parts are one row. */
export function shapesSource(crds: readonly Crd[]): string {
  const table = new ShapeTable();
  const roots = KINDS.map(kind => [kind, table.row(objectSchema(crds, kind), kind)]);
  return [
    '// Generated from the doc comments of src/core/api by `npm run crds`; edit those.',
    'import type { Shape } from \'./shape\';',
    '',
    `export const ROOTS = ${JSON.stringify(Object.fromEntries(roots))} as const;`,
    '',
    'export const SHAPES: readonly Shape[] = [',
    ...table.rows.map(row => `  ${row},`),
    '];',
    '',
  ].join('\n');
}

/** What an API server asks of an object that a user sends; the status is not theirs. */
function objectSchema(crds: readonly Crd[], kind: string): Schema {
  const crd = crds.find(({ spec }) => spec.names.kind === kind);
  if (!crd) throw new Error(`there is no CustomResourceDefinition of ${kind}`);
  const [version] = crd.spec.versions;
  const properties = {
    apiVersion: { type: 'string', enum: [`${crd.spec.group}/${version.name}`] },
    kind: { type: 'string', enum: [kind] },
    metadata: OBJECT_META,
    spec: version.schema.openAPIV3Schema.properties!.spec!,
  };
  return { type: 'object', required: ['apiVersion', 'kind', 'metadata', 'spec'], properties };
}

class ShapeTable {
  public readonly rows: string[] = [];
  private readonly known = new Map<string, number>();

  /** The number of the row that says what the schema says. */
  public row(schema: Schema, path: string): number {
    const text = JSON.stringify(this.shape(schema, path));
    let row = this.known.get(text);
    if (row === undefined) {
      row = this.rows.push(text) - 1;
      this.known.set(text, row);
    }
    return row;
  }

  private shape(schema: Schema, path: string): Shape {
    const elsewhere: readonly string[] = JUDGED_BY_RULES[path as keyof typeof JUDGED_BY_RULES] ?? [];
    const says = (keyword: string) => (elsewhere.includes(keyword) ? undefined : schema[keyword]);
    const { properties, items, additionalProperties } = schema;
    const required = schema.required?.filter(field => !MAY_BE_MISSING.includes(`${path}.${field}`)) ?? [];
    return JSON.parse(JSON.stringify({
      type: schema['x-kubernetes-int-or-string'] ? 'intOrString' : schema.type,
      required: required.length > 0 ? required : undefined,
      fields: properties && Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, this.row(field, `${path}.${name}`)])),
      items: items && this.row(items, `${path}[]`),
      values: additionalProperties && this.row(additionalProperties, `${path}{}`),
      enum: says('enum'),
      pattern: says('pattern'),
      minimum: schema.minimum ?? (schema.format === 'int32' ? -(2 ** 31) : undefined),
      maximum: schema.maximum ?? (schema.format === 'int32' ? 2 ** 31 - 1 : undefined),
      minLength: schema.minLength,
      maxLength: schema.maxLength,
      minItems: schema.minItems,
      keys: says('x-kubernetes-list-map-keys') ?? (says('x-kubernetes-list-type') === 'set' ? [] : undefined),
    })) as Shape;
  }
}
