import { isRecord } from './syntax';

/** Defaults by field; `field[]` stands for each entry of a list. They are filled in where the object that holds the field is there. */
export interface Defaults {
  readonly [field: string]: string | number | boolean | Defaults;
}

const NAMELESS: Defaults = { name: '' };
const SECRET: Defaults = { secretRef: NAMELESS };
const PROBE: Defaults = { grpc: { service: '' } };
const DEVICE: Defaults = { 'tolerations[]': { operator: 'Equal' } };

const CONTAINER: Defaults = {
  'ports[]': { protocol: 'TCP' },
  'env[]': { valueFrom: { configMapKeyRef: NAMELESS, fileKeyRef: { optional: false }, secretKeyRef: NAMELESS } },
  'envFrom[]': { configMapRef: NAMELESS, ...SECRET },
  'livenessProbe': PROBE,
  'readinessProbe': PROBE,
  'startupProbe': PROBE,
};

const VOLUME: Defaults = {
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', kind: 'Shared', readOnly: false },
  cephfs: SECRET,
  cinder: SECRET,
  configMap: NAMELESS,
  csi: { nodePublishSecretRef: NAMELESS },
  flexVolume: SECRET,
  iscsi: { iscsiInterface: 'default', ...SECRET },
  projected: { 'sources[]': { configMap: NAMELESS, secret: NAMELESS } },
  rbd: { keyring: '/etc/ceph/keyring', pool: 'rbd', user: 'admin', ...SECRET },
  scaleIO: { fsType: 'xfs', storageMode: 'ThinProvisioned', ...SECRET },
  storageos: SECRET,
};

const POD_SPEC: Defaults = {
  'containers[]': CONTAINER,
  'initContainers[]': CONTAINER,
  'ephemeralContainers[]': CONTAINER,
  'imagePullSecrets[]': NAMELESS,
  'volumes[]': VOLUME,
};

/** What the CustomResourceDefinition fills into the spec of a PodCliqueSet; a test holds the two together. */
export const SET_SPEC_DEFAULTS: Defaults = {
  replicas: 0,
  updateStrategy: { type: 'RollingRecreate' },
  template: {
    'cliques[]': { spec: { roleName: '', replicas: 1, podSpec: POD_SPEC } },
    'cliqueStartupType': 'CliqueStartupTypeAnyOrder',
    'headlessServiceConfig': { publishNotReadyAddresses: true },
    'podCliqueScalingGroups[]': { replicas: 1, minAvailable: 1 },
    'resourceClaimTemplates[]': { templateSpec: { spec: { devices: { 'requests[]': { 'exactly': DEVICE, 'firstAvailable[]': DEVICE } } } } },
  },
};

/** The value with the defaults that the API server would fill in. What is not of the expected shape stays as it is. */
export function withSchemaDefaults<T>(value: T, defaults: Defaults): T {
  if (!isRecord(value)) return value;
  const { values, parts } = rulesOf(defaults);
  let completed: Record<string, unknown> | undefined;
  for (const [field, byDefault] of values) {
    if (value[field] === undefined || value[field] === null) (completed ??= { ...value })[field] = byDefault;
  }
  for (const field in value) {
    const part = parts.get(field);
    if (!part) continue;
    const next = part.isList ? withDefaultsInList(value[field], part.defaults) : withSchemaDefaults(value[field], part.defaults);
    if (next !== value[field]) (completed ??= { ...value })[field] = next;
  }
  return (completed ?? value) as T;
}

function withDefaultsInList(list: unknown, defaults: Defaults): unknown {
  if (!Array.isArray(list)) return list;
  let completed: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const next = withSchemaDefaults(list[index] as unknown, defaults);
    if (next !== list[index]) (completed ??= [...list as unknown[]])[index] = next;
  }
  return completed ?? list;
}

/** A table read once, for admission goes through it for every container: values to fill in, and parts to go into. */
interface Rules {
  readonly values: readonly (readonly [string, string | number | boolean])[];
  readonly parts: ReadonlyMap<string, { readonly isList: boolean; readonly defaults: Defaults }>;
}

const rules = new Map<Defaults, Rules>();

function rulesOf(defaults: Defaults): Rules {
  let found = rules.get(defaults);
  if (!found) {
    const entries = Object.entries(defaults);
    found = {
      values: entries.flatMap(([field, inner]) => (typeof inner === 'object' ? [] : [[field, inner] as const])),
      parts: new Map(entries.flatMap(([field, inner]) => (typeof inner === 'object'
        ? [[field.replace(/\[\]$/, ''), { isList: field.endsWith('[]'), defaults: inner }] as const] : []))),
    };
    rules.set(defaults, found);
  }
  return found;
}
