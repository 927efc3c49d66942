import { Budget } from './budget';
import type { ClusterIndex } from './cluster-index';
import { DomainSearch } from './domain-search';
import { Gang, NONE } from './gang';
import type { Placed } from './improver';
import { PlacementQuestion, bestIn } from './place';
import type { RunningPod } from './problem';
import { Scope, domainsIn, narrowed } from './scope';
import { Trial } from './trial';

/** Steps of one check whether a set of victims suffices, and checks for one domain. */
const CHECK_STEPS = 1_000;
const MOST_CHECKS = 400;
/** Up to so many units, subsets are compared; beyond, a set of which no unit can be spared has to do. */
const FEW_UNITS = 14;
/** Beyond so many units, only those on the nodes that a placement without them chose are considered. */
const MANY_UNITS = 200;

/** Pods that go together or not at all. A base unit has the pods of the units that need it, which may go by themselves as well. */
interface Unit {
  readonly pods: readonly RunningPod[];
  readonly priority: number;
  readonly gpus: number;
  readonly age: number;
  readonly name: string;
}

export interface EvictionPlan {
  readonly victims: readonly string[];
  readonly placed: Placed;
}

/** The cheapest set of victims that lets the gang fit into one domain of what it requires; undefined when no set does. */
export function findVictims(index: ClusterIndex, gang: Gang, question: PlacementQuestion, base: Scope): EvictionPlan | undefined {
  return cheapestPlan(index, gang, question, base, unitsOf(index, question, pod => mayEvict(pod, question)));
}

/** Pods whose leaving would let the gang fit into the scope, whoever they are; undefined when it would not fit even then. */
export function whoWouldHaveToLeave(index: ClusterIndex, gang: Gang, question: PlacementQuestion, scope: Scope): readonly string[] | undefined {
  const within = new Set(scope.members.map(slot => index.nodes[slot]!.name));
  const units = unitsOf(index, question, () => true).filter(({ pods }) => pods.some(({ node }) => within.has(node)));
  const found = new VictimSearch(index, gang, scope, undefined).cheapest(units);
  return found && podsOf(found).map(({ name }) => name).sort();
}

function cheapestPlan(index: ClusterIndex, gang: Gang, question: PlacementQuestion, base: Scope, units: readonly Unit[]): EvictionPlan | undefined {
  if (units.length === 0) return undefined;
  let best: { units: readonly Unit[]; scope: Scope } | undefined;
  const onNode = byNode(units);
  for (const scope of candidateScopes(index, gang, base)) {
    const useful = scope.isCluster ? units : [...new Set(scope.members.flatMap(slot => onNode.get(index.nodes[slot]!.name) ?? []))];
    const chosen = new VictimSearch(index, gang, scope, best?.units).cheapest(useful);
    if (chosen && (!best || compareCosts(chosen, best.units) < 0)) best = { units: chosen, scope };
  }
  return best && planOf(index, question, best.scope, best.units);
}

function byNode(units: readonly Unit[]): ReadonlyMap<string, readonly Unit[]> {
  const found = new Map<string, Unit[]>();
  for (const unit of units) {
    for (const node of new Set(unit.pods.map(pod => pod.node))) {
      const there = found.get(node);
      if (there) there.push(unit);
      else found.set(node, [unit]);
    }
  }
  return found;
}

function candidateScopes(index: ClusterIndex, { root }: Gang, base: Scope): Scope[] {
  if (root.required < 0) return root.required === NONE ? [base] : [];
  return domainsIn(index, base, root.required).filter(domain => root.pin === NONE || root.pin === domain)
    .map(domain => narrowed(index, base, root.required, domain));
}

/** Finds the cheapest victims for one scope. */
class VictimSearch {
  private checks = MOST_CHECKS;
  private readonly trial: Trial;
  /** GPUs that are missing in the scope: no set of victims can be cheaper. */
  private readonly leastGpus: number;

  constructor(private readonly index: ClusterIndex, gang: Gang, private readonly scope: Scope, private readonly best: readonly Unit[] | undefined) {
    this.trial = new Trial(index, gang);
    const free = index.gpu < 0 ? 0 : scope.members.reduce((total, slot) => total + Math.max(0, index.free[index.gpu]![slot]!), 0);
    this.leastGpus = Math.max(0, (gang.root.amounts[index.gpu] ?? 0) - free);
  }

  cheapest(units: readonly Unit[]): readonly Unit[] | undefined {
    if (this.best && units.length > FEW_UNITS && this.isUnbeatable(units)) return undefined;
    for (const priority of [...new Set(units.map(unit => unit.priority))].sort((a, b) => a - b)) {
      if (this.best && priority > Math.max(...this.best.map(unit => unit.priority))) return undefined;
      const allowed = units.filter(unit => unit.priority <= priority);
      const nodes = this.nodesWithout(allowed);
      if (!nodes) continue;
      const there = allowed.filter(({ pods }) => pods.some(({ node }) => nodes.has(node)));
      if (allowed.length > FEW_UNITS && sum(there, ({ gpus }) => gpus) <= this.leastGpus && there.every(({ gpus }) => gpus > 0)) return there;
      const near = allowed.length <= MANY_UNITS ? allowed : there;
      const minimal = this.minimal([...near].sort(byWorth), []);
      return allowed.length <= FEW_UNITS ? this.refined(allowed, minimal) : minimal;
    }
    return undefined;
  }

  /** Whether what has been found elsewhere costs no more than the least that it could cost here. */
  private isUnbeatable(units: readonly Unit[]): boolean {
    const priority = Math.max(...this.best!.map(unit => unit.priority));
    return units.every(unit => unit.priority >= priority) && sum(this.best!, ({ gpus }) => gpus) <= this.leastGpus;
  }

