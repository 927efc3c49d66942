import {
  GangVerdict, PlacementQuestion, PlacementResult, Tier, activeMembers, explain, hasInherited, isTerminating, pinnedNode,
  place, showAmount, unboundPods, wasScheduled,
} from 'cdk8s-grove/core';
import { ClusterState } from './cluster-state';
import { Binding, bindAll } from './commit';
import { Eviction, describePods } from './eviction';
import { Candidate, Gangs } from './gangs';
import { Looks } from './looks';
import { Patience } from './patience';
import { Pins } from './pins';
import { Priorities } from './priorities';
import { Reservations } from './reservations';
import { Verdicts } from './verdicts';
import { Clock, EventRecorder, Logger, messageOf } from '../kube';
import { Caches, scopedKey } from '../state/caches';
import { Writer } from '../state/writer';

/** One decision on one gang, for metrics. */
export interface Decision {
  readonly outcome: PlacementResult['outcome'];
  readonly durationMs: number;
}

export interface AdmissionOptions {
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

/** After a failed write the next attempt waits. */
const RETRY_MS = 1_000;

/** What the admission tells whoever has asked for it. */
export interface AdmissionListener {
  /** There is more room than before. */
  readonly onGrown: () => void;
  /** Writes for the gang are done, or have failed: it may be asked about again after so many milliseconds. */
  readonly onDone: (gangKey: string, delayMs: number) => void;
  /** Gangs that wait may be asked about again, though nothing has changed on the cluster. */
  readonly onFreed: () => void;
}

/** Decides on one gang after another and carries the decisions out: binds pods, or makes room for them, or says why they wait. */
export class Admission {
  readonly pins: Pins;
  private readonly state: ClusterState;
  private readonly gangs: Gangs;
  private readonly looks: Looks;
  private readonly verdicts: Verdicts;
  private readonly reservations: Reservations;
  private readonly patience: Patience;
  private readonly eviction: Eviction;
  /** Gangs that wait for answers to writes. */
  private readonly busy = new Set<string>();
  /** Gangs that this process has bound whole, which their status may not tell yet. */
  private readonly placed = new Set<string>();
  private readonly onDone: AdmissionListener['onDone'];

  constructor(private readonly options: AdmissionOptions, { onGrown, onDone, onFreed }: AdmissionListener) {
    const { caches, clock, events, onVerdict } = options;
    const priorities = new Priorities(caches);
    this.onDone = onDone;
    this.state = new ClusterState(caches, priorities, onGrown);
    this.pins = new Pins(options, key => this.placed.delete(key));
    this.gangs = new Gangs(caches, this.state, priorities, this.pins);
    this.looks = new Looks(this.state, clock);
    this.verdicts = new Verdicts(events, onVerdict);
    this.reservations = new Reservations(this.state, clock, onFreed);
    this.patience = new Patience(this.state, this.reservations, clock, onFreed);
    this.eviction = new Eviction(options, this.verdicts);
  }

  /** These are the gangs that wait, in the order in which they are about to be decided on. */
  begin(tiers: readonly Tier<Candidate>[]): void {
    this.patience.choose(tiers);
  }

  /** The gang, ready to be decided on; undefined when it is gone or on its way out. */
  candidate(key: string): Candidate | undefined {
    return this.gangs.candidate(key);
  }

  /** Whether answers to writes for the gang are awaited. */
  isBusy(key: string): boolean {
    return this.busy.has(key);
  }

  verdict(key: string): GangVerdict | undefined {
    return this.verdicts.get(key);
  }

  /** Milliseconds until a look that was put off is due; undefined when none was since the last call. */
  takeDelayMs(): number | undefined {
    return this.looks.takeDelayMs();
  }

  /** The gang is gone. */
  forget(key: string): void {
    this.placed.delete(key);
    this.verdicts.forget(key);
    this.looks.forget(key);
    this.looks.forget(surplusOf(key));
    this.reservations.release(key);
    this.patience.end(key);
    this.pins.forget(key);
    this.gangs.forget(key);
  }

