import {
  GangVerdict, LABEL, PlacementQuestion, PlacementResult, Pod, PodGang, activeMembers, baseGangOf, explain, hasInherited, isFloorPlaced, isTerminating,
  notReadyToPlace, pinRefusal, pinnedNode, place, showAmount, unboundPods, wasScheduled,
} from 'cdk8s-grove/core';
import { ClusterState } from './cluster-state';
import { Binding, bindAll } from './commit';
import { Eviction, describePods } from './eviction';
import { Candidate, Gangs, isOurs } from './gangs';
import { Looks } from './looks';
import { Pins } from './pins';
import { Priorities } from './priorities';
import { tiersOf, waitsForRoom } from './ranks';
import { Reservations } from './reservations';
import { Settling } from './settling';
import { Verdicts } from './verdicts';
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
  /** Told how many pods are evicted for one gang. Must not throw. */
  readonly observeEviction?: (pods: number) => void;
}

/** Events come in swarms: a cycle waits this long for the rest of one. */
const BATCH_MS = 5;
/** After a failed write the next attempt waits. */
const RETRY_MS = 1_000;

/**
 * Admits gangs: a gang is bound whole, which means the minimum of each of its groups, or not at all. In each cycle first the minima of all
 * waiting gangs are placed, by priority, base gangs before scaled ones and older before younger, and only then surplus pods where room is left.
 */
export class Scheduler {
  private readonly state: ClusterState;
  private readonly gangs: Gangs;
  private readonly looks: Looks;
  private readonly settling: Settling;
  private readonly pins: Pins;
  private readonly verdicts: Verdicts;
  private readonly reservations: Reservations;
  private readonly eviction: Eviction;
  private readonly waiting = new Set<string>();
  /** Gangs that wait for answers to writes. */
  private readonly busy = new Set<string>();
  /** Gangs that this process has bound whole, which their status may not tell yet. */
  private readonly placed = new Set<string>();
  private timer: Timer | undefined;
  private timerAtMs = 0;
  private isRunning = false;

  constructor(private readonly options: SchedulerOptions) {
    const { caches, clock, events, onVerdict } = options;
    const settling = new Settling(clock);
    const priorities = new Priorities(caches);
    this.settling = settling;
    this.state = new ClusterState(caches, priorities, () => settling.grown());
    this.pins = new Pins(options, key => this.placed.delete(key));
    this.gangs = new Gangs(caches, this.state, priorities, this.pins);
    this.looks = new Looks(this.state, clock);
    this.verdicts = new Verdicts(events, onVerdict);
    this.reservations = new Reservations(this.state, clock, () => this.wake());
    this.eviction = new Eviction(options, this.verdicts);
    caches.gangs.store.subscribe(({ object, old }) => this.onGang(object ?? old, object === undefined));
    caches.pods.store.subscribe(({ object, old }) => this.onPod(object ?? old));
    for (const { store } of [caches.nodes, caches.topologies, caches.priorityClasses]) store.subscribe(() => this.wake());
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
    if (!gang || !isOurs(gang)) return;
    const key = keyOf(gang);
    if (deleted) {
      this.waiting.delete(key);
      this.placed.delete(key);
      this.verdicts.forget(key);
      this.looks.forget(key);
      this.looks.forget(surplusOf(key));
      this.reservations.release(key);
      this.pins.forget(key);
      this.gangs.forget(key);
    } else {
      this.waiting.add(key);
    }
    this.wake();
  }

