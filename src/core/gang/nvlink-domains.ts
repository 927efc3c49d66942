import type { NvlinkDomains } from './tree';
import type { PlacementGroup } from '../placement/problem';
import { levelOfLabel } from '../topology/levels';
import { GPU } from '../topology/nvlink';

/**
 * The tree with the pods of each ComputeDomain held together in one NVLink domain, beyond which the ComputeDomain is of no use: the one where others
 * of its pods are, if all of them fit into one; otherwise at least what of it belongs together (a replica of a scaling group, a clique) where one
 * domain can hold that.
 */
export function withNvlinkDomains(tree: PlacementGroup, nvlink: NvlinkDomains): PlacementGroup {
  const homes = new Map(computeDomainsOf(tree).flatMap(name => {
    const { domains, gpus } = nvlink.inUse(name);
    return domains.length === 1 && fits([tree], name, nvlink, gpus) ? [[name, domains[0]!]] : [];
  }));
  return gathered(tree, { ...nvlink, homes });
}

interface Context extends NvlinkDomains {
  /** Domains that ComputeDomains are held to. */
  readonly homes: ReadonlyMap<string, string>;
}

function gathered(group: PlacementGroup, context: Context): PlacementGroup {
  if (!group.groups) return held(group, context);
  const rest = group.groups.filter(child => onlyComputeDomainOf(child) === undefined).map(child => gathered(child, context));
  const together = computeDomainsOf(group).flatMap(name => {
    const pure = group.groups!.filter(child => onlyComputeDomainOf(child) === name);
    if (pure.length === 0) return [];
    if (pure.length === 1 || !fits(pure, name, context)) return pure.map(child => held(child, context));
    return [required({ name: `NVLink domain ${name.slice(name.indexOf('/') + 1)}`, groups: pure }, name, context)];
  });
  return { ...group, groups: [...together, ...rest] };
}

/** A group of one ComputeDomain, held together as far as one NVLink domain reaches. */
function held(group: PlacementGroup, context: Context): PlacementGroup {
  const name = onlyComputeDomainOf(group);
  if (name === undefined) return group;
  if (fits([group], name, context)) {
    const own = group.required === undefined ? group : { name: `NVLink domain of ${group.name}`, groups: [group] };
    return required(own, name, context);
  }
  return group.groups ? { ...group, groups: group.groups.map(child => held(child, context)) } : group;
}

function required(group: PlacementGroup, computeDomain: string, { label, homes }: Context): PlacementGroup {
  const home = homes.get(computeDomain);
  return { ...(home === undefined ? group : selecting(group, label, home)), required: levelOfLabel(label) };
}

function selecting(group: PlacementGroup, label: string, value: string): PlacementGroup {
  return {
    ...group,
    ...(group.groups ? { groups: group.groups.map(child => selecting(child, label, value)) } : {}),
    ...(group.pods ? { pods: { ...group.pods, nodeSelector: { ...group.pods.nodeSelector, [label]: value } } } : {}),
  };
}

/** The ComputeDomain that every pod of the group uses; undefined when there is none, or several. */
function onlyComputeDomainOf(group: PlacementGroup): string | undefined {
  const names = leavesOf(group).map(({ mnnvlGroup }) => mnnvlGroup);
  return names.every(name => name === names[0]) ? names[0] : undefined;
}

function computeDomainsOf(group: PlacementGroup): string[] {
  return [...new Set(leavesOf(group).flatMap(({ mnnvlGroup }) => mnnvlGroup ?? []))];
}

/** Whether one NVLink domain can hold the floors of the ComputeDomain's pods in these groups, beside GPUs that others of its pods have. */
function fits(groups: readonly PlacementGroup[], computeDomain: string, nvlink: NvlinkDomains, gpusOfOthers = 0): boolean {
  const demands = groups.flatMap(leavesOf).flatMap(({ mnnvlGroup, pods }) => (mnnvlGroup === computeDomain && pods ? [pods] : []));
  return demands.reduce((sum, { minCount, request }) => sum + minCount * (request[GPU] ?? 0), gpusOfOthers) <= nvlink.gpus(demands);
}

function leavesOf(group: PlacementGroup): PlacementGroup[] {
  return group.groups ? group.groups.flatMap(leavesOf) : [group];
}
