import type { PodCliqueSet } from '../api';

/** Pods of a gang run until they are deleted; upstream says of every set that it will see to it, and does not (spec 02 §4.5). */
export function podWarnings(set: PodCliqueSet): string[] {
  return set.spec.template.cliques.flatMap(({ spec: { podSpec } }, index) => (podSpec.restartPolicy === 'Always' ? [] : [
    `spec.template.cliques[${index}].spec.podSpec.restartPolicy is ${podSpec.restartPolicy}: pods of a gang are meant to run until they are deleted; use Always`,
  ]));
}
