import { AdmissionResult, FINALIZER, PodCliqueSet, admit } from 'cdk8s-grove/core';

/** What admission says of sets as they are now. Every pass below a set asks; the answer is sought anew when the set has changed. */
export function admissionOf(): (set: PodCliqueSet) => AdmissionResult {
  const answers = new WeakMap<PodCliqueSet, AdmissionResult>();
  return set => {
    const answer = answers.get(set) ?? judge(set);
    answers.set(set, answer);
    return answer;
  };
}

/**
 * A set that has been carried out once is judged as it runs: what is asked of new sets only must not stop it. Topologies
 * are not looked up, neither for it nor for a new one: a set whose topology is missing or has other levels runs without the constraints, and its
 * condition TopologyLevelsUnavailable says so (spec 04 §1.5).
 */
function judge(set: PodCliqueSet): AdmissionResult {
  const isCarriedOut = set.metadata.finalizers?.includes(FINALIZER.podCliqueSet) ?? false;
  return admit({ object: set, ...(isCarriedOut ? { oldObject: set } : {}) });
}
