import { JsonObject, objectIn, StoredObject, valueAt, withValueAt } from './json';
import { badRequest, invalid, invalidValue, noSuchResource } from './refusal';
import { Resource, ScalePaths } from './resources';

/** The scale subresource of a custom object, as `autoscaling/v1` shows it. */
export function scaleOf(resource: Resource, object: StoredObject): JsonObject {
  const paths = scalePaths(resource);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = paths.labelSelectorPath ? valueAt(object, fieldsOf(paths.labelSelectorPath)) : undefined;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: valueAt(object, fieldsOf(paths.specReplicasPath)) },
    status: { replicas: valueAt(object, fieldsOf(paths.statusReplicasPath)) ?? 0, ...(selector !== undefined && { selector }) },
  };
}

/** The object with the number of replicas that a Scale asks for. */
export function scaled(resource: Resource, object: StoredObject, scale: JsonObject): JsonObject {
  const { specReplicasPath } = scalePaths(resource);
  const { replicas = 0 } = objectIn(scale, 'spec');
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) throw badRequest('spec.replicas has to be an integer');
  if (replicas < 0) throw invalid({ group: 'autoscaling', kind: 'Scale' }, object.metadata.name, [invalidValue('spec.replicas', replicas, 'should be a non-negative integer')]);
  const { resourceVersion = object.metadata.resourceVersion } = objectIn(scale, 'metadata');
  return withValueAt({ ...object, metadata: { ...object.metadata, resourceVersion } }, fieldsOf(specReplicasPath), replicas);
}

function scalePaths({ scale }: Resource): ScalePaths {
  if (!scale) throw noSuchResource();
  return scale;
}

function fieldsOf(path: string): string[] {
  return path.replace(/^\./, '').split('.');
}
