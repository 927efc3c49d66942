import { Container, EnvVar } from 'cdk8s-grove/core';
import { environmentPart } from './environment';
import { Fields, Part, PodWriter, joined, member, unlessEmpty } from './parts';
import { probesPart } from './probes';
import { resourcesPart } from './resources';
import type { TypedVolumes } from './volumes';

const PULL_POLICIES = { Always: 'ALWAYS', IfNotPresent: 'IF_NOT_PRESENT', Never: 'NEVER' };
const RESTART_POLICIES = { Always: 'ALWAYS' };
const PROTOCOLS: Readonly<Record<string, string>> = { TCP: 'TCP', UDP: 'UDP', SCTP: 'SCTP' };
const SECURITY = {
  runAsUser: 'user',
  runAsGroup: 'group',
  runAsNonRoot: 'ensureNonRoot',
  privileged: 'privileged',
  readOnlyRootFilesystem: 'readOnlyRootFilesystem',
  allowPrivilegeEscalation: 'allowPrivilegeEscalation',
} as const;

/** Properties of a container, and the fields that they do not say. */
export function containerParts(writer: PodWriter, container: Container, volumes: TypedVolumes | undefined, isInit = false): { props: Fields; rest: Fields } {
  const { name, image, command, args, workingDir, env, ports, resources, imagePullPolicy, restartPolicy, ...further } = container;
  const { securityContext, volumeMounts, readinessProbe, livenessProbe, startupProbe, ...others } = further;
  const probes = { readinessProbe, livenessProbe, startupProbe };
  const policy = member(writer, 'ImagePullPolicy', PULL_POLICIES, imagePullPolicy);
  const restart = isInit ? member(writer, 'ContainerRestartPolicy', RESTART_POLICIES, restartPolicy) : undefined;
  const mounts = volumes?.mountsOf(container) ?? [];
  return joined([
    { props: { name: name === 'main' && !isInit ? undefined : name, command, args, workingDir } },
    image === undefined ? { props: { image: 'none' }, rest: { image: null } } : { props: { image } },
    { props: { imagePullPolicy: policy }, rest: policy ? {} : { imagePullPolicy } },
    { props: { restartPolicy: restart }, rest: restart ? {} : { restartPolicy } },
    environmentPart(writer, env as readonly EnvVar[] | undefined),
    portsPart(writer, (ports ?? []) as readonly Port[]),
    resourcesPart(writer, resources as Fields | undefined),
    isInit && !restart ? { rest: probes } : probesPart(writer, probes),
    securityPart(securityContext as Fields | undefined),
    volumes ? { props: { volumeMounts: mounts.length > 0 ? mounts : undefined } } : { rest: { volumeMounts } },
    { rest: others },
  ]);
}

/** The security context of a pod or a container: what has a property, and the rest. */
export function securityPart(context: Fields | undefined, properties: Readonly<Record<string, string>> = SECURITY): Part {
  const entries = Object.entries(context ?? {});
  const isKnown = ([field]: readonly [string, unknown]) => Object.hasOwn(properties, field);
  const typed = Object.fromEntries(entries.filter(isKnown).map(([field, value]) => [properties[field], value]));
  const others = Object.fromEntries(entries.filter(entry => !isKnown(entry)));
  return { props: { securityContext: unlessEmpty(typed) }, rest: { securityContext: unlessEmpty(others) } };
}

interface Port {
  readonly containerPort: number;
  readonly name?: string;
  readonly protocol?: string;
  readonly [field: string]: unknown;
}

/** All ports or none, for cdk8s-plus has its own opinion on two of the same number. */
function portsPart(writer: PodWriter, ports: readonly Port[]): Part {
  const fields = new Set(['containerPort', 'name', 'protocol', 'hostPort']);
  const identities = ports.map(({ containerPort, protocol = 'TCP' }) => `${containerPort} ${protocol}`);
  const isKnown = ports.every(port => Object.keys(port).every(field => fields.has(field)) && PROTOCOLS[port.protocol ?? 'TCP'] !== undefined);
  if (!isKnown || new Set(identities).size < ports.length) return { rest: { ports } };
  const [first] = ports;
  if (!first) return {};
  const isPlain = ports.length === 1 && Object.keys(first).every(field => field === 'containerPort' || (field === 'protocol' && first.protocol === 'TCP'));
  if (isPlain) return { props: { portNumber: first.containerPort } };
  const typed = ports.map(({ containerPort, protocol, ...others }) => ({ number: containerPort, ...others, protocol: member(writer, 'Protocol', PROTOCOLS, protocol) }));
  return { props: { ports: typed } };
}
