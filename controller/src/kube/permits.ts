/** A bounded number of permits; who finds none waits in line. */
export class Permits {
  private free: number;
  private readonly line: Array<() => void> = [];

  constructor(readonly limit: number) {
    if (!Number.isInteger(limit) || limit < 1) throw new Error(`limit has to be a positive integer, not ${limit}`);
    this.free = limit;
  }

  /** How many permits are held now. */
  get held(): number {
    return this.limit - this.free;
  }

  /** How many permits are held or waited for now. */
  get demand(): number {
    return this.held + this.line.length;
  }

  /** Runs `work` while holding a permit. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.acquire();
    try {
      return await work();
    } finally {
      this.release();
    }
  }

  private acquire(): Promise<void> {
    if (this.free > 0) {
      this.free--;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.line.push(resolve));
  }

  private release(): void {
    const next = this.line.shift();
    if (next) next();
    else this.free++;
  }
}

/**
 * Runs `work` for every item, at most `limit` at a time, and waits for all of them. Never rejects: each outcome is in its
 * item's place.
 */
export function settleAll<I, T>(items: readonly I[], limit: number, work: (item: I, index: number) => Promise<T>): Promise<Array<PromiseSettledResult<T>>> {
  const permits = new Permits(limit);
  return Promise.allSettled(items.map((item, index) => permits.run(() => work(item, index))));
}
