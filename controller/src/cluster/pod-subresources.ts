import { timestamp } from './identity';
import { DraftObject, JsonObject, listIn, objectIn, StoredObject } from './json';
import { badRequest, conflict } from './refusal';
import { Clock } from '../kube/clock';
import { POD, ResourceType } from '../kube/resource';

const BINDING: ResourceType = { ...POD, plural: 'pods/binding' };

/**
 * The pod on its node.
 * @throws Refusal 409 when the pod is gated, bound, on its way out, or another one than the binding means
 */
export function boundPod(pod: StoredObject, binding: JsonObject, clock: Clock): DraftObject {
  const { metadata } = pod;
  const { name, uid, resourceVersion, annotations } = objectIn(binding, 'metadata');
  if (name !== undefined && name !== metadata.name) throw badRequest('name in URL does not match name in Binding object');
  const node = objectIn(binding, 'target').name;
  if (typeof node !== 'string' || node === '') throw badRequest('target.name: Required value');
  if (uid && uid !== metadata.uid) throw conflict(POD, metadata.name, `Precondition failed: UID in precondition: ${String(uid)}, UID in object meta: ${metadata.uid}`);
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    throw conflict(POD, metadata.name, `Precondition failed: ResourceVersion in precondition: ${String(resourceVersion)}, `
      + `ResourceVersion in object meta: ${metadata.resourceVersion}`);
  }
  const spec = objectIn(pod, 'spec');
  const why = unbindable(metadata.name, pod, spec);
  if (why) throw conflict(BINDING, metadata.name, why);
  return {
    ...pod,
    metadata: annotations ? { ...metadata, annotations: { ...metadata.annotations, ...annotations } } : metadata,
    spec: { ...spec, nodeName: node },
    status: { ...objectIn(pod, 'status'), conditions: scheduledConditions(pod, clock) },
  };
}

function unbindable(name: string, { metadata }: StoredObject, spec: JsonObject): string | undefined {
  if (metadata.deletionTimestamp) return `pod ${name} is being deleted, cannot be assigned to a host`;
  if (spec.nodeName) return `pod ${name} is already assigned to node "${String(spec.nodeName)}"`;
  return listIn(spec, 'schedulingGates').length > 0 ? `pod ${name} has non-empty .spec.schedulingGates` : undefined;
}

function scheduledConditions(pod: StoredObject, clock: Clock): readonly JsonObject[] {
  const others = listIn(objectIn(pod, 'status'), 'conditions').filter(({ type }) => type !== 'PodScheduled');
  return [...others, { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(clock.now()) }];
}
