import type { ClusterIndex } from './cluster-index';
import { HOST, Level } from './level';
import type { PlacementGroup, PodDemand, RunningPod } from './problem';
import { Demand, MOST_PODS, Rooms } from './rooms';
import { sortInPlace } from './sorting';

/** No level is asked for. */
export const NONE = -1;
/** A level is asked for that no node has, or members are where their group may not be: nothing can be placed. */
export const IMPOSSIBLE = -2;

const NO_MEMBERS: readonly RunningPod[] = [];
const NO_SLOTS: readonly number[] = [];

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
  /** Whether some leaf may have more pods than its floor. */
  readonly hasExtras: boolean;
  readonly hasPreferences: boolean;
  private readonly members = new Map<string, RunningPod[]>();

  /**
   * @param running pods of the cluster that may be members
   * @param isFull whether the full counts are to be placed as if they were the floors
   */
  constructor(private readonly index: ClusterIndex, tree: PlacementGroup, running: readonly RunningPod[], private readonly isFull = false) {
    for (const pod of running) if (pod.memberOf !== undefined) this.members.set(pod.memberOf, [...this.members.get(pod.memberOf) ?? [], pod]);
    this.root = this.group(tree, undefined, undefined, undefined);
    this.main = this.mainResource();
    this.hasExtras = this.leaves.some(({ need, want }) => want > need);
    this.hasPreferences = this.groups.some(({ preferred }) => preferred !== NONE);
    const pressures = this.tables.map(placed => this.tables.map(table => pressure(placed, table)));
    for (const group of this.groups) this.weigh(group, pressures);
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
    for (const child of inOrder(tree.groups)) group.children.push(this.group(child, group, tree_, claim));
    for (const { leaves } of group.children) group.leaves.push(...leaves);
    group.pin = this.pinOf(group);
    return group;
  }

  private leaf(group: Group, pods: PodDemand, mnnvlGroup: string | undefined): void {
    const members = this.members.get(group.name) ?? NO_MEMBERS;
    const slots = members.length === 0 ? NO_SLOTS : members.flatMap(({ node }) => this.index.slotOf(node) ?? []);
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
    return level >= 0 && !this.index.levels[level]!.isEmpty ? level : NONE;
  }

  private balanceLevel({ balance }: PlacementGroup, required: number, preferred: number, topology: string | undefined): number {
    if (balance === undefined || balance === false) return NONE;
    if (balance !== true) return this.wish(balance, topology);
    if (preferred !== NONE) return preferred;
    return required >= this.index.finest ? this.index.levels.length - 1 : this.index.finest;
  }

  private pinOf({ required, leaves }: Group): number {
    if (required < 0) return required;
    if (leaves.every(({ members, strays }) => members.length + strays === 0)) return NONE;
    const { domainOf } = this.index.levels[required] as Level;
    const homes = new Set(leaves.flatMap(({ members }) => members.map(slot => domainOf[slot]!)));
    if (homes.size === 0) return leaves.some(({ strays }) => strays > 0) ? IMPOSSIBLE : NONE;
    const [home] = homes as Set<number>;
    return homes.size === 1 && home! >= 0 ? home! : IMPOSSIBLE;
  }

  private mainResource(): number {
    const { gpu, resources } = this.index;
    if (gpu >= 0 && this.tables.some(({ demand }) => demand.resources.includes(gpu))) return gpu;
    const asked = new Set(this.leaves.flatMap(({ rooms }) => rooms.demand.resources));
    const names = [...asked].map(resource => resources[resource]!).filter(name => name !== 'pods').sort();
    return this.index.resource(names.includes('cpu') ? 'cpu' : names[0] ?? 'pods');
  }

  private weigh(group: Group, pressures: readonly (readonly number[])[]): void {
    const load = new Array<number>(this.tables.length).fill(0);
    const amounts = new Array<number>(this.index.resources.length).fill(0);
    for (const { need, table, rooms: { demand } } of group.leaves) {
      if (need === 0) continue;
      const row = pressures[table]!;
      for (let at = 0; at < load.length; at += 1) load[at]! += need * row[at]!;
      for (let at = 0; at < demand.resources.length; at += 1) amounts[demand.resources[at]!]! += need * demand.amounts[at]!;
    }
    group.load = load;
    group.amounts = amounts;
  }
}

/**
 * Pods of the table's kind for which there is no room any more, at the least, once a pod of the other kind has been placed. The number of pods
 * a node takes, of which every pod uses one, would blur this; it is left out where it limits nothing.
 */
function pressure({ demand: placed }: Rooms, table: Rooms): number {
  const { demand } = table;
  if (placed === demand) return 1;
  const { resources, amounts } = demand;
  const covers = placed.filter === demand.filter || demand.filter.covers(placed.filter);
  if (!covers || demand.maxPerNode < MOST_PODS || (demand.claim >= 0 && demand.claim !== placed.claim)) return 0;
  let least = Infinity;
  for (let at = 0; at < resources.length; at += 1) {
    if (resources[at] !== 0 || table.crowded > 0) least = Math.min(least, Math.floor(amountOf(placed, resources[at]!) / amounts[at]!));
  }
  return least === Infinity ? 0 : least;
}

function amountOf({ resources, amounts }: Demand, resource: number): number {
  const at = resources.indexOf(resource);
  return at < 0 ? 0 : amounts[at]!;
}

/** The order in which siblings are written must not matter: the largest come first, for they have the least choice. */
function inOrder(groups: readonly PlacementGroup[] = []): readonly PlacementGroup[] {
  if (groups.length < 2) return groups;
  const sized = groups.map(group => ({ group, size: sizeOf(group) }));
  sortInPlace(sized, (a, b) => b.size - a.size || (a.group.name < b.group.name ? -1 : 1));
  return sized.map(({ group }) => group);
}

function sizeOf({ pods, groups = [] }: PlacementGroup): number {
  if (!pods) return groups.reduce((sum, group) => sum + sizeOf(group), 0);
  let gpus = 0;
  for (const name in pods.request) if (name.endsWith('gpu')) gpus += pods.request[name]!;
  return pods.minCount * (gpus > 0 ? gpus * 1000 : 1);
}
