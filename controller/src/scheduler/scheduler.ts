import {
  CONDITION, GangMembers, GangVerdict, LABEL, PlacementResult, Pod, PodGang, SCHEDULER_NAME, activeMembers, baseGangOf, explain, findCondition,
  isFloorPlaced, isTerminating, notReadyToPlace, pinRefusal, pinnedNode, placementProblem, showAmount, solve, topologyLevels, unboundPods, wasScheduled,
} from 'cdk8s-grove/core';
import { ClusterState } from './cluster-state';
import { Binding, bindAll } from './commit';
import { Pins } from './pins';
import { Settling } from './settling';
import { Clock, EventRecorder, Logger, Timer, keyOf, messageOf } from '../kube';
import { Caches, scopedKey } from '../state/caches';
import { Writer } from '../state/writer';

/** One decision on one gang, for metrics. */
export interface Decision {
  readonly outcome: PlacementResult['outcome'];
  readonly durationMs: number;
}

export interface SchedulerOptions {
  readonly caches: Caches;
  readonly writer: Writer;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told when the verdict on a gang has changed; its status should show it. */
  readonly onVerdict: (gangKey: string) => void;
  /** Must not throw. */
  readonly observe?: (decision: Decision) => void;
}

/** Events come in swarms: a cycle waits this long for the rest of one. */
const BATCH_MS = 5;
/** Reasons to wait that somebody may have to do something about; an event tells them once, the gang's condition as long as they last. */
const TOLD_BY_EVENT = new Set(['Unschedulable', 'UnsupportedConstraints']);
/** After a failed binding the next attempt waits. */
const RETRY_MS = 1_000;

/**
 * Admits gangs: a gang is bound whole, which means the minimum of each of its groups, or not at all. In each cycle first the minima of all
 * waiting gangs are placed, base gangs before scaled ones and older before younger, and only then surplus pods where room is left.
 */
export class Scheduler {
  private readonly state: ClusterState;
  private readonly settling: Settling;
  private readonly pins: Pins;
  private readonly waiting = new Set<string>();
  private readonly committing = new Set<string>();
  /** Gangs that this process has bound whole, which their status may not tell yet. */
  private readonly placed = new Set<string>();
  private readonly verdicts = new Map<string, GangVerdict>();
  /** What a gang looked like, and how much room there was, when it last did not fit: until either changes it will not fit. */
  private readonly refused = new Map<string, string>();
  private timer: Timer | undefined;
  private timerAtMs = 0;
  private isRunning = false;

  constructor(private readonly options: SchedulerOptions) {
    const { caches, clock } = options;
    const settling = new Settling(clock);
    this.settling = settling;
    this.pins = new Pins(options, key => this.placed.delete(key));
    this.state = new ClusterState(caches.nodes.store, caches.pods.store, () => settling.grown());
    caches.gangs.store.subscribe(({ object, old }) => this.onGang(object ?? old, object === undefined));
    caches.pods.store.subscribe(({ object, old }) => this.onPod(object ?? old));
    caches.nodes.store.subscribe(() => this.wake());
  }

  /** Starts placing; everything seen before is looked at, too. */
  start(signal: AbortSignal): void {
    this.isRunning = true;
    signal.addEventListener('abort', () => {
      this.isRunning = false;
      this.timer?.cancel();
    });
    this.wake();
  }

  /** What was last said of a gang that waits, or was placed, by `namespace/name`. */
  verdict(gangKey: string): GangVerdict | undefined {
    return this.verdicts.get(gangKey);
  }

  private onGang(gang: PodGang | undefined, deleted: boolean): void {
    if (!gang || gang.metadata.labels?.[LABEL.schedulerName] !== SCHEDULER_NAME) return;
    const key = keyOf(gang);
    if (deleted) {
      this.waiting.delete(key);
      this.placed.delete(key);
      this.verdicts.delete(key);
      this.refused.delete(key);
      this.pins.forget(key);
    } else {
      this.waiting.add(key);
    }
    this.wake();
  }

  private onPod(pod: Pod | undefined): void {
    const gang = pod?.metadata.labels?.[LABEL.podGang];
    if (pod && gang !== undefined && this.options.caches.gangs.store.get(scopedKey(pod, gang))?.metadata.labels?.[LABEL.schedulerName] === SCHEDULER_NAME) {
      this.waiting.add(scopedKey(pod, gang));
      if (pinRefusal(pod) !== undefined) this.pins.refused(pod);
    }
    this.wake();
  }