  private onPod(pod: Pod | undefined): void {
    const gang = pod?.metadata.labels?.[LABEL.podGang];
    if (pod && gang !== undefined && isOurs(this.options.caches.gangs.store.get(scopedKey(pod, gang)))) {
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
   * Decides synchronously on one picture of the cluster; only the writes that follow take time. Who goes first may take room as soon as it is
   * there. While some of those wait, the others leave it to them until it has settled.
   */
  private cycle(): void {
    const candidates = [...this.waiting].filter(key => !this.busy.has(key)).flatMap(key => this.candidate(key) ?? []);
    const unsettledMs = this.settling.remainingMs();
    const earlier: Candidate[] = [];
    for (const tier of tiersOf(candidates)) {
      if (tier.candidates.length > 0 && unsettledMs > 0 && earlier.some(waitsForRoom)) return this.wake(unsettledMs);
      for (const candidate of tier.candidates) this.consider(candidate, tier.isSurplus);
      earlier.push(...tier.candidates);
    }
    const laterMs = this.looks.takeDelayMs();
    if (laterMs !== undefined) this.wake(laterMs);
  }

  private candidate(key: string): Candidate | undefined {
    const candidate = this.gangs.candidate(key);
    if (!candidate) this.waiting.delete(key);
    return candidate;
  }

  /** One gang whose numbers nobody can make sense of (a quantity that is none) must not keep all others from being placed. */
  private consider(candidate: Candidate, isSurplus: boolean): void {
    try {
      if (isSurplus) this.fillUp(candidate);
      else this.admit(candidate);
    } catch (error) {
      this.options.log.error({ gang: candidate.key, error: messageOf(error) }, 'no placement could be computed');
      this.state.rebuild();
      this.waiting.delete(candidate.key);
      this.verdicts.waits(candidate.gang, { reason: 'Undecided', message: `no placement could be computed: ${messageOf(error)}` });
    }
  }

  private admit(candidate: Candidate): void {
    const { key, gang } = candidate;
    const notReady = notReadyToPlace(candidate) ?? this.waitsForBase(candidate);
    if (notReady) {
      if (this.reservations.isBeingVacated(key)) this.reservations.release(key);
      return this.verdicts.waits(gang, notReady);
    }
    const picture = this.gangs.picture(candidate);
    if (!this.reservations.isFree(key) && !this.looks.isWorthwhile(key, picture)) return;
    this.reservations.release(key);
    if (![...candidate.pods.values()].some(pod => this.state.nodeOf(pod) !== undefined)) this.placed.delete(key);
    const { question, result } = this.decide(candidate, true);
    if (result.outcome === 'placed') {
      this.looks.forget(key);
      this.verdicts.placed(key, result.score);
      this.commit(candidate, this.bindings(candidate, result));
      return this.keepRoomForFollowers(candidate);
    }
    if (result.outcome === 'placed-with-preemption') this.makeRoom(candidate, question, result);
    else this.verdicts.waits(gang, describe(result));
    this.looks.remember(key, picture, question);
    if (result.outcome === 'pending') void this.releaseHalfPlaced(candidate);
  }

  /** Places surplus pods of a gang that has its minima. What does not fit waits for room. */
  private fillUp(candidate: Candidate): void {
    const { key } = candidate;
    this.placed.add(key);
    const surplus = unboundPods(candidate);
    if (surplus.length === 0) {
      this.waiting.delete(key);
      this.looks.forget(surplusOf(key));
      return;
    }
    const picture = this.gangs.picture(candidate);
    if (!this.looks.isWorthwhile(surplusOf(key), picture)) return;
    const { question, result } = this.decide(candidate, false);
    const bindings = this.bindings(candidate, result);
    if (bindings.length < surplus.length) this.looks.remember(surplusOf(key), picture, question);
    if (bindings.length > 0) this.commit(candidate, bindings);
  }

  private decide(candidate: Candidate, floorsOnly: boolean): { question: PlacementQuestion; result: PlacementResult } {
    const { clock, observe } = this.options;
    const startMs = clock.elapsed();
    const question = this.gangs.question(candidate, floorsOnly);
    const result = place(this.state.index, question);
    observe?.({ outcome: result.outcome, durationMs: clock.elapsed() - startMs });
    return { question, result };
  }

  private bindings({ gang, pods }: Candidate, { outcome, assignment }: PlacementResult): Binding[] {
    if (outcome !== 'placed') return [];
    const unbound = new Map(gang.spec.podgroups.map(group =>
      [group.name, activeMembers(group, pods).filter(pod => this.state.nodeOf(pod) === undefined)]));
    return assignment.flatMap(({ group, node, count }) => {
      const chosen = this.options.caches.nodes.store.get(node);
      return chosen ? (unbound.get(group)?.splice(0, count) ?? []).map(pod => ({ pod, node: chosen })) : [];
    });
  }

  private commit({ key }: Candidate, bindings: readonly Binding[]): void {
    this.busy.add(key);
    for (const { pod, node } of bindings) this.state.assume(pod, node.metadata.name ?? '');
    void bindAll(this.options.writer, bindings).then(failed => {
      this.busy.delete(key);
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

  /** Keeps the room that was found for the gang, and sees to it that whoever has to leave it does. */
  private makeRoom(candidate: Candidate, { gang: tree }: PlacementQuestion, result: PlacementResult): void {
    const { key, gang } = candidate;
    const { log, observeEviction, caches } = this.options;
    const names = this.reservations.reserve(key, tree, result, pods => this.eviction.patienceMs(pods));
    if (names.length === 0) return this.wake();
    const leaving = names.flatMap(name => caches.pods.store.get(name) ?? []);
    this.verdicts.waits(gang, { reason: 'Preempting', message: `waits for ${describePods(leaving)} to leave; their room is kept for it` });
    const remaining = this.eviction.remaining(names);
    if (remaining.length === 0) return;
    this.busy.add(key);
    observeEviction?.(remaining.length);
    void this.eviction.evict(remaining, candidate).catch((error: unknown) => {
      log.warn({ gang: key, error: messageOf(error) }, 'not all pods could be evicted');
      this.reservations.release(key);
      this.looks.forget(key);
      return RETRY_MS;
    }).then(delayMs => {
      this.busy.delete(key);
      this.wake(delayMs ?? BATCH_MS);
    });
  }

  /** Other gangs of the same rank would fill up the domain before those come that have to go there. */
  private keepRoomForFollowers(candidate: Candidate): void {
    for (const [key, question] of this.gangs.followers(candidate)) {
      const result = place(this.state.index, { ...question, isExplained: false });
      if (result.outcome === 'placed') this.reservations.keep(key, question.gang, result);
    }
  }

  private waitsForBase(candidate: Candidate): GangVerdict | undefined {
    const base = baseGangOf(candidate);
    if (base === undefined) return undefined;
    const key = scopedKey(candidate.gang, base);
    const found = this.candidate(key);
    if (found && !this.busy.has(key) && isFloorPlaced(found)) return undefined;
    return { reason: 'BaseGangPending', message: `waiting for the base gang ${base} to be placed` };
  }

  /** A gang that was cut down while it was being bound, and no longer fits, gives its nodes back: it is recreated, and waits as a whole. */
  private async releaseHalfPlaced({ key, gang, pods }: Candidate): Promise<void> {
    if (wasScheduled(gang) || hasInherited({ gang, pods }) || this.placed.has(key)) return;
    const bound = [...pods.values()].filter(pod => (pod.spec.nodeName || pinnedNode(pod)) && !isTerminating(pod));
    if (bound.length === 0) return;
    this.options.log.warn({ gang: key, pods: bound.length }, 'gives back the nodes of a gang that no longer fits');
    await this.options.writer.removeAll(bound).catch(error => this.options.log.warn({ gang: key, error: messageOf(error) }, 'giving back failed'));
  }
}

function describe({ outcome, reason }: PlacementResult): GangVerdict {
  if (outcome === 'undecided' || !reason) return { reason: 'Undecided', message: 'the search for a placement ended without a result; it is repeated when there is more room' };
  return { reason: 'Unschedulable', message: explain(reason, showAmount) };
}

/** What is remembered of a gang's surplus pods, apart from its minima. */
function surplusOf(key: string): string {
  return `surplus of ${key}`;
}
