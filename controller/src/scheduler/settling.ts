import { Clock } from '../kube';

/** Nodes that are added or let go one after another follow each other faster than this. */
const QUIET_MS = 1_000;
/** Where room never comes to rest, as in a large cluster, it counts as settled so long after its first change. */
const LONGEST_MS = 5_000;

/**
 * Whether new room has come to rest. While it still grows, what needs little would take it piece by piece, and what needs much and goes
 * first would wait for ever.
 */
export class Settling {
  private firstMs: number | undefined;
  private lastMs = 0;

  constructor(private readonly clock: Clock) {}

  /** There is more room than before. */
  grown(): void {
    this.lastMs = this.clock.elapsed();
    this.firstMs ??= this.lastMs;
  }

  /** Milliseconds until the room is settled; 0 when it is. */
  remainingMs(): number {
    if (this.firstMs === undefined) return 0;
    const remaining = Math.min(this.lastMs + QUIET_MS, this.firstMs + LONGEST_MS) - this.clock.elapsed();
    if (remaining > 0) return remaining;
    this.firstMs = undefined;
    return 0;
  }
}
