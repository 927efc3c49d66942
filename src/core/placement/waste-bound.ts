import type { Step } from './domain-search';
import { Scope, containsWhole, domainsIn } from './scope';
import type { Trial } from './trial';

/** Beyond this the sums are too many to be listed, and too fine to leave much waste. */
const MOST_LOAD = 512;

/**
 * When the groups that are left all need a domain of the same level, a domain can only be filled up to a sum of some of their sizes; the rest
 * is waste. If what all domains can be filled up to is less than what is left to place, there is no need to search.
 */
export class WasteBound {
  /** By step and table: the most that can be filled of a room. */
  private readonly most: (Int32Array | undefined)[] = [];

  constructor(private readonly trial: Trial, private readonly steps: readonly Step[]) {}

  allows(at: number, scope: Scope): boolean {
    const { index, gang } = this.trial;
    const rest = this.siblingsFrom(at);
    if (rest.length < 2 || !containsWhole(index, scope, rest[0]!.level)) return true;
    const { level } = rest[0]!;
    const domains = domainsIn(index, scope, level);
    return gang.tables.every(({ perDomain }, table) => {
      const total = rest.reduce((sum, { group }) => sum + group.load[table]!, 0);
      if (total === 0 || total > MOST_LOAD) return true;
      const most = this.mostOf(at, table, rest, total);
      const sums = perDomain[level]!;
      let fillable = 0;
      for (const domain of domains) fillable += most[Math.max(0, Math.min(total, sums[domain]!))]!;
      return fillable >= total;
    });
  }

  /** The steps that follow for groups of the same parent and level. Where a group above has chosen on that level, its promise is in the sums already. */
  private siblingsFrom(at: number): readonly Step[] {
    const first = this.steps[at]!;
    if (first.isSoft || !first.promisedAt.includes(first.level)) return [];
    const siblings: Step[] = [];
    for (let next = at; next < this.steps.length; next += 1) {
      const step = this.steps[next]!;
      if (step.level === first.level && step.group.parent === first.group.parent && !step.isSoft) siblings.push(step);
      else if (step.group.parent === first.group.parent) break;
    }
    return siblings;
  }

  private mostOf(at: number, table: number, rest: readonly Step[], total: number): Int32Array {
    const key = at * this.trial.gang.tables.length + table;
    const known = this.most[key];
    if (known) return known;
    const reachable = new Uint8Array(total + 1);
    reachable[0] = 1;
    for (const { group: { load } } of rest) {
      const size = load[table]!;
      if (size > 0) for (let sum = total; sum >= size; sum -= 1) if (reachable[sum - size] === 1) reachable[sum] = 1;
    }
    const most = new Int32Array(total + 1);
    for (let sum = 1; sum <= total; sum += 1) most[sum] = reachable[sum] === 1 ? sum : most[sum - 1]!;
    this.most[key] = most;
    return most;
  }
}
