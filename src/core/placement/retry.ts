import type { ClusterIndex } from './cluster-index';
import { Gang, Group, Leaf } from './gang';
import type { PlacementQuestion } from './place';

/**
 * Whether a gang that did not fit at an earlier version of the index may fit now. It cannot unless one of its pods would go onto a node that has
 * gained room since, and unless the domain around that node could hold what the gang requires there: so no search is needed to say no.
 * @param version `index.version` when it was found not to fit; the gang and its members must be the same as then
 */
export function mayFitNow(index: ClusterIndex, { gang: tree, members, options = {} }: PlacementQuestion, version: number): boolean {
  const gained = index.gainedSince(version);
  if (gained === undefined) return true;
  if (gained.length === 0) return false;
  const gang = new Gang(index, tree, members);
  const evicts = options.preemption !== false && (tree.priority ?? 0) > 0;
  const found = [...new Set(gained)].some(slot => (evicts ? mayTake(gang, slot) : takes(gang, slot) && holds(index, gang.root, gang, slot)));
  gang.release();
  return found;
}

function mayTake(gang: Gang, slot: number): boolean {
  return missing(gang).some(({ rooms: { demand } }) => demand.filter.admits(slot));
}

function takes(gang: Gang, slot: number): boolean {
  return missing(gang).some(({ rooms }) => rooms.perNode[slot]! > 0);
}

/** What the gang waits for: its floors, or when it has those, what is missing to its full counts. */
function missing({ leaves }: Gang): Leaf[] {
  const floors = leaves.filter(({ need }) => need > 0);
  return floors.length > 0 ? floors : leaves.filter(({ want }) => want > 0);
}

/** Whether the sums over the domain around the node, or over the whole cluster, leave a chance. */
function holds(index: ClusterIndex, { required, load }: Group, { tables }: Gang, slot: number): boolean {
  if (required < 0) return load.every((amount, table) => amount <= tables[table]!.total);
  const domain = index.levels[required]!.domainOf[slot]!;
  return domain >= 0 && load.every((amount, table) => amount <= tables[table]!.perDomain[required]![domain]!);
}
