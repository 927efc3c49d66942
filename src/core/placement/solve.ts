import { Cluster, domainOf } from './cluster';
import { pendingReason } from './pending';
import type { PlacementGroup, PlacementNode, PlacementProblem } from './problem';
import type { PlacementResult } from './result';
import { Search } from './search';

/**
 * Where the pods of a gang go, or why they cannot go anywhere now. Domains are tried tightest first; when a later group does not fit, the
 * choices for earlier ones are reconsidered. Within one domain a group's pods fill the tightest nodes first, and that is not reconsidered:
 * so a placement is always right, but with several pod sizes a pending verdict may be too early.
 */
export function solve(problem: PlacementProblem): PlacementResult {
  const nodes = [...problem.nodes].sort((a, b) => (a.name < b.name ? -1 : 1));
  const gang = sorted(problem.gang);
  const cluster = new Cluster(nodes, problem.running);
  const search = new Search(cluster, problem.running, problem.options?.searchBudget ?? 10_000);
  if (!search.placeFloors(gang, nodes)) {
    if (search.exhausted) return { outcome: 'undecided', assignment: [], victims: [], score: 0 };
    return { outcome: 'pending', assignment: [], victims: [], score: 0, reason: pendingReason(gang, nodes, problem) };
  }
  search.placeExtras(gang);
  const assignment = search.assignment();
  return { outcome: 'placed', assignment, victims: [], score: score(problem, nodes, assignment.map(({ node }) => node)) };
}

/** The order in which siblings are written must not matter: the largest pods first, then by name. */
function sorted(group: PlacementGroup): PlacementGroup {
  if (!group.groups) return group;
  const groups = group.groups.map(sorted).sort((a, b) => size(b) - size(a) || (a.name < b.name ? -1 : 1));
  return { ...group, groups };
}

function size({ pods, groups = [] }: PlacementGroup): number {
  return pods ? Math.max(0, ...Object.values(pods.request)) : Math.max(0, ...groups.map(size));
}

function score({ levels }: PlacementProblem, nodes: readonly PlacementNode[], used: readonly string[]): number {
  const narrowest = levels[levels.length - 1] ?? 'host';
  const domains = new Set(nodes.filter(({ name }) => used.includes(name)).map(node => domainOf(node, narrowest) ?? node.name));
  return domains.size === 0 ? 1 : 1 / domains.size;
}
