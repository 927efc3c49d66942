import { ANNOTATION, Node, POD_GATE, Pod, SCHEDULER_NAME, isGated } from 'cdk8s-grove/core';
import { jsonPatch, mergePatch, settleAll } from '../kube';
import { Writer } from '../state/writer';

/** A pod and the node that was chosen for it. */
export interface Binding {
  readonly pod: Pod;
  readonly node: Node;
}

/** The label by which a pod asks for one node. */
const HOSTNAME = 'kubernetes.io/hostname';

/** Bindings of one gang under way at once. */
const BINDINGS_AT_ONCE = 64;

/**
 * Binds the pods, or pins them and opens their gates for kube-scheduler to bind (design decision 4). Resolves to those that failed, each
 * with its error.
 */
export async function bindAll(writer: Writer, bindings: readonly Binding[]): Promise<{ binding: Binding; error: unknown }[]> {
  const commit = ({ pod }: Binding) => (pod.spec.schedulerName === SCHEDULER_NAME ? bind : pin);
  const outcomes = await settleAll(bindings, BINDINGS_AT_ONCE, binding => commit(binding)(writer, binding));
  return outcomes.flatMap((outcome, position) => (outcome.status === 'rejected' ? [{ binding: bindings[position], error: outcome.reason as unknown }] : []));
}

/**
 * Pods that we bind carry no gate of ours, unless another controller has made them: such a pod cannot be bound, and a gate can only be taken away,
 * which makes two requests, the second only after the first.
 */
async function bind(writer: Writer, { pod, node }: Binding): Promise<void> {
  const open = isGated(pod) ? await writer.patch(pod, withoutGate(pod)) : pod;
  if (!open) throw new Error(`pod ${pod.metadata.name} is gone`);
  await writer.client.bind(open, node.metadata.name ?? '');
}

/** Narrows the pod to the node and opens its gate in one request; while it is gated, a pod's selector may still grow. */
async function pin(writer: Writer, { pod, node }: Binding): Promise<void> {
  const hostname = node.metadata.labels?.[HOSTNAME];
  if (hostname === undefined) throw new Error(`node ${node.metadata.name} has no label ${HOSTNAME} by which a pod could be pinned to it`);
  const schedulingGates = (pod.spec.schedulingGates ?? []).filter(({ name }) => name !== POD_GATE);
  const { resourceVersion } = pod.metadata;
  const pinned = await writer.patch(pod, mergePatch({
    metadata: { resourceVersion, annotations: { [ANNOTATION.pinnedNode]: node.metadata.name } },
    spec: { nodeSelector: { ...pod.spec.nodeSelector, [HOSTNAME]: hostname }, schedulingGates },
  }));
  if (!pinned) throw new Error(`pod ${pod.metadata.name} is gone`);
}

/** Tests before it removes: gates of others keep their places, and a gate that somebody else has taken away is not taken twice. */
function withoutGate(pod: Pod) {
  const position = (pod.spec.schedulingGates ?? []).findIndex(({ name }) => name === POD_GATE);
  return jsonPatch([
    { op: 'test', path: '/metadata/uid', value: pod.metadata.uid },
    { op: 'test', path: `/spec/schedulingGates/${position}/name`, value: POD_GATE },
    { op: 'remove', path: `/spec/schedulingGates/${position}` },
  ]);
}
