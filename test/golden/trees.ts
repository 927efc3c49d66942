import { golden } from './golden';
import { ANNOTATION, KubeObject, LABEL, PodCliqueSet } from '../../src/core';
import type { ClusterTopologyBinding, OwnerReference } from '../../src/core';

/** A PodCliqueSet of ours and what upstream's operator made of it. Objects by kind and name; pods are named by their host names. */
export interface Tree {
  readonly id: string;
  readonly object: PodCliqueSet;
  readonly children: Readonly<Record<string, Readonly<Record<string, KubeObject>>>>;
  /** Names of the objects by kind, after each step of scaling and back and after the deletion. */
  readonly after: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

interface Recording {
  readonly topologies: Readonly<Record<string, ClusterTopologyBinding>>;
  readonly cases: readonly Tree[];
}

const recording = golden<Recording>('trees.json');

/** The recorded trees; none where the recording is not there. */
export const trees: readonly Tree[] = recording?.cases ?? [];

/** The topologies that the recorded sets refer to. */
export const treeTopologies: readonly ClusterTopologyBinding[] = Object.values(recording?.topologies ?? {});

/** What upstream makes and we do not, and why. */
export const NOT_OURS: Readonly<Record<string, string>> = {
  Role: 'pods wait for an annotation and need no credentials (design decision 5)',
  RoleBinding: 'as Role',
  ServiceAccount: 'as Role',
  Secret: 'as Role',
};

/** Fields in which our pods differ: the start-up gate (design decision 5); upstream's recording shows pods after their gate was taken away. */
const OWN_POD_FIELDS = ['initContainers', 'volumes', 'schedulingGates'];

/** An annotation that our pods have, likewise for the start-up gate. */
const OWN_ANNOTATION = ANNOTATION.startup;

/** What upstream had after a step, without what it leaves behind by mistake: the services of replicas that went. */
export function namesAfter(step: string, kind: string, theirs: readonly string[], ours: readonly string[]): string[] {
  const isLeak = kind === 'Service' && step !== 'setReplicasPlus1';
  return (isLeak ? theirs.filter(name => ours.includes(name)) : [...theirs]).sort();
}

/**
 * Without what the server or the recording filled in: status, hashes, generated names, owner uids, the API version inside field references,
 * defaults of device requests.
 */
export function comparable(object: KubeObject): object {
  const { status: _status, ...rest } = JSON.parse(JSON.stringify(object), (key, value) => {
    if (key === LABEL.podTemplateHash) return '<hash>';
    if (key === 'uid' || (key === 'apiVersion' && value === 'v1')) return undefined;
    if (key === OWN_ANNOTATION || isDefaultOfRequest(key, value)) return undefined;
    if (key === 'annotations' && Object.keys(value as object).length === 0) return undefined;
    if (key === 'ownerReferences') return (value as OwnerReference[]).map(({ apiVersion: _unrecorded, ...owner }) => owner);
    if (key === 'podReferences') return (value as { name: string }[]).map(({ name }) => name.replace(/^pod:/, ''));
    return value as unknown;
  }) as { status?: unknown; spec: Record<string, unknown>; metadata: Record<string, unknown> };
  if (object.kind === 'Pod') {
    for (const field of OWN_POD_FIELDS) delete rest.spec[field];
    delete rest.metadata.generateName;
    rest.metadata.name = String(rest.metadata.name).replace(/^pod:/, '');
  }
  return rest;
}

function isDefaultOfRequest(key: string, value: unknown): boolean {
  return (key === 'allocationMode' && value === 'ExactCount') || (key === 'count' && value === 1);
}
