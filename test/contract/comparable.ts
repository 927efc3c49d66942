/** Of a service, what the real server makes up is its address, and how addresses are given. */
const ADDRESS_FIELDS = ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'];
const OWN_FIELDS = ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields'];

/** An object or a refusal without what differs from cluster to cluster, and from moment to moment. */
export function comparable(value: object): unknown {
  const text = JSON.stringify(value, (key, part) => (ADDRESS_FIELDS.includes(key) || OWN_FIELDS.includes(key) ? undefined : part));
  return JSON.parse(text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'a moment'));
}
