import type { Packing } from './packing';
import type { Topology, TopologyLevel } from './topology';

/** A set, a scaling group or a clique, with how it is packed and what lies within it. */
export interface PackedScope {
  /** What people call it, for example `clique decode`. */
  readonly title: string;
  readonly packing: Packing | undefined;
  readonly children: readonly PackedScope[];
}

/**
 * What is wrong with the packings of a set (spec 02 §5): all are in levels of one topology, each of them is there if the levels are known, and nothing is
 * packed less closely than what it is part of.
 */
export function packingFindings(set: PackedScope, topology: Topology | undefined): string[] {
  const scopes = [set, ...descendants(set)];
  const names = [...new Set(scopes.flatMap(({ packing }) => packing?._levels ?? []).map(level => level._topology.name))];
  if (names.length > 1) return [`a set is packed in levels of one topology, not of ${names.join(' and ')}`];
  const levels = topology?.levels?.map(({ domain }) => domain);
  if (!levels) return [];
  const missing = scopes.flatMap(({ title, packing }) => (packing?._levels ?? []).filter(({ domain }) => !levels.includes(domain))
    .map(({ domain }) => `${title} is packed in "${domain}", which ${topology?.name} does not have; it has ${levels.join(', ')}`));
  return missing.length > 0 ? missing : scopes.flatMap(parent => descendants(parent).flatMap(child => pairFindings(parent, child, levels)));
}

function descendants({ children }: PackedScope): PackedScope[] {
  return children.flatMap(child => [child, ...descendants(child)]);
}

/** Required is compared with required and preferred with preferred; one that is missing says nothing. */
function pairFindings(parent: PackedScope, child: PackedScope, levels: readonly string[]): string[] {
  const compare = (outer: TopologyLevel | undefined, inner: TopologyLevel | undefined) => {
    if (!outer || !inner || levels.indexOf(outer.domain) <= levels.indexOf(inner.domain)) return [];
    return [`${parent.title} is packed in "${outer.domain}", and ${child.title}, which is part of it, in the broader "${inner.domain}"`];
  };
  return [...compare(parent.packing?._required, child.packing?._required), ...compare(parent.packing?._preferred, child.packing?._preferred)];
}
