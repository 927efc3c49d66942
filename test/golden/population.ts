import { Tree } from './trees';
import { Client, HORIZONTAL_POD_AUTOSCALER, POD, RESOURCE_CLAIM, ROLE, ROLE_BINDING, ResourceType, SERVICE, mergePatch } from '../../controller/src/kube';
import { COMPUTE_DOMAIN, POD_CLIQUE, POD_CLIQUE_SET, POD_GANG, SCALING_GROUP } from '../../controller/src/state/resources';
import { ANNOTATION, KubeObject, OwnerReference, Pod, STARTUP_READY, isReady, timestamp } from '../../src/core';

const core = (kind: string, plural: string): ResourceType => ({ group: '', version: 'v1', kind, plural, namespaced: true });

/** What upstream makes for a set, owners first. */
export const UPSTREAM_TYPES: readonly ResourceType[] = [
  core('ServiceAccount', 'serviceaccounts'), ROLE, ROLE_BINDING, core('Secret', 'secrets'), SERVICE, SCALING_GROUP, POD_CLIQUE, HORIZONTAL_POD_AUTOSCALER,
  RESOURCE_CLAIM, COMPUTE_DOMAIN, POD, POD_GANG,
];

/** Types whose status is the controller's. */
const WITH_STATUS = new Set(['PodCliqueSet', 'PodCliqueScalingGroup', 'PodClique', 'PodGang']);

export interface PopulationOptions {
  readonly client: Client;
  readonly namespace: string;
  /** Where pods run. */
  readonly nodes: readonly string[];
  /** @default all that upstream makes */
  readonly types?: readonly ResourceType[];
  /** When the conditions have come about, in milliseconds since 1970. @default the machine's time */
  readonly now?: number;
}

/**
 * Brings about what upstream's operator leaves when it is switched off: the set, everything it has made of it with its own hashes, its start-up
 * container and its credentials, and the status of each; pods that ran have their node.
 */
export async function populate(tree: Tree, { client, namespace, nodes, types = UPSTREAM_TYPES, now = Date.now() }: PopulationOptions): Promise<void> {
  const { object, children, set } = asLeft(tree, namespace, now);
  const uids = new Map<string, string>();
  const create = async (type: ResourceType, wanted: KubeObject) => {
    const owners = (wanted.metadata.ownerReferences ?? []).map(owner => withOwner(owner, uids));
    const metadata = { ...wanted.metadata, ...(owners.length > 0 ? { ownerReferences: owners } : {}) };
    const created = await client.create<KubeObject>(type, { ...wanted, metadata });
    uids.set(`${type.kind}/${wanted.metadata.name}`, created.metadata.uid ?? '');
    const { status } = wanted as { readonly status?: object };
    if (status && WITH_STATUS.has(type.kind)) await client.patch(type, { namespace, name: wanted.metadata.name }, mergePatch({ status }), 'status');
  };
  await create(POD_CLIQUE_SET, { ...object, metadata: { ...object.metadata, finalizers: set.metadata.finalizers }, status: set.status } as KubeObject);
  let placed = 0;
  for (const type of types) {
    for (const child of Object.values(children[type.kind] ?? {})) {
      await create(type, type === POD ? onNode(child as Pod, nodes[placed++ % nodes.length]) : child);
    }
  }
}

interface Left extends Pick<Tree, 'object' | 'children'> {
  readonly set: KubeObject & { readonly status: object };
}

/** The recording with everything that it left out: hashes, times, the names of pods, the namespace. */
function asLeft(tree: Tree, namespace: string, now: number): Left {
  const pods = Object.values(tree.children.Pod ?? {}) as unknown as Pod[];
  const names = new Map(pods.map(({ metadata }, index) => [metadata.name, `${metadata.generateName}u${String(index).padStart(4, '0')}`]));
  const text = JSON.stringify(tree).replaceAll('"namespace":"default"', `"namespace":"${namespace}"`).replaceAll('.default.svc', `.${namespace}.svc`)
    .replaceAll(/<hash-(\d+)>/g, 'upstream$1').replaceAll('<time>', timestamp(now));
  return JSON.parse(text, (key, value) => (key === 'name' && names.has(value as string) ? names.get(value as string) : value) as unknown) as Left;
}

/** References of the recording say neither version nor uid. */
function withOwner(owner: OwnerReference, uids: ReadonlyMap<string, string>): OwnerReference {
  return { ...owner, apiVersion: 'grove.io/v1alpha1', uid: uids.get(`${owner.kind}/${owner.name}`) ?? '' };
}

/** A pod that ran has its node; kubelets of tests are told by our annotation that its start-up container has ended, see {@link forgetStartup}. */
function onNode({ status, ...pod }: Pod, nodeName: string): KubeObject {
  if (status?.phase !== 'Running') return pod as unknown as KubeObject;
  const annotations = { ...pod.metadata.annotations, [ANNOTATION.startup]: STARTUP_READY };
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec: { ...pod.spec, nodeName } } as unknown as KubeObject;
}

/** Takes from pods that run what upstream would not have put there. */
export async function forgetStartup({ client, namespace }: Pick<PopulationOptions, 'client' | 'namespace'>): Promise<void> {
  const { items } = await client.list<Pod>(POD, { namespace });
  const change = mergePatch({ metadata: { annotations: { [ANNOTATION.startup]: null } } });
  await Promise.all(items.filter(isReady).map(({ metadata }) => client.patch(POD, metadata, change)));
}

/** Of all that there is: kind, name and uid, so that what was made anew is seen. */
export async function inventory({ client, namespace, types = UPSTREAM_TYPES }: Omit<PopulationOptions, 'nodes'>): Promise<string[]> {
  const listed = await Promise.all(types.map(async type => {
    const { items } = await client.list<KubeObject>(type, { namespace });
    return items.map(({ metadata }) => [type.kind, metadata] as const);
  }));
  const ours = listed.flat().filter(([, { labels }]) => labels?.['app.kubernetes.io/managed-by'] === 'grove-operator');
  return ours.map(([kind, { name, uid, deletionTimestamp }]) => `${kind} ${name} ${uid}${deletionTimestamp ? ' goes' : ''}`).sort();
}

