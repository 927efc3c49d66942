import { PlacementQuestion, PlacementResult, Tier, firstOverdue, keptMs, place } from 'cdk8s-grove/core';
import { ClusterState } from './cluster-state';
import { Candidate } from './gangs';
import { Reservations } from './reservations';
import { Clock, Timer } from '../kube';

/** Time between two searches for room that may be kept. */
const SEARCH_EVERY_MS = 5_000;

/** Room that a gang is to have when others have left it. */
interface Room {
  readonly question: PlacementQuestion;
  readonly plan: PlacementResult;
}

interface Turn extends Room {
  readonly candidate: Candidate;
  /** Pods that have not left yet. */
  readonly awaited: readonly string[];
  /** As many as there were when the timer was set. */
  readonly fewest: number;
  readonly timer: Timer;
  /** Of the index, when the room was found: only a later one may have better room. */
  readonly version: number;
}

/**
 * Keeps room for one gang at a time that is overdue: smaller ones of its priority would for ever take piece by piece what becomes free. It is the room
 * that the least has to leave, which may be other room as time goes by; nobody is evicted. When nothing gets better any more, others have their turn.
 */
export class Patience {
  private turn: Turn | undefined;
  /** The gang for which room is looked for as soon as it has been found not to fit. */
  private next: string | undefined;
  private searchFromMs = 0;
  /** By gang: until when others go first. */
  private readonly passedOver = new Map<string, number>();

  /** @param onOver told when room that was kept is for everybody again */
  constructor(
    private readonly state: ClusterState, private readonly reservations: Reservations, private readonly clock: Clock, private readonly onOver: () => void,
  ) {}

  /** Sees whose turn it is. */
  choose(tiers: readonly Tier<Candidate>[]): void {
    if (this.turn || !this.maySearch()) return;
    const nowMs = this.clock.elapsed();
    this.next = firstOverdue(tiers, this.clock.now(), ({ key }) => nowMs < (this.passedOver.get(key) ?? 0))?.key;
  }

  /** Whether the gang is to be looked at, since there may be room, or better room, to be kept for it. */
  isDue(key: string): boolean {
    if (this.turn?.candidate.key !== key) return this.next === key;
    return this.turn.version !== this.state.index.version && this.maySearch();
  }

  /**
   * The gang does not fit. If it is its turn, room is kept for it. Returns the pods that have to leave that room; none when none is kept.
   * @param wasKept whether room was kept for it up to now
   */
  wait(candidate: Candidate, question: PlacementQuestion, wasKept: boolean): readonly string[] {
    const { key } = candidate;
    if (this.turn?.candidate.key === key) this.goOn({ ...this.turn, candidate }, question, wasKept);
    else if (this.next === key) this.begin(candidate, question);
    return this.turn?.candidate.key === key ? this.turn.awaited : [];
  }

  /** The gang does not wait for room any more, or is gone. */
  end(key: string): void {
    if (this.next === key) this.next = undefined;
    if (this.turn?.candidate.key !== key) return;
    this.turn.timer.cancel();
    this.turn = undefined;
  }

  private begin(candidate: Candidate, question: PlacementQuestion): void {
    this.next = undefined;
    const room = this.search(question);
    if (room) this.keep(candidate, room, room.plan.victims);
    else this.over(candidate);
  }

  private goOn(turn: Turn, question: PlacementQuestion, wasKept: boolean): void {
    const room = (this.maySearch() ? this.search(question) : undefined) ?? turn;
    const awaited = room.plan.victims.filter(name => this.state.takesRoom(name));
    if (!wasKept || awaited.length === 0) this.over(turn.candidate);
    else this.keep(turn.candidate, room, awaited, turn);
  }

  /** @param before how it was up to now: its time runs on unless fewer pods than ever have to leave */
  private keep(candidate: Candidate, { question, plan }: Room, awaited: readonly string[], before?: Turn): void {
    this.reservations.await(candidate.key, question.gang, plan, awaited);
    const isBetter = before === undefined || awaited.length < before.fewest;
    if (isBetter) before?.timer.cancel();
    const { fewest, timer } = isBetter ? { fewest: awaited.length, timer: this.timerFor(candidate) } : before;
    this.turn = { candidate, question, plan, awaited, fewest, timer, version: this.state.index.version };
  }

  private timerFor(candidate: Candidate): Timer {
    const patienceMs = this.patienceMs(candidate);
    return this.clock.setTimeout(() => {
      this.reservations.release(candidate.key);
      this.over(candidate, patienceMs);
      this.onOver();
    }, patienceMs);
  }

  private maySearch(): boolean {
    return this.clock.elapsed() >= this.searchFromMs;
  }

  /** The room that the least has to leave; undefined when there is none that could be kept. */
  private search(question: PlacementQuestion): Room | undefined {
    this.searchFromMs = this.clock.elapsed() + SEARCH_EVERY_MS;
    const plan = place(this.state.index, waitingForEquals(question));
    return plan.outcome === 'placed-with-preemption' && !this.reservations.areKept(plan.victims) ? { question, plan } : undefined;
  }

  private over(candidate: Candidate, restMs = this.patienceMs(candidate)): void {
    const nowMs = this.clock.elapsed();
    this.end(candidate.key);
    for (const [other, untilMs] of this.passedOver) if (untilMs <= nowMs) this.passedOver.delete(other);
    this.passedOver.set(candidate.key, nowMs + restMs);
  }

  private patienceMs(candidate: Candidate): number {
    return keptMs(candidate, this.clock.now());
  }
}

/** The question as if those of the same priority could be made to leave: the answer tells who has to. */
function waitingForEquals(question: PlacementQuestion): PlacementQuestion {
  const { gang, options } = question;
  return { ...question, gang: { ...gang, priority: (gang.priority ?? 0) + 1 }, options: { ...options, preemption: true }, isExplained: false };
}
