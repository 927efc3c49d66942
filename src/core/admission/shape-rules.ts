import { fieldError } from './errors';
import type { FieldError } from './request';
import type { Shape } from './shape';
import { compiledShape as shape, fieldPath } from './shape-table';
import type { Compiled } from './shape-table';
import { ROOTS } from './shapes.generated';
import { isRecord } from './syntax';

/** What the schema has against an object. */
export interface ShapeFindings<T> {
  /** The object as a server stores it: without the fields of null that the schema knows. In lists and maps a null is a mistake. */
  readonly object: T;
  /** Something is missing or of the wrong kind: no other rule can be asked. */
  readonly malformed: readonly FieldError[];
  /** Values that the schema does not allow; the other rules can be asked too. */
  readonly refused: readonly FieldError[];
}

/**
 * Judges an object as the API server's schema does, down to the last field of a pod spec, so that nothing is accepted here that the server
 * refuses. CEL rules are not part of it: the rules of admission say the same. Fields that the schema does not know are not looked at.
 */
export function shapeFindings<T>(object: T, kind: keyof typeof ROOTS): ShapeFindings<T> {
  const root = shape(ROOTS[kind]);
  const { malformed, refused, hasNulls } = new ShapeWalk().through(object, root);
  return { malformed, refused, object: hasNulls ? withoutNulls(object, root) as T : object };
}

function withoutNulls(value: unknown, { items, fieldRows, values }: Compiled): unknown {
  if (Array.isArray(value)) return items === undefined ? value : value.map(entry => withoutNulls(entry, shape(items)));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([field, part]) => {
    const named = fieldRows?.get(field);
    const row = named ?? values;
    if (row === undefined) return [[field, part]];
    return named !== undefined && isNothing(part, shape(named)) ? [] : [[field, withoutNulls(part, shape(row))]];
  }));
}

/** Whether a field is as good as absent. */
function isNothing(value: unknown, { type }: Compiled): boolean {
  return value === undefined || (value === null && type !== undefined);
}

/** Goes down an object and the table together. Where it is, is written out only when there is something to say. */
class ShapeWalk {
  public readonly malformed: FieldError[] = [];
  public readonly refused: FieldError[] = [];
  public hasNulls = false;
  private readonly trail: (string | number)[] = [];

  public through(object: unknown, root: Compiled): this {
    this.visit(object, root);
    return this;
  }

  private visit(value: unknown, of: Compiled): void {
    if (of.type === undefined) return;
    if (!isOfType(value, of.type)) {
      this.malformed.push(fieldError('Invalid', this.path(), `must be ${NAMES[of.type]}`, value));
    } else if (typeof value === 'string') {
      this.text(value, of);
    } else if (typeof value === 'number') {
      const { minimum = -Infinity, maximum = Infinity } = of;
      if (value < minimum || value > maximum) this.malformed.push(fieldError('Invalid', this.path(), `must be from ${minimum} to ${maximum}`, value));
    } else if (Array.isArray(value)) {
      this.list(value, of);
    } else if (isRecord(value)) {
      this.object(value, of);
    }
  }

  private object(value: Readonly<Record<string, unknown>>, { required = [], fieldRows, values }: Compiled): void {
    for (const field of required) {
      if (!Object.hasOwn(value, field) || value[field] === undefined || value[field] === null) this.malformed.push(fieldError('Required', this.path(field), 'must be set'));
    }
    for (const field in value) {
      const named = fieldRows?.get(field);
      const row = named ?? values;
      if (row === undefined) continue;
      const part = value[field];
      const expected = shape(row);
      if (named === undefined || !isNothing(part, expected)) this.below(field, part, expected);
      else if (part === null) this.hasNulls = true;
    }
  }

  private list(value: readonly unknown[], { items, minItems = 0, keys }: Compiled): void {
    if (value.length < minItems) this.refused.push(fieldError('Invalid', this.path(), `must have ${minItems} entries at least`, value.length));
    if (items !== undefined) {
      const expected = shape(items);
      for (let index = 0; index < value.length; index += 1) this.below(index, value[index], expected);
    }
    if (keys && value.length > 1) this.unique(value, keys);
  }

  private below(step: string | number, value: unknown, of: Compiled): void {
    this.trail.push(step);
    this.visit(value, of);
    this.trail.pop();
  }

  private unique(value: readonly unknown[], keys: readonly string[]): void {
    const seen = new Set<string>();
    for (let index = 0; index < value.length; index += 1) {
      const identity = identityOf(value[index], keys);
      if (seen.has(identity)) this.refused.push(fieldError('Duplicate', this.path(index), 'must not come up twice in the list', value[index]));
      seen.add(identity);
    }
  }

  private text(value: string, { enum: allowed, minLength = 0, maxLength = Infinity, expression }: Compiled): void {
    if (allowed && !allowed.includes(value)) this.refused.push(fieldError('NotSupported', this.path(), `must be one of ${allowed.join(', ')}`, value));
    else if (value.length < minLength) this.refuse(value, `must have ${minLength} characters at least`);
    else if (value.length > maxLength) this.refuse(value, `must have ${maxLength} characters at most`);
    else if (expression && !expression.test(value)) this.refuse(value, `must match ${expression.source}`);
  }

  private refuse(value: string, detail: string): void {
    this.refused.push(fieldError('Invalid', this.path(), detail, value));
  }

  /** The place that the walk is at, or one step below it. */
  private path(...below: (string | number)[]): string {
    return fieldPath([...this.trail, ...below]);
  }
}

const NAMES: Readonly<Record<NonNullable<Shape['type']>, string>> = {
  object: 'an object', array: 'a list', string: 'a text', integer: 'a whole number of 64 bits', number: 'a number', boolean: 'true or false', intOrString: 'a whole number or a text',
};

function isOfType(value: unknown, type: NonNullable<Shape['type']>): boolean {
  switch (type) {
    case 'object': return isRecord(value);
    case 'array': return Array.isArray(value);
    case 'integer': return isWhole(value);
    case 'intOrString': return typeof value === 'string' || isWhole(value);
    default: return typeof value === type;
  }
}

/** A server counts to 64 bits; what is larger is no whole number to it. */
function isWhole(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;
}

/** What tells an entry of a list from the others; most have one key, a text. */
function identityOf(entry: unknown, keys: readonly string[]): string {
  const [key] = keys;
  const only = keys.length === 1 && key !== undefined && isRecord(entry) ? entry[key] : undefined;
  if (typeof only === 'string') return only;
  return JSON.stringify(keys.length === 0 ? entry : keys.map(name => (isRecord(entry) ? entry[name] : undefined)));
}
