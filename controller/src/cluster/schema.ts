import { isObject, sameJson } from './json';
import { FieldProblem, invalidValue, notSupported, required, tooLong, tooMany, wrongType } from './refusal';

/** The part of a structural OpenAPI schema that the embedded cluster understands; the rest of a schema is not looked at. */
export interface JsonSchema {
  readonly 'type'?: string;
  readonly 'properties'?: Readonly<Record<string, JsonSchema>>;
  readonly 'additionalProperties'?: JsonSchema | boolean;
  readonly 'items'?: JsonSchema;
  readonly 'default'?: unknown;
  readonly 'nullable'?: boolean;
  readonly 'required'?: readonly string[];
  readonly 'enum'?: readonly unknown[];
  readonly 'minimum'?: number;
  readonly 'maximum'?: number;
  readonly 'minLength'?: number;
  readonly 'maxLength'?: number;
  readonly 'pattern'?: string;
  readonly 'minItems'?: number;
  readonly 'maxItems'?: number;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}

/** Fields that every object and every embedded resource may have without their schema saying so. */
const OBJECT_FIELDS = new Set(['apiVersion', 'kind', 'metadata']);

/** Fills in what is absent and has a default, at every depth; a null that is not allowed counts as absent, but in lists. */
export function withDefaults(value: unknown, schema: JsonSchema): unknown {
  if (Array.isArray(value)) return schema.items ? value.map((item) => withDefaults(item, schema.items!)) : value;
  if (!isObject(value)) return value;
  const result: Record<string, unknown> = { ...value };
  for (const [field, part] of Object.entries(schema.properties ?? {})) {
    if (result[field] === null && !part.nullable) delete result[field];
    if (result[field] === undefined && part.default !== undefined) result[field] = part.default;
    if (result[field] !== undefined) result[field] = withDefaults(result[field], part);
  }
  const others = schema.additionalProperties;
  if (isObject(others)) {
    for (const field of unnamed(result, schema)) {
      if (result[field] === null && !others.nullable) delete result[field];
      else result[field] = withDefaults(result[field], others);
    }
  }
  return result;
}

/** Drops every field that the schema does not know, at every depth. */
export function pruned(value: unknown, schema: JsonSchema, whole = true): unknown {
  if (Array.isArray(value)) return schema.items ? value.map((item) => pruned(item, schema.items!, false)) : value;
  if (!isObject(value)) return value;
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] || schema.additionalProperties === true;
  const isResource = whole || schema['x-kubernetes-embedded-resource'];
  const result: Record<string, unknown> = {};
  for (const [field, part] of Object.entries(value)) {
    const known = schema.properties?.[field] ?? (isObject(schema.additionalProperties) ? schema.additionalProperties : undefined);
    if (isResource && OBJECT_FIELDS.has(field)) result[field] = part;
    else if (known) result[field] = pruned(part, known, false);
    else if (keepsUnknown) result[field] = part;
  }
  return result;
}

/** What is wrong with a value, in the words of the real server. */
export function problemsOf(value: unknown, schema: JsonSchema, path = ''): FieldProblem[] {
  if (value === null && schema.nullable) return [];
  const mismatch = typeProblem(value, schema, path);
  if (mismatch) return [mismatch];
  if (schema.enum && !schema.enum.some((one) => sameJson(one, value))) return [notSupported(path, value, schema.enum)];
  if (typeof value === 'string') return stringProblems(value, schema, path);
  if (typeof value === 'number') return numberProblems(value, schema, path);
  if (Array.isArray(value)) return listProblems(value, schema, path);
  return isObject(value) ? objectProblems(value, schema, path) : [];
}

function typeProblem(value: unknown, schema: JsonSchema, path: string): FieldProblem | undefined {
  if (schema['x-kubernetes-int-or-string']) {
    return typeof value === 'string' || Number.isInteger(value) ? undefined : wrongType(path, value, `${path} in body must be of type integer,string`);
  }
  const actual = jsonType(value);
  const fits = schema.type === undefined || actual === schema.type || (schema.type === 'number' && actual === 'integer');
  return fits ? undefined : wrongType(path, actual, `${path} in body must be of type ${schema.type}: "${actual}"`);
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function stringProblems(value: string, { minLength, maxLength, pattern }: JsonSchema, path: string): FieldProblem[] {
  const length = [...value].length;
  if (maxLength !== undefined && length > maxLength) return [tooLong(path, maxLength)];
  const problems: string[] = [];
  if (minLength !== undefined && length < minLength) problems.push(`should be at least ${minLength} chars long`);
  if (pattern !== undefined && !expression(pattern).test(value)) problems.push(`should match '${pattern}'`);
  return problems.map((problem) => invalidValue(path, value, `${path} in body ${problem}`));
}

function numberProblems(value: number, { minimum, maximum }: JsonSchema, path: string): FieldProblem[] {
  const problems: string[] = [];
  if (minimum !== undefined && value < minimum) problems.push(`should be greater than or equal to ${minimum}`);
  if (maximum !== undefined && value > maximum) problems.push(`should be less than or equal to ${maximum}`);
  return problems.map((problem) => invalidValue(path, value, `${path} in body ${problem}`));
}

function listProblems(value: readonly unknown[], { minItems, maxItems, items }: JsonSchema, path: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (minItems !== undefined && value.length < minItems) problems.push(invalidValue(path, value.length, `${path} in body should have at least ${minItems} items`));
  if (maxItems !== undefined && value.length > maxItems) return [tooMany(path, value.length, maxItems)];
  if (items) problems.push(...value.flatMap((item, index) => problemsOf(item, items, `${path}[${index}]`)));
  return problems;
}

function objectProblems(value: Readonly<Record<string, unknown>>, schema: JsonSchema, path: string): FieldProblem[] {
  const within = (field: string): string => (path === '' ? field : `${path}.${field}`);
  const problems = (schema.required ?? []).filter((field) => value[field] === undefined).map((field) => required(within(field)));
  for (const [field, part] of Object.entries(schema.properties ?? {})) {
    if (path === '' && OBJECT_FIELDS.has(field)) continue;
    if (value[field] !== undefined) problems.push(...problemsOf(value[field], part, within(field)));
  }
  const others = schema.additionalProperties;
  if (isObject(others)) for (const field of unnamed(value, schema)) problems.push(...problemsOf(value[field], others, within(field)));
  return problems;
}

function unnamed(value: Readonly<Record<string, unknown>>, { properties = {} }: JsonSchema): string[] {
  return Object.keys(value).filter((field) => !(field in properties));
}

const expressions = new Map<string, RegExp>();

function expression(pattern: string): RegExp {
  let found = expressions.get(pattern);
  if (!found) expressions.set(pattern, found = new RegExp(pattern));
  return found;
}
