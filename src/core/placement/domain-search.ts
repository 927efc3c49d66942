import type { Budget } from './budget';
import { Candidates, Sums } from './candidates';
import { Group, IMPOSSIBLE, Leaf, NONE } from './gang';
import { Likeness } from './likeness';
import { Packer, Task } from './packer';
import { Scope, chosenScope, narrowed } from './scope';
import type { Trial } from './trial';
import { WasteBound } from './waste-bound';

/** What to do about preferred levels: nothing, treat them as required, or find few domains where one does not do. */
export type Preferences = 'ignore' | 'one' | 'few';

/** Steps from which on a failure is worth the trouble of finding out what is like it. */
const WORTH_REMEMBERING = 8;

/** Failures from which on a bound is worth its time. */
const WORTH_BOUNDING = 4;

/** A choice to be made: one domain of the level for the group. */
export interface Step {
  readonly group: Group;
  readonly level: number;
  /** The domain that it has to be; NONE when there is a choice, IMPOSSIBLE when there is no way. */
  readonly pin: number;
  /** Whether the group may do without, or with several. */
  readonly isSoft: boolean;
  /** Levels whose domains hear of the choice: the level itself and those around it of which no group above has chosen one. */
  readonly promisedAt: readonly number[];
  /** What the group needs of a domain. */
  readonly sums: Sums;
}

/**
 * Depth first over the domains of all groups that need one, promising room before any node is chosen; nodes follow when all domains stand.
 * A choice that fails is not repeated on domains that are alike, nor a state that has failed before in another order.
 */
export class DomainSearch {
  /** Where each group's pods may go, by group. */
  private readonly scopes: (Scope | undefined)[] = [];
  /** The same by what they require alone. */
  private readonly required: (Scope | undefined)[] = [];
  private readonly steps: Step[] = [];
  /** Groups that need a domain of their own. */
  private readonly choosing = new Set<Group>();
  private readonly candidates: Candidates;
  private readonly likeness: Likeness;
  private readonly waste: WasteBound;
  private readonly packer: Packer;
  /** Steps at which nothing would do. */
  private failures = 0;

  /** @param base nodes that the gang as a whole is held to */
  constructor(private readonly trial: Trial, private readonly budget: Budget, private readonly preferences: Preferences, private readonly base: Scope) {
    this.candidates = new Candidates(trial);
    this.collect(trial.gang.root, preferences, []);
    this.likeness = new Likeness(trial, this.steps);
    this.waste = new WasteBound(trial, this.steps);
    this.packer = new Packer(trial, budget);
  }

  /** Looks for domains and nodes for all floors until `done` accepts what it finds placed. */
  run(done: () => boolean): boolean {
    return this.choose(0, done);
  }

  scopeOf(group: Group): Scope {
    for (let at: Group | undefined = group; at; at = at.parent) {
      const scope = this.scopes[at.index];
      if (scope) return scope;
    }
    return this.base;
  }

  /** Where the group's pods may go whatever it prefers itself. */
  scopeAround(group: Group): Scope {
    if (group.required !== NONE) return this.required[group.index] ?? this.base;
    return group.parent ? this.scopeOf(group.parent) : this.base;
  }

  private collect(group: Group, preferences: Preferences, promised: readonly number[]): void {
    let above = promised;
    const add = (level: number, isSoft: boolean, pinned: number) => {
      const promisedAt = this.trial.index.upwards[level]!.filter(one => !above.includes(one));
      if (promisedAt.length > 0) above = [...above, ...promisedAt];
      this.steps.push({ group, level, pin: pinned, isSoft, promisedAt, sums: this.candidates.sumsOf(group, level) });
      this.choosing.add(group);
    };
    const hasPods = group.leaves.some(({ want }) => want > 0);
    if (group.required !== NONE && hasPods) {
      const level = Math.max(0, group.required);
      add(level, false, group.required === IMPOSSIBLE || group.pin === IMPOSSIBLE ? IMPOSSIBLE : group.pin);
    }
    if (preferences !== 'ignore' && group.preferred !== NONE && group.preferred !== group.required && hasPods) add(group.preferred, preferences === 'few', NONE);
    for (const child of group.children) this.collect(child, preferences, above);
  }

  private choose(at: number, done: () => boolean): boolean {
    const step = this.steps[at];
    if (!step) return this.placeAll(done);
    const outer = this.scopes[step.group.index];
    const scope = this.scopeOf(step.group);
    const remembers = this.preferences !== 'few';
    if ((remembers && this.likeness.hasFailed(at)) || (this.failures >= WORTH_BOUNDING && !this.waste.allows(at, scope))) return false;
    const before = this.budget.remaining;
    if (this.tryDomains(at, step, scope, done) || this.tryOthers(at, step, scope, done)) return true;
    this.scopes[step.group.index] = outer;
    this.failures += 1;
    if (remembers && before - this.budget.remaining >= WORTH_REMEMBERING && !this.budget.exhausted) this.likeness.remember(at);
    return false;
  }

