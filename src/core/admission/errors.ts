import type { FieldError, FieldErrorType } from './request';

/** Makes one field error. */
export function fieldError(type: FieldErrorType, field: string, detail: string, badValue?: unknown): FieldError {
  return badValue === undefined ? { type, field, detail } : { type, field, badValue, detail };
}

/** One Duplicate error for each value that comes up again. */
export function duplicates(field: string, what: string, values: readonly string[]): FieldError[] {
  const again = new Set(values.filter((value, index) => values.indexOf(value) !== index));
  return [...again].map(value => fieldError('Duplicate', field, `${what} "${value}" must be used once only`, value));
}

/** The errors whose conditions hold. A table of rules reads as: [broken, error]. */
export function broken(...rules: readonly (readonly [boolean, FieldError])[]): FieldError[] {
  return rules.filter(([applies]) => applies).map(([, error]) => error);
}
