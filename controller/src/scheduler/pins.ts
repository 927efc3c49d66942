import { LABEL, Pod, pinRefusal, pinnedNode } from 'cdk8s-grove/core';
import { Clock, EventRecorder, Logger, keyOf, messageOf } from '../kube';
import { Caches, scopedKey } from '../state/caches';
import { Writer } from '../state/writer';

/** Kube-scheduler may refuse for a moment, until it has seen a claim or a volume. */
const PATIENCE_MS = 10_000;
/** How long a node is not chosen again for a gang, one of whose pods kube-scheduler did not want there. */
const AVOIDED_MS = 300_000;

export interface PinsOptions {
  readonly caches: Caches;
  readonly writer: Writer;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Pods that we have pinned and kube-scheduler does not bind: they are recreated, and placed on other nodes. */
export class Pins {
  private readonly checking = new Set<string>();
  /** By gang: nodes and until when they are avoided. */
  private readonly closed = new Map<string, Map<string, number>>();

  /** @param onUndone told the gang of a pod whose pin is given up */
  constructor(private readonly options: PinsOptions, private readonly onUndone: (gangKey: string) => void) {}

  /** Kube-scheduler has refused the pod; if it still does after a while, the pin is given up. */
  refused(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    if (this.checking.has(uid)) return;
    this.checking.add(uid);
    this.options.clock.setTimeout(() => {
      this.checking.delete(uid);
      void this.giveUp(this.options.caches.pods.store.get(keyOf(pod)), uid);
    }, PATIENCE_MS);
  }

  /** Nodes that were tried for the gang in vain: they keep the pods that they have, and get no more for now. */
  avoided(gangKey: string): string[] {
    const nowMs = this.options.clock.elapsed();
    return [...this.closed.get(gangKey) ?? []].filter(([, untilMs]) => untilMs > nowMs).map(([node]) => node).sort();
  }

  /** The gang is gone. */
  forget(gangKey: string): void {
    this.closed.delete(gangKey);
  }

  private async giveUp(pod: Pod | undefined, uid: string): Promise<void> {
    const why = pod && pinRefusal(pod);
    if (!pod || why === undefined || pod.metadata.uid !== uid) return;
    const { clock, events, log, writer } = this.options;
    const gang = scopedKey(pod, pod.metadata.labels?.[LABEL.podGang] ?? '');
    const node = pinnedNode(pod) ?? '';
    this.closed.set(gang, (this.closed.get(gang) ?? new Map<string, number>()).set(node, clock.elapsed() + AVOIDED_MS));
    this.onUndone(gang);
    events.event(pod, 'Warning', 'PinRefused', `kube-scheduler does not bind the pod to ${node}: ${why}`);
    await writer.removeAll([pod]).catch((error: unknown) => log.warn({ pod: keyOf(pod), error: messageOf(error) }, 'a pod whose pin was refused could not be removed'));
  }
}
