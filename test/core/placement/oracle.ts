import loadHighs from 'highs';
import { leavesOf } from './random-problem';
import { admits, claims, domainOf, free, groupsOf, intact, spans, value } from './rules';
import type { PlacementGroup, PlacementNode, PlacementProblem } from '../../../src/core';

type Highs = Awaited<ReturnType<typeof loadHighs>>;

/** What a general solver of integer programs says of a problem. */
export interface Verdict {
  readonly feasible: boolean;
  /** The best value there is, weighted as `weighted` does; absent when the solver did not prove it. */
  readonly best?: number;
}

export const highs = loadHighs();

/** One number for all parts of the objective. Parts that would make it too large to be exact are left out. */
export function weights(problem: PlacementProblem): number[] {
  const bounds = value(problem, []).map(({ bound }) => bound + 1);
  let kept = bounds.length;
  while (kept > 1 && bounds.slice(1, kept).reduce((product, bound) => product * bound, 1) * bounds[0]! > 1e7) kept -= 1;
  return bounds.map((_, at) => (at >= kept ? 0 : bounds.slice(at + 1, kept).reduce((product, bound) => product * bound, 1)));
}

/**
 * The problem without preemption as an integer program, for its best value or just for any solution. Presolving has been seen to call a problem
 * infeasible that has a solution, so it is not believed alone.
 */
export function askOracle(solver: Highs, problem: PlacementProblem, isValued: boolean): Verdict {
  const program = new Program(problem, isValued);
  const ask = (presolve: string) => solver.solve(program.text(), { time_limit: 20, mip_rel_gap: 0, mip_abs_gap: 0.5, presolve } as never);
  const first = ask('on');
  const solution = first.Status === 'Infeasible' ? ask('off') : first;
  if (solution.Status === 'Infeasible') return { feasible: false };
  if (solution.Status !== 'Optimal') throw new Error(`the oracle says ${solution.Status}`);
  if (!isValued) return { feasible: true };
  return { feasible: true, best: Math.round((solution.ObjectiveValue as number) + program.constant) };
}

class Program {
  constant = 0;
  private readonly rows: string[] = [];
  private readonly integers = new Map<string, number>();
  private readonly binaries = new Set<string>();
  private readonly objective = new Map<string, number>();

  constructor(private readonly problem: PlacementProblem, isValued: boolean) {
    this.counts();
    this.capacities();
    this.requirements();
    this.computeDomains();
    if (isValued) this.value();
  }

  text(): string {
    const terms = [...this.objective].filter(([, weight]) => weight !== 0).map(([name, weight]) => term(weight, name));
    return [
      'Minimize', ` o: ${terms.length > 0 ? terms.join(' ') : '0 none'}`, 'Subject To', ' none: none = 0', ...this.rows.map((row, at) => ` c${at}: ${row}`),
      'Bounds', ...[...this.integers].map(([name, most]) => ` 0 <= ${name} <= ${most}`), 'General', ` ${[...this.integers.keys()].join('\n ')}`,
      'Binary', ` ${[...this.binaries, 'none'].join('\n ')}`, 'End',
    ].join('\n');
  }

  private x(leaf: string, node: string): string {
    return `x_${leaf}_${node.replaceAll('-', '.')}`;
  }

  private members(leaf: PlacementGroup): number {
    return this.problem.running.filter(({ memberOf }) => memberOf === leaf.name).length;
  }

  private counts(): void {
    for (const leaf of leavesOf(this.problem.gang)) {
      const members = this.members(leaf);
      for (const node of this.problem.nodes) {
        const here = this.problem.running.filter(pod => pod.memberOf === leaf.name && pod.node === node.name).length;
        const most = admits(node, leaf) ? Math.max(0, Math.min(leaf.pods!.count, (leaf.pods!.maxPerNode ?? Infinity) - here)) : 0;
        this.integers.set(this.x(leaf.name, node.name), most);
      }
      const sum = this.problem.nodes.map(({ name }) => term(1, this.x(leaf.name, name))).join(' ');
      this.rows.push(`${sum} >= ${Math.max(0, leaf.pods!.minCount - members)}`, `${sum} <= ${Math.max(0, Math.max(leaf.pods!.count, leaf.pods!.minCount) - members)}`);
    }
  }

  private capacities(): void {
    for (const node of this.problem.nodes) {
      for (const resource of ['pods', 'gpu', 'cpu', 'memory']) {
        const capacity = free(node, resource, this.problem.running);
        const terms = leavesOf(this.problem.gang).map(({ name, pods }) => [resource === 'pods' ? 1 : pods!.request[resource] ?? 0, this.x(name, node.name)] as const)
          .filter(([amount]) => amount > 0).map(([amount, name]) => term(amount, name));
        if (capacity !== Infinity && terms.length > 0) this.rows.push(`${terms.join(' ')} <= ${Math.max(0, capacity)}`);
      }
    }
  }

