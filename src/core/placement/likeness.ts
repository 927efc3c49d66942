import type { Step } from './domain-search';
import type { Group } from './gang';
import type { Scope } from './scope';
import type { Trial } from './trial';

/** Two independent 32-bit sums as one number: a collision would be a wrong verdict, so 53 bits are used. */
type Print = number;

/**
 * Tells domains that the gang's pods cannot tell apart, and states of the search that differ only in which of such domains serves whom.
 * Built only where a first choice has failed.
 */
export class Likeness {
  private readonly prints = new Map<number, Print>();
  private readonly shapes = new Map<Group, Print>();
  private readonly failed = new Set<string>();
  private readonly state: { at: number; key: number; level: number; domain: number; parent: number; shape: Print }[] = [];
  private readonly levels: readonly number[];

  constructor(private readonly trial: Trial, private readonly steps: readonly Step[]) {
    this.levels = [...new Set(steps.map(({ level }) => level))].sort((a, b) => a - b);
  }

  /** The same for domains of a level that are alike as they stand, promises included. */
  of(level: number, domain: number): Print {
    const promised = this.state.filter(one => one.level === level && one.domain === domain).reduce((sum, { shape }) => sum + shape, 0);
    return mixed(this.print(level, domain), promised);
  }

  chosen(at: number, domain: number, scope: Scope): void {
    const { group, level } = this.steps[at]!;
    const parent = scope.isCluster ? -1 : scope.level < 0 ? -2 - (scope.members[0] ?? 0) : scope.level * 2 ** 24 + scope.domain;
    this.state.push({ at, key: level * 2 ** 24 + domain, level, domain, parent, shape: this.shape(group) });
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
    for (const { key, level, domain, parent, shape } of this.state) {
      const known = byDomain.get(key) ?? { print: mixed(this.print(level, domain), parent), promised: 0 };
      byDomain.set(key, { print: known.print, promised: known.promised + shape });
    }
    const parts = [...byDomain.values()].map(({ print, promised }) => mixed(print, promised)).sort((a, b) => a - b);
    return `${at}:${this.state.length}:${parts.join()}`;
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
    for (let resource = 0; resource < gang.root.amounts.length; resource += 1) {
      if (gang.tables.some(({ demand }) => demand.resources.includes(resource))) print = mixed(print, index.free[resource]![slot]!);
    }
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
