import { AdmissionResult, PodCliqueSet, admit } from 'cdk8s-grove/core';
import { Caches } from '../state/caches';

/** What admission says of sets as they are now. Every pass below a set asks; the answer is sought anew when the set or a topology has changed. */
export function admissionOf({ topologies }: Caches): (set: PodCliqueSet) => AdmissionResult {
  let answers = new WeakMap<PodCliqueSet, AdmissionResult>();
  topologies.store.subscribe(() => { answers = new WeakMap(); });
  return set => {
    const answer = answers.get(set) ?? admit({ object: set, topologies: [...topologies.store.values()] });
    answers.set(set, answer);
    return answer;
  };
}
