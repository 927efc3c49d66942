import { backoffMs, Random } from './backoff';
import { Clock, systemClock, Timer } from './clock';

export interface WorkQueueOptions {
  /** @default the machine's */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: Random;
  /** Delay after a key's first failure, in milliseconds; doubled with each further one. @default 5 */
  readonly baseDelayMs?: number;
  /** Longest delay after failures, in milliseconds. @default 1_000_000 */
  readonly maxDelayMs?: number;
}

/** A part of each delay after a failure is random, so that keys which failed together do not come back together. */
const JITTER = 0.2;

/**
 * Keys that wait for work, as client-go has it: each key waits once however often it is added, never is worked on twice at a time,
 * and comes again when it is added while being worked on.
 */
export class WorkQueue {
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly baseMs: number;
  private readonly maxMs: number;
  private readonly waiting = new Set<string>();
  private readonly processing = new Set<string>();
  private readonly addedWhileProcessing = new Set<string>();
  private readonly delayed = new Map<string, { readonly atMs: number; readonly timer: Timer }>();
  private readonly failureCounts = new Map<string, number>();
  private readonly takers: Array<(key: string | undefined) => void> = [];
  private isShutDown = false;

  constructor({ clock = systemClock, random = Math.random, baseDelayMs = 5, maxDelayMs = 1_000_000 }: WorkQueueOptions = {}) {
    this.clock = clock;
    this.random = random;
    this.baseMs = baseDelayMs;
    this.maxMs = maxDelayMs;
  }

  /** How many keys wait now; neither those that are worked on nor those that come later. */
  get length(): number {
    return this.waiting.size;
  }

  add(key: string): void {
    if (this.isShutDown) return;
    if (this.processing.has(key)) {
      this.addedWhileProcessing.add(key);
    } else {
      this.waiting.add(key);
      this.serve();
    }
  }

  /** Adds the key `delayMs` milliseconds from now. Of several such calls for a key, the earliest moment counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.isShutDown) return;
    if (delayMs <= 0) return this.add(key);
    const atMs = this.clock.elapsed() + delayMs;
    const earlier = this.delayed.get(key);
    if (earlier && earlier.atMs <= atMs) return;
    earlier?.timer.cancel();
    const timer = this.clock.setTimeout(() => {
      this.delayed.delete(key);
      this.add(key);
    }, delayMs);
    this.delayed.set(key, { atMs, timer });
  }

  /** Adds the key after a delay that grows with each of its failures, of which this call counts one. */
  addRateLimited(key: string): void {
    const failures = this.failures(key) + 1;
    this.failureCounts.set(key, failures);
    this.addAfter(key, backoffMs(failures, { baseMs: this.baseMs, maxMs: this.maxMs, jitter: JITTER }, this.random));
  }

  /** The key has succeeded, or is of no interest any more: its failures no longer count. */
  forget(key: string): void {
    this.failureCounts.delete(key);
  }

  failures(key: string): number {
    return this.failureCounts.get(key) ?? 0;
  }

  /** The key that has waited longest; it has to be given back with {@link done}. Waits for one; undefined after {@link shutDown}. */
  take(): Promise<string | undefined> {
    if (this.isShutDown) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.takers.push(resolve);
      this.serve();
    });
  }

  done(key: string): void {
    this.processing.delete(key);
    if (this.addedWhileProcessing.delete(key)) this.add(key);
  }

  /** Nothing is taken or added any more; who waits in {@link take} gets undefined. */
  shutDown(): void {
    this.isShutDown = true;
    for (const { timer } of this.delayed.values()) timer.cancel();
    this.delayed.clear();
    this.waiting.clear();
    for (const taker of this.takers.splice(0)) taker(undefined);
  }

  private serve(): void {
    for (const key of this.waiting) {
      const taker = this.takers.shift();
      if (!taker) return;
      this.waiting.delete(key);
      this.processing.add(key);
      taker(key);
    }
  }
}
