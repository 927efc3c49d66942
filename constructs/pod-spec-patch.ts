import type { PodSpec } from '../src/core';

/** Lists of a pod spec whose entries Kubernetes tells apart by some of their fields, and merges one by one; others are replaced whole. */
export const MERGE_KEYS: Readonly<Record<string, readonly string[]>> = {
  claims: ['name'],
  containers: ['name'],
  env: ['name'],
  ephemeralContainers: ['name'],
  hostAliases: ['ip'],
  imagePullSecrets: ['name'],
  initContainers: ['name'],
  ports: ['containerPort', 'protocol'],
  resourceClaims: ['name'],
  schedulingGates: ['name'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  volumeDevices: ['devicePath'],
  volumeMounts: ['mountPath'],
  volumes: ['name'],
};

/** What a field that tells entries apart is taken for where it is missing. */
const IMPLIED: Readonly<Record<string, string>> = { protocol: 'TCP' };

type Fields = Readonly<Record<string, unknown>>;

/**
 * A pod spec with a strategic merge patch applied. Nothing of the patch is dropped, whether Kubernetes knows it today or not.
 *
 * @internal
 */
export function patchedPodSpec(spec: PodSpec, patch: Fields): PodSpec {
  return merged(spec, patch) as unknown as PodSpec;
}

function merged(fields: Fields, patch: Fields): Fields {
  const result: Record<string, unknown> = { ...fields };
  for (const [name, change] of Object.entries(patch)) {
    if (change === undefined) continue;
    if (change === null) delete result[name];
    else result[name] = replacement(name, result[name], change);
  }
  return result;
}

function replacement(name: string, value: unknown, change: unknown): unknown {
  if (isFields(change)) return merged(isFields(value) ? value : {}, change);
  const keys = MERGE_KEYS[name];
  return keys && Array.isArray(value) && Array.isArray(change) ? mergedLists(value, change, keys) : change;
}

/** Entries that are in both lists are merged where they stand; the others of the patch follow. */
function mergedLists(list: readonly unknown[], patch: readonly unknown[], keys: readonly string[]): unknown[] {
  const identity = (entry: unknown): unknown[] => keys.map(key => (isFields(entry) ? entry[key] : undefined) ?? IMPLIED[key]);
  const identities = list.map(entry => JSON.stringify(identity(entry)));
  const result = [...list];
  for (const change of patch) {
    const wanted = identity(change);
    const index = wanted.includes(undefined) ? -1 : identities.indexOf(JSON.stringify(wanted));
    if (index < 0) result.push(change);
    else result[index] = merged(result[index] as Fields, change as Fields);
  }
  return result;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
