import { ClusterView, gangsOf, podsOf } from './model';

/** When a gang was first seen, first had nodes, and first was running. Milliseconds from a common start. */
export interface GangTimes {
  readonly seenMs: number;
  readonly placedMs?: number;
  readonly runningMs?: number;
}

/** What has been seen since the beginning. */
export interface Journal {
  readonly gangs: Readonly<Record<string, GangTimes>>;
  /** Every pod that was ever there, by uid. */
  readonly pods: ReadonlySet<string>;
}

export const EMPTY_JOURNAL: Journal = { gangs: {}, pods: new Set() };

/** The journal with one more moment. */
export function noted(journal: Journal, view: ClusterView, nowMs: number): Journal {
  const gangs = Object.fromEntries(gangsOf(view).map(({ name, phase }) => {
    const before = journal.gangs[name] ?? { seenMs: nowMs };
    const placedMs = before.placedMs ?? (phase === 'Pending' ? undefined : nowMs);
    const runningMs = before.runningMs ?? (phase === 'Running' ? nowMs : undefined);
    return [name, { seenMs: before.seenMs, ...(placedMs === undefined ? {} : { placedMs }), ...(runningMs === undefined ? {} : { runningMs }) }];
  }));
  return { gangs: { ...journal.gangs, ...gangs }, pods: new Set([...journal.pods, ...gangsOf(view).flatMap(podsOf).map(({ uid }) => uid)]) };
}
