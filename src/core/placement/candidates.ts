import type { ClusterIndex } from './cluster-index';
import type { Step } from './domain-search';
import { Group, IMPOSSIBLE, NONE } from './gang';
import { Scope, containsWhole, domainsIn } from './scope';
import { sortInPlace } from './sorting';
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
    const { level, sums } = step;
    const isSummed = step.promisedAt.includes(level);
    const isWhole = containsWhole(this.index, scope, level);
    const domains = this.domains(step, scope);
    let best = -1;
    let [least, current] = [this.one, this.other];
    for (let at = 0; at < domains.length; at += 1) {
      const domain = domains[at]!;
      if (isSummed && !holds(sums, domain)) continue;
      if (!this.isBetter(step, domain, current, best < 0 ? undefined : least) || !this.mayHold(step, scope, domain, isWhole)) continue;
      best = domain;
      [least, current] = [current, least];
    }
    return best;
  }

  any(step: Step, scope: Scope): boolean {
    const isWhole = containsWhole(this.index, scope, step.level);
    const isSummed = step.promisedAt.includes(step.level);
    const domains = this.domains(step, scope);
    for (let at = 0; at < domains.length; at += 1) {
      if ((!isSummed || holds(step.sums, domains[at]!)) && this.mayHold(step, scope, domains[at]!, isWhole)) return true;
    }
    return false;
  }

  all(step: Step, scope: Scope): number[] {
    const isWhole = containsWhole(this.index, scope, step.level);
    const found: { domain: number; against: Float64Array }[] = [];
    for (const domain of this.domains(step, scope)) {
      if (this.mayHold(step, scope, domain, isWhole)) found.push({ domain, against: this.judge(step, domain, new Float64Array(PARTS)) });
    }
    return sortInPlace(found, (a, b) => compare(a.against, b.against)).map(({ domain }) => domain);
  }

  /** Unions of several domains that may hold the group together, the fewest first. */
  *sets({ group, level }: Step, scope: Scope): Generator<readonly number[]> {
    const ranked = this.ranked(group, level, domainsIn(this.index, scope, level));
    yield* this.neighbours(level, scope, ranked);
    let [sum, yielded] = [0, 0];
    for (let size = 1; size < ranked.length && yielded < MOST_SETS; size += 1) {
      sum += ranked[size - 1]!.share;
      if (!isEnough(sum + ranked[size]!.share)) continue;
      const largest = ranked.slice(0, size);
      const fitting = ranked.slice(size).filter(({ share }) => isEnough(sum + share));
      for (const last of new Set([fitting[fitting.length - 1]!, fitting[0]!])) {
        yielded += 1;
        yield this.nodesOf(scope, level, [...largest, last]);
      }
    }
  }

  /** As few domains as would do anywhere, all of them in one domain of a level around: of the narrowest such level that has them. */
  private *neighbours(level: number, scope: Scope, ranked: readonly Ranked[]): Generator<readonly number[]> {
    const fewest = fewestOf(ranked);
    for (const broader of [...this.index.upwards[level]!.slice(1)].reverse()) {
      const byDomain = new Map<number, Ranked[]>();
      for (const one of ranked) {
        const around = this.around(level, one.domain, broader);
        const there = byDomain.get(around);
        if (there) there.push(one);
        else byDomain.set(around, [one]);
      }
      const found = [...byDomain].find(([around, there]) => around >= 0 && fewestOf(there) === fewest && fewest !== Infinity);
      if (!found) continue;
      const largest = found[1].slice(0, fewest - 1);
      const sum = largest.reduce((total, { share }) => total + share, 0);
      const fitting = found[1].slice(fewest - 1).filter(({ share }) => isEnough(sum + share));
      yield this.nodesOf(scope, level, [...largest, fitting[fitting.length - 1]!]);
      return;
    }
  }

  private nodesOf(scope: Scope, level: number, domains: readonly Ranked[]): number[] {
    return [...domains].sort((a, b) => a.at - b.at).flatMap(({ domain }) => this.membersIn(scope, level, domain));
  }

  /** The domain of a broader level, or the same one, in which a domain lies; -1 when its nodes have none. */
  around(level: number, domain: number, broader: number): number {
    if (level === broader) return domain;
    const [member] = this.index.levels[level]!.members[domain]!;
    return member === undefined ? -1 : this.index.levels[broader]!.domainOf[member]!;
  }

  /** Domains with the share of the group that each would hold, the largest first. */
  private ranked({ load }: Group, level: number, domains: readonly number[]): Ranked[] {
    const ranked: Ranked[] = [];
    for (const [at, domain] of domains.entries()) {
      let share = 1;
      for (let table = 0; table < load.length; table += 1) {
        if (load[table]! > 0) share = Math.min(share, this.tableSum(table, level, domain) / load[table]!);
      }
      if (share > 0) ranked.push({ domain, at, share });
    }
    return ranked.sort((a, b) => b.share - a.share);
  }

  private domains({ level, pin }: Step, scope: Scope): readonly number[] {
    if (pin === IMPOSSIBLE) return [];
    const domains = domainsIn(this.index, scope, level);
    return pin === NONE ? domains : domains.filter(domain => domain === pin);
  }

  /** What a group needs, beside the columns that tell what a domain has. */
  sumsOf({ load, amounts }: Group, level: number): Sums {
    const [needed, columns]: [number[], (Int32Array | Float64Array)[]] = [[], []];
    const { tables } = this.trial.gang;
    for (let table = 0; table < load.length; table += 1) {
      if (load[table]! > 0) {
        needed.push(load[table]!);
        columns.push(tables[table]!.perDomain[level]!);
      }
    }
    for (let resource = 1; resource < amounts.length; resource += 1) {
      if (amounts[resource]! > 0) {
        needed.push(amounts[resource]!);
        columns.push(this.index.freeIn[level]![resource]!);
      }
    }
    return { needed, columns };
  }

  private mayHold({ group, level, promisedAt }: Step, scope: Scope, domain: number, isWhole: boolean): boolean {
    for (let at = 0; at < promisedAt.length; at += 1) {
      const around = this.around(level, domain, promisedAt[at]!);
      if (around >= 0 && !this.sumsHold(group, promisedAt[at]!, around)) return false;
    }
    return isWhole || this.partHolds(group, this.membersIn(scope, level, domain));
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

  private judge(step: Step, domain: number, against: Float64Array): Float64Array {
    for (let part = 0; part < PARTS; part += 1) against[part] = this.part(step, domain, part);
    return against;
  }

  /** Judges the domain as far as it takes to see that it is no better than the least; all of it otherwise. */
  private isBetter(step: Step, domain: number, against: Float64Array, least: Float64Array | undefined): boolean {
    let isLess = least === undefined;
    for (let part = 0; part < PARTS; part += 1) {
      const value = this.part(step, domain, part);
      against[part] = value;
      if (isLess || value === least![part]!) continue;
      if (value > least![part]!) return false;
      isLess = true;
    }
    return isLess;
  }

  private part({ group, level, isSoft }: Step, domain: number, part: number): number {
    const { index } = this;
    switch (part) {
      case 0: return this.trial.gang.hasExtras ? shortOf(group, level, domain) : 0;
      case 1: return group.preferred > level && !isSoft && !this.holdsInOne(group, level, domain) ? 1 : 0;
      case 2: return this.damage(group, level, domain);
      case 3: return level === index.finest ? this.hostsBroken(group, domain) : 0;
      default: return index.freeIn[level]![this.trial.gang.main]![domain]!;
    }
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
      let short = load[table]!;
      let largest = 0;
      for (let at = 0; at < inner.length && short > 0; at += 1) {
        if (!index.isWholeDomain(inner[at]!)) short -= room[inner[at]!]!;
        else if (room[inner[at]!]! > largest) largest = room[inner[at]!]!;
      }
      if (short > 0 && largest > 0) needed = Math.max(needed, Math.ceil(short / largest));
    }
    return needed;
  }
}

