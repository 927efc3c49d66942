import type { PlacementLevel, PlacementNode } from './problem';

/** The finest level: every node is a domain of its own. */
export const HOST = 'host';

/** One level of the topology: the domain of every node, and the nodes of every domain. Nodes are numbers, their slots in the index. */
export class Level {
  readonly name: string;
  readonly topology: string | undefined;
  /** Domain by node; -1 for nodes that have none, which the level's constraints exclude. */
  readonly domainOf: number[] = [];
  /** Nodes by domain, in stable order. */
  readonly members: number[][] = [];
  /** Nodes that have no domain here, in stable order. */
  readonly outside: number[] = [];
  /** What the nodes call the domain. */
  readonly values: string[] = [];
  /** All domains that have nodes, in stable order. */
  readonly order: number[] = [];
  protected readonly keys: string[] = [];
  private readonly domains = new Map<string, number>();
  private readonly spare: number[] = [];

  /** @param broader levels of the same tree that contain this one, broadest first; their domains are part of the identity of this one's */
  constructor({ name, topology }: PlacementLevel, readonly broader: readonly Level[]) {
    this.name = name;
    this.topology = topology;
  }

  /** How many numbers domains have, or had. */
  get count(): number {
    return this.values.length;
  }

  /** Whether no node has a domain here. */
  get isEmpty(): boolean {
    return this.order.length === 0;
  }

  /** Whether each domain lies in one domain of the other level. */
  liesIn(other: Level): boolean {
    return this.broader.includes(other);
  }

  valueOf(node: PlacementNode): string | undefined {
    return Object.hasOwn(node.domain, this.name) ? node.domain[this.name] : undefined;
  }

  /** Identity of the node's domain: its value and those of the levels around it. */
  keyOf(node: PlacementNode): string | undefined {
    const value = this.valueOf(node);
    return value === undefined ? undefined : [...this.broader.map(level => level.valueOf(node) ?? ''), value].join('\0');
  }

  /** Finds domains by the value that nodes use, of which there may be several in different places. */
  withValue(value: string): number[] {
    return this.order.filter(domain => this.values[domain] === value);
  }

  add(slot: number, node: PlacementNode, before: (a: number, b: number) => boolean): void {
    const key = this.keyOf(node);
    this.domainOf[slot] = key === undefined ? -1 : this.domain(key, this.valueOf(node)!);
    insert(this.nodesOf(this.domainOf[slot]!), slot, before);
  }

  remove(slot: number): void {
    const domain = this.domainOf[slot]!;
    const nodes = this.nodesOf(domain);
    nodes.splice(nodes.indexOf(slot), 1);
    this.domainOf[slot] = -1;
    if (domain >= 0 && nodes.length === 0) this.forget(domain);
  }

  /** Nodes come and go under ever new names: the number of a domain without nodes is given to the next one. */
  private forget(domain: number): void {
    this.order.splice(this.order.indexOf(domain), 1);
    this.domains.delete(this.keys[domain]!);
    this.spare.push(domain);
  }

  private nodesOf(domain: number): number[] {
    return domain < 0 ? this.outside : this.members[domain]!;
  }

  private domain(key: string, value: string): number {
    const known = this.domains.get(key);
    if (known !== undefined) return known;
    const domain = this.spare.pop() ?? this.values.length;
    this.domains.set(key, domain);
    this.values[domain] = value;
    this.keys[domain] = key;
    this.members[domain] = [];
    insert(this.order, domain, (a, b) => this.keys[a]! < this.keys[b]!);
    return domain;
  }
}

/** The finest level, in the form of the others. A domain has the number of its one node, whichever nodes had that number before. */
export class HostLevel extends Level {
  constructor(broader: readonly Level[]) {
    super({ name: HOST }, broader);
  }

  override valueOf(node: PlacementNode): string {
    return node.name;
  }

  override keyOf(node: PlacementNode): string {
    return node.name;
  }

  override add(slot: number, { name }: PlacementNode): void {
    this.domainOf[slot] = slot;
    this.members[slot] = [slot];
    this.values[slot] = name;
    this.keys[slot] = name;
    insert(this.order, slot, (a, b) => this.keys[a]! < this.keys[b]!);
  }

  override remove(slot: number): void {
    this.domainOf[slot] = -1;
    this.members[slot] = [];
    this.order.splice(this.order.indexOf(slot), 1);
  }
}

/** Builds the levels of a topology; `host` is the last one. */
export function levelsOf(named: readonly (string | PlacementLevel)[], nested: boolean): Level[] {
  const levels: Level[] = [];
  const around = new Map<string | undefined, Level[]>();
  for (const given of named) {
    const level: PlacementLevel = typeof given === 'string' ? { name: given } : given;
    if (level.name === HOST || levels.some(({ name, topology }) => name === level.name && topology === level.topology)) continue;
    const chain = around.get(level.topology) ?? [];
    const isNested = nested && level.nested !== false;
    const built = new Level(level, isNested ? [...chain] : []);
    if (isNested) around.set(level.topology, [...chain, built]);
    levels.push(built);
  }
  return [...levels, new HostLevel(levels)];
}

/** Inserts into a sorted array; appending is cheap. */
export function insert(sorted: number[], item: number, before: (a: number, b: number) => boolean): void {
  let low = 0;
  let high = sorted.length;
  if (high > 0 && before(sorted[high - 1]!, item)) low = high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(sorted[middle]!, item)) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, item);
}
