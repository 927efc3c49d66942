import type { ClusterIndex } from './cluster-index';
import type { Step } from './domain-search';
import { Group, IMPOSSIBLE, NONE } from './gang';
import { Scope, containsWhole, domainsIn } from './scope';
import type { Trial } from './trial';

/** Sets of domains that are tried for a group which no single domain holds. */
const MOST_SETS = 12;
const PARTS = 5;

/** Domains that may hold a group, best first. What is left out provably cannot hold it. */
export class Candidates {
  private readonly index: ClusterIndex;
  /** What speaks against a domain, most important first: extras it does not hold, preferred domains it takes, damage, slack. */
  private readonly one = new Float64Array(PARTS);
  private readonly other = new Float64Array(PARTS);

  constructor(private readonly trial: Trial) {
    this.index = trial.index;
  }

  /** The best one; -1 when there is none. */
  best(step: Step, scope: Scope): number {
    let best = -1;
    let [least, current] = [this.one, this.other];
    for (const domain of this.domains(step, scope)) {
      if (!this.mayHold(step, scope, domain)) continue;
      this.judge(step, domain, current);
      if (best >= 0 && compare(current, least) >= 0) continue;
      best = domain;
      [least, current] = [current, least];
    }
    return best;
  }

  any(step: Step, scope: Scope): boolean {
    return this.domains(step, scope).some(domain => this.mayHold(step, scope, domain));
  }

  all(step: Step, scope: Scope): number[] {
    return this.domains(step, scope).filter(domain => this.mayHold(step, scope, domain))
      .map(domain => ({ domain, against: this.judge(step, domain, new Float64Array(PARTS)) }))
      .sort((a, b) => compare(a.against, b.against)).map(({ domain }) => domain);
  }

  /** Unions of several domains that may hold the group together, the fewest first. */
  *sets({ group, level }: Step, scope: Scope): Generator<readonly number[]> {
    const ranked = this.ranked(group, level, domainsIn(this.index, scope, level));
    let [sum, yielded] = [0, 0];
    for (let size = 1; size < ranked.length && yielded < MOST_SETS; size += 1) {
      sum += ranked[size - 1]!.share;
      if (sum + ranked[size]!.share < 1 - 1e-9) continue;
      const largest = ranked.slice(0, size);
      const fitting = ranked.slice(size).filter(({ share }) => sum + share >= 1 - 1e-9);
      for (const last of new Set([fitting[fitting.length - 1]!, fitting[0]!])) {
        yielded += 1;
        yield [...largest, last].sort((a, b) => a.domain - b.domain).flatMap(({ domain }) => this.membersIn(scope, level, domain));
      }
    }
  }

  /** The domain of a broader level, or the same one, in which a domain lies; -1 when its nodes have none. */
  around(level: number, domain: number, broader: number): number {
    if (level === broader) return domain;
    const [member] = this.index.levels[level]!.members[domain]!;
    return member === undefined ? -1 : this.index.levels[broader]!.domainOf[member]!;
  }

  /** Domains with the share of the group that each would hold, the largest first. */
  private ranked({ load }: Group, level: number, domains: readonly number[]): { domain: number; share: number }[] {
    const ranked: { domain: number; share: number }[] = [];
    for (const domain of domains) {
      let share = 1;
      for (let table = 0; table < load.length; table += 1) {
        if (load[table]! > 0) share = Math.min(share, this.tableSum(table, level, domain) / load[table]!);
      }
      if (share > 0) ranked.push({ domain, share });
    }
    return ranked.sort((a, b) => b.share - a.share);
  }

  private domains({ level, pin }: Step, scope: Scope): readonly number[] {
    if (pin === IMPOSSIBLE) return [];
    const domains = domainsIn(this.index, scope, level);
    return pin === NONE ? domains : domains.filter(domain => domain === pin);
  }

