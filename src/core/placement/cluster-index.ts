import { HOST, Level, insert, levelsOf } from './level';
import { NodeFilter } from './node-filter';
import type { PlacementLevel, PlacementNode, PodDemand, Resources, RunningPod } from './problem';
import { MOST_PODS, Rooms } from './rooms';

/** What a node that does not list `pods` takes of them. */
const UNLIMITED_PODS = 1e9;
const TABLES_KEPT = 64;
/** Gains of room that are remembered for gangs that wait. */
const MOST_GAINS = 20_000;
const GPU = /(^|\/)gpu$/;
const NOBODY = -1;
const CONTESTED = -2;

/** A node's pods and domains never change under a decision: it takes events in place, and a decision takes back what it tried. */
export class ClusterIndex {
  /** Broadest first; hosts last. */
  readonly levels: readonly Level[];
  /** The level that stands for NVLink domains: the narrowest named one. */
  readonly finest: number;
  /** By level: its own number, and those of the levels that contain it. */
  readonly upwards: readonly (readonly number[])[];
  readonly resources: string[] = ['pods'];
  /** By resource, then node. */
  readonly free: Float64Array[] = [new Float64Array(0)];
  readonly capacity: Float64Array[] = [new Float64Array(0)];
  /** Free amounts by level, resource and domain. */
  readonly freeIn: Float64Array[][];
  /** ComputeDomain that a node serves; -1 none, -2 several, which is nobody's to join. */
  owner = new Int32Array(0);
  /** Whether nothing of a node's GPUs, or without GPUs anywhere nothing at all, is in use. */
  whole = new Uint8Array(0);
  /** Nodes in stable order: domain by domain. */
  readonly order: number[] = [];
  /** Nodes whose room has changed, in the order of events. */
  readonly changes: number[] = [];
  /** Grows when tables that follow the changes have to be built anew. */
  generation = 0;
  /** Resource number of the GPUs; -1 without any. */
  gpu = -1;
  /** Grows with every event that may let a gang fit that did not before. */
  version = 0;
  readonly nodes: (PlacementNode | undefined)[] = [];
  readonly pods = new Map<string, RunningPod>();
  /** Pods of the gang in hand by node: all 0 between decisions. */
  taken = new Int32Array(0);
  private hostsIn = new Int32Array(0);
  private wholeHostsIn = new Int32Array(0);
  private readonly within = new Map<number, readonly number[]>();
  private readonly sortKeys: string[] = [];
  private readonly slots = new Map<string, number>();
  private readonly emptySlots: number[] = [];
  private readonly podsByNode = new Map<string, Set<string>>();
  private gained: number[] = [];
  private readonly claims = new Map<string, number>();
  private readonly tables = new Map<string, Rooms>();
  private readonly filters = new Map<string, NodeFilter>();
  private uses = 0;
  /** By node: where its last change is in the list, and how far tables have followed that: what nobody has seen yet is told once. */
  private changedAt = new Int32Array(0);
  private followed = 0;

  /** @param unlisted further levels, which contain no other and are no NVLink domains */
  constructor(levels: readonly (string | PlacementLevel)[], nested = true, unlisted: readonly string[] = []) {
    this.levels = levelsOf([...levels, ...unlisted.map(name => ({ name, nested: false }))], nested);
    const named = this.levels.filter(({ name, topology }) => name !== HOST && topology === this.levels[0]!.topology && !unlisted.includes(name));
    const last = this.levels[this.levels.length - 1]!;
    const deepest = named.reduce((best, level) => (level.broader.length >= best.broader.length ? level : best), named[0] ?? last);
    this.finest = this.levels.indexOf(deepest);
    this.upwards = this.levels.map(({ broader }, level) => [level, ...broader.map(one => this.levels.indexOf(one))]);
    this.freeIn = this.levels.map(() => [new Float64Array(0)]);
  }

  /** Slots in use or once used. */
  get size(): number {
    return this.owner.length;
  }

  slotOf(name: string): number | undefined {
    return this.slots.get(name);
  }

  domainCapacity(level: Level): number {
    return this.freeIn[this.levels.indexOf(level)]![0]!.length;
  }

