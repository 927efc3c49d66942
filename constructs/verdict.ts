import { FieldError, KNOWN_SCHEDULERS } from '../src/core';

/** Schedulers that Grove can work with; which of them are there is the cluster's affair. */
export const SCHEDULERS = KNOWN_SCHEDULERS;

/** What admission has against a field, as a sentence. */
export function sentence({ field, type, badValue, detail }: FieldError): string {
  return `${field}: ${type}${badValue === undefined ? '' : ` value ${JSON.stringify(badValue)}`}: ${detail}`;
}
