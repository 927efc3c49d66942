import { Client } from './client';
import { Clock, Timer } from './clock';
import { isNotFound, messageOf } from './errors';
import { Logger, silentLogger } from './log';
import { microTime } from './micro-time';
import { KubeObject } from './object';
import { mergePatch } from './patch';
import { EVENT } from './resource';

export interface EventRecorderOptions {
  readonly client: Client;
  /** Who reports, for example `example.io/controller`. */
  readonly component: string;
  /** Which of its processes; a pod's name fits. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log?: Logger;
}

/** An event that may happen again. */
interface Series {
  readonly namespace: string;
  /** Undefined until the server has it. */
  name?: string;
  count: number;
  writtenCount: number;
  lastMs: number;
  /** Set while a repetition waits for being written. */
  timer?: Timer;
  intervalMs: number;
  /** Writes about one series follow each other. */
  writing: Promise<void>;
}

/** Repetitions are written at most so often, and more rarely the longer they go on. */
const INTERVAL_MS = { first: 10_000, longest: 300_000 };
/** What has not happened for so long is told as a new event when it happens again. */
const SERIES_END_MS = 900_000;
const MAX_SERIES = 1_000;
const MAX_WRITES_UNDER_WAY = 200;
const MAX_NOTE = 1_024;
const MAX_REASON = 128;
const MAX_NAME = 253;

/**
 * Tells people, through `kubectl describe` and `kubectl events`, what happened to an object. Nothing depends on an event arriving:
 * when the server is slow or refuses, events are lost, and the caller never notices.
 */
export class EventRecorder {
  private readonly log: Logger;
  /** The one that has rested longest first. */
  private readonly series = new Map<string, Series>();
  private readonly underWay = new Set<Promise<void>>();
  private sequence = 0;

  constructor(private readonly options: EventRecorderOptions) {
    this.log = options.log ?? silentLogger;
  }

  /**
   * Returns at once. The same event about the same object is counted, not written again.
   * @param reason one word in CamelCase, for machines
   * @param note one sentence, for people; cut after 1,024 characters
   * @param action what was done or tried, one word. @default the reason
   */
  event(regarding: KubeObject, type: 'Normal' | 'Warning', reason: string, note: string, action: string = reason): void {
    const now = this.options.clock.now();
    const key = JSON.stringify([regarding.metadata.uid ?? [regarding.metadata.namespace, regarding.metadata.name], type, reason, note, action]);
    const known = this.series.get(key);
    this.series.delete(key);
    if (known && now - known.lastMs < SERIES_END_MS) {
      this.series.set(key, known);
      this.repeat(key, known, now);
    } else {
      const told = { type, reason: reason.slice(0, MAX_REASON), action, note: note.slice(0, MAX_NOTE) };
      this.begin(key, { ...this.frameOf(regarding, now), ...told }, now);
    }
  }

  /** Writes what waits, and resolves when no write is under way any more. */
  async flush(): Promise<void> {
    for (const [key, series] of this.series) {
      if (series.timer) this.writeRepetitions(key, series);
    }
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  private begin(key: string, event: KubeObject, now: number): void {
    const series: Series = {
      namespace: event.metadata.namespace!, count: 1, writtenCount: 1, lastMs: now, intervalMs: INTERVAL_MS.first, writing: Promise.resolve(),
    };
    this.series.set(key, series);
    this.forgetOldest();
    this.write(key, series, async () => {
      series.name = (await this.options.client.create(EVENT, event)).metadata.name;
    });
  }

  private repeat(key: string, series: Series, now: number): void {
    series.count++;
    series.lastMs = now;
    series.timer ??= this.options.clock.setTimeout(() => this.writeRepetitions(key, series), series.intervalMs);
  }

  private writeRepetitions(key: string, series: Series): void {
    series.timer?.cancel();
    series.timer = undefined;
    series.intervalMs = Math.min(series.intervalMs * 2, INTERVAL_MS.longest);
    this.write(key, series, async () => {
      if (series.count === series.writtenCount) return;
      const { name, namespace, count, lastMs } = series;
      await this.options.client.patch(EVENT, { name, namespace }, mergePatch({ series: { count, lastObservedTime: microTime(lastMs) } }));
      series.writtenCount = count;
    });
  }

  private write(key: string, series: Series, work: () => Promise<void>): void {
    if (this.underWay.size >= MAX_WRITES_UNDER_WAY) return this.drop(key, series, 'too many events at once');
    series.writing = series.writing.then(work).catch((error) => this.drop(key, series, messageOf(error), isNotFound(error)));
    const written = series.writing.finally(() => this.underWay.delete(written));
    this.underWay.add(written);
  }

  /** What could not be written is told anew when it happens again. */
  private drop(key: string, series: Series, why: string, isExpected = false): void {
    series.timer?.cancel();
    if (this.series.get(key) === series) this.series.delete(key);
    if (!isExpected) this.log.debug({ error: why }, 'event not written');
  }

  private forgetOldest(): void {
    if (this.series.size <= MAX_SERIES) return;
    const [[key, series]] = this.series;
    series.timer?.cancel();
    this.series.delete(key);
  }

  private frameOf(regarding: KubeObject, now: number): KubeObject {
    const { name = '', namespace, uid } = regarding.metadata;
    const suffix = `.${now.toString(16)}${(this.sequence++ & 0xfffff).toString(16).padStart(5, '0')}`;
    const frame = {
      metadata: { namespace: namespace ?? 'default', name: name.slice(0, MAX_NAME - suffix.length) + suffix },
      eventTime: microTime(now),
      reportingController: this.options.component,
      reportingInstance: this.options.instance,
      regarding: { apiVersion: regarding.apiVersion, kind: regarding.kind, namespace, name, uid },
    };
    return frame;
  }
}
