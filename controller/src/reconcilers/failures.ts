import { LastError } from 'cdk8s-grove/core';

/**
 * Errors of objects that have no status to keep them in, or could not be made at all, by the set that they belong to. Kept in memory only: a new
 * process meets again what still goes wrong.
 */
export class Failures {
  private readonly bySet = new Map<string, Map<string, LastError>>();

  /** @param onChange told the set, as `namespace/name`, when another error, or none any more, is known of something of it */
  constructor(private readonly onChange: (setKey: string) => void) {}

  /** The errors of what belongs to the set, each with the name of the object. */
  of(setKey: string): ReadonlyMap<string, LastError> {
    return this.bySet.get(setKey) ?? new Map<string, LastError>();
  }

  record(setKey: string, name: string, error: LastError): void {
    const known = this.bySet.get(setKey) ?? new Map<string, LastError>();
    this.bySet.set(setKey, known);
    const before = known.get(name);
    const since = before?.code === error.code ? before.observedAt : error.observedAt;
    known.set(name, { ...error, observedAt: since });
    if (before?.description !== error.description) this.onChange(setKey);
  }

  clear(setKey: string, name: string): void {
    const known = this.bySet.get(setKey);
    if (!known?.delete(name)) return;
    if (known.size === 0) this.bySet.delete(setKey);
    this.onChange(setKey);
  }

  /** The set is gone. */
  forget(setKey: string): void {
    this.bySet.delete(setKey);
  }
}
