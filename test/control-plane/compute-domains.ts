import { until } from './until';
import { CUSTOM_RESOURCE_DEFINITION, Client } from '../../controller/src/kube';
import { COMPUTE_DOMAIN } from '../../controller/src/state/resources';
import { KubeObject } from '../../src/core';

const { group, version, kind, plural } = COMPUTE_DOMAIN;
const NAME = `${plural}.${group}`;

/** The type that the NVIDIA driver brings along, as far as the controller uses it. */
export function computeDomainDefinition(): KubeObject {
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: NAME },
    spec: { group, scope: 'Namespaced', names: { kind, plural, singular: kind.toLowerCase() }, versions: [{ name: version, served: true, storage: true, schema }] },
  } as KubeObject;
}

/** Makes the server know the type. */
export async function installComputeDomains(admin: Client): Promise<void> {
  await admin.create(CUSTOM_RESOURCE_DEFINITION, computeDomainDefinition());
  await until('ComputeDomains are served', () => admin.list(COMPUTE_DOMAIN).then(() => true, () => undefined));
}

/** Takes it away again, with every object of it. */
export async function removeComputeDomains(admin: Client): Promise<void> {
  await admin.delete(CUSTOM_RESOURCE_DEFINITION, { name: NAME });
  await until('ComputeDomains are served no more', () => admin.list(COMPUTE_DOMAIN).then(() => undefined, () => true));
}
