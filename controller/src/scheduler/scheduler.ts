import { GangVerdict, LABEL, Pod, PodGang, pinRefusal, tiersOf, waitsForRoom } from 'cdk8s-grove/core';
import { Admission, AdmissionOptions } from './admission';
import { Candidate, isOurs } from './gangs';
import { Settling } from './settling';
import { Timer, keyOf } from '../kube';
import { scopedKey } from '../state/caches';

export type { Decision } from './admission';
export type SchedulerOptions = AdmissionOptions;

/** Events come in swarms: a cycle waits this long for the rest of one. */
const BATCH_MS = 5;

/**
 * Admits gangs: a gang is bound whole, which means the minimum of each of its groups, or not at all. In each cycle first the minima of all
 * waiting gangs are placed, by priority, base gangs before scaled ones and older before younger, and only then surplus pods where room is left.
 */
export class Scheduler {
  private readonly admission: Admission;
  private readonly settling: Settling;
  private readonly waiting = new Set<string>();
  private timer: Timer | undefined;
  private timerAtMs = 0;
  private isRunning = false;

  constructor(private readonly options: SchedulerOptions) {
    const { caches, clock } = options;
    const settling = new Settling(clock);
    this.settling = settling;
    this.admission = new Admission(options, {
      onGrown: () => settling.grown(),
      onDone: (key, delayMs) => this.onDone(key, delayMs),
      onFreed: () => this.wake(),
    });
    caches.gangs.store.subscribe(({ object, old }) => this.onGang(object ?? old, object === undefined));
    caches.pods.store.subscribe(({ object, old }) => this.onPod(object ?? old));
    for (const { store } of [caches.nodes, caches.topologies, caches.priorityClasses]) store.subscribe(() => this.wake());
  }

  /** Starts placing; everything seen before is looked at, too. */
  start(signal: AbortSignal): void {
    this.isRunning = true;
    signal.addEventListener('abort', () => {
      this.isRunning = false;
      this.timer?.cancel();
    });
    this.wake();
  }

  /** What was last said of a gang that waits, or was placed, by `namespace/name`. */
  verdict(gangKey: string): GangVerdict | undefined {
    return this.admission.verdict(gangKey);
  }

  private onGang(gang: PodGang | undefined, deleted: boolean): void {
    if (!gang || !isOurs(gang)) return;
    const key = keyOf(gang);
    if (deleted) {
      this.waiting.delete(key);
      this.admission.forget(key);
    } else {
      this.waiting.add(key);
    }
    this.wake();
  }

  private onPod(pod: Pod | undefined): void {
    const gang = pod?.metadata.labels?.[LABEL.podGang];
    if (pod && gang !== undefined && isOurs(this.options.caches.gangs.store.get(scopedKey(pod, gang)))) {
      this.waiting.add(scopedKey(pod, gang));
      if (pinRefusal(pod) !== undefined) this.admission.pins.refused(pod);
    }
    this.wake();
  }

  /** Scaled gangs may have waited for this one. */
  private onDone(key: string, delayMs: number): void {
    this.waiting.add(key);
    for (const pod of this.options.caches.pods.store.byIndex('baseGang', key)) this.onPod(pod);
    this.wake(Math.max(delayMs, BATCH_MS));
  }

  private wake(delayMs = BATCH_MS): void {
    if (!this.isRunning || this.waiting.size === 0) return;
    const atMs = this.options.clock.elapsed() + delayMs;
    if (this.timer && this.timerAtMs <= atMs) return;
    this.timer?.cancel();
    this.timerAtMs = atMs;
    this.timer = this.options.clock.setTimeout(() => {
      this.timer = undefined;
      this.cycle();
    }, delayMs);
  }

  /**
   * Decides synchronously on one picture of the cluster; only the writes that follow take time. Who goes first may take room as soon as it is
   * there. While some of those wait, the others leave it to them until it has settled.
   */
  private cycle(): void {
    const candidates = [...this.waiting].filter(key => !this.admission.isBusy(key)).flatMap(key => this.candidate(key) ?? []);
    const unsettledMs = this.settling.remainingMs();
    const earlier: Candidate[] = [];
    const tiers = tiersOf(candidates);
    this.admission.begin(tiers);
    for (const { gangs, isSurplus } of tiers) {
      if (gangs.length > 0 && unsettledMs > 0 && earlier.some(waitsForRoom)) return this.wake(unsettledMs);
      for (const candidate of gangs) this.consider(candidate, isSurplus);
      earlier.push(...gangs);
    }
    const laterMs = this.admission.takeDelayMs();
    if (laterMs !== undefined) this.wake(laterMs);
  }

  private candidate(key: string): Candidate | undefined {
    const candidate = this.admission.candidate(key);
    if (!candidate) this.waiting.delete(key);
    return candidate;
  }

  /** One gang whose numbers nobody can make sense of (a quantity that is none) must not keep all others from being placed. */
  private consider(candidate: Candidate, isSurplus: boolean): void {
    try {
      if (!isSurplus) this.admission.admit(candidate);
      else if (this.admission.fillUp(candidate)) this.waiting.delete(candidate.key);
    } catch (error) {
      this.waiting.delete(candidate.key);
      this.admission.failed(candidate, error);
    }
  }
}
