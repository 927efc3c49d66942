import { AdmissionConfig, AdmissionResult, ClusterTopologyBinding, FINALIZER, PodCliqueSet, admit } from 'cdk8s-grove/core';

/** What admission says of sets as they are now. Every pass below a set asks; of one that runs the answer is sought anew when it has changed. */
export function admissionOf(config: Partial<AdmissionConfig>, topologies: () => readonly ClusterTopologyBinding[]): (set: PodCliqueSet) => AdmissionResult {
  const answers = new WeakMap<PodCliqueSet, AdmissionResult>();
  return set => {
    if (!isCarriedOut(set)) return admit({ object: set, topologies: topologies(), config });
    const answer = answers.get(set) ?? admit({ object: set, oldObject: set, config });
    answers.set(set, answer);
    return answer;
  };
}

/**
 * A set that has been carried out once is judged as it runs: what is asked of new sets only must not stop it, and its topology may have gone
 * since (spec 08 §2). A new one waits for its topology: pods that were placed without it would stay where they are.
 */
function isCarriedOut({ metadata: { finalizers = [] } }: PodCliqueSet): boolean {
  return finalizers.includes(FINALIZER.podCliqueSet);
}
