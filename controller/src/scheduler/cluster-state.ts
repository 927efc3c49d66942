import {
  ClusterIndex, Domains, GPU, Node, NodeDemand, NodeFilter, NvlinkDomains, PlacementLevel, PlacementNode, Pod, Resources, RunningPod, add,
  inGoodOrder, isFinished, isTerminating, isUsable, levelOfLabel, mayUse, nvlinkLabel, pinnedNode, placementLevels, placementNode, runningPod,
} from 'cdk8s-grove/core';
import { Counts } from './counts';
import { Priorities } from './priorities';
import { Revisions } from './revisions';
import { Change, keyOf } from '../kube';
import { Caches } from '../state/caches';

interface Occupant {
  readonly uid: string | undefined;
  readonly running: RunningPod;
  /** Decided by us and not yet seen on the pod. */
  readonly assumed: boolean;
  /** On its way out for longer than it should be. */
  readonly isStuck?: boolean;
}

/**
 * Who is on which node, bindings of ours that are still on their way included, and room that is held. Kept by events in one index on which every
 * decision is made; only when the levels of the cluster's topology change it is built anew.
 */
export class ClusterState {
  readonly revisions: Revisions;
  /** How often nodes have come, gone or become others. */
  nodeChanges = 0;
  /** All that exist: what NVLink connects does not fall apart because a node is down. One that is down is known as it will be again. */
  private readonly placementNodes = new Map<string, PlacementNode>();
  private readonly usable = new Set<string>();
  /** By `namespace/name`. */
  private readonly occupants = new Map<string, Occupant>();
  private readonly held = new Map<string, readonly RunningPod[]>();
  private readonly running = new Map<string, RunningPod>();
  private readonly byComputeDomain = new Map<string, Set<string>>();
  private readonly labels = new Counts<string>();
  private readonly taintCounts = new Counts<string>();
  private readonly priorityCounts = new Counts<number>();
  /** Labels that gangs name and no topology has. */
  private readonly unlisted = new Set<string>();
  private levels: readonly PlacementLevel[] = [];
  private areLevelsKnown = false;
  /** What the index was built for. */
  private builtFor = '';
  /** Of the domains by label and kinds of pods, until a node changes. */
  private readonly capacities = new Map<string, readonly Resources[]>();
  private nvlinkLabel: string | undefined;
  private current = new ClusterIndex([]);

  /** @param onGrown told when there is more room than before */
  constructor(
    private readonly caches: Pick<Caches, 'nodes' | 'pods' | 'topologies' | 'gangs' | 'priorityClasses'>,
    private readonly priorities: Priorities, private readonly onGrown: () => void,
  ) {
    const { nodes, pods, topologies, gangs, priorityClasses } = caches;
    this.revisions = new Revisions(caches);
    nodes.store.subscribe(change => this.onNode(change));
    pods.store.subscribe(change => this.onPod(change));
    topologies.store.subscribe(() => { this.areLevelsKnown = false; });
    priorityClasses.store.subscribe(() => this.rate(pods.store.values()));
    gangs.store.subscribe(({ object, old }) => {
      const gang = object ?? old;
      if (gang && object?.spec.priorityClassName !== old?.spec.priorityClassName) this.rate(pods.store.byIndex('gang', keyOf(gang)));
    });
  }

  /** What decisions are made on. A search tries things out on it and takes all of them back. */
  get index(): ClusterIndex {
    if (!this.areLevelsKnown) this.learnLevels();
    return this.current;
  }

  /** Makes sure that the index knows the levels that a gang names, whether a topology has them or not. */
  know(labels: readonly string[]): void {
    for (const label of labels) {
      if (levelOfLabel(label) !== label || this.unlisted.has(label)) continue;
      this.unlisted.add(label);
      this.areLevelsKnown = false;
    }
  }

  /** Throws the index away, which an error may have left in disorder. */
  rebuild(): void {
    this.builtFor = this.levelKey();
    this.current = new ClusterIndex(this.levels, true, this.unlistedLevels());
    for (const name of [...this.usable].sort()) this.current.setNode(this.placementNodes.get(name)!);
    for (const pod of this.running.values()) this.current.addPod(pod);
  }

  /** Taints that keep pods from some node, in the text form. */
  get taints(): string[] {
    return this.taintCounts.keys().sort();
  }

