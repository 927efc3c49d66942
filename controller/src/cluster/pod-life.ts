import type { Pod } from 'cdk8s-grove/core';
import { JsonObject } from './json';
import { crashedStatus, failedStatus, initializingStatus, RunningPod, runningStatus } from './pod-status';
import { Client } from '../kube/client';
import { Clock, Timer } from '../kube/clock';
import { isConflict, isInvalid, isNotFound, messageOf } from '../kube/errors';
import { Logger } from '../kube/log';
import { keyOf } from '../kube/object';
import { strategicMergePatch } from '../kube/patch';
import { POD } from '../kube/resource';

/** How long the steps of a pod's life take, in milliseconds; see the options of the kubelet. */
export interface PodTimes {
  readonly startMs: (pod: Pod) => number;
  readonly readyMs: (pod: Pod) => number;
  readonly stopMs: (pod: Pod) => number;
  readonly restartMs: (pod: Pod) => number;
}

export interface PodLifeOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly times: PodTimes;
  readonly log: Logger;
  readonly address: string;
  /** The pod as it was last seen. */
  readonly latest: () => Pod | undefined;
}

/** What decides, besides the pod itself, whether it may go on. */
export interface PodCircumstances {
  readonly initOpen: boolean;
  readonly held: boolean;
}

const RETRY_MS = 1_000;

/** The life of one pod on its node: waiting → starting → running → ready, with crashes, and one end. */
export class PodLife {
  private stage: 'waiting' | 'starting' | 'running' | 'ended' = 'waiting';
  private stopping = false;
  private tellsOfInit = false;
  private timer?: Timer;
  private writes: Promise<void> = Promise.resolve();
  private readonly startedAtMs: number;
  private runningAtMs = 0;
  private restarts = 0;

  constructor(private readonly options: PodLifeOptions, private pod: Pod) {
    this.startedAtMs = options.clock.now();
  }

  /** Goes on as far as pod and circumstances allow. Called again whenever one of them has changed. */
  step(pod: Pod, { initOpen, held }: PodCircumstances): void {
    this.pod = pod;
    if (pod.metadata.deletionTimestamp) return this.stop();
    if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') this.stage = 'ended';
    if (this.stage !== 'waiting') return;
    if (!initOpen) return this.tellOfInit();
    if (held) return;
    this.stage = 'starting';
    this.after(this.options.times.startMs(pod), () => this.start());
  }

  crash(): void {
    if (this.stage !== 'running') throw new Error(`pod "${keyOf(this.pod)}" does not run`);
    if (this.pod.spec.restartPolicy === 'Never') return this.fail('Error');
    this.write((running, nowMs) => crashedStatus(running, nowMs));
    this.after(this.options.times.restartMs(this.pod), () => {
      this.restarts++;
      this.start();
    });
  }

  /** A pod that is being stopped ends anyway. */
  fail(reason?: string, message?: string): void {
    if (this.stopping) return;
    this.stage = 'ended';
    this.timer?.cancel();
    this.write(({ pod }, nowMs) => failedStatus(pod, nowMs, reason, message));
  }

  /** The pod is gone, or the kubelet ends: nothing happens any more. */
  forget(): void {
    this.stage = 'ended';
    this.stopping = true;
    this.timer?.cancel();
  }

  private tellOfInit(): void {
    if (this.tellsOfInit) return;
    this.tellsOfInit = true;
    this.write((running, nowMs) => initializingStatus(running, nowMs));
  }

  private start(): void {
    this.stage = 'running';
    this.runningAtMs = this.options.clock.now();
    const readyMs = this.options.times.readyMs(this.pod);
    this.write((running, nowMs) => runningStatus(running, nowMs, readyMs <= 0));
    if (readyMs > 0) this.after(readyMs, () => this.write((running, nowMs) => runningStatus(running, nowMs, true)));
  }

  private stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    const stopMs = this.stage === 'running' ? this.options.times.stopMs(this.pod) : 0;
    this.stage = 'ended';
    this.after(stopMs, () => this.enqueue(() => this.options.client.delete(POD, this.pod.metadata, { uid: this.pod.metadata.uid, gracePeriodSeconds: 0 })));
  }

  private after(delayMs: number, work: () => void): void {
    this.timer?.cancel();
    if (delayMs <= 0) return work();
    this.timer = this.options.clock.setTimeout(work, delayMs);
  }

  private write(statusOf: (running: RunningPod, nowMs: number) => JsonObject): void {
    const { clock, client, address, latest } = this.options;
    const { startedAtMs, runningAtMs, restarts } = this;
    this.enqueue(async () => {
      const pod = latest();
      if (pod?.metadata.uid !== this.pod.metadata.uid) return;
      const status = statusOf({ pod: pod!, address, startedAtMs, runningAtMs, restarts }, clock.now());
      await client.patch(POD, pod!.metadata, strategicMergePatch({ metadata: { uid: pod!.metadata.uid }, status }), 'status');
    });
  }

  /** One request after the other; what fails for another reason than the pod being gone, or another one, is tried again. */
  private enqueue(request: () => Promise<unknown>): void {
    const attempt = async (): Promise<void> => {
      try {
        await request();
      } catch (error) {
        if (isNotFound(error) || isConflict(error) || isInvalid(error)) return;
        this.options.log.warn({ pod: keyOf(this.pod), error: messageOf(error) }, 'a request of the kubelet failed');
        this.options.clock.setTimeout(() => this.enqueue(request), RETRY_MS);
      }
    };
    this.writes = this.writes.then(attempt);
  }
}
