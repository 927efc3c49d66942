import { PlacementQuestion, PlacementResult, Tier, firstOverdue, place } from 'cdk8s-grove/core';
import { ClusterState } from './cluster-state';
import { Candidate } from './gangs';
import { Reservations } from './reservations';
import { Clock, Timer } from '../kube';

/** Room is kept for so long after somebody has left it last, and as long afterwards for others whose turn it is. */
const KEPT_MS = 600_000;
/** Time between two searches for such room. */
const SEARCH_EVERY_MS = 5_000;

interface Turn {
  readonly key: string;
  readonly question: PlacementQuestion;
  readonly plan: PlacementResult;
  /** Pods that have not left yet. */
  readonly awaited: readonly string[];
  readonly timer: Timer;
}

/**
 * Keeps room for one gang at a time that is overdue: smaller ones of its priority would for ever take piece by piece what becomes free. It is the room
 * for which the least has to leave; nobody is evicted. Where nobody leaves it any more, others have their turn.
 */
export class Patience {
  private turn: Turn | undefined;
  /** The gang that room is to be looked for when it has been found not to fit. */
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
    const nowMs = this.clock.elapsed();
    if (this.turn || nowMs < this.searchFromMs) return;
    this.next = firstOverdue(tiers, this.clock.now(), ({ key }) => nowMs < (this.passedOver.get(key) ?? 0))?.key;
  }

  /** Whether room is to be kept for the gang as soon as it has been looked at. */
  isNext(key: string): boolean {
    return this.next === key;
  }

  /**
   * The gang does not fit. If it is its turn, room is kept for it. Returns the pods that have to leave that room; undefined when none is kept.
   * @param wasKept whether room was kept for it up to now
   */
  wait(key: string, question: PlacementQuestion, wasKept: boolean): readonly string[] | undefined {
    if (this.turn?.key === key) this.goOn(this.turn, wasKept);
    else if (this.isNext(key)) this.begin(key, question);
    return this.turn?.key === key ? this.turn.awaited : undefined;
  }

  /** The gang does not wait for room any more, or is gone. */
  end(key: string): void {
    if (this.next === key) this.next = undefined;
    if (this.turn?.key !== key) return;
    this.turn.timer.cancel();
    this.turn = undefined;
  }

  private begin(key: string, question: PlacementQuestion): void {
    this.next = undefined;
    this.searchFromMs = this.clock.elapsed() + SEARCH_EVERY_MS;
    const plan = place(this.state.index, waitingForEquals(question));
    if (plan.outcome === 'placed-with-preemption' && !this.reservations.areKept(plan.victims)) this.keep({ key, question, plan, awaited: plan.victims });
    else this.passOver(key);
  }

  private goOn(turn: Turn, wasKept: boolean): void {
    const awaited = turn.awaited.filter(name => this.state.takesRoom(name));
    if (!wasKept || awaited.length === 0) return this.over(turn.key);
    if (awaited.length === turn.awaited.length) return this.reservations.await(turn.key, turn.question.gang, turn.plan, awaited);
    turn.timer.cancel();
    this.keep({ ...turn, awaited });
  }

  private keep(turn: Omit<Turn, 'timer'>): void {
    this.reservations.await(turn.key, turn.question.gang, turn.plan, turn.awaited);
    const timer = this.clock.setTimeout(() => {
      this.reservations.release(turn.key);
      this.over(turn.key);
      this.onOver();
    }, KEPT_MS);
    this.turn = { ...turn, timer };
  }

  private over(key: string): void {
    this.end(key);
    this.passOver(key);
  }

  private passOver(key: string): void {
    const nowMs = this.clock.elapsed();
    for (const [other, untilMs] of this.passedOver) if (untilMs <= nowMs) this.passedOver.delete(other);
    this.passedOver.set(key, nowMs + KEPT_MS);
  }
}

/** The question as if those of the same priority could be made to leave: the answer tells who has to. */
function waitingForEquals(question: PlacementQuestion): PlacementQuestion {
  const { gang, options } = question;
  return { ...question, gang: { ...gang, priority: (gang.priority ?? 0) + 1 }, options: { ...options, preemption: true }, isExplained: false };
}
