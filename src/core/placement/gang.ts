import type { ClusterIndex } from './cluster-index';
import { HOST, Level } from './level';
import type { PlacementGroup, PodDemand, RunningPod } from './problem';
import { Demand, MOST_PODS, Rooms } from './rooms';

/** No level is asked for. */
export const NONE = -1;
/** A level is asked for that no node has, or members are where their group may not be: nothing can be placed. */
export const IMPOSSIBLE = -2;

/** A group of the gang, made ready for the search. */
export interface Group {
  readonly index: number;
  readonly name: string;
  readonly parent: Group | undefined;
  readonly children: Group[];
  /** All leaves below, or the group itself when it has pods. */
  readonly leaves: Leaf[];
  /** Number of the level, or NONE, or IMPOSSIBLE. */
  required: number;
  preferred: number;
  balance: number;
  /** The domain that running members hold the group to; NONE or IMPOSSIBLE. */
  pin: number;
  /** What the missing pods of the floors take away from the room in each table, at the least. */
  load: number[];
  /** What the missing pods of the floors ask for together, by resource. */
  amounts: number[];
}

export interface Leaf {
  readonly index: number;
  readonly group: Group;
  readonly pods: PodDemand;
  /** Number of the table of its kind. */
  readonly table: number;
  readonly rooms: Rooms;
  /** Nodes of its running members. */
  readonly members: readonly number[];
  /** Members on nodes that are not known. */
  readonly strays: number;
  /** Pods missing to the floor, and to the full count. */
  readonly need: number;
  readonly want: number;
}

/** The gang's tree on an index: siblings in an order of their own, kinds of pods as tables, levels as numbers. */
export class Gang {
  readonly groups: Group[] = [];
  readonly leaves: Leaf[] = [];
  readonly tables: Rooms[] = [];
  readonly root: Group;
  /** The resource that tells tight from roomy. */
  readonly main: number;
  private readonly members = new Map<string, RunningPod[]>();

  /**
   * @param running pods of the cluster that may be members
   * @param isFull whether the full counts are to be placed as if they were the floors
   */
  constructor(private readonly index: ClusterIndex, tree: PlacementGroup, running: readonly RunningPod[], private readonly isFull = false) {
    for (const pod of running) if (pod.memberOf !== undefined) this.members.set(pod.memberOf, [...this.members.get(pod.memberOf) ?? [], pod]);
    this.root = this.group(canonical(tree), undefined, undefined, undefined);
    this.main = this.mainResource();
    this.tables.forEach(table => table.catchUp());
    for (const group of this.groups) this.weigh(group);
  }

  /** Whether some leaf may have more pods than its floor. */
  get hasExtras(): boolean {
    return this.leaves.some(({ need, want }) => want > need);
  }

  get hasPreferences(): boolean {
    return this.groups.some(({ preferred }) => preferred !== NONE);
  }

  /** Takes the pods of members that count against a limit per node out of the tables again. */
  release(): void {
    this.countMembers(-1);
  }

  private group(tree: PlacementGroup, parent: Group | undefined, topology: string | undefined, mnnvlGroup: string | undefined): Group {
    const tree_ = tree.topology ?? topology;
    const claim = tree.mnnvlGroup ?? mnnvlGroup;
    const required = this.level(tree.required, tree_);
    const preferred = this.wish(tree.preferred, tree_);
    const group: Group = {
      index: this.groups.length,
      name: tree.name,
      parent,
      children: [],
      leaves: [],
      required,
      preferred,
      balance: this.balanceLevel(tree, required, preferred, tree_),
      pin: NONE,
      load: [],
      amounts: [],
    };
    this.groups.push(group);
    if (tree.pods) this.leaf(group, tree.pods, claim);
    for (const child of tree.groups ?? []) group.children.push(this.group(child, group, tree_, claim));
    group.leaves.push(...group.children.flatMap(({ leaves }) => leaves));
    group.pin = this.pinOf(group);
    return group;
  }

  private leaf(group: Group, pods: PodDemand, mnnvlGroup: string | undefined): void {
    const members = this.members.get(group.name) ?? [];
    const slots = members.flatMap(({ node }) => this.index.slotOf(node) ?? []);
    const rooms = this.index.rooms(pods, mnnvlGroup, `${this.leaves.length}`);
    for (const slot of slots) rooms.addAlready(slot, 1);
    for (const slot of slots) rooms.refresh(slot);
    let table = this.tables.indexOf(rooms);
    if (table < 0) table = this.tables.push(rooms) - 1;
    const missing = (count: number) => Math.max(0, count - members.length);
    const want = missing(Math.max(pods.count, pods.minCount));
    const leaf: Leaf = {
      index: this.leaves.length,
      group,
      pods,
      table,
      rooms,
      members: slots,
      strays: members.length - slots.length,
      need: this.isFull ? want : missing(pods.minCount),
      want,
    };
    this.leaves.push(leaf);
    group.leaves.push(leaf);
  }

