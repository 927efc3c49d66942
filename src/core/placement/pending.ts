import { Cluster, domainOf } from './cluster';
import type { PlacementGroup, PlacementNode, PlacementProblem, Resources } from './problem';
import type { PendingReason } from './result';
import { Search, leaves } from './search';

/** Why a gang cannot be placed: of the narrowest group that does not even fit alone, or else of the gang as a whole. */
export function pendingReason(gang: PlacementGroup, nodes: readonly PlacementNode[], problem: PlacementProblem): PendingReason {
  const culprit = narrowestMisfit(gang, nodes, problem) ?? gang;
  const cluster = new Cluster(nodes, problem.running);
  const needed = demand(culprit, problem);
  const level = culprit.required;
  const domains = level === undefined ? new Map([['', usable(culprit, nodes, cluster)]]) : byDomain(usable(culprit, nodes, cluster), level);
  const ranked = [...domains].filter(([, members]) => members.length > 0)
    .map(([domain, members]) => ({ domain, available: total(members, cluster, Object.keys(needed)) }))
    .sort((a, b) => fulfilment(b.available, needed) - fulfilment(a.available, needed) || (a.domain < b.domain ? -1 : 1));
  const [best] = ranked;
  return {
    group: culprit.name,
    ...(level === undefined ? {} : { level }),
    ...(best ? { bestDomain: best.domain || 'the cluster' } : {}),
    needed,
    available: best?.available ?? {},
  };
}

function narrowestMisfit(group: PlacementGroup, nodes: readonly PlacementNode[], problem: PlacementProblem): PlacementGroup | undefined {
  for (const child of group.groups ?? []) {
    const found = narrowestMisfit(child, nodes, problem);
    if (found) return found;
  }
  if (group.required === undefined) return undefined;
  const alone = new Search(new Cluster(nodes, problem.running), problem.running, problem.options?.searchBudget ?? 10_000);
  return alone.placeFloors(group, nodes) ? undefined : group;
}

function demand(group: PlacementGroup, { running }: PlacementProblem): Resources {
  const needed: Record<string, number> = {};
  for (const { name, pods } of leaves(group)) {
    const missing = Math.max(0, (pods?.minCount ?? 0) - running.filter(pod => pod.memberOf === name).length);
    for (const [resource, amount] of Object.entries(pods?.request ?? {})) needed[resource] = (needed[resource] ?? 0) + amount * missing;
  }
  return needed;
}

/** Nodes that could take a pod of the group if they were empty of others. */
function usable(group: PlacementGroup, nodes: readonly PlacementNode[], cluster: Cluster): PlacementNode[] {
  return nodes.filter(node => leaves(group).some(({ pods }) => pods && cluster.room(node, { ...pods, request: {} }, 0) > 0));
}

function byDomain(nodes: readonly PlacementNode[], level: string): Map<string, PlacementNode[]> {
  const domains = new Map<string, PlacementNode[]>();
  for (const node of nodes) {
    const domain = domainOf(node, level);
    if (domain !== undefined) domains.set(domain, [...(domains.get(domain) ?? []), node]);
  }
  return domains;
}

function total(nodes: readonly PlacementNode[], cluster: Cluster, resources: readonly string[]): Resources {
  return Object.fromEntries(resources.map(resource => [resource, nodes.reduce((sum, node) => sum + cluster.available(node, resource), 0)]));
}

/** The share of the scarcest resource that is there, at most 1 each, so that plenty of one does not hide the lack of another. */
function fulfilment(available: Resources, needed: Resources): number {
  return Math.min(...Object.entries(needed).map(([resource, amount]) => (amount === 0 ? 1 : (available[resource] ?? 0) / amount)));
}
