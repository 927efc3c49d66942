import { LABEL, Pod } from 'cdk8s-grove/core';
import { Change, keyOf } from '../kube';
import { Caches, scopedKey } from '../state/caches';

/** Tells whether anything about a gang has changed: the gang itself, its pods or their nodes, or those of its kin. */
export class Revisions {
  /** By gang. No two changes have the same number. */
  private readonly changes = new Map<string, number>();
  private latest = 0;
  /** The last change that concerns all gangs. */
  private general = 0;

  constructor(private readonly caches: Pick<Caches, 'gangs' | 'pods' | 'priorityClasses'>) {
    const { gangs, pods, priorityClasses } = caches;
    gangs.store.subscribe(({ object, old }) => {
      if (object) this.changes.set(keyOf(object), this.latest += 1);
      else if (old) this.forget(keyOf(old));
    });
    pods.store.subscribe((change: Change<Pod>) => [change.object, change.old].forEach(pod => pod && this.changed(pod)));
    priorityClasses.store.subscribe(() => { this.general = this.latest += 1; });
  }

  /** Number of the last change of a gang, and of its base gang with all that hangs on that. */
  of(gangKey: string, baseKey: string = gangKey): number {
    return Math.max(this.general, this.changes.get(gangKey) ?? 0, this.changes.get(baseKey) ?? 0);
  }

  /** Something about the pod is different, such as the node that we have chosen for it. */
  changed(pod: Pod): void {
    for (const label of [LABEL.podGang, LABEL.basePodGang]) {
      const key = scopedKey(pod, pod.metadata.labels?.[label] ?? '');
      if (this.caches.gangs.store.get(key)) this.changes.set(key, this.latest += 1);
    }
  }

  /** Who was kin of a gang that is gone cannot be told any more. */
  private forget(gangKey: string): void {
    this.changes.delete(gangKey);
    this.general = this.latest += 1;
  }
}