  private wake(delayMs = BATCH_MS): void {
    if (!this.isRunning || this.waiting.size === 0) return;
    const atMs = this.options.clock.elapsed() + delayMs;
    if (this.timer && this.timerAtMs <= atMs) return;
    this.timer?.cancel();
    this.timerAtMs = atMs;
    this.timer = this.options.clock.setTimeout(() => {
      this.timer = undefined;
      this.cycle();
    }, delayMs);
  }

  /**
   * Decides synchronously on one picture of the cluster; only the writes that follow take time. Base gangs may take room as soon as it is
   * there. While some of those wait, the others leave it to them until it has settled.
   */
  private cycle(): void {
    const gangs = [...this.waiting].filter(key => !this.committing.has(key)).flatMap(key => this.members(key) ?? []).sort(byRank);
    const tiers: readonly [readonly GangMembers[], (members: GangMembers) => void][] = [
      [gangs.filter(members => !isFloorPlaced(members) && baseGangOf(members) === undefined), members => this.admit(members)],
      [gangs.filter(members => !isFloorPlaced(members) && baseGangOf(members) !== undefined), members => this.admit(members)],
      [gangs.filter(isFloorPlaced), members => this.fillUp(members)],
    ];
    const unsettledMs = this.settling.remainingMs();
    const earlier: GangMembers[] = [];
    for (const [tier, place] of tiers) {
      if (tier.length > 0 && unsettledMs > 0 && earlier.some(waitsForRoom)) return this.wake(unsettledMs);
      tier.forEach(place);
      earlier.push(...tier);
    }
  }

  private members(key: string): GangMembers | undefined {
    const gang = this.options.caches.gangs.store.get(key);
    if (!gang || isTerminating(gang)) {
      this.waiting.delete(key);
      return undefined;
    }
    const pods = new Map(this.options.caches.pods.store.byIndex('gang', key).map(pod => [pod.metadata.name ?? '', pod]));
    return { gang, pods, nodeOf: pod => this.state.nodeOf(pod) };
  }

  private admit(members: GangMembers): void {
    const key = keyOf(members.gang);
    const notReady = notReadyToPlace(members) ?? this.waitsForBase(members);
    if (notReady) return this.report(members.gang, notReady);
    const picture = `${this.state.roomVersion}/${members.gang.metadata.generation}/${[...members.pods.values()].map(({ metadata }) => metadata.uid).join()}`;
    if (this.refused.get(key) === picture) return;
    const result = this.decide(members, true);
    if (result.outcome === 'placed') {
      this.refused.delete(key);
      this.verdicts.set(key, { reason: 'Scheduled', message: 'nodes found for every group', placementScore: result.score });
      this.commit(members, this.bindings(members, result));
      return;
    }
    this.refused.set(key, picture);
    this.report(members.gang, describe(result));
    if (result.outcome === 'pending') void this.releaseHalfPlaced(members);
  }

  /** Places surplus pods of a gang that has its minima. What does not fit waits for room. */
  private fillUp(members: GangMembers): void {
    const key = keyOf(members.gang);
    const surplus = unboundPods(members);
    if (surplus.length === 0) {
      this.waiting.delete(key);
      return;
    }
    const picture = `surplus/${this.state.roomVersion}/${surplus.map(({ metadata }) => metadata.uid).join()}`;
    if (this.refused.get(key) === picture) return;
    const bindings = this.bindings(members, this.decide(members, false));
    if (bindings.length < surplus.length) this.refused.set(key, picture);
    if (bindings.length > 0) this.commit(members, bindings);
  }

  /** One gang whose numbers nobody can make sense of (a quantity that is none) must not keep all others from being placed. */
  private decide(members: GangMembers, floorsOnly: boolean): PlacementResult {
    const { clock, caches, observe, log } = this.options;
    const startMs = clock.elapsed();
    const levels = topologyLevels(members.gang, [...caches.topologies.store.values()]);
    let result: PlacementResult;
    try {
      const nodes = this.pins.allowed(keyOf(members.gang), this.state.nodes());
      result = solve(placementProblem({ ...members, nodes, used: node => this.state.used(node), levels, floorsOnly }));
    } catch (error) {
      log.error({ gang: keyOf(members.gang), error: messageOf(error) }, 'no placement could be computed');
      result = { outcome: 'undecided', assignment: [], victims: [], score: 0 };
    }
    observe?.({ outcome: result.outcome, durationMs: clock.elapsed() - startMs });
    return result;
  }

