import { Container, PodSpec } from 'cdk8s-grove/core';
import { containerParts, securityPart } from './containers';
import { Fields, KPLUS, Part, PodWriter, joined, member, seconds, unlessEmpty } from './parts';
import { devicesOf } from './resources';
import { Expression, literal } from './source';
import { TypedVolumes, typedVolumes } from './volumes';

const RESTART_POLICIES = { OnFailure: 'ON_FAILURE', Never: 'NEVER' };
const POD_SECURITY = { runAsUser: 'user', runAsGroup: 'group', runAsNonRoot: 'ensureNonRoot', fsGroup: 'fsGroup' };

/** Properties of a clique that make this pod spec. What cdk8s-plus does not know stays as Kubernetes writes it, in `podSpecPatch`. */
export function podProps(writer: PodWriter, podSpec: PodSpec): Record<string, unknown> {
  const { schedulerName, containers, initContainers = [], volumes, securityContext, ...others } = podSpec;
  const typed = typedVolumes(writer, podSpec);
  const { devices, withoutDevices } = withoutDevicesOfFirst(writer, containers);
  const own = containersPart('containers', withoutDevices.map(container => containerParts(writer, container, typed)), withoutDevices);
  const init = containersPart('initContainers', initContainers.map(container => containerParts(writer, container, typed, true)), initContainers);
  const security = securityPart(securityContext as Fields | undefined, POD_SECURITY);
  const { props, rest } = joined([volumesPart(typed, volumes), security, podPart(writer, others), init, own]);
  return { ...devices, ...props, schedulerName: schedulerName || undefined, podSpecPatch: unlessEmpty(rest) };
}

function withoutDevicesOfFirst(writer: PodWriter, [first, ...others]: readonly Container[]): { devices: object; withoutDevices: readonly Container[] } {
  if (!first) return { devices: {}, withoutDevices: [] };
  const { gpus, extendedResources, others: resources } = devicesOf(writer, first.resources as Fields | undefined);
  return { devices: { gpus, extendedResources }, withoutDevices: [{ ...first, resources } as Container, ...others] };
}

function containersPart(list: string, parts: readonly { readonly props: Fields; readonly rest: Fields }[], containers: readonly Container[]): Part {
  const patches = parts.flatMap(({ rest }, index) => (unlessEmpty(rest) ? [{ name: containers[index]?.name, ...rest }] : []));
  return { props: { [list]: parts.length > 0 ? parts.map(({ props }) => props) : undefined }, rest: { [list]: patches.length > 0 ? patches : undefined } };
}

function volumesPart(typed: TypedVolumes | undefined, volumes: unknown): Part {
  if (!typed) return { rest: { volumes } };
  const { sharedMemory, unmounted } = typed;
  return { props: { sharedMemory, volumes: unmounted.length > 0 ? unmounted : undefined } };
}

/** The fields of a pod that are neither containers nor volumes. */
function podPart(writer: PodWriter, fields: Omit<PodSpec, 'containers'>): Part {
  const { restartPolicy, terminationGracePeriodSeconds: grace, serviceAccountName, hostNetwork, automountServiceAccountToken, ...rest } = fields as Fields;
  const { source } = writer;
  const policy = member(writer, 'RestartPolicy', RESTART_POLICIES, restartPolicy);
  const account = typeof serviceAccountName === 'string' && serviceAccountName !== ''
    ? source.shared(`${serviceAccountName}-account`, id => `${source.use(KPLUS, 'ServiceAccount')}.fromServiceAccountName(chart, ${id}, ${literal(serviceAccountName)})`)
    : undefined;
  return {
    props: {
      restartPolicy: policy,
      terminationGracePeriod: typeof grace === 'number' && grace !== 30 ? seconds(writer, grace) : undefined,
      serviceAccount: account && new Expression(account),
      hostNetwork,
      automountServiceAccountToken,
    },
    rest: { ...rest, restartPolicy: policy || restartPolicy === 'Always' ? undefined : restartPolicy },
  };
}