  /** Places the minima of a gang's groups, all of them or none; if need be where pods of lower priority leave. */
  admit(candidate: Candidate): void {
    const { key, gang } = candidate;
    const notReady = candidate.notReady ?? this.waitsForBase(candidate);
    if (notReady) {
      if (this.reservations.isBeingVacated(key)) this.reservations.release(key);
      this.patience.end(key);
      return this.verdicts.waits(gang, notReady);
    }
    const picture = this.gangs.picture(candidate);
    if (!this.reservations.isFree(key) && !this.patience.isDue(key) && !this.looks.isWorthwhile(key, picture)) return;
    const wasKept = this.reservations.release(key);
    if (![...candidate.pods.values()].some(pod => this.state.nodeOf(pod) !== undefined)) this.placed.delete(key);
    const { question, result } = this.decide(candidate, true);
    if (result.outcome.startsWith('placed')) this.patience.end(key);
    if (result.outcome === 'placed') {
      this.looks.forget(key);
      this.verdicts.placed(key, result.score);
      this.commit(candidate, this.bindings(candidate, result));
      return this.keepRoomForFollowers(candidate);
    }
    if (result.outcome === 'placed-with-preemption') this.makeRoom(candidate, question, result);
    else this.verdicts.waits(gang, this.inTurn(describe(result), this.patience.wait(candidate, question, wasKept)));
    this.looks.remember(key, picture, question);
    if (result.outcome === 'pending') void this.releaseHalfPlaced(candidate);
  }

  /** Places surplus pods of a gang that has its minima. What does not fit waits for room. Returns whether none is left. */
  fillUp(candidate: Candidate): boolean {
    const { key } = candidate;
    this.placed.add(key);
    const picture = this.gangs.picture(candidate);
    if (!this.looks.isWorthwhile(surplusOf(key), picture)) return false;
    const surplus = unboundPods(candidate);
    if (surplus.length === 0) {
      this.looks.forget(surplusOf(key));
      return true;
    }
    const { question, result } = this.decide(candidate, false);
    const bindings = this.bindings(candidate, result);
    if (bindings.length < surplus.length) this.looks.remember(surplusOf(key), picture, question);
    if (bindings.length > 0) this.commit(candidate, bindings);
    return false;
  }

  /** No placement could be computed. */
  failed({ key, gang }: Candidate, error: unknown): void {
    this.options.log.error({ gang: key, error: messageOf(error) }, 'no placement could be computed');
    this.state.rebuild();
    this.verdicts.waits(gang, { reason: 'Undecided', message: `no placement could be computed: ${messageOf(error)}` });
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
      this.options.onVerdict(key);
      this.onDone(key, failed.length > 0 ? RETRY_MS : 0);
    });
  }

  /** Keeps the room that was found for the gang, and sees to it that whoever has to leave it does. */
  private makeRoom(candidate: Candidate, { gang: tree }: PlacementQuestion, result: PlacementResult): void {
    const { key, gang } = candidate;
    const { log, observeEviction, caches } = this.options;
    const names = this.reservations.reserve(key, tree, result, pods => this.eviction.patienceMs(pods));
    if (names.length === 0) return this.onDone(key, 0);
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
      this.onDone(key, delayMs ?? 0);
    });
  }

  private inTurn({ reason, message }: GangVerdict, awaited: readonly string[]): GangVerdict {
    const pods = awaited.flatMap(name => this.options.caches.pods.store.get(name) ?? []);
    return { reason, message: pods.length === 0 ? message : `${message}; waits for ${describePods(pods)} to leave, room is kept for it there` };
  }

  /** Other gangs of the same rank would fill up the domain before those come that have to go there. */
  private keepRoomForFollowers(candidate: Candidate): void {
    for (const [key, question] of this.gangs.followers(candidate)) {
      const result = place(this.state.index, { ...question, isExplained: false });
      if (result.outcome === 'placed') this.reservations.keep(key, question.gang, result);
    }
  }

  private waitsForBase({ gang, base }: Candidate): GangVerdict | undefined {
    if (base === undefined) return undefined;
    const key = scopedKey(gang, base);
    const found = this.gangs.candidate(key);
    if (found?.hasFloor && !this.busy.has(key)) return undefined;
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
