import { Clock, Timer } from './clock';

/** Calls `bark` once when nobody has fed it for `limitMs` milliseconds. Feeding is cheap: no timer is set anew for it. */
export class Watchdog {
  private fedAtMs: number;
  private timer: Timer;
  private barked = false;

  constructor(private readonly clock: Clock, private readonly limitMs: number, private readonly bark: () => void) {
    this.fedAtMs = clock.elapsed();
    this.timer = clock.setTimeout(() => this.look(), limitMs);
  }

  get hasBarked(): boolean {
    return this.barked;
  }

  /** @param atMs when it was fed, by the clock's `elapsed()`. @default now */
  feed(atMs: number = this.clock.elapsed()): void {
    this.fedAtMs = atMs;
  }

  stop(): void {
    this.timer.cancel();
  }

  private look(): void {
    const remainingMs = this.fedAtMs + this.limitMs - this.clock.elapsed();
    if (remainingMs > 0) {
      this.timer = this.clock.setTimeout(() => this.look(), remainingMs);
    } else {
      this.barked = true;
      this.bark();
    }
  }
}
