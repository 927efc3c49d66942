import { add, amounts, podFootprint, showAmount, subtract } from 'cdk8s-grove/core';
import type { Pod, Resources } from 'cdk8s-grove/core';
import { JsonObject, objectIn } from './json';

/** What the nodes have, and what the pods on them take; as a real kubelet, it takes no pod that does not fit. */
export class NodeRoom {
  private readonly taken = new Map<string, Resources>();
  private readonly pods = new Map<string, { readonly node: string; readonly footprint: Resources }>();

  /** Takes the room of a pod. Returns undefined when it fits, otherwise what is short, and takes nothing. */
  take(pod: Pod, node: JsonObject): { readonly resource: string; readonly message: string } | undefined {
    const name = pod.spec.nodeName!;
    const allocatable = amounts(objectIn(objectIn(node, 'status'), 'allocatable') as Readonly<Record<string, string>>);
    const footprint = podFootprint(pod.spec);
    const taken = this.taken.get(name) ?? {};
    for (const [resource, wanted] of Object.entries(footprint)) {
      const free = (allocatable[resource] ?? 0) - (taken[resource] ?? 0);
      if (wanted > 0 && wanted > free) {
        return { resource, message: `Node didn't have enough resource: ${resource}, requested: ${showAmount(resource, wanted)}, free: ${showAmount(resource, free)}` };
      }
    }
    this.taken.set(name, add(taken, footprint));
    this.pods.set(pod.metadata.uid!, { node: name, footprint });
    return undefined;
  }

  /** Gives back the room of a pod that has ended. Harmless when it has none. */
  give(uid: string): void {
    const pod = this.pods.get(uid);
    if (!pod) return;
    this.pods.delete(uid);
    this.taken.set(pod.node, subtract(this.taken.get(pod.node) ?? {}, pod.footprint));
  }
}
