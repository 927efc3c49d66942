import { Clock, systemClock } from './clock';
import { isConflict, messageOf } from './errors';
import { Logger, silentLogger } from './log';
import { WorkQueue } from './work-queue';

export interface ReconcileResult {
  /** Look at the key again after so many milliseconds, though nothing may have changed. */
  readonly requeueAfterMs?: number;
}

/** One ended reconcile, for metrics. */
export interface ReconcileObservation {
  readonly controller: string;
  readonly durationMs: number;
  readonly outcome: 'success' | 'requeue_after' | 'error';
}

export interface ControllerOptions {
  /** For logs and metrics. */
  readonly name: string;
  /** Whoever watches adds the keys; it is shut down when the controller ends. */
  readonly queue: WorkQueue;
  /** Brings what the key stands for to its desired state. When it throws, the key comes again, later with each failure. */
  readonly reconcile: (key: string) => Promise<ReconcileResult | void>;
  /** How many keys are worked on at once; never one key twice. @default 1 */
  readonly concurrency?: number;
  /** @default the machine's */
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Must not throw. */
  readonly observe?: (observation: ReconcileObservation) => void;
}

/** Takes keys from a queue and reconciles them, for as long as it runs. */
export class Controller {
  private readonly clock: Clock;
  private readonly log: Logger;

  constructor(private readonly options: ControllerOptions) {
    this.clock = options.clock ?? systemClock;
    this.log = options.log ?? silentLogger;
  }

  /** Works until `signal` aborts; resolves when the reconciles that were running then have ended. */
  async run(signal: AbortSignal): Promise<void> {
    const { queue, concurrency = 1 } = this.options;
    const stop = (): void => queue.shutDown();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    await Promise.all(Array.from({ length: concurrency }, () => this.work()));
    signal.removeEventListener('abort', stop);
  }

  private async work(): Promise<void> {
    const { queue } = this.options;
    for (;;) {
      const key = await queue.take();
      if (key === undefined) return;
      await this.reconcileOne(key);
      queue.done(key);
    }
  }

  private async reconcileOne(key: string): Promise<void> {
    const { name, queue, reconcile, observe } = this.options;
    const startMs = this.clock.elapsed();
    let outcome: ReconcileObservation['outcome'] = 'success';
    try {
      const result = await reconcile(key);
      queue.forget(key);
      if (result?.requeueAfterMs !== undefined) {
        outcome = 'requeue_after';
        queue.addAfter(key, result.requeueAfterMs);
      }
    } catch (error) {
      outcome = 'error';
      queue.addRateLimited(key);
      const fields = { controller: name, key, failures: queue.failures(key), error: messageOf(error) };
      if (isConflict(error)) this.log.debug(fields, 'somebody else has changed the object; trying again');
      else this.log.error(fields, 'reconcile failed');
    }
    observe?.({ controller: name, durationMs: this.clock.elapsed() - startMs, outcome });
  }
}
