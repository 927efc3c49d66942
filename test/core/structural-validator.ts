import Ajv, { ErrorObject } from 'ajv';

interface Keyword<Value, Data> {
  (value: Value, data: Data): boolean;
  errors?: Partial<ErrorObject>[];
}

interface CelRule {
  readonly rule: string;
  readonly fieldPath?: string;
  readonly reason?: string;
}

/**
 * A judge for a structural schema, on new objects: JSON Schema, Kubernetes' formats, the keys of list maps, and CEL as far as our own rules use it.
 * Like the API server it fills in defaults first. What it finds is `type field`, in apimachinery's words.
 */
export function structuralValidator(schema: object): (object: unknown) => string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, useDefaults: true, formats: { 'int32': true, 'int64': true, 'double': true, 'date-time': true } });
  ajv.addKeyword({ keyword: 'x-kubernetes-list-map-keys', type: 'array', errors: true, validate: uniqueKeys() });
  ajv.addKeyword({ keyword: 'x-kubernetes-validations', type: 'object', errors: true, validate: celRules() });
  const validate = ajv.compile(schema);
  return object => (validate(structuredClone(object)) ? [] : validate.errors!.map(describeError));
}

function uniqueKeys(): Keyword<string[], Record<string, unknown>[]> {
  const keyword: Keyword<string[], Record<string, unknown>[]> = (keys, list) => {
    const identities = list.map(entry => JSON.stringify(keys.map(key => entry[key])));
    const repeated = identities.flatMap((identity, index) => (identities.indexOf(identity) < index ? [index] : []));
    keyword.errors = repeated.map(index => ({ keyword: 'x-kubernetes-list-map-keys', params: { index } }));
    return repeated.length === 0;
  };
  return keyword;
}

function celRules(): Keyword<CelRule[], object> {
  const keyword: Keyword<CelRule[], object> = (rules, self) => {
    const broken = rules.filter(({ rule }) => !evaluate(rule, self));
    keyword.errors = broken.map(({ fieldPath, reason }) => ({ keyword: 'x-kubernetes-validations', params: { fieldPath, reason } }));
    return broken.length === 0;
  };
  return keyword;
}

/** Our rules use `has`, `all` and the absence of an old object; the rest of their CEL is JavaScript too. */
function evaluate(rule: string, self: object): boolean {
  const script = rule.replaceAll('oldSelf.hasValue()', 'false').replace(/\bhas\(([\w.]+)\)/g, '($1 !== undefined)').replace(/\.all\((\w+), /g, '.every($1 => ');
  return Boolean(new Function('self', `return ${script}`)(self));
}

const REASONS: Readonly<Record<string, string>> = { FieldValueRequired: 'Required', FieldValueForbidden: 'Forbidden' };

/** An error in apimachinery's words. */
function describeError({ keyword, instancePath, params }: ErrorObject): string {
  const field = instancePath.slice(1).replace(/\/(\d+)(?=\/|$)/g, '[$1]').replace(/\//g, '.');
  if (keyword === 'required') return `Required ${field}.${params.missingProperty}`;
  if (keyword === 'enum') return `NotSupported ${field}`;
  if (keyword === 'x-kubernetes-list-map-keys') return `Duplicate ${field}[${params.index}]`;
  if (keyword === 'x-kubernetes-validations') return `${REASONS[params.reason] ?? 'Invalid'} ${`${field}${params.fieldPath ?? ''}`.replace(/^\./, '')}`;
  return `Invalid ${field}`;
}
