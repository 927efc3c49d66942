import type { PodSpec } from 'cdk8s-grove/core';
import { DEFINITION_CLEANUP, definitionProblems, definitionStatus } from './definitions';
import { DraftObject, JsonObject, objectIn, StoredObject } from './json';
import { defaultedPodSpec, initialPodStatus, withoutEmptyGates } from './pod-defaults';
import { changedPodProblems, newPodProblems } from './pod-rules';
import { canonicalQuantity } from './quantity';
import { FieldProblem, forbidden } from './refusal';
import { Storage } from './storage';
import {
  CUSTOM_RESOURCE_DEFINITION, HORIZONTAL_POD_AUTOSCALER, NAMESPACE, PERSISTENT_VOLUME_CLAIM, POD, PRIORITY_CLASS, ResourceType, SERVICE,
} from '../kube/resource';

/** What is special about one kind of object; everything has a neutral answer. */
export interface Kind {
  /** The object as it is first kept: defaults, first status. */
  prepared?(draft: DraftObject, storage: Storage): DraftObject;
  /** A changed object as it is kept. */
  normalized?(draft: DraftObject): DraftObject;
  newProblems?(draft: DraftObject): FieldProblem[];
  changedProblems?(draft: DraftObject, old: StoredObject): FieldProblem[];
}

const podSpecOf = (object: JsonObject): PodSpec => objectIn(object, 'spec') as unknown as PodSpec;

const pod: Kind = {
  prepared(draft, storage) {
    const spec = withPriority(defaultedPodSpec(podSpecOf(draft)), draft, storage);
    return { ...draft, spec, status: initialPodStatus(spec, draft.metadata.creationTimestamp ?? '') };
  },
  normalized: (draft) => ({ ...draft, spec: withoutEmptyGates(podSpecOf(draft)) }),
  newProblems: (draft) => newPodProblems(podSpecOf(draft)),
  changedProblems: (draft, old) => changedPodProblems(podSpecOf(draft), podSpecOf(old)),
};

/** Classes that every cluster has. */
const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = { 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 };

function withPriority(spec: PodSpec, draft: DraftObject, storage: Storage): PodSpec {
  const classes = storage.collection(PRIORITY_CLASS);
  const name = spec.priorityClassName ?? classes.list().find((one) => one.globalDefault === true)?.metadata.name;
  if (!name) return { priority: 0, ...spec };
  const found = classes.get({ name });
  const priority = found?.value ?? SYSTEM_PRIORITIES[name];
  if (priority === undefined) throw forbidden(POD, draft.metadata.name ?? '', `no PriorityClass with name ${name} was found`);
  return { ...spec, priorityClassName: name, priority, preemptionPolicy: found?.preemptionPolicy ?? 'PreemptLowerPriority' };
}

const namespace: Kind = {
  prepared: (draft) => ({
    ...draft,
    metadata: { ...draft.metadata, labels: { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name ?? '' } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }),
};

const service: Kind = {
  prepared(draft) {
    const spec = objectIn(draft, 'spec');
    return { ...draft, spec: { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', ...spec }, status: { loadBalancer: {} } };
  },
};

const definition: Kind = {
  newProblems: definitionProblems,
  prepared: (draft) => ({
    ...draft, metadata: { ...draft.metadata, finalizers: [...draft.metadata.finalizers ?? [], DEFINITION_CLEANUP] }, status: definitionStatus(draft),
  }),
};

const claim: Kind = { prepared: (draft) => ({ ...draft, status: { phase: 'Pending' } }) };

const autoscaler: Kind = {
  prepared: (draft) => ({ ...withCanonicalTargets(draft), status: { desiredReplicas: 0, currentMetrics: null } }),
  normalized: withCanonicalTargets,
};

/** The targets of metrics are quantities, which come back in one form. */
function withCanonicalTargets(draft: DraftObject): DraftObject {
  const canonical = (target: JsonObject): JsonObject => Object.fromEntries(Object.entries(target).map(([field, value]) =>
    [field, field === 'averageValue' || field === 'value' ? canonicalQuantity(value as string | number) : value]));
  const spec = JSON.parse(JSON.stringify(draft.spec ?? {}), (key, value) => (key === 'target' ? canonical(value as JsonObject) : value as unknown)) as JsonObject;
  return { ...draft, spec };
}

const KINDS = new Map<string, Kind>([
  [POD.kind, pod], [NAMESPACE.kind, namespace], [SERVICE.kind, service], [CUSTOM_RESOURCE_DEFINITION.kind, definition], [PERSISTENT_VOLUME_CLAIM.kind, claim],
  [HORIZONTAL_POD_AUTOSCALER.kind, autoscaler],
]);
const ORDINARY: Kind = {};

export function kindOf({ kind }: ResourceType, custom: boolean): Kind {
  return custom ? ORDINARY : KINDS.get(kind) ?? ORDINARY;
}
