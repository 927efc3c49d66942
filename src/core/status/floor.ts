import { CONDITION } from '../api';
import type { Condition, ObjectMeta } from '../api';
import { withCondition, withoutCondition } from './conditions';

interface Scalable {
  readonly metadata: ObjectMeta;
  readonly spec: { readonly replicas: number };
}

/**
 * The conditions with what tells that somebody, by the scale subresource as a rule, asks for fewer replicas than the gang needs; without it when
 * there are enough. The request is carried out all the same: it was no accident of ours.
 */
export function withFloorJudged(conditions: readonly Condition[] | undefined, { metadata, spec }: Scalable, floor: number, nowMs: number): Condition[] {
  const type = CONDITION.scaledBelowMinAvailable;
  if (spec.replicas >= floor) return withoutCondition(conditions, type);
  return withCondition(conditions, {
    type,
    status: 'True',
    reason: type,
    message: `it is scaled to ${spec.replicas}, and its gang needs ${floor} (minAvailable); scale it to ${floor} at least`,
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
  }, nowMs);
}