  private mayHold({ group, level, promisedAt }: Step, scope: Scope, domain: number): boolean {
    for (let at = 0; at < promisedAt.length; at += 1) {
      const around = this.around(level, domain, promisedAt[at]!);
      if (around >= 0 && !this.sumsHold(group, promisedAt[at]!, around)) return false;
    }
    return containsWhole(this.index, scope, level) || this.partHolds(group, this.membersIn(scope, level, domain));
  }

  private sumsHold({ load, amounts }: Group, level: number, domain: number): boolean {
    for (let table = 0; table < load.length; table += 1) if (load[table]! > this.tableSum(table, level, domain)) return false;
    const free = this.index.freeIn[level]!;
    for (let resource = 1; resource < amounts.length; resource += 1) {
      if (amounts[resource]! > 0 && amounts[resource]! > free[resource]![domain]!) return false;
    }
    return true;
  }

  private partHolds({ load }: Group, members: readonly number[]): boolean {
    return load.every((amount, table) => amount <= members.reduce((sum, slot) => sum + this.trial.gang.tables[table]!.perNode[slot]!, 0));
  }

  private tableSum(table: number, level: number, domain: number): number {
    return this.trial.gang.tables[table]!.perDomain[level]![domain]!;
  }

  private membersIn(scope: Scope, level: number, domain: number): readonly number[] {
    const { members, domainOf } = this.index.levels[level]!;
    return containsWhole(this.index, scope, level) ? members[domain]! : scope.members.filter(slot => domainOf[slot] === domain);
  }

  private judge({ group, level, isSoft }: Step, domain: number, against: Float64Array): Float64Array {
    const { index, trial: { gang } } = this;
    let short = 0;
    for (const leaf of group.leaves) {
      if (leaf.want > leaf.need) short += Math.max(0, leaf.want - leaf.rooms.perDomain[level]![domain]!);
    }
    against[0] = short;
    against[1] = group.preferred > level && !isSoft && !this.holdsInOne(group, level, domain) ? 1 : 0;
    against[2] = this.damage(group, level, domain);
    against[3] = level === index.finest ? this.hostsBroken(group, domain) : 0;
    against[4] = index.freeIn[level]![gang.main]![domain]!;
    return against;
  }

  private holdsInOne(group: Group, level: number, domain: number): boolean {
    return this.index.domainsWithin(group.preferred, level, domain).some(inner => this.sumsHold(group, group.preferred, inner));
  }

  /** Pods that would have to go onto hosts of which nothing is in use yet. */
  private hostsBroken({ leaves }: Group, domain: number): number {
    let pods = 0;
    for (const { need, rooms } of leaves) pods += Math.max(0, need - rooms.brokenIn[domain]!);
    return pods;
  }

  private damage(group: Group, level: number, domain: number): number {
    const { index } = this;
    if (level === index.finest) return Number(index.isWholeDomain(domain));
    if (level !== index.levels.length - 1) return this.wholeDomainsNeeded(group, level, domain);
    return 2 * Number(index.isWholeDomain(index.levels[index.finest]!.domainOf[domain]!)) + (index.taken[domain]! > 0 ? 0 : index.whole[domain]!);
  }

  /** Whole NVLink domains that have to be broken into at the least, as far as sums can tell. */
  private wholeDomainsNeeded({ load }: Group, level: number, domain: number): number {
    const { index, trial: { gang: { tables } } } = this;
    const inner = index.domainsWithin(index.finest, level, domain);
    let needed = 0;
    for (let table = 0; table < load.length; table += 1) {
      if (load[table] === 0) continue;
      const room = tables[table]!.perDomain[index.finest]!;
      let [short, largest] = [load[table]!, 0];
      for (let at = 0; at < inner.length && short > 0; at += 1) {
        if (!index.isWholeDomain(inner[at]!)) short -= room[inner[at]!]!;
        else if (room[inner[at]!]! > largest) largest = room[inner[at]!]!;
      }
      if (short > 0 && largest > 0) needed = Math.max(needed, Math.ceil(short / largest));
    }
    return needed;
  }
}

function compare(a: Float64Array, b: Float64Array): number {
  for (let at = 0; at < a.length; at += 1) {
    const difference = a[at]! - b[at]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
