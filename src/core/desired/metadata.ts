import { LABEL, MANAGED_BY } from '../api';
import type { ObjectMeta, OwnerReference } from '../api';

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** The controller reference from a child to its owner; the uid is empty in objects expanded offline. */
export function ownerReference(owner: Owner): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name ?? '', uid: metadata.uid ?? '', controller: true, blockOwnerDeletion: true };
}

/** The labels of every object that belongs to a set. */
export function managedLabels(set: string): Record<string, string> {
  return { [LABEL.managedBy]: MANAGED_BY, [LABEL.partOf]: set };
}

/** Labels of a child that has a name and a component of its own. */
export function componentLabels(set: string, name: string, component: string): Record<string, string> {
  return { ...managedLabels(set), [LABEL.name]: name, [LABEL.component]: component };
}

/** A label selector as the scale subresource wants it: `key=value` sorted by key. */
export function selectorText(labels: Readonly<Record<string, string>>): string {
  return Object.keys(labels).sort().map(key => `${key}=${labels[key]}`).join(',');
}

/** The namespace of an object; admission fills it in (spec 02 D1). */
export function namespaceOf(object: { readonly metadata: ObjectMeta }): string {
  return object.metadata.namespace ?? 'default';
}

/** The map as an object's field, or nothing when it is empty. */
export function whenAny<K extends string>(field: K, map: Readonly<Record<string, string>>): { [P in K]?: Readonly<Record<string, string>> } {
  return (Object.keys(map).length > 0 ? { [field]: map } : {}) as { [P in K]?: Readonly<Record<string, string>> };
}
