import { KubeObject, ObjectMeta } from '../kube/object';

/** A JSON object whose fields nobody vouches for. */
export interface JsonObject {
  readonly [field: string]: unknown;
}

/** An object as the store keeps it: complete metadata, frozen all the way down, so that it can be handed to everybody. */
export interface StoredObject extends KubeObject, JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: StoredMeta;
}

export type StoredMeta = ObjectMeta & JsonObject & {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
};

/** An object on its way into the store: what a client sent, or what is made of it. */
export interface DraftObject extends KubeObject, JsonObject {
  readonly metadata: ObjectMeta & JsonObject;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The field's value when it is an object, otherwise an empty one. */
export function objectIn(parent: JsonObject, field: string): JsonObject {
  const value = parent[field];
  return isObject(value) ? value : {};
}

/** The field's objects when it is a list, otherwise none. */
export function listIn(parent: JsonObject, field: string): readonly JsonObject[] {
  const value = parent[field];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** What the receiver of a JSON text would get: a deep copy without `undefined`, dates as strings. */
export function wireCopy(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** Freezes a value and everything in it; parts that are frozen already are taken to be so all the way down. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
  return value;
}

/** Whether two JSON values say the same; a field that is `undefined` counts as absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  for (const field of Object.keys(a)) if (!sameJson(a[field], b[field])) return false;
  return Object.keys(b).every((field) => field in a || b[field] === undefined);
}

/** The value at a path of field names. */
export function valueAt(object: unknown, path: readonly string[]): unknown {
  let value = object;
  for (const field of path) {
    if (!isObject(value)) return undefined;
    value = value[field];
  }
  return value;
}

/** A copy of the object with another value at the path; missing objects on the way are made. */
export function withValueAt<T extends JsonObject>(object: T, [field, ...rest]: readonly string[], value: unknown): T {
  return { ...object, [field]: rest.length === 0 ? value : withValueAt(objectIn(object, field), rest, value) };
}

/** A copy of the object without some of its fields. */
export function without(object: JsonObject, ...fields: readonly string[]): JsonObject {
  const copy: Record<string, unknown> = { ...object };
  for (const field of fields) delete copy[field];
  return copy;
}

/** A copy of the object without the fields that are `undefined`, as JSON would have it. */
export function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
