import type { Resources } from './problem';

export interface PlacementResult {
  /**
   * `placed`: every leaf has its floor, and more where there is room. `placed-with-preemption`: the same once the victims are gone.
   * `pending`: proved not to fit. `undecided`: the search budget ended before there was either a placement or a proof.
   */
  readonly outcome: 'placed' | 'placed-with-preemption' | 'pending' | 'undecided';
  /** New pods by leaf group and node, sorted by group, then node. Of an undecided gang what would fit, which is no placement; of a pending one nothing. */
  readonly assignment: readonly Assignment[];
  /** Running pods to evict first, sorted. */
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
  /** The least that would have to be otherwise for the gang to be placed; absent when nothing simple would do. */
  readonly nearest?: NearestChange;
}

export type NearestChange =
  /** It fits if the group preferred its level instead of requiring it: in so many domains of that level. */
  | { readonly kind: 'prefer'; readonly group: string; readonly level: string; readonly domains: number }
  /** It fits if these pods, which it may not evict, were gone. */
  | { readonly kind: 'leave'; readonly domain: string; readonly pods: readonly string[] }
  /** It may fit if so much more were free in the best domain. */
  | { readonly kind: 'room'; readonly domain: string; readonly missing: Resources };

/** How an amount of a resource is written; the units are those of the problem. */
export type ShowAmount = (resource: string, amount: number) => string;

/** The reason as one sentence, the same in conditions, events and on the command line. */
export function explain(reason: PendingReason, show: ShowAmount = (resource, amount) => `${amount} ${resource}`): string {
  const { group, level, bestDomain, needed, available, nearest } = reason;
  const short = Object.keys(needed).filter(resource => (needed[resource] ?? 0) > (available[resource] ?? 0));
  const shown = short.length > 0 ? short : Object.keys(needed);
  const demand = shown.map(resource => show(resource, needed[resource] ?? 0)).join(', ');
  const where = level === undefined ? '' : ` in one ${level}`;
  const change = nearest ? alternative(nearest, group) : '';
  if (bestDomain === undefined) return `${group} needs ${demand}${where}; no node ${level === undefined ? '' : `that has a ${level} `}may take its pods${change}`;
  const free = shown.map(resource => show(resource, available[resource] ?? 0)).join(', ');
  const place = level === undefined ? 'all nodes together have' : `best is ${bestDomain} with`;
  const fragmented = short.length === 0 ? ', but not in pieces that fit' : '';
  return `${group} needs ${demand}${where}; ${place} ${free} free${fragmented}${change}`;
}

/** What is missing in the best domain needs no words: the sentence has said it. */
function alternative(nearest: NearestChange, group: string): string {
  switch (nearest.kind) {
    case 'prefer': return `; fits if ${nearest.group === group ? '' : `${nearest.level} of ${nearest.group}, where `}required were preferred, in ${nearest.domains} ${nearest.level}s`;
    case 'leave': return `; fits in ${nearest.domain} if ${listed(nearest.pods)} left`;
    case 'room': return '';
  }
}

function listed(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more pods`;
}
