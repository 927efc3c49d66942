import { Node, NodeRoom, Pod, add, isFinished, nodeRoom, pinnedNode, podFootprint, subtract } from 'cdk8s-grove/core';
import { Change, Store } from '../kube';

type Resources = Readonly<Record<string, number>>;

interface Occupancy {
  readonly node: string;
  readonly footprint: Resources;
  /** Decided by us and not yet seen on the pod. */
  readonly assumed: boolean;
}

/** Who is on which node, bindings of ours that are still on their way included. Kept by events, so that no decision has to count pods. */
export class ClusterState {
  private readonly rooms = new Map<string, NodeRoom>();
  private readonly occupants = new Map<string, Occupancy>();
  private readonly usedByNode = new Map<string, Resources>();
  private version = 0;

  /** @param onGrown told when there is more room than before */
  constructor(nodes: Store<Node>, pods: Store<Pod>, private readonly onGrown: () => void) {
    nodes.subscribe(change => this.onNode(change));
    pods.subscribe(change => this.onPod(change));
  }

  /** Grows whenever a gang that did not fit before might fit now. */
  get roomVersion(): number {
    return this.version;
  }

  /** The nodes that pods may be placed on, by name. */
  nodes(): NodeRoom[] {
    return [...this.rooms.values()];
  }

  node(name: string): Node | undefined {
    return this.rooms.get(name)?.node;
  }

  used(node: string): Resources {
    return this.usedByNode.get(node) ?? {};
  }

  /** The node that a pod has, or is about to get from us. */
  nodeOf(pod: Pod): string | undefined {
    return pod.spec.nodeName || this.occupants.get(uidOf(pod))?.node;
  }

  /** Counts a pod on its node from the moment of the decision. */
  assume(pod: Pod, node: string): void {
    this.occupy(uidOf(pod), { node, footprint: podFootprint(pod.spec), assumed: true });
  }

  /** The binding of an assumed pod has failed. */
  forget(pod: Pod): void {
    if (this.occupants.get(uidOf(pod))?.assumed) this.vacate(uidOf(pod));
  }

  private onNode({ object, old }: Change<Node>): void {
    const name = (object ?? old)?.metadata.name ?? '';
    const room = object && nodeRoom(object);
    const before = this.rooms.get(name);
    if (room) this.rooms.set(name, room);
    else this.rooms.delete(name);
    if (room && JSON.stringify(room.placement) !== JSON.stringify(before?.placement)) this.grow();
  }

  private onPod({ object, old }: Change<Pod>): void {
    if (old && old.metadata.uid !== object?.metadata.uid) this.vacate(uidOf(old));
    if (!object) return;
    const node = object.spec.nodeName || pinnedNode(object);
    if (isFinished(object)) this.vacate(uidOf(object));
    else if (node) this.occupy(uidOf(object), { node, footprint: podFootprint(object.spec), assumed: false });
  }

  private occupy(uid: string, occupancy: Occupancy): void {
    const before = this.occupants.get(uid);
    if (before?.node === occupancy.node) {
      if (before.assumed) this.occupants.set(uid, { ...before, assumed: occupancy.assumed });
      return;
    }
    if (before) this.vacate(uid);
    this.occupants.set(uid, occupancy);
    this.usedByNode.set(occupancy.node, add(this.used(occupancy.node), occupancy.footprint));
  }

  private vacate(uid: string): void {
    const before = this.occupants.get(uid);
    if (!before) return;
    this.occupants.delete(uid);
    this.usedByNode.set(before.node, subtract(this.used(before.node), before.footprint));
    this.grow();
  }

  private grow(): void {
    this.version += 1;
    this.onGrown();
  }
}

function uidOf({ metadata }: Pod): string {
  return metadata.uid ?? '';
}
