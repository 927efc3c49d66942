import { Container, PodSpec } from 'cdk8s-grove/core';
import { Expression, Source, literal } from './source';

const KPLUS = 'cdk8s-plus-28';
const TYPED = new Set(['name', 'image', 'command', 'args', 'env', 'ports', 'workingDir', 'imagePullPolicy', 'resources']);
const PULL_POLICIES: Readonly<Record<string, string>> = { Always: 'ALWAYS', IfNotPresent: 'IF_NOT_PRESENT', Never: 'NEVER' };
const PROTOCOLS: Readonly<Record<string, string>> = { TCP: 'TCP', UDP: 'UDP', SCTP: 'SCTP' };

/**
 * Properties of a clique that make exactly this pod spec. Containers that cdk8s-plus would write otherwise stay as Kubernetes writes them, like all
 * further fields, in `podSpecPatch`.
 */
export function podProps(source: Source, podSpec: PodSpec): Record<string, unknown> {
  const { schedulerName, containers, restartPolicy, terminationGracePeriodSeconds, ...others } = podSpec;
  const typed = others.initContainers === undefined ? typedContainers(source, containers) : undefined;
  const patch = {
    ...(typed ? {} : { containers }),
    ...(restartPolicy === undefined || restartPolicy === 'Always' ? {} : { restartPolicy }),
    ...(terminationGracePeriodSeconds === undefined || terminationGracePeriodSeconds === 30 ? {} : { terminationGracePeriodSeconds }),
    ...others,
  };
  return {
    ...typed?.devices,
    schedulerName: schedulerName || undefined,
    containers: typed ? typed.containers : [{ name: named(containers[0]), image: String(containers[0]?.image ?? 'in-podSpecPatch') }],
    podSpecPatch: Object.keys(patch).length > 0 ? patch : undefined,
  };
}

interface TypedContainers {
  readonly containers: readonly object[];
  readonly devices: { readonly gpus?: number; readonly extendedResources?: Readonly<Record<string, number>> };
}

function typedContainers(source: Source, containers: readonly Container[]): TypedContainers | undefined {
  const devices = devicesOf(containers[0]);
  if (!devices || containers.some(({ resources }, index) => index > 0 && resources !== undefined)) return undefined;
  if (!containers.every(container => Object.keys(container).every(field => TYPED.has(field)) && isPlain(container))) return undefined;
  return { containers: containers.map(container => typedContainer(source, container)), devices };
}

interface Port {
  readonly containerPort: number;
  readonly name?: string;
  readonly protocol?: string;
}

function portsOf({ ports }: Container): readonly Port[] {
  return (ports as readonly Port[] | undefined) ?? [];
}

/** Whether cdk8s-plus can write the container's variables, ports and policy as they are. */
function isPlain(container: Container): boolean {
  const { image, env = [], imagePullPolicy } = container;
  const names = env.map(({ name }) => name);
  return typeof image === 'string'
    && env.every(entry => Object.keys(entry).every(key => key === 'name' || key === 'value') && typeof entry.value === 'string')
    && new Set(names).size === names.length
    && portsOf(container).every(port => Object.keys(port).every(key => ['containerPort', 'name', 'protocol'].includes(key)) && PROTOCOLS[port.protocol ?? 'TCP'] !== undefined)
    && (imagePullPolicy === undefined || PULL_POLICIES[String(imagePullPolicy)] !== undefined);
}

function typedContainer(source: Source, container: Container): object {
  const { name, image, command, args, env = [], workingDir, imagePullPolicy } = container;
  const variables = env.map(entry => [entry.name, new Expression(`${source.use(KPLUS, 'EnvValue')}.fromValue(${literal(entry.value)})`)]);
  return {
    name: named({ name }),
    image,
    command,
    args,
    workingDir,
    imagePullPolicy: imagePullPolicy && new Expression(`${source.use(KPLUS, 'ImagePullPolicy')}.${PULL_POLICIES[String(imagePullPolicy)]}`),
    envVariables: variables.length > 0 ? Object.fromEntries(variables) : undefined,
    ...portProps(source, portsOf(container)),
  };
}

function portProps(source: Source, ports: readonly Port[]): object {
  const [first] = ports;
  if (!first) return {};
  if (ports.length === 1 && first.name === undefined && (first.protocol ?? 'TCP') === 'TCP') return { portNumber: first.containerPort };
  return {
    ports: ports.map(({ containerPort, name, protocol = 'TCP' }) => ({
      number: containerPort, name, protocol: new Expression(`${source.use(KPLUS, 'Protocol')}.${PROTOCOLS[protocol]}`),
    })),
  };
}

/** cdk8s-plus calls a container main that has no name. */
function named(container: Pick<Container, 'name'> | undefined): string | undefined {
  return container?.name === 'main' ? undefined : container?.name;
}

/** Devices of the first container, as far as they are the only resources and limits only: that is how the constructs write them. */
function devicesOf(container: Container | undefined): TypedContainers['devices'] | undefined {
  const resources = container?.resources;
  if (resources === undefined) return {};
  const amounts = Object.entries(resources.limits ?? {});
  if (amounts.length === 0 || Object.keys(resources).some(field => field !== 'limits')) return undefined;
  if (!amounts.every(([name, amount]) => name.includes('/') && /^[1-9]\d{0,8}$/.test(String(amount)))) return undefined;
  const { 'nvidia.com/gpu': gpus, ...others } = Object.fromEntries(amounts.map(([name, amount]) => [name, Number(amount)]));
  return { ...(gpus === undefined ? {} : { gpus }), ...(Object.keys(others).length > 0 ? { extendedResources: others } : {}) };
}