  /** Adds a node or takes over what has changed on it. The pods that are known to be on it stay accounted for. */
  setNode(node: PlacementNode): void {
    this.removeNode(node.name);
    const slot = this.emptySlots.pop() ?? this.nodes.length;
    this.nodes[slot] = node;
    this.slots.set(node.name, slot);
    for (const resource of Object.keys(node.allocatable)) this.resource(resource);
    this.reserveSlots(slot + 1);
    this.sortKeys[slot] = [...this.levels.slice(0, -1).map(level => level.valueOf(node) ?? ''), node.name].join('\0');
    const before = (a: number, b: number) => this.sortKeys[a]! < this.sortKeys[b]!;
    insert(this.order, slot, before);
    this.within.clear();
    this.whole[slot] = 0;
    for (const level of this.levels) level.add(slot, node, before);
    this.reserveDomains();
    this.resources.forEach((name, resource) => {
      const amount = node.allocatable[name] ?? (name === 'pods' ? UNLIMITED_PODS : 0);
      this.capacity[resource]![slot] = amount;
      this.setFree(resource, slot, amount);
      if (this.gpu < 0 && amount > 0 && GPU.test(name)) this.countGpus(resource, slot);
    });
    this.count(slot, 1);
    for (const filter of this.filters.values()) filter.update(slot, node);
    for (const pod of this.podsByNode.get(node.name) ?? []) this.account(slot, this.pods.get(pod)!.request, -1);
    this.settle(slot);
    this.gain(slot);
  }

  removeNode(name: string): void {
    const slot = this.slots.get(name);
    if (slot === undefined) return;
    this.count(slot, -1);
    this.resources.forEach((_, resource) => {
      this.setFree(resource, slot, 0);
      this.capacity[resource]![slot] = 0;
    });
    for (const filter of this.filters.values()) filter.update(slot, undefined);
    this.changed(slot);
    for (const table of this.tables.values()) table.catchUp();
    this.followed = this.changes.length;
    this.order.splice(this.order.indexOf(slot), 1);
    for (const level of this.levels) level.remove(slot);
    this.within.clear();
    this.slots.delete(name);
    this.nodes[slot] = undefined;
    this.emptySlots.push(slot);
  }

  /** Adds a pod that has a node, or replaces the one of its name. */
  addPod(pod: RunningPod): void {
    if (this.pods.has(pod.name)) this.removePod(pod.name);
    this.pods.set(pod.name, pod);
    const there = this.podsByNode.get(pod.node);
    if (there) there.add(pod.name);
    else this.podsByNode.set(pod.node, new Set([pod.name]));
    const slot = this.slots.get(pod.node);
    if (slot === undefined) return;
    this.account(slot, pod.request, -1);
    this.settle(slot);
  }

  removePod(name: string): void {
    const pod = this.pods.get(name);
    if (!pod) return;
    this.pods.delete(name);
    this.leave(pod);
    const slot = this.slots.get(pod.node);
    if (slot === undefined) return;
    this.account(slot, pod.request, 1);
    this.settle(slot);
    this.gain(slot);
  }

  private leave({ node, name }: RunningPod): void {
    const there = this.podsByNode.get(node);
    there?.delete(name);
    if (there?.size === 0) this.podsByNode.delete(node);
  }

  podsOn(node: string): RunningPod[] {
    return [...this.podsByNode.get(node) ?? []].map(name => this.pods.get(name)!);
  }

  /** Nodes that have gained room since the version, one mention each time; undefined when that is too long ago to be known. */
  gainedSince(version: number): readonly number[] | undefined {
    const forgotten = this.version - this.gained.length;
    return version < forgotten ? undefined : this.gained.slice(version - forgotten);
  }

