import { GangPriority, LABEL, Pod, PodGang, PriorityClass, gangPriority, podPriority } from 'cdk8s-grove/core';
import { Caches, scopedKey } from '../state/caches';

/** How much gangs and pods matter, by what the caches know of their classes. */
export class Priorities {
  constructor(private readonly caches: Pick<Caches, 'gangs' | 'pods' | 'priorityClasses'>) {}

  ofGang(gang: PodGang, pods: Iterable<Pod>): GangPriority {
    return gangPriority(gang, pods, this.classOf);
  }

  /** A pod matters as much as the gang that it belongs to, where that has a class. */
  ofPod(pod: Pod): number {
    const gang = this.caches.gangs.store.get(scopedKey(pod, pod.metadata.labels?.[LABEL.podGang] ?? ''));
    return gang?.spec.priorityClassName === undefined ? podPriority(pod) : gangPriority(gang, [pod], this.classOf).value;
  }

  private readonly classOf = (name: string): PriorityClass | undefined => this.caches.priorityClasses.store.get(name);
}
