/** How often each of some things is there. */
export class Counts<T> {
  private readonly counts = new Map<T, number>();

  /** Adds, or takes away with a negative number. Returns whether the thing has come to be there, or has gone for good. */
  add(thing: T, count: number): boolean {
    const before = this.counts.get(thing) ?? 0;
    const after = before + count;
    if (after > 0) this.counts.set(thing, after);
    else this.counts.delete(thing);
    return (before > 0) !== (after > 0);
  }

  has(thing: T): boolean {
    return this.counts.has(thing);
  }

  keys(): T[] {
    return [...this.counts.keys()];
  }
}
