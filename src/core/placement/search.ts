import { Cluster, domainOf } from './cluster';
import type { PlacementGroup, PlacementNode, PodDemand, RunningPod } from './problem';
import type { Assignment } from './result';

/** What is left to place once a group has been: answers whether that, too, could be placed. */
type Rest = () => boolean;

/** Nodes that may hold the floors of a group, and those that its surplus may spill over to. */
interface Candidate {
  readonly nodes: readonly PlacementNode[];
  readonly beyond: readonly PlacementNode[];
}

/** A depth-first search over domains, taking back what does not lead to a whole gang. */
export class Search {
  /** Whether the budget ended before the search did. */
  exhausted = false;
  private readonly counts = new Map<string, Map<string, number>>();
  private readonly reach = new Map<string, Candidate>();
  private readonly nodesByName: ReadonlyMap<string, PlacementNode>;
  private readonly membersByGroup = new Map<string, RunningPod[]>();

  constructor(private readonly cluster: Cluster, running: readonly RunningPod[], private budget: number) {
    this.nodesByName = new Map(cluster.nodes.map(node => [node.name, node]));
    for (const pod of running) if (pod.memberOf !== undefined) this.membersByGroup.set(pod.memberOf, [...this.members(pod.memberOf), pod]);
  }

  /** Places the floor of every leaf below the group on the given nodes, or changes nothing and returns false. */
  placeFloors(group: PlacementGroup, nodes: readonly PlacementNode[], rest: Rest = () => true, beyond = nodes): boolean {
    return this.candidates(group, { nodes, beyond }).some(domain => {
      this.exhausted ||= this.budget === 0;
      if (this.exhausted) return false;
      this.budget -= 1;
      return group.pods ? this.placeLeaf(group.name, group.pods, domain, rest) : this.placeSiblings(group.groups ?? [], domain, rest);
    });
  }

  /** Fills up every leaf beyond its floor: in the domains that its floor chose, and where those were only preferred, outside of them. */
  placeExtras({ name, pods, groups = [] }: PlacementGroup): void {
    groups.forEach(group => this.placeExtras(group));
    const { nodes = [], beyond = [] } = this.reach.get(name) ?? {};
    if (!pods) return;
    this.fill(name, pods, nodes, Math.max(0, pods.count - this.placed(name)));
    this.fill(name, pods, beyond, Math.max(0, pods.count - this.placed(name)));
  }

  assignment(): Assignment[] {
    return [...this.counts].flatMap(([group, nodes]) => [...nodes].filter(([, count]) => count > 0).map(([node, count]) => ({ group, node, count })))
      .sort((a, b) => (a.group === b.group ? Number(a.node > b.node) || -1 : Number(a.group > b.group) || -1));
  }

  private placeSiblings(groups: readonly PlacementGroup[], domain: Candidate, rest: Rest): boolean {
    const [first, ...others] = groups;
    return first ? this.placeFloors(first, domain.nodes, () => this.placeSiblings(others, domain, rest), domain.beyond) : rest();
  }

  private placeLeaf(name: string, pods: PodDemand, domain: Candidate, rest: Rest): boolean {
    const checkpoint = this.cluster.checkpoint();
    const before = new Map(this.counts.get(name));
    this.reach.set(name, domain);
    const missing = Math.max(0, pods.minCount - this.placed(name));
    if (this.fill(name, pods, domain.nodes, missing) === missing && rest()) return true;
    this.cluster.rollback(checkpoint);
    this.counts.set(name, before);
    return false;
  }

  /** Puts up to `count` pods on the tightest nodes and returns how many went. */
  private fill(name: string, pods: PodDemand, nodes: readonly PlacementNode[], count: number): number {
    const already = (node: PlacementNode) => (this.counts.get(name)?.get(node.name) ?? 0) + this.members(name).filter(pod => pod.node === node.name).length;
    const roomy = nodes.map(node => ({ node, room: this.cluster.room(node, pods, already(node)) })).filter(({ room }) => room > 0)
      .sort((a, b) => a.room - b.room);
    let left = count;
    while (left > 0 && roomy.length > 0) {
      const fits = roomy.findIndex(({ room }) => room >= left);
      const [{ node, room }] = roomy.splice(fits >= 0 ? fits : roomy.length - 1, 1) as [{ node: PlacementNode; room: number }];
      const taken = Math.min(left, room);
      this.put(name, node.name, pods, taken);
      left -= taken;
    }
    return count - left;
  }

  private put(name: string, node: string, pods: PodDemand, count: number): void {
    const counts = this.counts.get(name) ?? new Map<string, number>();
    this.counts.set(name, counts.set(node, (counts.get(node) ?? 0) + count));
    this.cluster.take(node, pods.request, count);
  }

  /** The node sets that may hold the group whole, best first: preferred domains, then required ones, or all nodes. */
  private candidates(group: PlacementGroup, domain: Candidate): Candidate[] {
    const { required: level, preferred } = group;
    const required = level === undefined ? [domain]
      : this.pinned(group, level, this.domains(group, level, domain.nodes)).map(nodes => ({ nodes, beyond: nodes }));
    if (preferred === undefined || preferred === level) return required;
    return [...required.flatMap(({ nodes, beyond }) => this.domains(group, preferred, nodes).map(closer => ({ nodes: closer, beyond }))), ...required];
  }

  /** Domains of a level, tightest first by what the group asks for. */
  private domains(group: PlacementGroup, level: string, nodes: readonly PlacementNode[]): (readonly PlacementNode[])[] {
    const byDomain = new Map<string, PlacementNode[]>();
    for (const node of nodes) {
      const domain = domainOf(node, level);
      if (domain !== undefined) byDomain.set(domain, [...(byDomain.get(domain) ?? []), node]);
    }
    const [resource = ''] = Object.keys(leaves(group)[0]?.pods?.request ?? {}).sort();
    const free = (members: readonly PlacementNode[]) => members.reduce((sum, node) => sum + this.cluster.available(node, resource), 0);
    return [...byDomain].map(([domain, members]) => ({ domain, members, free: free(members) }))
      .sort((a, b) => a.free - b.free || (a.domain < b.domain ? -1 : 1)).map(({ members }) => members);
  }

  /** Running pods of the group hold it in their domain; in several domains at once nothing more can be placed rightly. */
  private pinned(group: PlacementGroup, level: string, domains: (readonly PlacementNode[])[]): (readonly PlacementNode[])[] {
    const homes = leaves(group).flatMap(({ name }) => this.members(name)).map(pod => this.nodesByName.get(pod.node));
    const values = homes.map(node => (node ? domainOf(node, level) : undefined));
    return domains.filter(([node]) => values.every(value => node !== undefined && value === domainOf(node, level)));
  }

  private placed(name: string): number {
    return this.members(name).length + [...(this.counts.get(name)?.values() ?? [])].reduce((sum, count) => sum + count, 0);
  }

  private members(name: string): readonly RunningPod[] {
    return this.membersByGroup.get(name) ?? [];
  }
}

/** The groups of a tree that have pods. */
export function leaves(group: PlacementGroup): PlacementGroup[] {
  return group.pods ? [group] : (group.groups ?? []).flatMap(leaves);
}
