import { EnvVar } from 'cdk8s-grove/core';
import { Fields, KPLUS, Part, PodWriter, member } from './parts';
import { Expression, literal } from './source';

const FIELDS = {
  'metadata.name': 'POD_NAME',
  'metadata.namespace': 'POD_NAMESPACE',
  'metadata.uid': 'POD_UID',
  'spec.serviceAccountName': 'SERVICE_ACCOUNT_NAME',
  'spec.nodeName': 'NODE_NAME',
  'status.hostIP': 'NODE_IP',
  'status.podIP': 'POD_IP',
  'status.podIPs': 'POD_IPS',
};

/** The variables of a container, up to the first that cdk8s-plus does not know: that one and the rest follow in the patch, for their order matters. */
export function environmentPart(writer: PodWriter, env: readonly EnvVar[] = []): Part {
  const hasTwins = new Set(env.map(({ name }) => name)).size < env.length;
  const values = hasTwins ? [] : env.map(entry => valueOf(writer, entry));
  const typed = values.findIndex(value => value === undefined);
  const count = typed < 0 ? values.length : typed;
  const variables = env.slice(0, count).map(({ name }, index) => [name, values[index]]);
  return {
    props: { envVariables: count > 0 ? Object.fromEntries(variables) : undefined },
    rest: { env: count < env.length ? env.slice(count) : undefined },
  };
}

function valueOf(writer: PodWriter, { name: _, value, valueFrom, ...unknown }: EnvVar): Expression | undefined {
  if (Object.keys(unknown).length > 0) return undefined;
  const word = () => writer.source.use(KPLUS, 'EnvValue');
  if (typeof value === 'string' && valueFrom === undefined) return new Expression(`${word()}.fromValue(${literal(value)})`);
  const [[kind, from] = [], ...others] = Object.entries((valueFrom ?? {}) as Readonly<Record<string, Fields>>);
  if (from === undefined || value !== undefined || others.length > 0) return undefined;
  if (kind === 'fieldRef') {
    const path = Object.keys(from).length === 1 ? member(writer, 'EnvFieldPaths', FIELDS, from.fieldPath) : undefined;
    return path && new Expression(`${word()}.fromFieldRef(${path.text})`);
  }
  const { name, key, ...options } = from;
  if (typeof name !== 'string' || typeof key !== 'string' || Object.keys(options).some(option => option !== 'optional')) return undefined;
  const given = Object.keys(options).length > 0 ? `, ${literal(options)}` : '';
  if (kind === 'secretKeyRef') return new Expression(`${word()}.fromSecretValue({ secret: ${secret(writer, name)}, key: ${literal(key)} }${given})`);
  return kind === 'configMapKeyRef' ? new Expression(`${word()}.fromConfigMap(${configMap(writer, name)}, ${literal(key)}${given})`) : undefined;
}

/** The variable of a secret that is in the cluster already. */
export function secret({ source }: PodWriter, name: string): string {
  return source.shared(`${name}-secret`, id => `${source.use(KPLUS, 'Secret')}.fromSecretName(chart, ${id}, ${literal(name)})`);
}

/** The variable of a config map that is in the cluster already. */
export function configMap({ source }: PodWriter, name: string): string {
  return source.shared(`${name}-config`, id => `${source.use(KPLUS, 'ConfigMap')}.fromConfigMapName(chart, ${id}, ${literal(name)})`);
}