  private requirements(): void {
    for (const group of groupsOf(this.problem.gang)) {
      if (group.required === undefined) continue;
      const leaves = leavesOf(group);
      const homes = new Set(this.problem.running.filter(({ memberOf }) => leaves.some(({ name }) => name === memberOf))
        .map(({ node }) => domainOf(this.problem, this.problem.nodes.find(({ name }) => name === node)!, group.required!)));
      const domains = [...new Set(this.problem.nodes.map(node => domainOf(this.problem, node, group.required!)))].filter(domain => domain !== undefined);
      const y = (domain: string) => this.binary(`y_${group.name}_${domain}`);
      if (domains.length > 0) this.rows.push(`${domains.map(domain => term(1, y(domain))).join(' ')} <= 1`);
      for (const node of this.problem.nodes) {
        const domain = domainOf(this.problem, node, group.required);
        const isAllowed = domain !== undefined && (homes.size === 0 || (homes.size === 1 && homes.has(domain)));
        for (const { name, pods } of leaves) {
          this.rows.push(isAllowed ? `${this.x(name, node.name)} ${term(-Math.max(1, pods!.count), y(domain))} <= 0` : `${this.x(name, node.name)} <= 0`);
        }
      }
    }
  }

  private computeDomains(): void {
    const claimOf = claims(this.problem.gang);
    for (const node of this.problem.nodes) {
      const running = new Set(this.problem.running.filter(pod => pod.node === node.name).map(pod => pod.mnnvlGroup).filter(claim => claim !== undefined));
      const fresh = [...new Set([...claimOf.values()].filter(claim => claim !== undefined))];
      for (const [leaf, claim] of claimOf) {
        if (claim === undefined) continue;
        const isOpen = running.size === 0 || (running.size === 1 && running.has(claim));
        const most = leavesOf(this.problem.gang).find(({ name }) => name === leaf)!.pods!.count;
        this.rows.push(isOpen ? `${this.x(leaf, node.name)} ${term(-Math.max(1, most), this.binary(`z_${node.name}_${claim}`))} <= 0` : `${this.x(leaf, node.name)} <= 0`);
      }
      if (fresh.length > 1) this.rows.push(`${fresh.map(claim => term(1, this.binary(`z_${node.name}_${claim}`))).join(' ')} <= 1`);
    }
  }

  private value(): void {
    const parts = value(this.problem, []);
    const weighing = weights(this.problem);
    const weightOf = (part: string) => weighing[parts.findIndex(one => one.part === part)] ?? 0;
    parts.forEach(({ value: amount }, at) => { this.constant += weighing[at]! * amount; });
    const leaves = leavesOf(this.problem.gang);
    for (const { name } of leaves) for (const node of this.problem.nodes) this.weigh(this.x(name, node.name), -weightOf('missing'));
    for (const { part, level, groups } of spans(this.problem)) {
      for (const group of groups) this.use(`p_${level}_${group.name}`, leavesOf(group), level, () => true, weightOf(part));
    }
    const { racks, hosts } = intact(this.problem);
    this.use('r', leaves, 'rack', rack => racks.has(rack), weightOf('racks broken'));
    this.use('h', leaves, 'host', host => hosts.has(host), weightOf('hosts broken'));
  }

  /** A binary for each domain that the leaves use, which costs its weight. Domains of running members are paid for. */
  private use(prefix: string, leaves: readonly PlacementGroup[], level: string, counts: (domain: string) => boolean, weight: number): void {
    if (weight === 0) return;
    const isPreference = prefix.startsWith('p_');
    const domainAt = (node: PlacementNode) => domainOf(this.problem, node, level) ?? (isPreference ? `only.${node.name}` : undefined);
    for (const node of this.problem.nodes) {
      const domain = domainAt(node);
      if (domain === undefined || !counts(domain)) continue;
      const isHome = isPreference && this.problem.running.some(pod => leaves.some(({ name }) => name === pod.memberOf)
        && domainAt(this.problem.nodes.find(({ name }) => name === pod.node)!) === domain);
      if (isHome) continue;
      const name = this.binary(`u_${prefix}_${domain}`);
      this.objective.set(name, weight);
      for (const leaf of leaves) this.rows.push(`${this.x(leaf.name, node.name)} ${term(-Math.max(1, leaf.pods!.count), name)} <= 0`);
    }
  }

  private binary(name: string): string {
    const safe = name.replaceAll(/[/-]/g, '.');
    this.binaries.add(safe);
    return safe;
  }

  private weigh(name: string, weight: number): void {
    this.objective.set(name, (this.objective.get(name) ?? 0) + weight);
  }
}

function term(factor: number, name: string): string {
  return `${factor < 0 ? '-' : '+'} ${Math.abs(factor)} ${name}`;
}
