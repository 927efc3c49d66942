/** One step of a JSON patch (RFC 6902); paths are JSON pointers, for example `/metadata/labels/app`. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };

/** A change to an object, in one of the four languages of the API server. Made by the functions below. */
export interface Patch {
  readonly contentType: string;
  readonly body: unknown;
  /** Whether doing it twice is as good as doing it once. */
  readonly repeatable: boolean;
  readonly query?: Readonly<Record<string, string>>;
}

/**
 * A merge patch (RFC 7386): fields are set, `null` takes a field away, lists are replaced whole. With
 * `metadata.resourceVersion` in the body it is refused as a conflict when somebody else has changed the object.
 */
export function mergePatch(body: object): Patch {
  return { contentType: 'application/merge-patch+json', body, repeatable: true };
}

/** A JSON patch: all operations or none; a `test` operation that fails is refused as invalid (422). */
export function jsonPatch(operations: readonly JsonPatchOperation[]): Patch {
  return { contentType: 'application/json-patch+json', body: operations, repeatable: false };
}

/** A strategic merge patch: as a merge patch, but lists are merged by their keys. Custom resources refuse it (415). */
export function strategicMergePatch(body: object): Patch {
  return { contentType: 'application/strategic-merge-patch+json', body, repeatable: true };
}

/**
 * A server-side apply: the object with all the fields that `fieldManager` wants to own; it is created when it is not there.
 * @param body has to carry `apiVersion` and `kind`
 * @param force take over fields that others own, where otherwise a conflict is the answer. @default true
 */
export function applyPatch(body: object, fieldManager: string, force: boolean = true): Patch {
  return { contentType: 'application/apply-patch+yaml', body, repeatable: true, query: { fieldManager, force: String(force) } };
}
