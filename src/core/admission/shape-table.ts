import type { Shape } from './shape';
import { SHAPES } from './shapes.generated';

/** A row of the table, ready for use. */
export interface Compiled extends Omit<Shape, 'fields' | 'pattern'> {
  readonly fieldRows?: ReadonlyMap<string, number>;
  readonly expression?: RegExp;
}

const compiled: Compiled[] = [];

/** A row by its number. */
export function compiledShape(row: number): Compiled {
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

/** The path of steps down an object: names of fields and indexes of lists. */
export function fieldPath(steps: readonly (string | number)[]): string {
  return steps.map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('').replace(/^\./, '');
}
