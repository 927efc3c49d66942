import { Clock, Timer, systemClock } from '../../controller/src/kube';

interface Alarm {
  readonly atMs: number;
  readonly callback: () => void;
  timer: Timer;
}

/** The machine's clock, ahead by as much as was skipped: what would happen hours later, with real API servers, happens now. */
export class SkippingClock implements Clock {
  private readonly alarms = new Set<Alarm>();
  private skippedMs = 0;

  now(): number {
    return systemClock.now() + this.skippedMs;
  }

  elapsed(): number {
    return systemClock.elapsed() + this.skippedMs;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const alarm: Alarm = { atMs: this.elapsed() + delayMs, callback, timer: { cancel: () => undefined } };
    this.alarms.add(alarm);
    this.arm(alarm);
    return {
      cancel: () => {
        this.alarms.delete(alarm);
        alarm.timer.cancel();
      },
    };
  }

  /** Goes ahead; what was to ring meanwhile rings at once. */
  skip(durationMs: number): void {
    this.skippedMs += durationMs;
    for (const alarm of this.alarms) {
      alarm.timer.cancel();
      this.arm(alarm);
    }
  }

  private arm(alarm: Alarm): void {
    alarm.timer = systemClock.setTimeout(() => {
      this.alarms.delete(alarm);
      alarm.callback();
    }, alarm.atMs - this.elapsed());
  }
}
