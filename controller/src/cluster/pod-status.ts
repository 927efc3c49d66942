import type { Container, Pod, PodSpec } from 'cdk8s-grove/core';
import { timestamp } from './identity';
import { JsonObject } from './json';

/** What a kubelet knows about a pod that it runs. Times are milliseconds since the epoch. */
export interface RunningPod {
  readonly pod: Pod;
  readonly address: string;
  readonly startedAtMs: number;
  /** When the containers were started the last time. */
  readonly runningAtMs: number;
  readonly restarts: number;
}

type Status = JsonObject;
type Outcome = readonly [status: 'True' | 'False', reason?: string, message?: string];

/** The init container waits for its gate; the containers wait for it. */
export function initializingStatus({ pod, address, startedAtMs }: RunningPod, nowMs: number): Status {
  const [waiting] = waitingContainers(pod.spec);
  const message = `containers with incomplete status: [${(pod.spec.initContainers ?? []).map(({ name }) => name).join(' ')}]`;
  return {
    ...baseStatus(pod, address, startedAtMs),
    phase: 'Pending',
    conditions: conditions(pod, nowMs, {
      Initialized: ['False', 'ContainersNotInitialized', message],
      Ready: notReady(pod.spec),
      ContainersReady: notReady(pod.spec),
    }),
    initContainerStatuses: (pod.spec.initContainers ?? []).map((container) => (container === waiting
      ? containerStatus(container, { running: { startedAt: timestamp(nowMs) } }, { started: true })
      : containerStatus(container, finished(0, 'Completed', startedAtMs, nowMs), { ready: true }))),
    containerStatuses: pod.spec.containers.map((container) => containerStatus(container, { waiting: { reason: 'PodInitializing' } })),
  };
}

/** All containers run. */
export function runningStatus(running: RunningPod, nowMs: number, ready: boolean): Status {
  const { pod, address, startedAtMs, runningAtMs, restarts } = running;
  const outcome: Outcome = ready ? ['True'] : notReady(pod.spec);
  const lastState = restarts > 0 ? { lastState: finished(1, 'Error', startedAtMs, runningAtMs) } : {};
  return {
    ...baseStatus(pod, address, startedAtMs),
    ...initialized(running),
    phase: 'Running',
    conditions: conditions(pod, nowMs, { PodReadyToStartContainers: ['True'], Initialized: ['True'], Ready: outcome, ContainersReady: outcome }),
    containerStatuses: pod.spec.containers.map((container) =>
      containerStatus(container, { running: { startedAt: timestamp(runningAtMs) } }, { ready, started: true, restartCount: restarts, ...lastState })),
  };
}

/** Every container has ended with an error and waits for its restart. */
export function crashedStatus(running: RunningPod, nowMs: number): Status {
  const { pod, address, startedAtMs, runningAtMs, restarts } = running;
  const waiting = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' } };
  const lastState = finished(1, 'Error', runningAtMs, nowMs);
  return {
    ...baseStatus(pod, address, startedAtMs),
    ...initialized(running),
    phase: 'Running',
    conditions: conditions(pod, nowMs, { Initialized: ['True'], Ready: notReady(pod.spec), ContainersReady: notReady(pod.spec) }),
    containerStatuses: pod.spec.containers.map((container) => containerStatus(container, waiting, { restartCount: restarts, lastState })),
  };
}

/** The pod has failed for good, or was never taken on by the kubelet. */
export function failedStatus(pod: Pod, nowMs: number, reason?: string, message?: string): Status {
  const outcome: Outcome = ['False', 'PodFailed'];
  return {
    ...(pod.status?.startTime === undefined && { startTime: timestamp(nowMs) }),
    phase: 'Failed',
    ...(reason && { reason }),
    ...(message && { message }),
    conditions: conditions(pod, nowMs, { Ready: outcome, ContainersReady: outcome }),
    containerStatuses: pod.status?.containerStatuses
      ? pod.spec.containers.map((container) => containerStatus(container, finished(1, 'Error', nowMs, nowMs))) : undefined,
  };
}

function baseStatus(pod: Pod, address: string, startedAtMs: number): Status {
  return { hostIP: hostAddress(pod.spec.nodeName ?? ''), podIP: address, podIPs: [{ ip: address }], startTime: timestamp(startedAtMs) };
}

/** The init containers' statuses once they are through; nothing for a pod without any. */
function initialized({ pod, startedAtMs, runningAtMs }: RunningPod): Status {
  const { initContainers } = pod.spec;
  if (!initContainers?.length) return {};
  return {
    initContainerStatuses: initContainers.map((container) => (isSidecar(container)
      ? containerStatus(container, { running: { startedAt: timestamp(startedAtMs) } }, { ready: true, started: true })
      : containerStatus(container, finished(0, 'Completed', startedAtMs, runningAtMs), { ready: true }))),
  };
}

/** Only what a patch has to say: a condition keeps its time while its status stays, and loses reason and message when it becomes true. */
function conditions({ status }: Pod, nowMs: number, outcomes: Readonly<Record<string, Outcome>>): readonly JsonObject[] {
  return Object.entries(outcomes).map(([type, [value, reason = null, message = null]]) => {
    const old = status?.conditions?.find((condition) => condition.type === type);
    const lastTransitionTime = old?.status === value ? old.lastTransitionTime : timestamp(nowMs);
    return { type, status: value, reason, message, lastProbeTime: null, lastTransitionTime };
  });
}

function notReady({ containers }: PodSpec): Outcome {
  return ['False', 'ContainersNotReady', `containers with unready status: [${containers.map(({ name }) => name).join(' ')}]`];
}

function containerStatus({ name, image }: Container, state: object, traits: JsonObject = {}): JsonObject {
  return { name, image, imageID: `docker.io/${image}`, state, lastState: {}, ready: false, started: false, restartCount: 0, ...traits };
}

function finished(exitCode: number, reason: string, startedAtMs: number, finishedAtMs: number): JsonObject {
  return { terminated: { exitCode, reason, startedAt: timestamp(startedAtMs), finishedAt: timestamp(finishedAtMs) } };
}

/** Init containers end one after the other: what a closed gate holds is the last of them that does not stay. */
function waitingContainers({ initContainers = [] }: PodSpec): readonly Container[] {
  return initContainers.filter((container) => !isSidecar(container)).slice(-1);
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

/** An address that follows from the node's name, so that a run repeats exactly. */
function hostAddress(node: string): string {
  const number = [...node].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_536, 7);
  return `10.0.${number >> 8}.${number & 255}`;
}
