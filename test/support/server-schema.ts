import Ajv, { AnySchema, ErrorObject } from 'ajv';
import { CelRules } from './cel-rules';
import type { Schema } from '../../scripts/crds/schema';

/** What an API server finds wrong with an object, `type field` in apimachinery's words, when it is created or when it takes another's place. */
export type Judge = (object: unknown, oldObject?: unknown) => string[];

/**
 * The API server's verdict by the schema of a CustomResourceDefinition: ajv judges the structure, cel-js the rules in CEL. Defaults are filled in first.
 * Fields that the schema does not know are dropped by a server, and so are passed over here.
 */
export function serverSchema(schema: Schema): Judge {
  const ajv = new Ajv({ strict: false, allErrors: true, formats: FORMATS });
  ajv.addKeyword({ keyword: 'uniqueBy', type: 'array', errors: true, validate: uniqueBy() });
  const validate = ajv.compile(jsonSchema(schema));
  const rules = new CelRules(schema);
  const completed = (object: unknown): [unknown, ErrorObject[]] => {
    const full = withDefaults(object, schema);
    return validate(full) ? [full, []] : [full, validate.errors ?? []];
  };
  return (object, oldObject) => {
    const [self, errors] = completed(object);
    // Neither does a server ask rules of an object that lacks something or has it of another kind.
    const broken = errors.some(({ keyword }) => BLOCKING.has(keyword)) ? [] : rules.broken(self, oldObject === undefined ? undefined : completed(oldObject)[0]);
    return [...errors.filter(({ keyword }) => keyword !== 'anyOf').map(describeError), ...broken];
  };
}

/** The value with the defaults of its schema. A null that is not allowed counts as missing, but in lists. */
function withDefaults(value: unknown, { properties = {}, items, additionalProperties: values }: Schema): unknown {
  if (Array.isArray(value)) return items ? value.map(entry => withDefaults(entry, items)) : value;
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).flatMap(([name, part]) => {
    const field = Object.hasOwn(properties, name) ? properties[name] : values;
    if (!field) return [[name, part]];
    return part === null && field.type && !field.nullable ? [] : [[name, withDefaults(part, field)]];
  });
  const defaults = Object.entries(properties).filter(([, field]) => field.default !== undefined).map(([name, field]) => [name, field.default]);
  return Object.fromEntries([...defaults, ...given.filter(([, part]) => part !== undefined)]);
}

const BLOCKING: ReadonlySet<string> = new Set(['required', 'type', 'enum', 'maxLength', 'maxItems', 'anyOf']);

const within = (limit: number) => ({ type: 'number' as const, validate: (value: number) => value >= -limit && value < limit });

const FORMATS = {
  'int32': within(2 ** 31),
  'int64': within(2 ** 63),
  'double': true as const,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i,
};

/** Keywords that mean the same in JSON Schema. */
const SAME = [
  'type', 'format', 'pattern', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength',
  'minItems', 'maxItems', 'minProperties', 'maxProperties', 'required', 'enum',
];

/** A structural schema in JSON Schema's words, with `uniqueBy` for lists whose entries must differ. */
function jsonSchema(schema: Schema): Record<string, unknown> {
  const { properties, items, additionalProperties, nullable } = schema;
  const kept = SAME.filter(keyword => schema[keyword] !== undefined);
  const converted: Record<string, unknown> = Object.fromEntries(kept.map(keyword => [keyword, schema[keyword]]));
  // A server takes what does not fit into 64 bits for a fraction.
  if (schema.type === 'integer') converted.format ??= 'int64';
  if (schema['x-kubernetes-int-or-string']) converted.anyOf = [{ type: 'integer', format: 'int64' }, { type: 'string' }];
  if (nullable && converted.type) converted.type = [converted.type, 'null'];
  if (properties) converted.properties = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, jsonSchema(field)]));
  if (items) converted.items = jsonSchema(items);
  if (typeof additionalProperties === 'object') converted.additionalProperties = jsonSchema(additionalProperties);
  if (schema['x-kubernetes-list-type'] === 'map') converted.uniqueBy = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] === 'set') converted.uniqueBy = [];
  return converted satisfies AnySchema;
}

interface Keyword {
  (keys: string[], list: unknown[]): boolean;
  errors?: Partial<ErrorObject>[];
}

/** Entries have to differ in these fields; without any, as a whole. */
function uniqueBy(): Keyword {
  const keyword: Keyword = (keys, list) => {
    const identities = list.map(entry => JSON.stringify(keys.length === 0 ? entry : keys.map(key => (entry as Record<string, unknown> | null)?.[key])));
    const repeated = identities.flatMap((identity, index) => (identities.indexOf(identity) < index ? [index] : []));
    keyword.errors = repeated.map(index => ({ keyword: 'uniqueBy', params: { index } }));
    return repeated.length === 0;
  };
  return keyword;
}

/** An error in apimachinery's words. */
function describeError({ keyword, instancePath, params }: ErrorObject): string {
  const field = instancePath.slice(1).replace(/\/(\d+)(?=\/|$)/g, '[$1]').replace(/\//g, '.');
  if (keyword === 'required') return `Required ${field}.${params.missingProperty}`.replace(' .', ' ');
  if (keyword === 'enum') return `NotSupported ${field}`;
  if (keyword === 'uniqueBy') return `Duplicate ${field}[${params.index}]`;
  return `Invalid ${field}`;
}