  private bindings(members: GangMembers, result: PlacementResult): Binding[] {
    const unbound = new Map(members.gang.spec.podgroups.map(group =>
      [group.name, activeMembers(group, members.pods).filter(pod => this.state.nodeOf(pod) === undefined)]));
    return result.assignment.flatMap(({ group, node, count }) => {
      const chosen = this.state.node(node);
      return chosen ? (unbound.get(group)?.splice(0, count) ?? []).map(pod => ({ pod, node: chosen })) : [];
    });
  }

  private commit({ gang }: GangMembers, bindings: readonly Binding[]): void {
    const key = keyOf(gang);
    this.committing.add(key);
    for (const { pod, node } of bindings) this.state.assume(pod, node.metadata.name ?? '');
    void bindAll(this.options.writer, bindings).then(failed => {
      this.committing.delete(key);
      if (failed.length === 0) this.placed.add(key);
      for (const { binding, error } of failed) {
        this.state.forget(binding.pod);
        this.options.log.warn({ gang: key, pod: binding.pod.metadata.name, node: binding.node.metadata.name, error: messageOf(error) }, 'binding failed');
      }
      this.waiting.add(key);
      for (const pod of this.options.caches.pods.store.byIndex('baseGang', key)) this.onPod(pod);
      this.options.onVerdict(key);
      this.wake(failed.length > 0 ? RETRY_MS : BATCH_MS);
    });
  }

  private waitsForBase(members: GangMembers): GangVerdict | undefined {
    const base = baseGangOf(members);
    if (base === undefined) return undefined;
    const key = scopedKey(members.gang, base);
    const found = this.members(key);
    if (found && !this.committing.has(key) && isFloorPlaced(found)) return undefined;
    return { reason: 'BaseGangPending', message: `waiting for the base gang ${base} to be placed` };
  }

  /** A gang that was cut down while it was being bound, and no longer fits, gives its nodes back: it is recreated, and waits as a whole. */
  private async releaseHalfPlaced({ gang, pods }: GangMembers): Promise<void> {
    if (wasScheduled(gang) || this.placed.has(keyOf(gang))) return;
    const bound = [...pods.values()].filter(pod => (pod.spec.nodeName || pinnedNode(pod)) && !isTerminating(pod));
    if (bound.length === 0) return;
    this.options.log.warn({ gang: keyOf(gang), pods: bound.length }, 'gives back the nodes of a gang that no longer fits');
    await this.options.writer.removeAll(bound).catch(error => this.options.log.warn({ gang: keyOf(gang), error: messageOf(error) }, 'giving back failed'));
  }

  private report(gang: PodGang, verdict: GangVerdict): void {
    const key = keyOf(gang);
    const before = this.verdicts.get(key);
    if (before?.message === verdict.message) return;
    this.verdicts.set(key, verdict);
    this.options.onVerdict(key);
    const told = before?.reason ?? findCondition(gang.status?.conditions, CONDITION.scheduled)?.reason;
    if (verdict.reason !== told && TOLD_BY_EVENT.has(verdict.reason)) this.options.events.event(gang, 'Warning', verdict.reason, verdict.message);
  }
}

function describe({ outcome, reason }: PlacementResult): GangVerdict {
  if (outcome === 'undecided' || !reason) return { reason: 'Undecided', message: 'the search for a placement ended without a result; it is repeated when there is more room' };
  return { reason: 'Unschedulable', message: explain(reason, showAmount) };
}

/** Whether nothing but room keeps the gang from being placed. */
function waitsForRoom(members: GangMembers): boolean {
  return !isFloorPlaced(members) && notReadyToPlace(members) === undefined;
}

/** Base gangs before scaled ones, then the older, then by name. */
function byRank(a: GangMembers, b: GangMembers): number {
  const rank = (members: GangMembers) => [
    baseGangOf(members) === undefined ? '0' : '1', members.gang.metadata.creationTimestamp ?? '', members.gang.metadata.namespace ?? '', members.gang.metadata.name ?? '',
  ].join('/');
  const [left, right] = [rank(a), rank(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
