import type { Cluster } from './cluster';
import type { PlacementGroup } from '../../../src/core';

/**
 * A fixed model to compare with, of the plainest kind: looks at every node for every group, keeps nothing between decisions, takes the domain
 * with the least room that is enough, in the order in which the groups are written, and never comes back to an earlier choice.
 */
export function naive({ index }: Cluster, gang: PlacementGroup): boolean {
  const freeOn = (slot: number): Record<string, number> => Object.fromEntries(index.resources.map((name, resource) => [name, index.free[resource]![slot]!]));
  const free = new Map(index.nodes.map((node, slot) => [node!.name, freeOn(slot)]));
  const place = (group: PlacementGroup, nodes: readonly string[]): boolean => {
    if (group.required === undefined) return within(group, nodes);
    const domains = new Map<string, string[]>();
    for (const node of nodes) {
      const domain = index.nodes[index.slotOf(node)!]!.domain[group.required]!;
      domains.set(domain, [...domains.get(domain) ?? [], node]);
    }
    const gpus = (members: readonly string[]) => members.reduce((sum, node) => sum + free.get(node)!.gpu!, 0);
    const ranked = [...domains.values()].map(members => ({ members, free: gpus(members) })).sort((a, b) => a.free - b.free);
    return ranked.some(({ members }) => fits(group, members) && within(group, members));
  };
  const room = (group: PlacementGroup, node: string) =>
    Math.min(...Object.entries(group.pods!.request).filter(([, amount]) => amount > 0)
      .map(([name, amount]) => Math.floor((free.get(node)![name] ?? 0) / amount)));
  const fits = (group: PlacementGroup, nodes: readonly string[]): boolean =>
    (group.groups ? group.groups.every(child => fits(child, nodes)) : nodes.reduce((sum, node) => sum + room(group, node), 0) >= group.pods!.minCount);
  const within = (group: PlacementGroup, nodes: readonly string[]): boolean => {
    if (group.groups) return group.groups.every(child => place(child, nodes));
    let left = group.pods!.minCount;
    for (const node of nodes) {
      const taken = Math.min(left, room(group, node));
      for (const [name, amount] of Object.entries(group.pods!.request)) free.get(node)![name]! -= taken * amount;
      left -= taken;
      if (left === 0) return true;
    }
    return false;
  };
  return place(gang, index.nodes.map(node => node!.name));
}
