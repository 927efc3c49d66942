import { Clock } from '../kube/clock';

/** Work that is noted while a write is being told about, and done soon after it, each piece once. */
export class Deferred<T> {
  private pending = new Set<T>();

  constructor(private readonly clock: Clock, private readonly work: (item: T) => void) {}

  add(item: T): void {
    if (this.pending.size === 0) this.clock.setTimeout(() => this.run(), 0);
    this.pending.add(item);
  }

  private run(): void {
    const items = this.pending;
    this.pending = new Set();
    for (const item of items) this.work(item);
  }
}