  /** What NVLink connects, as a gang of that name sees it; undefined when no node tells. */
  nvlinkFor(gang: string): NvlinkDomains | undefined {
    if (!this.areLevelsKnown) this.learnLevels();
    const label = this.nvlinkLabel;
    if (label === undefined) return undefined;
    return {
      label,
      gpus: demands => Math.max(0, ...this.domains.capacities(label, demands).map(capacity => capacity[GPU] ?? 0)),
      inUse: computeDomain => this.inUse(computeDomain, label, gang),
    };
  }

  /** The domains of nodes by their labels. */
  readonly domains: Domains = {
    of: (node, label) => this.placementNodes.get(node)?.domain[label],
    capacities: (label, demands) => {
      const key = [label, ...new Set(demands.map(NodeFilter.keyOf).sort())].join('\n');
      const known = this.capacities.get(key) ?? capacitiesOf(this.placementNodes.values(), label, demands);
      this.capacities.set(key, known);
      return known;
    },
  };

  /** The node that a pod has, or is about to get from us. */
  readonly nodeOf = (pod: Pod): string | undefined => {
    const occupant = this.occupants.get(keyOf(pod));
    return pod.spec.nodeName || (occupant?.uid === pod.metadata.uid ? occupant?.running.node : undefined);
  };

  /** Whether the pod, or the room that is held, of that name takes room. */
  takesRoom(name: string): boolean {
    return this.running.has(name);
  }

  /** Whether somebody might have to make room for a gang of that priority, or is doing so already. */
  hasBelow(priority: number): boolean {
    return this.priorityCounts.keys().some(value => value < priority);
  }

  /** Counts a pod on its node from the moment of the decision. */
  assume(pod: Pod, node: string): void {
    this.occupy(keyOf(pod), { uid: pod.metadata.uid, running: runningPod(pod, node, this.priorities.ofPod(pod)), assumed: true });
    this.revisions.changed(pod);
  }

  /** The binding of an assumed pod has failed. */
  forget(pod: Pod): void {
    const occupant = this.occupants.get(keyOf(pod));
    if (!occupant?.assumed || occupant.uid !== pod.metadata.uid) return;
    this.vacate(keyOf(pod));
    this.revisions.changed(pod);
  }

  /** The pods are on their way out and do not get on: nobody waits for their room any more. */
  giveUpOn(names: readonly string[]): void {
    for (const name of names) {
      const occupant = this.occupants.get(name);
      if (occupant) this.occupy(name, { ...occupant, isStuck: true, running: { ...occupant.running, preemptible: false } });
    }
  }

  /** Keeps room as if pods were there, instead of what was held for the keeper before. */
  hold(keeper: string, pods: readonly RunningPod[]): void {
    this.release(keeper);
    this.held.set(keeper, pods);
    for (const pod of pods) this.put(pod);
  }

  /** Gives back what was held for the keeper. */
  release(keeper: string): void {
    for (const { name } of this.held.get(keeper) ?? []) this.take(name);
    this.held.delete(keeper);
  }

  private onNode({ object, old }: Change<Node>): void {
    const name = (object ?? old)?.metadata.name ?? '';
    const canUse = object !== undefined && isUsable(object);
    const node = object && !isTerminating(object) ? placementNode(object) : undefined;
    const known = node && !canUse ? inGoodOrder(node) : node;
    const before = this.placementNodes.get(name);
    if (canUse === this.usable.has(name) && JSON.stringify(known) === JSON.stringify(before)) return;
    this.count(before, -1);
    this.count(known, 1);
    this.nodeChanges += 1;
    if (known) this.placementNodes.set(name, known);
    else this.placementNodes.delete(name);
    if (known && canUse) this.open(known);
    else this.close(name);
  }

  private open(node: PlacementNode): void {
    this.usable.add(node.name);
    this.current.setNode(node);
    this.onGrown();
  }

  private close(name: string): void {
    this.usable.delete(name);
    this.current.removeNode(name);
  }

  private count(node: PlacementNode | undefined, sign: 1 | -1): void {
    if (!node) return;
    for (const label of Object.keys(node.domain)) if (this.labels.add(label, sign)) this.areLevelsKnown = false;
    for (const taint of node.taints ?? []) this.taintCounts.add(taint, sign);
    this.capacities.clear();
    this.areLevelsKnown = false;
  }

