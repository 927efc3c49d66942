import { Random } from './backoff';
import { Client } from './client';
import { Clock, sleep } from './clock';
import { LeaseLock } from './lease-lock';
import { Logger, silentLogger } from './log';
import { Watchdog } from './watchdog';

export interface LeaderElectorOptions {
  /** Best a client of its own, so that a renewal never stands in line behind other requests. */
  readonly client: Client;
  readonly lease: { readonly namespace: string; readonly name: string };
  /** Has to differ between processes, and between two lives of one. */
  readonly identity: string;
  readonly clock: Clock;
  /** @default Math.random */
  readonly random?: Random;
  /** How long others wait after the last renewal before they take over. @default 15_000 */
  readonly leaseDurationMs?: number;
  /** Without a renewal for so long, leadership is given up. Less than the lease duration. @default 10_000 */
  readonly renewDeadlineMs?: number;
  /** Time between two attempts. @default 2_000 */
  readonly retryPeriodMs?: number;
  readonly log?: Logger;
}

/** Candidates do not knock at the same moment: each waits up to a fifth longer. */
const JITTER = 0.2;

/** Lets one process of several lead, through a Lease object. */
export class LeaderElector {
  private readonly random: Random;
  private readonly log: Logger;
  private readonly renewDeadlineMs: number;
  private readonly retryPeriodMs: number;
  private readonly lock: LeaseLock;

  /** @throws Error when the times do not fit each other */
  constructor(private readonly options: LeaderElectorOptions) {
    const { leaseDurationMs = 15_000, renewDeadlineMs = 10_000, retryPeriodMs = 2_000, random = Math.random, log = silentLogger } = options;
    if (leaseDurationMs <= renewDeadlineMs || renewDeadlineMs <= retryPeriodMs * (1 + JITTER)) {
      throw new Error(`leader election needs lease duration > renew deadline > retry period, not ${leaseDurationMs}, ${renewDeadlineMs}, ${retryPeriodMs} ms`);
    }
    this.random = random;
    this.log = log;
    this.renewDeadlineMs = renewDeadlineMs;
    this.retryPeriodMs = retryPeriodMs;
    this.lock = new LeaseLock({ ...options, leaseDurationMs, attemptTimeoutMs: renewDeadlineMs / 2, log });
  }

  /**
   * Waits for leadership, then runs `onLeading` once. Its signal aborts when leadership is lost or `signal` aborts; it has to end its
   * work then. Until it has, the lease is renewed where that is possible; afterwards it is released, so that another process can
   * take over at once. Resolves, or rejects with what `onLeading` threw, after all that; to lead again, run again.
   */
  async run(signal: AbortSignal, onLeading: (lost: AbortSignal) => Promise<void>): Promise<void> {
    try {
      while (!signal.aborted && !(await this.lock.acquireOrRenew())) await this.pause(signal);
      if (!signal.aborted) await this.lead(signal, onLeading);
    } finally {
      await this.lock.release();
    }
  }

  private async lead(signal: AbortSignal, onLeading: (lost: AbortSignal) => Promise<void>): Promise<void> {
    const lost = new AbortController();
    const ended = new AbortController();
    const stop = (): void => lost.abort();
    signal.addEventListener('abort', stop);
    this.log.info(this.fields(), 'leading');
    const renewing = this.keepRenewing(lost, ended.signal);
    try {
      await onLeading(lost.signal);
    } finally {
      signal.removeEventListener('abort', stop);
      ended.abort();
      await renewing;
    }
  }

  /** Renews until the work has ended. The deadline has a timer of its own: a renewal that hangs does not delay it. */
  private async keepRenewing(lost: AbortController, ended: AbortSignal): Promise<void> {
    const { clock } = this.options;
    const watchdog = new Watchdog(clock, this.renewDeadlineMs, () => this.giveUp(lost));
    while (!ended.aborted && !watchdog.hasBarked) {
      await this.pause(ended);
      if (ended.aborted || watchdog.hasBarked) break;
      const startMs = clock.elapsed();
      if (await this.lock.acquireOrRenew()) {
        watchdog.feed(startMs);
      } else if (!this.lock.isOurs) {
        this.giveUp(lost);
        break;
      }
    }
    watchdog.stop();
  }

  private giveUp(lost: AbortController): void {
    this.log.error(this.fields(), 'leadership lost');
    lost.abort();
  }

  private pause(signal: AbortSignal): Promise<void> {
    return sleep(this.options.clock, this.retryPeriodMs * (1 + JITTER * this.random()), signal);
  }

  private fields(): object {
    const { lease, identity } = this.options;
    return { lease: `${lease.namespace}/${lease.name}`, identity, holder: this.lock.holder };
  }
}
