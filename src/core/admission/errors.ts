import type { FieldError, FieldErrorType } from './request';

/** Makes one field error. */
export function fieldError(type: FieldErrorType, field: string, detail: string, badValue?: unknown): FieldError {
  return badValue === undefined ? { type, field, detail } : { type, field, badValue, detail };
}

/** One Duplicate error for each value that comes up again. */
export function duplicates(field: string, what: string, values: readonly string[]): FieldError[] {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const value of values) (seen.has(value) ? again : seen).add(value);
  return Array.from(again, value => fieldError('Duplicate', field, `${what} "${value}" must be used once only`, value));
}

/** The errors that there are. A list of rules reads as: what is broken && the error. */
export function broken(...rules: readonly (FieldError | false | undefined)[]): FieldError[] {
  return rules.filter(error => error !== false && error !== undefined);
}

/** Names in a sentence: all of a few, the first of many. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map(name => `"${name}"`).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