  private onPod({ object, old }: Change<Pod>): void {
    if (old && old.metadata.uid !== object?.metadata.uid) this.vacate(keyOf(old));
    if (!object) return;
    const node = object.spec.nodeName || pinnedNode(object);
    if (isFinished(object)) this.vacate(keyOf(object));
    else if (node) this.occupy(keyOf(object), { uid: object.metadata.uid, running: runningPod(object, node, this.priorities.ofPod(object)), assumed: false });
  }

  /** Their priorities may have changed. */
  private rate(pods: Iterable<Pod>): void {
    for (const pod of pods) {
      const occupant = this.occupants.get(keyOf(pod));
      if (occupant && occupant.uid === pod.metadata.uid) {
        this.occupy(keyOf(pod), { ...occupant, running: runningPod(pod, occupant.running.node, this.priorities.ofPod(pod)) });
      }
    }
  }

  private occupy(key: string, given: Occupant): void {
    const before = this.occupants.get(key);
    const isStuck = before?.isStuck === true && before.uid === given.uid;
    const occupant = isStuck ? { ...given, isStuck, running: { ...given.running, preemptible: false } } : given;
    this.occupants.set(key, occupant);
    if (JSON.stringify(before?.running) === JSON.stringify(occupant.running)) return;
    this.put(occupant.running);
  }

  private vacate(key: string): void {
    if (!this.occupants.delete(key)) return;
    this.take(key);
    this.onGrown();
  }

  private put(pod: RunningPod): void {
    if (this.running.has(pod.name)) this.unlist(pod.name);
    this.running.set(pod.name, pod);
    this.priorityCounts.add(pod.priority ?? 0, 1);
    if (pod.mnnvlGroup !== undefined) this.byComputeDomain.set(pod.mnnvlGroup, (this.byComputeDomain.get(pod.mnnvlGroup) ?? new Set()).add(pod.name));
    this.current.addPod(pod);
  }

  private take(name: string): void {
    this.unlist(name);
    this.current.removePod(name);
  }

  private unlist(name: string): void {
    const pod = this.running.get(name);
    if (!pod) return;
    this.running.delete(name);
    this.priorityCounts.add(pod.priority ?? 0, -1);
    if (pod.mnnvlGroup !== undefined) this.byComputeDomain.get(pod.mnnvlGroup)?.delete(name);
  }

  private inUse(computeDomain: string, label: string, gang: string): { domains: string[]; gpus: number } {
    const pods = [...this.byComputeDomain.get(computeDomain) ?? []].map(name => this.running.get(name)!).filter(({ unit }) => unit !== gang);
    const domains = pods.flatMap(({ node }) => this.placementNodes.get(node)?.domain[label] ?? []);
    return { domains: [...new Set(domains)].sort(), gpus: pods.reduce((sum, { request }) => sum + (request[GPU] ?? 0), 0) };
  }

  private learnLevels(): void {
    this.areLevelsKnown = true;
    const topologies = [...this.caches.topologies.store.values()];
    const has = (label: string) => this.labels.has(label);
    this.nvlinkLabel = nvlinkLabel(topologies, has);
    if (this.nvlinkLabel !== undefined) this.unlisted.add(this.nvlinkLabel);
    this.levels = placementLevels(topologies, has);
    if (this.levelKey() !== this.builtFor) this.rebuild();
  }

  private levelKey(): string {
    return JSON.stringify([this.levels, this.unlistedLevels()]);
  }

  /** Levels outside the topologies, in an order that does not depend on who asked first. */
  private unlistedLevels(): string[] {
    const listed = new Set(this.levels.map(({ name }) => name));
    return [...this.unlisted].filter(label => !listed.has(label)).sort();
  }
}

function capacitiesOf(nodes: Iterable<PlacementNode>, label: string, demands: readonly NodeDemand[]): Resources[] {
  const capacities = new Map<string, Resources>();
  for (const node of nodes) {
    const { domain: { [label]: value }, allocatable } = node;
    if (value !== undefined && demands.some(demand => mayUse(inGoodOrder(node), demand))) capacities.set(value, add(capacities.get(value) ?? {}, allocatable));
  }
  return [...capacities.values()];
}
