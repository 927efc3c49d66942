import type { ClusterTopologyBinding, PackedPlacement, PodCliqueSet, TopologyConstraint } from '../api';

/** The domain that must hold all pods of a scope (spec 01 §2.1). */
export function requiredDomain(constraint: TopologyConstraint | undefined): string | undefined {
  return constraint?.pack?.required ?? constraint?.packDomain;
}

/** The domain that should hold all pods of a scope. */
export function preferredDomain(constraint: TopologyConstraint | undefined): string | undefined {
  return constraint?.pack?.preferred;
}

/** The topology that a set speaks of: the first name over its own constraint, its groups and its cliques (spec 08 §2). */
export function topologyNameOf(set: PodCliqueSet): string | undefined {
  return constraintsOf(set).map(constraint => constraint.topologyName).find(name => name !== undefined && name !== '');
}

/** Every domain that a constraint of the set names, each once, sorted. */
export function referencedDomains(set: PodCliqueSet): string[] {
  const domains = constraintsOf(set).flatMap(constraint => [requiredDomain(constraint), preferredDomain(constraint)]);
  return [...new Set(domains.flatMap(domain => domain ?? []))].sort();
}

/** The constraints of the set, its groups and its cliques, in this order. */
function constraintsOf(set: PodCliqueSet): TopologyConstraint[] {
  const { topologyConstraint, podCliqueScalingGroups = [], cliques } = set.spec.template;
  return [{ topologyConstraint }, ...podCliqueScalingGroups, ...cliques].flatMap(scope => scope.topologyConstraint ?? []);
}

/** The binding that a set's constraints refer to. */
export function topologyOf(set: PodCliqueSet, topologies: readonly ClusterTopologyBinding[]): ClusterTopologyBinding | undefined {
  const name = topologyNameOf(set);
  return name === undefined ? undefined : topologies.find(topology => topology.metadata.name === name);
}

/** A constraint in node labels. Domains that the topology lacks are dropped; nothing left means no constraint (spec 05 §2). */
export function packedPlacement(constraint: TopologyConstraint | undefined, topology: ClusterTopologyBinding | undefined): PackedPlacement | undefined {
  const key = (domain: string | undefined) => topology?.spec.levels.find(level => level.domain === domain)?.key;
  const required = key(requiredDomain(constraint));
  const preferred = key(preferredDomain(constraint));
  if (required === undefined && preferred === undefined) return undefined;
  return { packConstraint: { ...(required === undefined ? {} : { required }), ...(preferred === undefined ? {} : { preferred }) } };
}
