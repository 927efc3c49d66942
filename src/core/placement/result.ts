import type { Resources } from './problem';

export interface PlacementResult {
  /** `placed`: every leaf has its floor, and more where there is room. `undecided`: the search budget ended first. */
  readonly outcome: 'placed' | 'pending' | 'undecided';
  /** New pods by leaf group and node, sorted by group, then node. Empty unless placed. */
  readonly assignment: readonly Assignment[];
  /** Running pods to evict. Always empty as yet: preemption is not built. */
  readonly victims: readonly string[];
  /** How close together the gang is: 1 divided by the number of narrowest domains that it uses; 0 when not placed. */
  readonly score: number;
  /** Why it waits. Present when pending. */
  readonly reason?: PendingReason;
}

export interface Assignment {
  readonly group: string;
  readonly node: string;
  readonly count: number;
}

/** What is missing: the numbers a person needs to see that the gang cannot be placed now. */
export interface PendingReason {
  /** The group that does not fit. */
  readonly group: string;
  /** The level whose one domain it needs; absent when any nodes would do. */
  readonly level?: string;
  /** The domain that comes closest; absent when there is no usable node. */
  readonly bestDomain?: string;
  /** What the floors of the group ask for together. */
  readonly needed: Resources;
  /** What the best domain has free on nodes that the pods may use. */
  readonly available: Resources;
}

/** How an amount of a resource is written; the units are those of the problem. */
export type ShowAmount = (resource: string, amount: number) => string;

/** The reason as one sentence, the same in conditions, events and on the command line. */
export function explain({ group, level, bestDomain, needed, available }: PendingReason, show: ShowAmount = (resource, amount) => `${amount} ${resource}`): string {
  const short = Object.keys(needed).filter(resource => (needed[resource] ?? 0) > (available[resource] ?? 0));
  const shown = short.length > 0 ? short : Object.keys(needed);
  const demand = shown.map(resource => show(resource, needed[resource] ?? 0)).join(', ');
  const where = level === undefined ? '' : ` in one ${level}`;
  if (bestDomain === undefined) return `${group} needs ${demand}${where}; no node may take its pods`;
  const free = shown.map(resource => show(resource, available[resource] ?? 0)).join(', ');
  const place = level === undefined ? 'all nodes together have' : `best is ${bestDomain} with`;
  const fragmented = short.length === 0 ? ', but not in pieces that fit' : '';
  return `${group} needs ${demand}${where}; ${place} ${free} free${fragmented}`;
}