  /**
   * The table of a kind of pods, up to date.
   * @param own distinguishes tables of the same kind that count pods per node apart
   */
  rooms(demand: PodDemand, mnnvlGroup: string | undefined, own: string): Rooms {
    const filterKey = NodeFilter.keyOf(demand);
    const names = Object.keys(demand.request).filter(name => demand.request[name]! > 0).sort();
    let key = filterKey;
    for (const name of names) key += `\0${name}\0${demand.request[name]!}`;
    if (mnnvlGroup !== undefined) key += `\0\0${mnnvlGroup}`;
    if (demand.maxPerNode !== undefined) key += `\0\0\0${demand.maxPerNode}\0${own}`;
    const table = this.tables.get(key) ?? this.newTable(key, demand, names, filterKey, mnnvlGroup);
    table.usedAt = this.uses += 1;
    table.catchUp();
    this.followed = this.changes.length;
    return table;
  }

  /** Number of a ComputeDomain; -1 for none. */
  claim(mnnvlGroup: string | undefined): number {
    if (mnnvlGroup === undefined) return NOBODY;
    const claim = this.claims.get(mnnvlGroup) ?? this.claims.size;
    this.claims.set(mnnvlGroup, claim);
    return claim;
  }

  /** Number of a resource; one that no node has yet is added. */
  resource(name: string): number {
    const known = this.resources.indexOf(name);
    if (known >= 0) return known;
    const resource = this.resources.push(name) - 1;
    this.free.push(new Float64Array(this.size));
    this.capacity.push(new Float64Array(this.size));
    this.freeIn.forEach(columns => columns.push(new Float64Array(columns[0]!.length)));
    return resource;
  }

  /** Sets what is free of a resource on a node; sums over domains follow, in which an overcommitted node counts as full. */
  setFree(resource: number, slot: number, amount: number): void {
    const column = this.free[resource]!;
    const change = Math.max(0, amount) - Math.max(0, column[slot]!);
    column[slot] = amount;
    if (change === 0) return;
    for (let level = 0; level < this.levels.length; level += 1) {
      const domain = this.levels[level]!.domainOf[slot]!;
      if (domain >= 0) this.freeIn[level]![resource]![domain]! += change;
    }
  }

  /** The ComputeDomain of a node by the pods on it, leaving out some. */
  ownerAmong(node: string, isGone: (pod: string) => boolean): number {
    let owner = NOBODY;
    for (const name of this.podsByNode.get(node) ?? []) {
      const claim = isGone(name) ? NOBODY : this.claim(this.pods.get(name)!.mnnvlGroup);
      if (claim !== NOBODY && claim !== owner) owner = owner === NOBODY ? claim : CONTESTED;
    }
    return owner;
  }

  /** Whether nothing of an NVLink domain is in use. */
  isWholeDomain(domain: number): boolean {
    return domain >= 0 && this.hostsIn[domain]! > 0 && this.hostsIn[domain] === this.wholeHostsIn[domain];
  }

  /** Domains of a level that have nodes in a domain of a broader one. */
  domainsWithin(level: number, broader: number, domain: number): readonly number[] {
    const key = (broader * this.levels.length + level) * 2 ** 32 + domain;
    const known = this.within.get(key);
    if (known) return known;
    const { domainOf } = this.levels[level]!;
    const found = [...new Set(this.levels[broader]!.members[domain]!.map(slot => domainOf[slot]!))].filter(inner => inner >= 0);
    this.within.set(key, found);
    return found;
  }

  /** Whether a node counts among those that it would be a pity to break into. */
  countsAsHost(slot: number): boolean {
    return this.gpu < 0 || this.capacity[this.gpu]![slot]! > 0;
  }

  private newTable(key: string, demand: PodDemand, names: readonly string[], filterKey: string, mnnvlGroup: string | undefined): Rooms {
    let filter = this.filters.get(filterKey);
    if (!filter) {
      if (this.filters.size >= 4 * TABLES_KEPT) this.forgetTables();
      filter = new NodeFilter(demand);
      for (const slot of this.order) filter.update(slot, this.nodes[slot]);
      this.filters.set(filterKey, filter);
    }
    const counted = names.includes('pods') ? names : ['pods', ...names];
    const table = new Rooms(this, {
      resources: counted.map(name => this.resource(name)),
      amounts: counted.map(name => (names.includes(name) ? demand.request[name]! : 1)),
      filter,
      claim: this.claim(mnnvlGroup),
      maxPerNode: Math.min(demand.maxPerNode ?? MOST_PODS, MOST_PODS),
    });
    if (this.tables.size >= TABLES_KEPT) this.forgetTable();
    this.tables.set(key, table);
    return table;
  }

