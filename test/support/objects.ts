import { Condition, LABEL, MANAGED_BY, Node, Pod, PodClique, PodCliqueSet, PodGang, PodSpec, POD_GATE } from '../../src/core';

/** Objects for tests: whole enough to be real, and every test says only what it is about. */

export function aSet(name: string, template: Partial<PodCliqueSet['spec']['template']>, replicas = 1): PodCliqueSet {
  return {
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodCliqueSet',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, generation: 1 },
    spec: { replicas, template: { cliques: [], ...template } },
  };
}

export function aCliqueTemplate(name: string, replicas: number, minAvailable: number, podSpec: Partial<PodSpec> = {}): PodCliqueSet['spec']['template']['cliques'][number] {
  return { name, spec: { roleName: name, replicas, minAvailable, podSpec: { containers: [{ name: 'main', image: 'image' }], ...podSpec } } };
}

type CliqueExtras = Partial<PodClique> & { labels?: Record<string, string>; startsAfter?: string[] };

export function aClique(name: string, replicas: number, minAvailable: number, extra: CliqueExtras = {}): PodClique {
  const { labels, startsAfter, ...rest } = extra;
  return {
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodClique',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, generation: 1, labels: { [LABEL.partOf]: 'llm', [LABEL.podTemplateHash]: 'hash', ...labels } },
    spec: { roleName: name, replicas, minAvailable, podSpec: { containers: [{ name: 'main', image: 'image' }] }, ...(startsAfter ? { startsAfter } : {}) },
    ...rest,
  };
}

export interface PodState {
  readonly clique?: string;
  readonly gang?: string;
  readonly index?: number;
  readonly node?: string;
  readonly ready?: boolean;
  readonly phase?: 'Pending' | 'Running' | 'Failed' | 'Succeeded';
  readonly gated?: boolean;
  readonly terminating?: boolean;
  readonly hash?: string;
  /** Seconds after 2026-01-01T00:00:00Z. */
  readonly createdAt?: number;
  readonly spec?: Partial<PodSpec>;
  readonly status?: Pod['status'];
  readonly labels?: Record<string, string>;
}

export const EPOCH_MS = Date.UTC(2026, 0, 1);

export function aPod(name: string, state: PodState = {}): Pod {
  const { clique = 'llm-0-server', gang = 'llm-0', index = 0, node, ready = false, phase = node ? 'Running' : 'Pending', gated = false, terminating = false, hash = 'hash' } = state;
  const condition = (type: string, holds: boolean) => ({ type, status: holds ? 'True' : 'False' }) as Condition;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      creationTimestamp: new Date(EPOCH_MS + (state.createdAt ?? 0) * 1000).toISOString(),
      labels: {
        [LABEL.managedBy]: MANAGED_BY,
        [LABEL.podClique]: clique,
        [LABEL.podGang]: gang,
        [LABEL.podIndex]: String(index),
        [LABEL.podTemplateHash]: hash,
        ...state.labels,
      },
      ...(terminating ? { deletionTimestamp: '2026-01-01T00:01:00Z' } : {}),
    },
    spec: {
      containers: [{ name: 'main', image: 'image' }],
      ...(node ? { nodeName: node } : {}),
      ...(gated ? { schedulingGates: [{ name: POD_GATE }] } : {}),
      ...state.spec,
    },
    status: state.status ?? { phase, conditions: [condition('PodScheduled', node !== undefined), condition('Ready', ready)] },
  };
}

/** A gang of groups, each `[name, minReplicas, names of its pods]`. */
export function aGang(name: string, groups: readonly (readonly [string, number, readonly string[]])[], extra: Partial<PodGang['spec']> = {}): PodGang {
  const podgroups = groups.map(([group, minReplicas, pods]) => ({ name: group, minReplicas, podReferences: pods.map(pod => ({ namespace: 'default', name: pod })) }));
  return { apiVersion: 'scheduler.grove.io/v1alpha1', kind: 'PodGang', metadata: { name, namespace: 'default', uid: `uid-${name}`, generation: 1 }, spec: { podgroups, ...extra } };
}

export function aNode(name: string, allocatable: Record<string, string>, extra: { labels?: Record<string, string>; spec?: Node['spec']; ready?: boolean } = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...extra.labels } },
    ...(extra.spec ? { spec: extra.spec } : {}),
    status: { allocatable, conditions: [{ type: 'Ready', status: extra.ready === false ? 'False' : 'True' }] },
  };
}
