import type { Budget } from './budget';
import type { Leaf } from './gang';
import { HostOrder } from './host-order';
import { Scope, overlaps } from './scope';
import { sortInPlace } from './sorting';
import type { Trial } from './trial';

/** Pods of a leaf that are to go onto nodes of a scope. */
export interface Task {
  readonly leaf: Leaf;
  readonly scope: Scope;
  readonly count: number;
}

/**
 * Puts pods on nodes. Where the choice of nodes cannot matter to the pods that follow, the best nodes are taken and that is that. Where it
 * can, because pods of another kind compete for them, every distribution is tried until what follows succeeds, too.
 */
export class Packer {
  private readonly hosts: HostOrder;

  constructor(private readonly trial: Trial, private readonly budget: Budget) {
    this.hosts = new HostOrder(trial);
  }

  /** Places all tasks and then asks whether that will do; if not, or if a task does not fit, all is as before. */
  pack(tasks: readonly Task[], done: () => boolean = () => true): boolean {
    const ordered = sortInPlace([...tasks], (a, b) => width(a) - width(b) || byNeed(a, b));
    const checkpoint = this.trial.checkpoint();
    if (ordered.every(task => this.fill(task) === task.count) && done()) return true;
    this.trial.rollback(checkpoint);
    if (ordered.length < 2) return false;
    this.rank(ordered);
    const contested = ordered.map((task, at) => ordered.slice(at + 1).some(later =>
      later.leaf.rooms !== task.leaf.rooms && overlaps(this.trial.index, task.scope, later.scope)));
    return this.place(ordered, contested, 0, done);
  }

  /** Puts up to so many pods on the best nodes, and returns how many went. */
  fill({ leaf, scope, count }: Task): number {
    let left = count;
    for (const slot of this.hosts.best(leaf, scope, count)) {
      if (left === 0) break;
      const taken = Math.min(left, leaf.rooms.perNode[slot]!);
      if (taken > 0) this.trial.take(leaf, slot, taken);
      left -= taken;
    }
    return count - left;
  }

  /** Those with the fewest nodes to choose from come first; so a wide scope still follows the narrow ones of the same pods inside it. */
  private rank(tasks: Task[]): void {
    const usable = new Map(tasks.map(task => [task, usableNodes(task)]));
    tasks.sort((a, b) => usable.get(a)! - usable.get(b)! || width(a) - width(b) || byNeed(a, b));
  }

  private place(tasks: readonly Task[], contested: readonly boolean[], at: number, done: () => boolean): boolean {
    const task = tasks[at];
    if (!task) return done();
    const next = () => this.leavesRoom(tasks, at + 1) && this.place(tasks, contested, at + 1, done);
    if (contested[at]) return this.distribute(task, next);
    const checkpoint = this.trial.checkpoint();
    if (this.fill(task) === task.count && next()) return true;
    this.trial.rollback(checkpoint);
    return false;
  }

  /** Tries every distribution of the task's pods, the best nodes full first; of nodes that are alike no other order of the same counts. */
  private distribute({ leaf, scope, count }: Task, next: () => boolean): boolean {
    const nodes = this.hosts.all(leaf, scope);
    const { perNode } = leaf.rooms;
    const roomFrom = new Array<number>(nodes.length + 1).fill(0);
    for (let at = nodes.length - 1; at >= 0; at -= 1) roomFrom[at] = roomFrom[at + 1]! + perNode[nodes[at]!]!;
    const alike = nodes.map((slot, at) => at > 0 && this.hosts.alike(slot, nodes[at - 1]!));
    const go = (from: number, left: number, before: number): boolean => {
      if (left === 0) return next();
      for (let at = from; at < nodes.length && roomFrom[at]! >= left; at += 1) {
        const slot = nodes[at]!;
        const most = alike[at] ? at === from ? before : 0 : left;
        for (let taken = Math.min(most, left, perNode[slot]!); taken > 0; taken -= 1) {
          if (!this.budget.spend()) return false;
          const checkpoint = this.trial.checkpoint();
          this.trial.take(leaf, slot, taken);
          if (go(at + 1, left - taken, taken)) return true;
          this.trial.rollback(checkpoint);
        }
      }
      return false;
    };
    return go(0, count, count);
  }

  /** Whether each of the tasks that follow still finds room for itself. */
  private leavesRoom(tasks: readonly Task[], from: number): boolean {
    for (let at = from; at < tasks.length; at += 1) {
      const { leaf, scope, count } = tasks[at]!;
      let missing = count;
      for (let member = 0; member < scope.members.length && missing > 0; member += 1) missing -= leaf.rooms.perNode[scope.members[member]!]!;
      if (missing > 0) return false;
    }
    return true;
  }
}

function width({ scope }: Task): number {
  return scope.isCluster ? Number.MAX_SAFE_INTEGER : scope.members.length;
}

/** Large pods come before small ones, which find room beside them. */
function byNeed({ leaf: a }: Task, { leaf: b }: Task): number {
  return sizeOf(b) - sizeOf(a) || a.index - b.index;
}

function sizeOf({ rooms: { demand } }: Leaf): number {
  return demand.amounts.reduce((sum, amount, at) => sum + (demand.resources[at] === 0 ? 0 : amount), 0);
}

function usableNodes({ leaf: { rooms: { perNode } }, scope: { members } }: Task): number {
  let nodes = 0;
  for (let at = 0; at < members.length; at += 1) if (perNode[members[at]!]! > 0) nodes += 1;
  return nodes;
}
