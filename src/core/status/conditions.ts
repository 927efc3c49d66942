import type { Condition, Time } from '../api';

/** An observation, before it is compared with the one that was written last. */
export type Observation = Omit<Condition, 'lastTransitionTime'>;

/** RFC 3339 in whole seconds, as Kubernetes writes time stamps. */
export function timestamp(ms: number): Time {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * The conditions with one more observation; the time of transition stays while the status does. Other writers' conditions are kept.
 * @param firstTime since when it holds if it is observed for the first time. @default now
 */
export function withCondition(conditions: readonly Condition[] | undefined, observation: Observation, nowMs: number, firstTime?: Time): Condition[] {
  const all = conditions ?? [];
  const old = all.find(({ type }) => type === observation.type);
  const changeTime = old ? timestamp(nowMs) : firstTime ?? timestamp(nowMs);
  const lastTransitionTime = old?.status === observation.status ? old.lastTransitionTime : changeTime;
  const condition: Condition = { ...observation, lastTransitionTime };
  return old ? all.map(entry => (entry === old ? condition : entry)) : [...all, condition];
}

export function withoutCondition(conditions: readonly Condition[] | undefined, type: string): Condition[] {
  return (conditions ?? []).filter(condition => condition.type !== type);
}

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find(condition => condition.type === type);
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}
