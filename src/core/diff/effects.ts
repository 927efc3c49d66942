import type { Difference } from './differences';

/** What becomes of one changed field. */
export type FieldEffect =
  /** Pods are made from it: those that run are replaced, by the controller or when somebody deletes them. */
  | 'pods'
  /** Carried out at once, without touching a pod. */
  | 'in-place'
  /** Copies of the set are made or taken away. */
  | 'scale'
  /** Holds for what is made afterwards; what runs stays as it is. */
  | 'later';

export interface FieldChange extends Difference {
  readonly effect: FieldEffect;
  /** The effect in words. */
  readonly detail: string;
}

interface Rule {
  readonly fields: RegExp;
  readonly effect: FieldEffect;
  readonly detail: string;
}

const CLIQUE = String.raw`^spec\.template\.cliques\[\d+\]\.`;
const GROUP = String.raw`^spec\.template\.podCliqueScalingGroups\[\d+\]\.`;
const UPSTREAM_ROLLS = 'upstream\'s controller recreates all pods for it';

/** What may change on an existing set, and what the controller does about it (spec 01 §8, 04 §1.4, 07 §1). The first rule that fits holds. */
const RULES: readonly Rule[] = [
  { fields: /^spec\.replicas$/, effect: 'scale', detail: 'copies of the set' },
  { fields: /^spec\.updateStrategy/, effect: 'in-place', detail: 'holds for this edit already' },
  { fields: new RegExp(`${CLIQUE}(labels|annotations|spec\\.podSpec)`), effect: 'pods', detail: 'pods are made from it: those that run are replaced' },
  {
    fields: new RegExp(`${CLIQUE}spec\\.replicas$`),
    effect: 'later',
    detail: 'no live effect: cliques that are there keep their count, scale the PodClique instead; new copies and recreated group replicas take it',
  },
  {
    fields: new RegExp(`${GROUP}replicas$`),
    effect: 'later',
    detail: 'no live effect: groups that are there keep their count, scale the PodCliqueScalingGroup instead; new copies of the set take it',
  },
  { fields: new RegExp(`${CLIQUE}spec\\.autoScalingConfig|${GROUP}scaleConfig`), effect: 'in-place', detail: 'the HorizontalPodAutoscaler is changed' },
  { fields: new RegExp(`(${CLIQUE}|${GROUP})rollingUpdate`), effect: 'in-place', detail: 'holds for this edit already' },
  { fields: new RegExp(`${GROUP}annotations`), effect: 'in-place', detail: 'annotations of the PodCliqueScalingGroup' },
  { fields: /^spec\.template\.priorityClassName$/, effect: 'in-place', detail: `the gangs are changed; ${UPSTREAM_ROLLS}` },
  { fields: /^spec\.template\.cliques$/, effect: 'in-place', detail: `the order of the gangs' parts; ${UPSTREAM_ROLLS}` },
  { fields: /^spec\.template\.headlessServiceConfig/, effect: 'in-place', detail: 'the Service is changed' },
  { fields: /^spec\.template\.terminationDelay$/, effect: 'in-place', detail: 'holds from now on, also for gangs that lack pods already' },
  { fields: /topologyConstraint/, effect: 'in-place', detail: 'another spelling of the same constraint' },
  { fields: /^metadata\.(labels|annotations)/, effect: 'in-place', detail: 'labels and annotations of the set and its gangs' },
];

const STORED: Omit<Rule, 'fields'> = { effect: 'in-place', detail: 'stored; nothing else follows from it' };

/** The effect of a field that may change. */
export function effectOf(difference: Difference): FieldChange {
  const { effect, detail } = RULES.find(({ fields }) => fields.test(difference.field)) ?? STORED;
  return { ...difference, effect, detail };
}
