/** Fields that cdk8s-plus spells otherwise than Kubernetes does, of all objects that a pod spec is made of. */
export const RENAMED: Readonly<Record<string, string>> = {
  datasetUuid: 'datasetUUID',
  diskUri: 'diskURI',
  downwardApi: 'downwardAPI',
  hostIp: 'hostIP',
  hostIpc: 'hostIPC',
  hostPid: 'hostPID',
  pdId: 'pdID',
  scaleIo: 'scaleIO',
  setHostnameAsFqdn: 'setHostnameAsFQDN',
  storagePolicyId: 'storagePolicyID',
  targetWwNs: 'targetWWNs',
  volumeId: 'volumeID',
};

/** Fields whose keys are the user's words and not fields themselves. */
export const DICTIONARIES: ReadonlySet<string> = new Set([
  'annotations', 'labels', 'limits', 'matchLabels', 'nodeSelector', 'options', 'overhead', 'requests', 'volumeAttributes',
]);

/**
 * A pod spec of cdk8s-plus as Kubernetes writes it: fields renamed, quantities and ports as plain values, what is undefined left out.
 * `kplus.k8s.toJson_PodSpec` does the same, but drops every field that Kubernetes 1.28 did not have, and takes several times as long.
 *
 * @internal
 */
export function toWire(value: unknown, isDictionary = false): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(element => toWire(element));
  if (value.constructor !== Object && 'value' in value) return value.value;
  const fields = value as Record<string, unknown>;
  const written: Record<string, unknown> = {};
  for (const field in fields) {
    const content = fields[field];
    if (content !== undefined) written[isDictionary ? field : RENAMED[field] ?? field] = toWire(content, DICTIONARIES.has(field));
  }
  return written;
}
