import { ANNOTATION, LABEL, POD_GATE, STARTUP_READY } from '../api';
import type { EnvVar, Pod, PodClique, PodSpec } from '../api';
import { headlessServiceAddress, headlessServiceName, podHostname } from '../names';
import { withEnvironment } from './environment';
import { managedLabels, namespaceOf, ownerReference, whenAny } from './metadata';
import { withClaims } from './resource-claims';
import { SCHEDULER_NAME, defaultScheduler } from '../gang/pinning';
import { DEFAULT_STARTUP_IMAGE, withStartupGate } from '../startup/gate';

export interface PodOptions {
  /** Image of the init container that waits for parents. @default DEFAULT_STARTUP_IMAGE */
  readonly startupImage?: string;
  /** Whether the parents are ready already, so that the pod need not wait. @default false */
  readonly mayStart?: boolean;
  /** Names of the claims that pod `index` shares with others. @default none */
  readonly claims?: (index: number) => readonly string[];
}

/** Pod `index` of a PodClique, gated unless we bind it ourselves; the API server completes its name (spec 04 §4.2). */
export function desiredPod(clique: PodClique, index: number, options: PodOptions = {}): Pod {
  const { labels = {}, annotations = {}, name = '' } = clique.metadata;
  const set = labels[LABEL.partOf] ?? '';
  const i = Number(labels[LABEL.setReplicaIndex] ?? 0);
  const namespace = namespaceOf(clique);
  const spec = withClaims(withEnvironment(clique.spec.podSpec, podEnvironment(clique, set, i, namespace)), options.claims?.(index) ?? []);
  const parents = Boolean(clique.spec.startsAfter?.length);
  const waiting = parents ? withStartupGate(spec, options.startupImage ?? DEFAULT_STARTUP_IMAGE) : spec;
  const schedulerName = spec.schedulerName || defaultScheduler(spec);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: { ...managedLabels(set), ...labels, [LABEL.podClique]: name, [LABEL.podIndex]: String(index) },
      ...whenAny('annotations', { ...annotations, ...(parents && options.mayStart ? { [ANNOTATION.startup]: STARTUP_READY } : {}) }),
      ownerReferences: [ownerReference(clique)],
    },
    spec: {
      ...waiting,
      schedulerName,
      ...gates(schedulerName, spec.nodeName),
      hostname: podHostname(name, index),
      subdomain: headlessServiceName(set, i),
    },
  };
}

/**
 * What keeps other schedulers from a pod until its gang may start. Nobody but us binds our own, so a gate would only cost a write to open; but a
 * pod that brings its node along must not start past its gang, and the server refuses it with a gate.
 */
function gates(schedulerName: string, nodeName: string | undefined): Pick<PodSpec, 'schedulingGates'> {
  return schedulerName === SCHEDULER_NAME && nodeName === undefined ? {} : { schedulingGates: [{ name: POD_GATE }] };
}

/** Variables 1–5 of spec 03 §7. */
function podEnvironment(clique: PodClique, set: string, i: number, namespace: string): EnvVar[] {
  return [
    { name: 'GROVE_PCS_NAME', value: set },
    { name: 'GROVE_PCS_INDEX', value: String(i) },
    { name: 'GROVE_PCLQ_NAME', value: clique.metadata.name ?? '' },
    { name: 'GROVE_HEADLESS_SERVICE', value: headlessServiceAddress(set, i, namespace) },
    { name: 'GROVE_PCLQ_POD_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${LABEL.podIndex}']` } } },
  ];
}