  private countMembers(sign: 1 | -1): void {
    for (const { rooms, members } of this.leaves) {
      for (const slot of members) {
        rooms.addAlready(slot, sign);
        rooms.refresh(slot);
      }
    }
  }

  private level(name: string | undefined, topology: string | undefined): number {
    if (name === undefined) return NONE;
    const { levels } = this.index;
    if (name === HOST) return levels.length - 1;
    const exact = levels.findIndex(level => level.name === name && level.topology === topology);
    const found = exact >= 0 ? exact : levels.findIndex(level => level.name === name);
    return found >= 0 ? found : IMPOSSIBLE;
  }

  /** A level that is only wished for; one that no node knows is nothing to wish for. */
  private wish(name: string | undefined, topology: string | undefined): number {
    const level = this.level(name, topology);
    return level >= 0 && this.index.levels[level]!.count > 0 ? level : NONE;
  }

  private balanceLevel({ balance }: PlacementGroup, required: number, preferred: number, topology: string | undefined): number {
    if (balance === undefined || balance === false) return NONE;
    if (balance !== true) return this.wish(balance, topology);
    if (preferred !== NONE) return preferred;
    return required >= this.index.finest ? this.index.levels.length - 1 : this.index.finest;
  }

  private pinOf({ required, leaves }: Group): number {
    if (required < 0) return required;
    const { domainOf } = this.index.levels[required] as Level;
    const homes = new Set(leaves.flatMap(({ members }) => members.map(slot => domainOf[slot]!)));
    if (homes.size === 0) return leaves.some(({ strays }) => strays > 0) ? IMPOSSIBLE : NONE;
    const [home] = homes as Set<number>;
    return homes.size === 1 && home! >= 0 ? home! : IMPOSSIBLE;
  }

  private mainResource(): number {
    const asked = new Set(this.leaves.flatMap(({ rooms }) => rooms.demand.resources));
    const { gpu, resources } = this.index;
    if (gpu >= 0 && asked.has(gpu)) return gpu;
    const names = [...asked].map(resource => resources[resource]!).filter(name => name !== 'pods').sort();
    return this.index.resource(names.includes('cpu') ? 'cpu' : names[0] ?? 'pods');
  }

  private weigh(group: Group): void {
    group.load = this.tables.map(table => group.leaves.reduce((sum, leaf) => sum + leaf.need * pressure(leaf.rooms, table), 0));
    group.amounts = this.index.resources.map(() => 0);
    for (const { need, rooms: { demand } } of group.leaves) {
      demand.resources.forEach((resource, at) => { group.amounts[resource]! += need * demand.amounts[at]!; });
    }
  }
}

/**
 * Pods of the table's kind for which there is no room any more, at the least, once a pod of the other kind has been placed. The number of pods
 * a node takes, of which every pod uses one, would blur this; it is left out where it limits nothing.
 */
function pressure({ demand: placed }: Rooms, table: Rooms): number {
  const { demand } = table;
  if (placed === demand) return 1;
  const covers = placed.filter === demand.filter || demand.filter.covers(placed.filter);
  if (!covers || demand.maxPerNode < MOST_PODS || (demand.claim >= 0 && demand.claim !== placed.claim)) return 0;
  const counted = demand.resources.map((resource, at) => ({ resource, amount: demand.amounts[at]! }))
    .filter(({ resource }) => resource !== 0 || table.crowded > 0);
  return counted.length === 0 ? 0 : Math.min(...counted.map(({ resource, amount }) => Math.floor(amountOf(placed, resource) / amount)));
}

export function amountOf({ resources, amounts }: Demand, resource: number): number {
  return amounts[resources.indexOf(resource)] ?? 0;
}

/** The order in which siblings are written must not matter: the largest come first, for they have the least choice. */
function canonical(tree: PlacementGroup): PlacementGroup {
  if (!tree.groups) return tree;
  const sized = tree.groups.map(canonical).map(group => ({ group, size: sizeOf(group) }));
  sized.sort((a, b) => b.size - a.size || (a.group.name < b.group.name ? -1 : 1));
  return { ...tree, groups: sized.map(({ group }) => group) };
}

function sizeOf({ pods, groups = [] }: PlacementGroup): number {
  if (!pods) return groups.reduce((sum, group) => sum + sizeOf(group), 0);
  const gpus = Object.entries(pods.request).reduce((sum, [name, amount]) => sum + (/gpu$/.test(name) ? amount : 0), 0);
  return pods.minCount * (gpus > 0 ? gpus * 1000 : 1);
}
