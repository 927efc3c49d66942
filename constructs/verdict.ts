import { FieldError, SCHEDULER_NAME } from '../src/core';

/** Schedulers that Grove can work with; which of them are there is the cluster's affair. */
export const SCHEDULERS = [SCHEDULER_NAME, 'default-scheduler', 'kai-scheduler', 'volcano', 'lpx-scheduler'];

/** What admission has against a field, as a sentence. */
export function sentence({ field, type, badValue, detail }: FieldError): string {
  return `${field}: ${type}${badValue === undefined ? '' : ` value ${JSON.stringify(badValue)}`}: ${detail}`;
}
