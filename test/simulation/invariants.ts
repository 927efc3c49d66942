import { KubeRequest, keyOf } from '../../controller/src/kube';
import { Caches } from '../../controller/src/state/caches';
import {
  CONDITION, KubeObject, LABEL, ObjectMeta, Pod, PodClique, PodCliqueScalingGroup, cliqueFloor, findCondition, hasFloorReady, hasInherited, isActive,
  isReady, isTerminating, memberCliqueName, scalingGroupFloor, setReplicaIndex, terminationDelayMs, wasScheduled, withPodCounts,
} from '../../src/core';

/** A deletion that was under way for so long is not carried out any more. */
const UNDER_WAY_MS = 5_000;

interface Deletion {
  readonly askedMs: number;
  /** The only version of the object that it takes; any when undefined. */
  readonly resourceVersion: string | undefined;
}

/**
 * Looks at every deletion that the controller asks for, as it asks: by all that it knows then, which may be old, it must not take what its set cannot
 * do without. What it has asked for before, and what has come of it, it has to remember.
 */
export class FloorWatch {
  /** Deletions by the controller that may be carried out, by the uid of the object. */
  private underWay = new Map<string, Deletion>();
  private readonly carriedOut = new Set<string>();
  private readonly versions = new Map<string, string>();

  constructor(private readonly now: () => number, private readonly caches: () => Caches) {}

  /** The controller that has asked is gone, and what it had on its way with it. */
  forget(): void {
    this.underWay.clear();
  }

  /** An object is stored anew: deletions that ask for it as it was before are refused. */
  changed({ uid = '', resourceVersion = '' }: ObjectMeta): void {
    this.versions.set(uid, resourceVersion);
  }

  /** An object is on its way out, or gone. */
  removed({ uid = '' }: ObjectMeta): void {
    if (this.underWay.delete(uid)) this.carriedOut.add(uid);
  }

  /** @throws Error when the deletion takes what is needed */
  asked({ method, path, body }: KubeRequest, reaches: boolean): void {
    if (method !== 'DELETE') return;
    const [plural, name = ''] = path.split('/').slice(-2);
    const key = `default/${name}`;
    const { pods, cliques, scalingGroups } = this.caches();
    const known = [pods, cliques, scalingGroups].find(({ type }) => type.plural === plural)?.store.get(key);
    if (!known) return;
    const { uid, resourceVersion } = (body as { preconditions?: Pick<ObjectMeta, 'uid' | 'resourceVersion'> } | undefined)?.preconditions ?? {};
    const isOfAnother = uid !== undefined && uid !== known.metadata.uid;
    const isStale = resourceVersion !== undefined && resourceVersion !== this.versions.get(known.metadata.uid ?? '');
    if (isOfAnother || isStale || this.carriedOut.has(known.metadata.uid ?? '') || this.isUnderWay(known)) return;
    if (plural === 'pods') this.pod(pods.store.get(key));
    if (plural === 'podcliques') this.clique(cliques.store.get(key));
    if (plural === 'podcliquescalinggroups' && this.isOfWantedCopy(scalingGroups.store.get(key))) throw new Error(`the controller deletes ${name}, which its set wants`);
    if (reaches) this.underWay.set(known.metadata.uid ?? '', { askedMs: this.now(), resourceVersion });
  }

  private pod(pod: Pod | undefined): void {
    if (!pod || !isActive(pod) || !isReady(pod)) return;
    const { cliques, pods } = this.caches();
    const clique = cliques.store.get(`default/${pod.metadata.labels?.[LABEL.podClique]}`);
    if (!clique || isTerminating(clique)) return;
    if (this.isGivenBack(pod, clique)) return;
    const active = pods.store.byIndex('clique', keyOf(clique)).filter(other => isActive(other) && !this.isGone(other));
    if (active.length > clique.spec.replicas) return;
    const left = active.filter(isReady).length - 1;
    const floor = Math.min(cliqueFloor(clique), clique.spec.replicas - 1);
    if (left < floor) throw new Error(`the controller deletes ${pod.metadata.name}, and leaves ${left} of at least ${floor} ready pods in ${clique.metadata.name}`);
  }

  /** A gang that was cut down before it ever was whole gives its nodes back; no update would take a pod that is as it should be. */
  private isGivenBack(pod: Pod, clique: PodClique): boolean {
    const { gangs, pods } = this.caches();
    const gang = gangs.store.get(`default/${pod.metadata.labels?.[LABEL.podGang]}`);
    const isCurrent = pod.metadata.labels?.[LABEL.podTemplateHash] === clique.metadata.labels?.[LABEL.podTemplateHash];
    const members = new Map(pods.store.byIndex('gang', keyOf(gang ?? pod)).map(member => [member.metadata.name ?? '', member]));
    return gang !== undefined && isCurrent && !wasScheduled(gang) && !hasInherited({ gang, pods: members });
  }

