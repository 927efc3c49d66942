import type { PlacementNode, PlacementProblem, PodDemand, Resources } from './problem';

export const HOST = 'host';

/** Free resources of the nodes, with a journal so that a trial can be taken back. */
export class Cluster {
  private readonly free = new Map<string, Record<string, number>>();
  private readonly journal: { node: string; request: Resources; count: number }[] = [];

  constructor(readonly nodes: readonly PlacementNode[], running: PlacementProblem['running']) {
    for (const node of nodes) this.free.set(node.name, { ...node.allocatable });
    for (const pod of running) this.take(pod.node, pod.request, 1);
    this.journal.length = 0;
  }

  /** How many more of these pods the node can take. */
  room(node: PlacementNode, demand: PodDemand, already: number): number {
    if (!admits(node, demand)) return 0;
    const free = this.free.get(node.name) ?? {};
    const limits = Object.entries(demand.request).filter(([, amount]) => amount > 0).map(([resource, amount]) => Math.floor((free[resource] ?? 0) / amount));
    if (free.pods !== undefined) limits.push(free.pods);
    if (demand.maxPerNode !== undefined) limits.push(demand.maxPerNode - already);
    return Math.max(0, Math.min(Number.MAX_SAFE_INTEGER, ...limits));
  }

  available(node: PlacementNode, resource: string): number {
    return Math.max(0, this.free.get(node.name)?.[resource] ?? 0);
  }

  take(node: string, request: Resources, count: number): void {
    this.add(node, request, -count);
    this.journal.push({ node, request, count });
  }

  checkpoint(): number {
    return this.journal.length;
  }

  rollback(checkpoint: number): void {
    while (this.journal.length > checkpoint) {
      const { node, request, count } = this.journal.pop()!;
      this.add(node, request, count);
    }
  }

  private add(node: string, request: Resources, count: number): void {
    const free = this.free.get(node);
    if (!free) return;
    for (const [resource, amount] of Object.entries(request)) if (resource in free) free[resource] = (free[resource] ?? 0) + amount * count;
    if (free.pods !== undefined && !('pods' in request)) free.pods += count;
  }
}

/** The domain of a node at a level. */
export function domainOf(node: PlacementNode, level: string): string | undefined {
  return node.domain[level] ?? (level === HOST ? node.name : undefined);
}

function admits(node: PlacementNode, { tolerations = [], nodeSelector = {} }: PodDemand): boolean {
  return (node.taints ?? []).every(taint => tolerations.includes(taint))
    && Object.entries(nodeSelector).every(([key, value]) => node.labels?.[key] === value);
}