interface Ranked {
  readonly domain: number;
  /** Its place in the stable order. */
  readonly at: number;
  /** The part of the group that it would hold. */
  readonly share: number;
}

function isEnough(share: number): boolean {
  return share >= 1 - 1e-9;
}

/** How many of the domains hold the group together; Infinity when all of them do not. */
function fewestOf(ranked: readonly Ranked[]): number {
  let sum = 0;
  for (let at = 0; at < ranked.length; at += 1) {
    sum += ranked[at]!.share;
    if (isEnough(sum)) return at + 1;
  }
  return Infinity;
}

/** Amounts that are needed, and for each the column that tells how much there is by domain. */
export interface Sums {
  readonly needed: readonly number[];
  readonly columns: readonly (Int32Array | Float64Array)[];
}

function holds({ needed, columns }: Sums, domain: number): boolean {
  for (let at = 0; at < needed.length; at += 1) if (needed[at]! > columns[at]![domain]!) return false;
  return true;
}

/** Extras that the domain does not hold. */
function shortOf({ leaves }: Group, level: number, domain: number): number {
  let short = 0;
  for (const { want, need, rooms } of leaves) if (want > need) short += Math.max(0, want - rooms.perDomain[level]![domain]!);
  return short;
}

function compare(a: Float64Array, b: Float64Array): number {
  for (let at = 0; at < a.length; at += 1) {
    const difference = a[at]! - b[at]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
