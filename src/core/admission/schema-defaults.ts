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
    'cliques[]': { spec: { podSpec: POD_SPEC } },
    'cliqueStartupType': 'CliqueStartupTypeAnyOrder',
    'headlessServiceConfig': { publishNotReadyAddresses: true },
    'podCliqueScalingGroups[]': { replicas: 1, minAvailable: 1 },
    'resourceClaimTemplates[]': { templateSpec: { spec: { devices: { 'requests[]': { 'exactly': DEVICE, 'firstAvailable[]': DEVICE } } } } },
  },
};

/** The value with the defaults that the API server would fill in. What is not of the expected shape stays as it is. */
export function withSchemaDefaults<T>(value: T, defaults: Defaults): T {
  if (!isRecord(value)) return value;
  let completed: Record<string, unknown> = value;
  for (const { field, isList, inner } of rulesOf(defaults)) {
    const current = value[field];
    if (current === undefined && typeof inner === 'object') continue;
    const next = typeof inner === 'object' ? withInnerDefaults(current, inner, isList) : current ?? inner;
    if (next === current) continue;
    if (completed === value) completed = { ...value };
    completed[field] = next;
  }
  return completed as T;
}

function withInnerDefaults(current: unknown, defaults: Defaults, isList: boolean): unknown {
  if (!isList) return withSchemaDefaults(current, defaults);
  if (!Array.isArray(current)) return current;
  const next = current.map((entry: unknown) => withSchemaDefaults(entry, defaults));
  return next.some((entry, index) => entry !== current[index]) ? next : current;
}

interface Rule {
  readonly field: string;
  readonly isList: boolean;
  readonly inner: Defaults[string];
}

/** The tables, read once: admission goes through them for every container. */
const rules = new Map<Defaults, readonly Rule[]>();

function rulesOf(defaults: Defaults): readonly Rule[] {
  let found = rules.get(defaults);
  if (!found) {
    found = Object.entries(defaults).map(([name, inner]) => ({ field: name.replace(/\[\]$/, ''), isList: name.endsWith('[]'), inner }));
    rules.set(defaults, found);
  }
  return found;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
