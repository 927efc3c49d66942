import type { ObjectMeta, OwnerReference } from '../api';
import { broken, fieldError, listed } from './errors';
import type { FieldError } from './request';
import { isLabel, isLabelValue, isQualifiedName, isSubdomain, utf8Length } from './syntax';

/** Kubernetes' limit on all annotations of an object together, in bytes of keys and values. */
const ANNOTATIONS_LIMIT = 256 * 1024;

/** How a deletion treats what the object owns; it cannot be both. */
const DELETIONS = ['orphan', 'foregroundDeletion'];

/** What Kubernetes asks of the metadata of any object in a namespace (spec 02 §4.1). The name of an object that has a generateName is the server's. */
export function metadataErrors(metadata: ObjectMeta): FieldError[] {
  const { name, generateName, namespace = 'default', labels, annotations, finalizers = [], ownerReferences = [] } = metadata;
  return [
    ...broken(
      !name && !generateName && fieldError('Required', 'metadata.name', 'the object needs a name; what is made of it is called after it'),
      Boolean(name) && !isSubdomain(name ?? '') && fieldError('Invalid', 'metadata.name', 'must be a lower-case RFC 1123 subdomain', name),
      Boolean(generateName) && !canBeginSubdomain(generateName ?? '') &&
        fieldError('Invalid', 'metadata.generateName', 'must begin a lower-case RFC 1123 subdomain', generateName),
      !isLabel(namespace) && fieldError('Invalid', 'metadata.namespace', 'must be a lower-case RFC 1123 label', namespace),
    ),
    ...labelErrors(labels, 'metadata.labels'),
    ...annotationErrors(annotations, 'metadata.annotations'),
    ...finalizers.filter(finalizer => !isQualifiedName(finalizer)).map(finalizer => fieldError('Invalid', 'metadata.finalizers', 'must be a qualified name', finalizer)),
    ...broken(DELETIONS.every(finalizer => finalizers.includes(finalizer)) && fieldError('Invalid', 'metadata.finalizers', `cannot have both ${listed(DELETIONS)}`)),
    ...ownerErrors(ownerReferences),
  ];
}

/** The API server reports every owner on the same path, without its place in the list. */
function ownerErrors(owners: readonly OwnerReference[]): FieldError[] {
  const path = 'metadata.ownerReferences';
  return [
    ...owners.flatMap(owner => (['apiVersion', 'kind', 'name', 'uid'] as const).flatMap(field =>
      broken(!owner[field] && fieldError('Invalid', `${path}.${field}`, 'must not be empty', owner[field])))),
    ...broken(owners.filter(({ controller }) => controller).length > 1 && fieldError('Invalid', path, 'an object has one controller at most')),
  ];
}

/** What the server adds begins with a letter or a digit, so a hyphen may stand before it, and nothing else that may not end a name. */
function canBeginSubdomain(prefix: string): boolean {
  return isSubdomain(prefix.endsWith('-') ? `${prefix}a` : prefix);
}

/** The name that an object has or will have, for rules on lengths: what the server adds to a generateName is 5 characters long. */
export function expectedName({ name, generateName }: ObjectMeta): string {
  return name || (generateName ? `${generateName}xxxxx` : '');
}

export function labelErrors(labels: Readonly<Record<string, string>> = {}, path: string): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => broken(
    !isQualifiedName(key) && fieldError('Invalid', path, `"${key}" is not a label key`, key),
    !isLabelValue(value) && fieldError('Invalid', path, `"${value}" is not a label value`, value),
  ));
}

/** Keys of annotations may have capitals where those of labels may not. */
export function annotationErrors(annotations: Readonly<Record<string, string>> = {}, path: string): FieldError[] {
  const entries = Object.entries(annotations);
  const size = entries.reduce((sum, [key, value]) => sum + utf8Length(key) + utf8Length(value), 0);
  return [
    ...entries.filter(([key]) => !isQualifiedName(key.toLowerCase())).map(([key]) => fieldError('Invalid', path, `"${key}" is not an annotation key`, key)),
    ...broken(size > ANNOTATIONS_LIMIT && fieldError('Invalid', path, `must have ${ANNOTATIONS_LIMIT} bytes at most, not ${size}`)),
  ];
}
