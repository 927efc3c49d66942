import { Heap } from './heap';

/**
 * Where time comes from. Nothing in the controller reads the time or waits in any other way, so that a test or a
 * simulation decides how time passes.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch: for time stamps. It may jump when the machine's clock is corrected. */
  now(): number;

  /** Milliseconds since an arbitrary moment, never going back: for durations and deadlines. */
  elapsed(): number;

  /** Calls `callback` once, `delayMs` milliseconds from now (at once when zero or less, but never before this call returns). */
  setTimeout(callback: () => void, delayMs: number): Timer;
}

/** A call that is still to come. */
export interface Timer {
  /** Takes the call back. Harmless when it has happened already. */
  cancel(): void;
}

/** Longest delay that Node's own timers can hold; a longer one would fire at once. */
const LONGEST_NODE_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout(callback, delayMs) {
    let handle: NodeJS.Timeout;
    const arm = (remainingMs: number): void => {
      const stepMs = Math.min(Math.max(remainingMs, 0), LONGEST_NODE_TIMER_MS);
      handle = setTimeout(() => (remainingMs > stepMs ? arm(remainingMs - stepMs) : callback()), stepMs);
    };
    arm(delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

/**
 * Resolves after `delayMs` milliseconds of the clock, or at once when `signal` aborts: a sleeper that is told to stop
 * looks at the signal itself.
 */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = clock.setTimeout(wake, delayMs);
    signal?.addEventListener('abort', wake);
  });
}

interface Alarm {
  readonly atMs: number;
  /** Order of setting: alarms of the same moment ring in the order in which they were set. */
  readonly sequence: number;
  /** Emptied when cancelled. */
  callback?: () => void;
}

/**
 * A clock that stands still until it is told to go on. Between two alarms it lets everything run that is ready
 * (promises, and one turn of the event loop), so that days of simulated life take seconds and a run repeats exactly.
 */
export class VirtualClock implements Clock {
  private readonly alarms = new Heap<Alarm>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence));
  private readonly startMs: number;
  private currentMs: number;
  private sequence = 0;
  private pending = 0;

  /** @param startMs what `now()` says at first, in milliseconds since the epoch. @default 2026-01-01T00:00:00Z */
  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.startMs = startMs;
    this.currentMs = startMs;
  }

  now(): number {
    return this.currentMs;
  }

  elapsed(): number {
    return this.currentMs - this.startMs;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const alarm: Alarm = { atMs: this.currentMs + Math.max(delayMs, 0), sequence: this.sequence++, callback };
    this.alarms.push(alarm);
    this.pending++;
    return {
      cancel: () => {
        if (alarm.callback) this.pending--;
        alarm.callback = undefined;
      },
    };
  }

  /** How many alarms are set and neither rung nor cancelled. */
  get pendingTimers(): number {
    return this.pending;
  }

  /** Lets everything run that waits for no timer. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets `durationMs` milliseconds pass: rings every alarm that falls into them, in order, and settles after each. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.currentMs + durationMs;
    await this.settle();
    while (await this.ringNext(untilMs)) { /* ringing has let the work run that may set further alarms */ }
    this.currentMs = untilMs;
  }

  /**
   * Lets time pass, alarm by alarm, until `condition` holds. Returns whether it does: false when `limitMs` milliseconds
   * have passed before, or when no alarm is left that could change anything.
   */
  async runUntil(condition: () => boolean, limitMs: number): Promise<boolean> {
    const untilMs = this.currentMs + limitMs;
    await this.settle();
    while (!condition()) {
      if (!(await this.ringNext(untilMs))) return condition();
    }
    return true;
  }

  private async ringNext(untilMs: number): Promise<boolean> {
    const alarm = this.nextAlarm();
    if (alarm === undefined || alarm.atMs > untilMs) return false;
    this.alarms.pop();
    this.currentMs = Math.max(this.currentMs, alarm.atMs);
    const callback = alarm.callback;
    alarm.callback = undefined;
    this.pending--;
    callback?.();
    await this.settle();
    return true;
  }

  /** The next alarm that was not cancelled; cancelled ones before it are thrown away. */
  private nextAlarm(): Alarm | undefined {
    for (;;) {
      const alarm = this.alarms.peek();
      if (alarm === undefined || alarm.callback) return alarm;
      this.alarms.pop();
    }
  }
}
