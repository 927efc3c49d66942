import type { Step } from './domain-search';
import type { Group } from './gang';
import type { Scope } from './scope';
import type { Trial } from './trial';

/** Two independent 32-bit sums as one number: a collision would be a wrong verdict, so 53 bits are used. */
type Print = number;

/** Nodes of a domain that is not compared for what has failed inside it. */
const LARGE = 64;

/**
 * Tells domains that the gang's pods cannot tell apart, and states of the search that differ only in which of such domains serves whom.
 * Built only where a first choice has failed.
 */
export class Likeness {
  private readonly prints = new Map<number, Print>();
  private readonly shapes = new Map<Group, Print>();
  private readonly failed = new Set<string>();
  private readonly state: { readonly at: number; readonly domain: number; readonly scope: Scope }[] = [];
  private chosenLevels: readonly number[] | undefined;
  private asked: readonly number[] | undefined;

  constructor(private readonly trial: Trial, private readonly steps: readonly Step[]) {}

  /** Whether two domains of a level are alike as they stand, promises included. Most are told apart by their sums. */
  areAlike(level: number, one: number, other: number): boolean {
    const { index, gang: { tables, main } } = this.trial;
    const free = index.freeIn[level]![main]!;
    if (free[one] !== free[other]) return false;
    for (const { perDomain } of tables) if (perDomain[level]![one] !== perDomain[level]![other]) return false;
    return this.of(level, one) === this.of(level, other);
  }

  private of(level: number, domain: number): Print {
    let promised = 0;
    for (const one of this.state) if (one.domain === domain && this.steps[one.at]!.level === level) promised += this.shape(this.steps[one.at]!.group);
    return mixed(this.print(level, domain), promised);
  }

  chosen(at: number, domain: number, scope: Scope): void {
    this.state.push({ at, domain, scope });
  }

  unchosen(at: number): void {
    while (this.state.length > 0 && this.state[this.state.length - 1]!.at >= at) this.state.pop();
  }

  hasFailed(at: number): boolean {
    return this.failed.size > 0 && this.failed.has(this.stateKey(at));
  }

  remember(at: number): void {
    this.failed.add(this.stateKey(at));
  }

  private stateKey(at: number): string {
    const byDomain = new Map<number, { print: Print; promised: Print }>();
    for (const { at: chosenAt, domain, scope } of this.state) {
      const { group, level } = this.steps[chosenAt]!;
      const [key, parent] = [level * 2 ** 24 + domain, keyOf(scope)];
      const known = byDomain.get(key) ?? { print: mixed(this.isLarge(level, domain) ? key : this.print(level, domain), parent), promised: 0 };
      byDomain.set(key, { print: known.print, promised: known.promised + this.shape(group) });
    }
    const parts = [...byDomain.values()].map(({ print, promised }) => mixed(print, promised)).sort((a, b) => a - b);
    return `${at}:${this.state.length}:${parts.join()}`;
  }

  /** To find out what large domains have in common costs more than what is known of one is worth in another. */
  private isLarge(level: number, domain: number): boolean {
    return this.trial.index.levels[level]!.members[domain]!.length > LARGE;
  }

  private get levels(): readonly number[] {
    return this.chosenLevels ??= [...new Set(this.steps.map(({ level }) => level))].sort((a, b) => a - b);
  }

  /** Resources that the gang's pods ask for. */
  private get resources(): readonly number[] {
    return this.asked ??= [...new Set(this.trial.gang.tables.flatMap(({ demand }) => demand.resources))].sort((a, b) => a - b);
  }

  private print(level: number, domain: number): Print {
    const key = level * 2 ** 24 + domain;
    const known = this.prints.get(key);
    if (known !== undefined) return known;
    const print = this.fresh(level, domain);
    this.prints.set(key, print);
    return print;
  }

  private fresh(level: number, domain: number): Print {
    const { index } = this.trial;
    const { levels } = index;
    if (this.steps.some(step => step.level === level && step.pin === domain)) return mixed(level + 1, domain + 1);
    if (this.levels.some(other => other < level ? !levels[level]!.liesIn(levels[other]!) : other > level && !levels[other]!.liesIn(levels[level]!))) {
      return mixed(level + 1, domain + 1);
    }
    const inner = this.levels.find(other => other > level);
    const members = levels[level]!.members[domain]!;
    if (inner === undefined || inner === levels.length - 1) return combined(members.map(slot => this.host(slot)));
    const loose = members.filter(slot => levels[inner]!.domainOf[slot]! < 0).map(slot => this.host(slot));
    return combined([...index.domainsWithin(inner, level, domain).map(one => this.print(inner, one)), ...loose]);
  }

  private host(slot: number): Print {
    const { index, gang } = this.trial;
    let print = mixed(17, index.owner[slot]!);
    for (const resource of this.resources) print = mixed(print, index.free[resource]![slot]!);
    for (const { perNode } of gang.tables) print = mixed(print, perNode[slot]!);
    return print;
  }

  private shape(group: Group): Print {
    const known = this.shapes.get(group);
    if (known !== undefined) return known;
    const leaves = group.leaves.map(({ table, need, want, members }) => mixed(mixed(mixed(table, need), want), members.length));
    const shape = mixed(combined(leaves), group.children.length === 0 ? 1 : group.index + 2);
    this.shapes.set(group, shape);
    return shape;
  }
}

function keyOf(scope: Scope): number {
  return scope.isCluster ? -1 : scope.level < 0 ? -2 - (scope.members[0] ?? 0) : scope.level * 2 ** 24 + scope.domain;
}

function combined(prints: readonly Print[]): Print {
  return prints.map(print => mixed(print, 3)).sort((a, b) => a - b).reduce((sum, print) => mixed(sum, print), prints.length);
}

/** Mixes a whole number of up to 53 bits into a print. */
function mixed(print: Print, value: number): Print {
  const [low, high] = [value >>> 0, Math.floor(value / 2 ** 32) | 0];
  let one = Math.imul((print >>> 0) ^ low, 0x85ebca6b) ^ high;
  let two = Math.imul((Math.floor(print / 2 ** 32) | 0) ^ low ^ 0x9e3779b9, 0xc2b2ae35) + Math.imul(high, 0x27d4eb2f);
  one = Math.imul(one ^ (one >>> 15) ^ two, 0x2c1b3c6d);
  two = Math.imul(two ^ (two >>> 13) ^ one, 0x297a2d39);
  return ((one ^ (one >>> 16)) >>> 0) + ((two ^ (two >>> 15)) & 0x1fffff) * 2 ** 32;
}