  /** A set of which no unit can be spared, sparing the most worthy first: halves that are not needed are spared at once. */
  private minimal(worthy: readonly Unit[], gone: readonly Unit[]): readonly Unit[] {
    if (this.suffices(gone)) return [];
    if (worthy.length === 1) return worthy;
    const middle = worthy.length >> 1;
    const [worth, cheap] = [worthy.slice(0, middle), worthy.slice(middle)];
    const needed = this.minimal(worth, [...gone, ...cheap]);
    return [...needed, ...this.minimal(cheap, [...gone, ...needed])];
  }

  /** Tries whether fewer or cheaper units do, by branch and bound over which of them go. */
  private refined(units: readonly Unit[], found: readonly Unit[]): readonly Unit[] {
    let best = found;
    const ordered = [...units].sort((a, b) => byWorth(b, a));
    const go = (at: number, chosen: readonly Unit[]): void => {
      if (this.checks <= 0 || compareCosts(chosen, best) >= 0) return;
      if (this.suffices(chosen)) {
        best = chosen;
        return;
      }
      if (at === ordered.length || !this.suffices([...chosen, ...ordered.slice(at)])) return;
      go(at + 1, [...chosen, ordered[at]!]);
      go(at + 1, chosen);
    };
    go(0, []);
    return best;
  }

  private suffices(units: readonly Unit[]): boolean {
    return this.nodesWithout(units) !== undefined;
  }

  /** Nodes that the gang would take if the units were gone; undefined when it would not fit even then. */
  private nodesWithout(units: readonly Unit[]): Set<string> | undefined {
    this.checks -= 1;
    for (const pod of podsOf(units)) this.trial.evict(pod);
    const fits = new DomainSearch(this.trial, new Budget(CHECK_STEPS), 'ignore', this.scope).run(() => true);
    const nodes = fits ? new Set(this.trial.placed().map(({ slot }) => this.index.nodes[slot]!.name)) : undefined;
    this.trial.rollback(0);
    return nodes;
  }
}

/** Carries the eviction out on the index, places the gang, and takes all back: the proof that the victims suffice. */
function planOf(index: ClusterIndex, question: PlacementQuestion, scope: Scope, units: readonly Unit[]): EvictionPlan | undefined {
  const pods = podsOf(units);
  for (const { name } of pods) index.removePod(name);
  const gang = new Gang(index, question.gang, question.members);
  const found = bestIn(index, gang, question, scope, new Budget(20_000));
  gang.release();
  for (const pod of pods) index.addPod(pod);
  return found && { victims: pods.map(({ name }) => name), placed: found.placed };
}

/** Units of which every pod may go. The gang's own pods, and those of its kin, may not. */
function unitsOf(index: ClusterIndex, { members, linkedGangs = [] }: PlacementQuestion, goes: (pod: RunningPod) => boolean): Unit[] {
  const own = new Set(members.filter(({ memberOf }) => memberOf !== undefined).map(({ name }) => name));
  const kin = new Set(linkedGangs.map(linked => (typeof linked === 'string' ? linked : linked.name)));
  const byUnit = new Map<string, RunningPod[]>();
  for (const pod of index.pods.values()) {
    const key = pod.unit === undefined ? `pod/${pod.name}` : `unit/${pod.unit}`;
    const pods = byUnit.get(key);
    if (pods) pods.push(pod);
    else byUnit.set(key, [pod]);
  }
  for (const pod of index.pods.values()) {
    if (pod.baseUnit !== undefined && pod.baseUnit !== pod.unit) byUnit.get(`unit/${pod.baseUnit}`)?.push(pod);
  }
  const isFree = (pod: RunningPod) => !own.has(pod.name) && !(pod.unit !== undefined && kin.has(pod.unit)) && goes(pod);
  return [...byUnit].filter(([, pods]) => pods.every(isFree)).map(([name, pods]) => ({
    name,
    pods,
    priority: Math.max(...pods.map(({ priority = 0 }) => priority)),
    gpus: pods.reduce((total, pod) => total + gpusOf(index, pod), 0),
    age: Math.max(...pods.map(({ age = 0 }) => age)),
  }));
}

function podsOf(units: readonly Unit[]): RunningPod[] {
  return [...new Set(units.flatMap(({ pods }) => pods))];
}

function mayEvict({ priority = 0, preemptible = true, memberOf }: RunningPod, { gang }: PlacementQuestion): boolean {
  return preemptible && memberOf === undefined && priority < (gang.priority ?? 0);
}

function gpusOf({ gpu, resources }: ClusterIndex, { request }: RunningPod): number {
  return gpu < 0 ? 1 : request[resources[gpu]!] ?? 0;
}

/** The most worthy first: by priority, GPUs, number of pods, age. */
function byWorth(a: Unit, b: Unit): number {
  return b.priority - a.priority || b.gpus - a.gpus || b.pods.length - a.pods.length || b.age - a.age || (a.name < b.name ? -1 : 1);
}

/** By the highest priority among the victims, GPUs lost, pods, age; all of these only grow with more victims. */
function compareCosts(a: readonly Unit[], b: readonly Unit[]): number {
  const cost = (units: readonly Unit[]) => [
    Math.max(-Infinity, ...units.map(({ priority }) => priority)),
    sum(units, ({ gpus }) => gpus), sum(units, ({ pods }) => pods.length), sum(units, ({ age }) => age),
  ];
  const [one, other] = [cost(a), cost(b)];
  const at = one.findIndex((value, part) => value !== other[part]);
  return at < 0 ? 0 : one[at]! - other[at]!;
}

function sum(units: readonly Unit[], of: (unit: Unit) => number): number {
  return units.reduce((total, unit) => total + of(unit), 0);
}
