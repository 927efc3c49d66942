import { POD_GATE, Pod, isGated } from 'cdk8s-grove/core';
import { jsonPatch, settleAll } from '../kube';
import { Writer } from '../state/writer';

/** A pod and the node that was chosen for it. */
export interface Binding {
  readonly pod: Pod;
  readonly node: string;
}

/** Bindings of one gang under way at once. */
const BINDINGS_AT_ONCE = 64;

/** Opens the gates of the pods and binds them. Resolves to those that failed, each with its error. */
export async function bindAll(writer: Writer, bindings: readonly Binding[]): Promise<{ binding: Binding; error: unknown }[]> {
  const outcomes = await settleAll(bindings, BINDINGS_AT_ONCE, binding => bind(writer, binding));
  return outcomes.flatMap((outcome, position) => (outcome.status === 'rejected' ? [{ binding: bindings[position], error: outcome.reason as unknown }] : []));
}

/** A pod with a gate cannot be bound, and a gate can only be taken away: two requests, the second only after the first. */
async function bind(writer: Writer, { pod, node }: Binding): Promise<void> {
  const open = isGated(pod) ? await writer.patch(pod, withoutGate(pod)) : pod;
  if (!open) throw new Error(`pod ${pod.metadata.name} is gone`);
  await writer.client.bind(open, node);
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
