import { CONDITION, GangVerdict, PodGang, findCondition } from 'cdk8s-grove/core';
import { EventRecorder, keyOf } from '../kube';

/** Reasons to wait that somebody may have to do something about; an event tells them once, the gang's condition as long as they last. */
const TOLD_BY_EVENT = new Set(['Unschedulable', 'UnsupportedConstraints']);

/** What was last said of each gang. */
export class Verdicts {
  private readonly verdicts = new Map<string, GangVerdict>();
  /** For whom gangs were evicted that have no nodes again yet. */
  private readonly disruptions = new Map<string, string>();

  /** @param onVerdict told when something else is said of a gang */
  constructor(private readonly events: EventRecorder, private readonly onVerdict: (gangKey: string) => void) {}

  get(key: string): GangVerdict | undefined {
    const verdict = this.verdicts.get(key);
    const disruption = this.disruptions.get(key);
    return disruption === undefined ? verdict : { ...verdict ?? { reason: 'Preempted', message: disruption }, disruption };
  }

  /** The gang waits. */
  waits(gang: PodGang, verdict: GangVerdict): void {
    const key = keyOf(gang);
    const before = this.verdicts.get(key);
    if (before?.message === verdict.message) return;
    this.verdicts.set(key, verdict);
    this.onVerdict(key);
    const told = before?.reason ?? findCondition(gang.status?.conditions, CONDITION.scheduled)?.reason;
    if (verdict.reason !== told && TOLD_BY_EVENT.has(verdict.reason)) this.events.event(gang, 'Warning', verdict.reason, verdict.message);
  }

  /** Nodes were found; the status tells when the pods are there. */
  placed(key: string, placementScore: number): void {
    this.verdicts.set(key, { reason: 'Scheduled', message: 'nodes found for every group', placementScore });
    this.disruptions.delete(key);
  }

  evicted(gang: PodGang, why: string): void {
    this.disruptions.set(keyOf(gang), why);
    this.verdicts.delete(keyOf(gang));
    this.events.event(gang, 'Warning', 'Preempted', why);
    this.onVerdict(keyOf(gang));
  }

  forget(key: string): void {
    this.verdicts.delete(key);
    this.disruptions.delete(key);
  }
}
