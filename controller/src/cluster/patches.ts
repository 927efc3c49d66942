import { isObject, JsonObject, sameJson } from './json';
import { badRequest, Refusal } from './refusal';

/** Applies a JSON merge patch (RFC 7386): objects are merged, `null` removes, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field];
    else result[field] = mergePatch(result[field], value);
  }
  return result;
}

/**
 * Applies a JSON patch (RFC 6902).
 * @throws Refusal 422 when an operation does not fit the document, or a `test` fails
 */
export function jsonPatch(target: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw badRequest('a JSON patch has to be a list of operations');
  return operations.reduce((document: unknown, operation: unknown) => applyOperation(document, operation), target);
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

function applyOperation(document: unknown, operation: unknown): unknown {
  if (!isObject(operation) || typeof operation.path !== 'string') throw badRequest('an operation of a JSON patch needs op and path');
  const { op, path, from, value } = operation as unknown as Operation;
  switch (op) {
    case 'add': return setAt(document, pointer(path), value, 'add');
    case 'replace': return setAt(document, pointer(path), value, 'replace');
    case 'remove': return removeAt(document, pointer(path));
    case 'test':
      if (!sameJson(valueOf(document, pointer(path)) ?? null, value ?? null)) throw doesNotApply(`testing value ${path} failed`);
      return document;
    case 'copy': return setAt(document, pointer(path), valueOf(document, pointer(from ?? '')), 'add');
    case 'move': return setAt(removeAt(document, pointer(from ?? '')), pointer(path), valueOf(document, pointer(from ?? '')), 'add');
    default: throw badRequest(`unexpected kind of JSON patch operation: ${op}`);
  }
}

/** The real server hides which operation failed behind this sentence. */
function doesNotApply(why: string): Refusal {
  const causes = [{ reason: 'UnexpectedServerResponse', message: why }];
  return new Refusal(422, 'Invalid', 'the server rejected our request due to an error in our request', { causes });
}

function pointer(path: string): string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw doesNotApply(`path ${path} does not start with /`);
  return path.slice(1).split('/').map((segment) => segment.replace(/~1/g, '/').replace(/~0/g, '~'));
}

function valueOf(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const segment of path) {
    if (Array.isArray(value)) value = value[indexIn(value, segment, value.length - 1)];
    else if (isObject(value)) value = value[segment];
    else throw doesNotApply(`the document is missing path /${path.join('/')}`);
  }
  return value;
}

function setAt(document: unknown, path: readonly string[], value: unknown, mode: 'add' | 'replace'): unknown {
  if (path.length === 0) return value;
  const [segment, ...rest] = path;
  if (Array.isArray(document)) return setInList(document, segment, rest, value, mode);
  if (!isObject(document)) throw doesNotApply(`the document is missing path ${segment}`);
  if ((rest.length > 0 || mode === 'replace') && !(segment in document)) throw doesNotApply(`the document is missing path ${segment}`);
  return { ...document, [segment]: setAt(document[segment], rest, value, mode) };
}

function setInList(list: readonly unknown[], segment: string, rest: readonly string[], value: unknown, mode: 'add' | 'replace'): unknown[] {
  const inserting = rest.length === 0 && mode === 'add';
  if (inserting && segment === '-') return [...list, value];
  const index = indexIn(list, segment, inserting ? list.length : list.length - 1);
  return inserting ? list.toSpliced(index, 0, value) : list.with(index, setAt(list[index], rest, value, mode));
}

function removeAt(document: unknown, path: readonly string[]): unknown {
  const [segment, ...rest] = path;
  if (segment === undefined) throw doesNotApply('the whole document cannot be removed');
  if (Array.isArray(document)) {
    const index = indexIn(document, segment, document.length - 1);
    return rest.length === 0 ? document.toSpliced(index, 1) : document.with(index, removeAt(document[index], rest));
  }
  if (!isObject(document) || !(segment in document)) throw doesNotApply(`the document is missing path ${segment}`);
  if (rest.length > 0) return { ...document, [segment]: removeAt(document[segment], rest) };
  const { [segment]: _removed, ...others } = document as Record<string, unknown>;
  return others;
}

function indexIn(list: readonly unknown[], segment: string, last: number): number {
  const index = Number(segment);
  if (!/^\d+$/.test(segment) || index > last) throw doesNotApply(`invalid index ${segment} in a list of ${list.length}`);
  return index;
}

/** By which field the items of a list are told apart; lists of other names are replaced as a whole. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  conditions: 'type',
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
  schedulingGates: 'name',
  imagePullSecrets: 'name',
  ownerReferences: 'uid',
  addresses: 'type',
  podIPs: 'ip',
  hostIPs: 'ip',
};

/** Lists of plain values that are merged as sets. */
const MERGED_SETS = new Set(['finalizers']);

/**
 * Applies a strategic merge patch as far as the list keys above go: items with the same key are merged, `$patch: delete` removes
 * an item, `$patch: replace` a whole list or object, `$deleteFromPrimitiveList/x` members of a set; `$setElementOrder` is ignored.
 */
export function strategicMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const { $patch: directive, ...fields } = patch as Record<string, unknown>;
  if (directive === 'replace') return fields;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(fields)) mergeField(result, field, value);
  return result;
}

function mergeField(result: Record<string, unknown>, field: string, value: unknown): void {
  const [directive, name] = field.split('/', 2);
  if (directive === '$setElementOrder' || directive === '$retainKeys') return;
  if (directive === '$deleteFromPrimitiveList') {
    result[name] = (result[name] as unknown[] | undefined ?? []).filter((item) => !(value as unknown[]).includes(item));
  } else if (value === null) {
    delete result[field];
  } else if (Array.isArray(value)) {
    result[field] = mergeList(field, result[field], value);
  } else {
    result[field] = strategicMergePatch(result[field], value);
  }
}

function mergeList(field: string, target: unknown, patch: readonly unknown[]): unknown[] {
  const current: unknown[] = Array.isArray(target) ? [...target] : [];
  if (MERGED_SETS.has(field)) return [...new Set([...current, ...patch])];
  const key = MERGE_KEYS[field];
  if (key === undefined) return [...patch];
  if (patch.some((item) => isObject(item) && item.$patch === 'replace')) return patch.filter((item) => isObject(item) && item.$patch !== 'replace');
  for (const item of patch.filter(isObject)) mergeItem(current, key, item);
  return current;
}

function mergeItem(current: unknown[], key: string, item: JsonObject): void {
  const index = current.findIndex((one) => isObject(one) && one[key] === item[key]);
  if (item.$patch === 'delete') {
    if (index >= 0) current.splice(index, 1);
  } else if (index >= 0) {
    current[index] = strategicMergePatch(current[index], item);
  } else {
    current.push(strategicMergePatch({}, item));
  }
}
