import { fieldError } from './errors';
import type { FieldError } from './request';
import type { Shape } from './shape';
import { ROOTS, SHAPES } from './shapes.generated';
import { isRecord } from './syntax';

/** What the schema has against an object. */
export interface ShapeFindings {
  /** Something is missing or of the wrong kind: no other rule can be asked. */
  readonly malformed: readonly FieldError[];
  /** Values that the schema does not allow; the other rules can be asked too. */
  readonly refused: readonly FieldError[];
}

/**
 * Judges an object as the API server's schema does, down to the last field of a pod spec, so that nothing is accepted here that the server
 * refuses. CEL rules are not part of it: the rules of admission say the same. Fields that the schema does not know are not looked at.
 */
export function shapeFindings(object: unknown, kind: keyof typeof ROOTS): ShapeFindings {
  const malformed: FieldError[] = [];
  const refused: FieldError[] = [];
  new ShapeWalk(malformed, refused).visit(object, shape(ROOTS[kind]), '');
  return { malformed, refused };
}

/** A row of the table, ready for use. */
interface Compiled extends Omit<Shape, 'fields' | 'pattern'> {
  readonly fieldRows?: ReadonlyMap<string, number>;
  readonly expression?: RegExp;
}

const compiled: Compiled[] = [];

function shape(row: number): Compiled {
  let found = compiled[row];
  if (!found) {
    const { fields, pattern, ...rest } = SHAPES[row]!;
    found = {
      ...rest,
      ...(fields ? { fieldRows: new Map(Object.entries(fields)) } : {}),
      ...(pattern === undefined ? {} : { expression: new RegExp(pattern) }),
    };
    compiled[row] = found;
  }
  return found;
}

class ShapeWalk {
  public constructor(private readonly malformed: FieldError[], private readonly refused: FieldError[]) {}

  public visit(value: unknown, of: Compiled, path: string): void {
    if (of.type === undefined) return;
    if (!isOfType(value, of.type)) {
      this.malformed.push(fieldError('Invalid', path, `must be ${NAMES[of.type]}`, value));
    } else if (typeof value === 'string') {
      this.text(value, of, path);
    } else if (typeof value === 'number') {
      const { minimum = -Infinity, maximum = Infinity } = of;
      if (value < minimum || value > maximum) this.refused.push(fieldError('Invalid', path, `must be from ${minimum} to ${maximum}`, value));
    } else if (Array.isArray(value)) {
      this.list(value, of, path);
    } else if (isRecord(value)) {
      this.object(value, of, path);
    }
  }

  private object(value: Readonly<Record<string, unknown>>, of: Compiled, path: string): void {
    const { required = [], fieldRows, values } = of;
    for (const field of required) {
      if (!Object.hasOwn(value, field) || value[field] === undefined) this.malformed.push(fieldError('Required', join(path, field), 'must be set'));
    }
    for (const field in value) {
      const row = fieldRows?.get(field) ?? values;
      const part = value[field];
      if (row === undefined || part === undefined) continue;
      const expected = shape(row);
      if (part !== null || !expected.hasDefault) this.visit(part, expected, join(path, field));
    }
  }

  private list(value: readonly unknown[], { items, minItems = 0, keys }: Compiled, path: string): void {
    if (value.length < minItems) this.refused.push(fieldError('Invalid', path, `must have ${minItems} entries at least`, value.length));
    if (items !== undefined) {
      const expected = shape(items);
      for (let index = 0; index < value.length; index += 1) this.visit(value[index], expected, `${path}[${index}]`);
    }
    if (keys && value.length > 1) this.unique(value, keys, path);
  }

  private unique(value: readonly unknown[], keys: readonly string[], path: string): void {
    const seen = new Set<string>();
    value.forEach((entry, index) => {
      const identity = JSON.stringify(keys.length === 0 ? entry : keys.map(key => (isRecord(entry) ? entry[key] : undefined)));
      if (seen.has(identity)) this.refused.push(fieldError('Duplicate', `${path}[${index}]`, 'must not come up twice in the list', entry));
      seen.add(identity);
    });
  }

  private text(value: string, { enum: allowed, minLength = 0, maxLength = Infinity, expression }: Compiled, path: string): void {
    const refuse = (detail: string) => this.refused.push(fieldError('Invalid', path, detail, value));
    if (allowed && !allowed.includes(value)) this.refused.push(fieldError('NotSupported', path, `must be one of ${allowed.join(', ')}`, value));
    else if (value.length < minLength) refuse(`must have ${minLength} characters at least`);
    else if (value.length > maxLength) refuse(`must have ${maxLength} characters at most`);
    else if (expression && !expression.test(value)) refuse(`must match ${expression.source}`);
  }
}

const NAMES: Readonly<Record<NonNullable<Shape['type']>, string>> = {
  object: 'an object', array: 'a list', string: 'a text', integer: 'a whole number', number: 'a number', boolean: 'true or false', intOrString: 'a whole number or a text',
};

function isOfType(value: unknown, type: NonNullable<Shape['type']>): boolean {
  switch (type) {
    case 'object': return isRecord(value);
    case 'array': return Array.isArray(value);
    case 'integer': return Number.isInteger(value);
    case 'intOrString': return typeof value === 'string' || Number.isInteger(value);
    default: return typeof value === type;
  }
}

function join(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`;
}