  /** Forgets the table that has not been asked for longest. */
  private forgetTable(): void {
    let oldest: string | undefined;
    for (const [key, { usedAt }] of this.tables) if (oldest === undefined || usedAt < this.tables.get(oldest)!.usedAt) oldest = key;
    if (oldest !== undefined) this.tables.delete(oldest);
  }

  private forgetTables(): void {
    this.tables.clear();
    this.filters.clear();
  }

  private account(slot: number, request: Resources, sign: 1 | -1): void {
    for (const name in request) {
      const resource = this.resource(name);
      this.setFree(resource, slot, this.free[resource]![slot]! + sign * request[name]!);
    }
    if (request.pods === undefined) this.setFree(0, slot, this.free[0]![slot]! + sign);
  }

  private settle(slot: number): void {
    this.owner[slot] = this.ownerAmong(this.nodes[slot]!.name, () => false);
    this.count(slot, -1);
    this.whole[slot] = Number(this.isWhole(slot));
    this.count(slot, 1);
    this.changed(slot);
  }

  /** Adds the node to, or takes it from, what is known of its NVLink domain. */
  private count(slot: number, sign: 1 | -1): void {
    const domain = this.levels[this.finest]!.domainOf[slot]!;
    if (domain < 0 || !this.countsAsHost(slot)) return;
    this.hostsIn[domain]! += sign;
    if (this.whole[slot] === 1) this.wholeHostsIn[domain]! += sign;
  }

  /** From the first GPU on, GPUs tell what is in use; the node that brought it is not counted yet. */
  private countGpus(resource: number, newcomer: number): void {
    const counted = this.order.filter(slot => slot !== newcomer);
    for (const slot of counted) this.count(slot, -1);
    this.gpu = resource;
    for (const slot of counted) {
      this.whole[slot] = Number(this.isWhole(slot));
      this.count(slot, 1);
    }
  }

  private isWhole(slot: number): boolean {
    if (this.gpu >= 0) return this.countsAsHost(slot) && this.free[this.gpu]![slot] === this.capacity[this.gpu]![slot];
    return (this.podsByNode.get(this.nodes[slot]!.name)?.size ?? 0) === 0;
  }

  private changed(slot: number): void {
    if (this.changedAt[slot]! >= this.followed) return;
    this.changedAt[slot] = this.changes.push(slot) - 1;
    if (this.changes.length < 1000 + 2 * this.size) return;
    this.changes.length = 0;
    this.followed = 0;
    this.changedAt.fill(-1);
    this.generation += 1;
  }

  private gain(slot: number): void {
    this.version += 1;
    this.gained.push(slot);
    if (this.gained.length > MOST_GAINS) this.gained = this.gained.slice(-MOST_GAINS / 2);
  }

  private reserveSlots(count: number): void {
    if (count <= this.size) return;
    const size = Math.max(count, 2 * this.size, 16);
    this.free.forEach((column, resource) => { this.free[resource] = grown(column, new Float64Array(size)); });
    this.capacity.forEach((column, resource) => { this.capacity[resource] = grown(column, new Float64Array(size)); });
    this.owner = grown(this.owner, new Int32Array(size).fill(NOBODY));
    this.whole = grown(this.whole, new Uint8Array(size));
    this.taken = new Int32Array(size);
    this.changedAt = grown(this.changedAt, new Int32Array(size).fill(-1));
    this.generation += 1;
  }

  private reserveDomains(): void {
    this.levels.forEach((level, at) => {
      const columns = this.freeIn[at]!;
      if (level.count <= columns[0]!.length) return;
      const size = Math.max(level.count, 2 * columns[0]!.length, 16);
      columns.forEach((column, resource) => { columns[resource] = grown(column, new Float64Array(size)); });
      if (at === this.finest) this.hostsIn = grown(this.hostsIn, new Int32Array(size));
      if (at === this.finest) this.wholeHostsIn = grown(this.wholeHostsIn, new Int32Array(size));
      this.generation += 1;
    });
  }
}

function grown<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