  private clique(clique: PodClique | undefined): void {
    if (!clique || isTerminating(clique) || !this.isOfWantedCopy(clique) || this.isOverdue(clique)) return;
    const { cliques, scalingGroups } = this.caches();
    const { labels = {}, name = '' } = clique.metadata;
    const group = labels[LABEL.scalingGroup] === undefined ? undefined : scalingGroups.store.get(`default/${labels[LABEL.scalingGroup]}`);
    if (labels[LABEL.scalingGroup] === undefined) throw new Error(`the controller deletes ${name}, which its set wants`);
    const j = Number(labels[LABEL.scalingGroupReplicaIndex]);
    if (!group || isTerminating(group) || j >= group.spec.replicas) return;
    const isWhole = (replica: number, isGone: (member: PodClique) => boolean) => group.spec.cliqueNames.every(member => {
      const found = cliques.store.get(`default/${memberCliqueName(group.metadata.name ?? '', replica, member)}`);
      return found !== undefined && !isTerminating(found) && this.isServing(found) && !isGone(found);
    });
    if (!isWhole(j, () => false)) return;
    const others = Array.from({ length: group.spec.replicas }, (_, index) => index).filter(index => index !== j);
    const left = others.filter(index => isWhole(index, member => this.isGone(member))).length;
    const floor = Math.min(scalingGroupFloor(group), group.spec.replicas - 1);
    if (left < floor) throw new Error(`the controller deletes ${name}, and leaves ${left} of at least ${floor} whole replicas in ${group.metadata.name}`);
  }

  /** Whether the copy of the set that the clique belongs to has lacked its minimum for as long as it may, or the clique's replica of its group has. */
  private isOverdue(clique: PodClique): boolean {
    const { sets, cliques, scalingGroups } = this.caches();
    const set = sets.store.get(`default/${clique.metadata.labels?.[LABEL.partOf]}`);
    if (!set) return false;
    const isOfCopy = (other: KubeObject) => setReplicaIndex(other) === setReplicaIndex(clique);
    const units = [...cliques.store.byIndex('set', keyOf(set)), ...scalingGroups.store.byIndex('set', keyOf(set))].filter(isOfCopy);
    return units.some(({ status }) => {
      const breach = findCondition(status?.conditions, CONDITION.minAvailableBreached);
      return breach?.status === 'True' && this.now() - Date.parse(breach.lastTransitionTime) >= terminationDelayMs(set);
    });
  }

  private isServing(clique: PodClique): boolean {
    return hasFloorReady(withPodCounts(clique, this.caches().pods.store.byIndex('clique', keyOf(clique)).filter(pod => !this.isGone(pod))));
  }

  /** Whether the copy of the set that an object belongs to is one that the set wants. */
  private isOfWantedCopy(object: PodClique | PodCliqueScalingGroup | undefined): boolean {
    const set = object && this.caches().sets.store.get(`default/${object.metadata.labels?.[LABEL.partOf]}`);
    return set !== undefined && !isTerminating(set) && (setReplicaIndex(object!) ?? 0) < (set.spec.replicas ?? 0);
  }

  private isGone(object: KubeObject): boolean {
    const { uid = '' } = object.metadata;
    return this.carriedOut.has(uid) || (this.isUnderWay(object) && this.now() - this.underWay.get(uid)!.askedMs < UNDER_WAY_MS);
  }

  /** Whether a deletion that was asked for may take the object as it is known now: one that asks for an older version will be refused. */
  private isUnderWay({ metadata: { uid = '', resourceVersion } }: KubeObject): boolean {
    const deletion = this.underWay.get(uid);
    return deletion !== undefined && (deletion.resourceVersion === undefined || deletion.resourceVersion === resourceVersion);
  }
}

/** A pod of which the controller has not heard, because the answer to its making was lost, may be there beside its like for so long. */
const LONGEST_TWIN_MS = 15_000;

/** No two pods of a clique do the work of one. */
export class IndexWatch {
  private readonly byHost = new Map<string, Set<string>>();
  private readonly twinsSince = new Map<string, number>();

  changed(pod: Pod, isDeleted: boolean, nowMs: number): void {
    const host = `${pod.metadata.ownerReferences?.[0]?.uid}/${pod.spec.hostname}`;
    const uids = this.byHost.get(host) ?? new Set();
    this.byHost.set(host, uids);
    if (isDeleted || !isActive(pod)) uids.delete(pod.metadata.uid ?? '');
    else uids.add(pod.metadata.uid ?? '');
    if (uids.size <= 1) this.twinsSince.delete(host);
    else if (!this.twinsSince.has(host)) this.twinsSince.set(host, nowMs);
  }

  /** @throws Error when an index of a clique is there twice for longer than a lost answer explains */
  check(nowMs: number, isTroubled: boolean): void {
    for (const [host, sinceMs] of this.twinsSince) {
      if (!isTroubled || nowMs - sinceMs > LONGEST_TWIN_MS) throw new Error(`two pods are ${host}`);
    }
  }
}
