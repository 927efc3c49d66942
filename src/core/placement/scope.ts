import type { ClusterIndex } from './cluster-index';

/** Nodes among which pods may be placed. */
export interface Scope {
  /** In stable order. */
  readonly members: readonly number[];
  /** The level of which the nodes are exactly one domain; -1 when they are the whole cluster or a choice of nodes. */
  readonly level: number;
  readonly domain: number;
  readonly isCluster: boolean;
}

export function wholeCluster(index: ClusterIndex): Scope {
  return { members: index.order, level: -1, domain: -1, isCluster: true };
}

export function domainScope(index: ClusterIndex, level: number, domain: number): Scope {
  return { members: index.levels[level]!.members[domain]!, level, domain, isCluster: false };
}

export function chosenScope(members: readonly number[]): Scope {
  return { members, level: -1, domain: -1, isCluster: false };
}

/** Domains of the level that have nodes in the scope, in stable order. */
export function domainsIn(index: ClusterIndex, scope: Scope, level: number): readonly number[] {
  if (scope.isCluster) return index.levels[level]!.order;
  if (scope.level >= 0) return index.domainsWithin(level, scope.level, scope.domain);
  const { domainOf } = index.levels[level]!;
  return [...new Set(scope.members.map(slot => domainOf[slot]!))].filter(domain => domain >= 0);
}

/** Whether every domain of the level that has nodes in the scope lies in it whole. */
export function containsWhole(index: ClusterIndex, scope: Scope, level: number): boolean {
  return scope.isCluster || (scope.level >= 0 && (scope.level === level || index.levels[level]!.liesIn(index.levels[scope.level]!)));
}

/** The part of the scope that lies in the domain. */
export function narrowed(index: ClusterIndex, scope: Scope, level: number, domain: number): Scope {
  if (containsWhole(index, scope, level)) return domainScope(index, level, domain);
  const { domainOf } = index.levels[level]!;
  return chosenScope(scope.members.filter(slot => domainOf[slot] === domain));
}

/** Whether the two may share nodes. */
export function overlaps(index: ClusterIndex, a: Scope, b: Scope): boolean {
  if (a.isCluster || b.isCluster || a.level < 0 || b.level < 0) return true;
  if (a.level === b.level) return a.domain === b.domain;
  const [fine, coarse] = a.level > b.level ? [a, b] : [b, a];
  if (!index.levels[fine.level]!.liesIn(index.levels[coarse.level]!)) return true;
  return fine.members.length > 0 && index.levels[coarse.level]!.domainOf[fine.members[0]!] === coarse.domain;
}