  private tryDomains(at: number, step: Step, scope: Scope, done: () => boolean): boolean {
    const first = this.candidates.best(step, scope);
    if (first < 0) return false;
    const failed: number[] = [];
    const tryOne = (domain: number) => {
      const before = this.budget.remaining;
      if (this.tryDomain(at, step, scope, domain, done)) return true;
      if (before - this.budget.remaining >= WORTH_REMEMBERING) failed.push(domain);
      return false;
    };
    if (tryOne(first)) return true;
    for (const domain of this.candidates.all(step, scope)) {
      if (this.budget.exhausted) return false;
      if (domain === first || failed.some(one => this.likeness.areAlike(step.level, one, domain))) continue;
      if (tryOne(domain)) return true;
    }
    return false;
  }

  private tryDomain(at: number, step: Step, scope: Scope, domain: number, done: () => boolean): boolean {
    if (!this.budget.spend()) return false;
    const { trial } = this;
    const checkpoint = trial.checkpoint();
    const narrow = narrowed(trial.index, scope, step.level, domain);
    this.scopes[step.group.index] = narrow;
    if (step.level === step.group.required) this.required[step.group.index] = narrow;
    for (const level of step.promisedAt) {
      const around = this.candidates.around(step.level, domain, level);
      if (around >= 0) trial.reserve(step.group, level, around);
    }
    this.likeness.chosen(at, domain, scope);
    if (this.othersFind(at, step) && this.confinedFit(step) && this.choose(at + 1, done)) return true;
    this.likeness.unchosen(at);
    trial.rollback(checkpoint);
    this.scopes[step.group.index] = scope;
    return false;
  }

  /** Whether every group inside the one that has just been given a domain finds at least one there for itself. */
  private othersFind(at: number, { group }: Step): boolean {
    for (let next = at + 1; next < this.steps.length; next += 1) {
      const step = this.steps[next]!;
      if (step.isSoft || step.group.parent !== group) continue;
      if (!this.candidates.any(step, this.scopes[group.index]!) && step.group.leaves.some(({ need }) => need > 0)) return false;
    }
    return true;
  }

  /** Several domains, or any, for a group that would only like to have one; none for one that need not be placed at all. */
  private tryOthers(at: number, step: Step, scope: Scope, done: () => boolean): boolean {
    if (step.isSoft) {
      for (const nodes of this.candidates.sets(step, scope)) {
        if (this.budget.exhausted) return false;
        this.scopes[step.group.index] = chosenScope(nodes);
        if (this.choose(at + 1, done)) return true;
      }
      this.scopes[step.group.index] = scope;
      return !this.budget.exhausted && this.choose(at + 1, done);
    }
    if (step.group.leaves.some(({ need }) => need > 0)) return false;
    this.scopes[step.group.index] = chosenScope([]);
    return this.choose(at + 1, done);
  }

  /** Sums say little about pods of several sizes: whether those that now have to share a domain really fit into it together. */
  private confinedFit({ group, level }: Step): boolean {
    const scope = this.scopes[group.index]!;
    if (this.trial.gang.tables.length === 1 || scope.level !== level) return true;
    const confined: Leaf[] = [];
    for (const leaf of this.trial.gang.leaves) if (leaf.need > 0 && this.isConfinedTo(leaf, scope)) confined.push(leaf);
    if (confined.length < 2 || confined.every(({ rooms }) => rooms === confined[0]!.rooms)) return true;
    const checkpoint = this.trial.checkpoint();
    const part = this.budget.take(1000);
    const fits = new Packer(this.trial, part).pack(confined.map(leaf => ({ leaf, scope, count: leaf.need })));
    this.trial.rollback(checkpoint);
    this.budget.giveBack(part);
    return fits || part.exhausted;
  }

  /** Whether the leaf has to stay in the domain and has no narrower choice of its own to make yet. */
  private isConfinedTo({ group }: Leaf, { level, domain }: Scope): boolean {
    for (let at: Group | undefined = group; at; at = at.parent) {
      if (!this.choosing.has(at)) continue;
      const scope = this.scopes[at.index];
      return scope?.level === level && scope.domain === domain;
    }
    return false;
  }

  private placeAll(done: () => boolean): boolean {
    const { trial } = this;
    trial.withdraw();
    const tasks: Task[] = trial.gang.leaves.filter(({ need }) => need > 0).map(leaf => ({ leaf, scope: this.scopeOf(leaf.group), count: leaf.need }));
    if (this.packer.pack(tasks, done)) return true;
    trial.renew();
    return false;
  }
}
