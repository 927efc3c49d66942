import {
  ClusterTopologyBinding, KubeObject, LABEL, Pod, PodClique, PodCliqueScalingGroup, PodCliqueSet, PodGang, SCHEDULER_NAME,
  isReady, isScheduled, isTerminating, setReplicaIndex, updatingReplica,
} from 'cdk8s-grove/core';
import { Change, WorkQueue, keyOf } from './kube';
import { Caches, scopedKey } from './state/caches';

/** Keys that wait to be reconciled, by kind. */
export interface Queues {
  readonly sets: WorkQueue;
  readonly scalingGroups: WorkQueue;
  readonly cliques: WorkQueue;
  readonly gangs: WorkQueue;
}

/** Changes below an object come in swarms; its own pass waits this long for the rest of one, which also bounds its status writes. */
const BATCH_MS = 100;
/** A gang looks at pods that change after their clique has: what an update takes next, and what takes the place of a lost pod, is known by then. */
const AFTER_CLIQUE_MS = 150;
/** A new pod of a gang that is there gets its node when the gang lists it. */
const JOINING_MS = 25;

/** Whose reconciliation an event is for. Only changes that matter to an object wake it: its own status is not among them. */
export function connect(caches: Caches, queues: Queues): void {
  caches.sets.store.subscribe(change => onSet(change, caches, queues));
  caches.topologies.store.subscribe(change => onTopology(change, caches, queues));
  caches.scalingGroups.store.subscribe(change => onOwned(change, queues.scalingGroups, queues.sets));
  caches.scalingGroups.store.subscribe(change => onTurn(change, caches, queues));
  caches.scalingGroups.store.subscribe(change => gangsOfScalingGroup(change, caches, queues));
  caches.cliques.store.subscribe(change => onClique(change, caches, queues));
  caches.pods.store.subscribe(change => onPod(change, caches, queues));
  for (const { store } of [caches.services, caches.autoscalers, caches.claims, caches.computeDomains]) {
    store.subscribe(({ object, old }) => {
      const isNews = old ? !object || isTerminating(object) !== isTerminating(old) : object && isTerminating(object);
      if (isNews) wakeOwners((old ?? object)!, queues);
    });
  }
  caches.gangs.store.subscribe(change => onGang(change, caches, queues));
}

/** Our scheduler has said something new of a gang. It sees a pod go before the clique has another one. */
export function onVerdict(key: string, { gangs }: Queues): void {
  gangs.addAfter(key, AFTER_CLIQUE_MS);
}

/** Pods that another scheduler places are let go when their gang lists them, which their clique does. */
function onGang({ object, old }: Change<PodGang>, caches: Caches, queues: Queues): void {
  const gang = object ?? old;
  if (!gang || (object && old && !isRevised(object, old))) return;
  queues.gangs.addAfter(keyOf(gang), object ? BATCH_MS : 0);
  if (gang.metadata.labels?.[LABEL.schedulerName] === SCHEDULER_NAME) return;
  for (const clique of caches.cliques.store.byIndex('gang', keyOf(gang))) queues.cliques.add(keyOf(clique));
}

function onSet({ object, old }: Change<PodCliqueSet>, caches: Caches, queues: Queues): void {
  const set = object ?? old;
  if (!set) return;
  if (object && old && !isRevised(object, old) && said(object) === said(old)) return onSetStatus(object, old, caches, queues);
  queues.sets.add(keyOf(set));
  if (old && object) wakeChildren(set, caches, queues);
}

/** An update takes its course through the set's status: first all children learn of it, then those of the replica whose turn it is. */
function onSetStatus(set: PodCliqueSet, old: PodCliqueSet, caches: Caches, queues: Queues): void {
  const turn = updatingReplica(set);
  if (set.status?.currentGenerationHash !== old.status?.currentGenerationHash) wakeChildren(set, caches, queues);
  else if (turn !== undefined && turn !== updatingReplica(old)) wakeChildren(set, caches, queues, turn);
}

/** Wakes the cliques, gangs and scaling groups of a set, or of one replica of it. */
function wakeChildren(set: PodCliqueSet, caches: Caches, queues: Queues, replica?: number): void {
  const isMeant = (child: KubeObject) => replica === undefined || setReplicaIndex(child) === replica;
  for (const clique of caches.cliques.store.byIndex('set', keyOf(set)).filter(isMeant)) {
    queues.cliques.add(keyOf(clique));
    addLabelled(queues.gangs, clique, LABEL.podGang, 0);
  }
  for (const group of caches.scalingGroups.store.byIndex('set', keyOf(set)).filter(isMeant)) queues.scalingGroups.add(keyOf(group));
}

function onTopology({ object, old }: Change<ClusterTopologyBinding>, caches: Caches, queues: Queues): void {
  const topology = object ?? old;
  if (!topology || (object && old && !isRevised(object, old))) return;
  for (const set of caches.sets.store.byIndex('topology', keyOf(topology))) {
    queues.sets.add(keyOf(set));
    for (const gang of caches.gangs.store.byIndex('set', keyOf(set))) queues.gangs.add(keyOf(gang));
  }
}

function onClique({ object, old }: Change<PodClique>, caches: Caches, queues: Queues): void {
  onOwned({ object, old } as Change<KubeObject>, queues.cliques, queues.sets);
  const clique = object ?? old;
  if (!clique) return;
  onTurn({ object, old }, caches, queues);
  addLabelled(queues.scalingGroups, clique, LABEL.scalingGroup, BATCH_MS);
  if (!object || !old || isRevised(object, old)) {
    addLabelled(queues.gangs, clique, LABEL.podGang, BATCH_MS);
    wakeDependents(clique, caches, queues);
  }
}

function onPod({ object, old }: Change<Pod>, caches: Caches, queues: Queues): void {
  const pod = object ?? old;
  const clique = pod?.metadata.labels?.[LABEL.podClique];
  if (!pod || clique === undefined) return;
  const lost = !object || isTerminating(object) || object.status?.phase === 'Failed' || object.status?.phase === 'Succeeded';
  addLabelled(queues.cliques, pod, LABEL.podClique, lost ? 0 : BATCH_MS);
  const isJoining = !old && caches.gangs.store.get(scopedKey(pod, pod.metadata.labels?.[LABEL.podGang] ?? '')) !== undefined;
  addLabelled(queues.gangs, pod, LABEL.podGang, isJoining ? JOINING_MS : AFTER_CLIQUE_MS);
  if (object && isReady(object) && !(old && isReady(old))) {
    for (const dependent of caches.cliques.store.byIndex('parent', scopedKey(pod, clique))) queues.cliques.add(keyOf(dependent));
  }
  if (object && isScheduled(object) && !(old && isScheduled(old)) && object.spec.schedulerName !== SCHEDULER_NAME) wakeScaled(object, caches, queues);
}

/** A pod of a base gang has got its node from another scheduler: the scaled gangs may follow. */
function wakeScaled(pod: Pod, caches: Caches, queues: Queues): void {
  const base = scopedKey(pod, pod.metadata.labels?.[LABEL.podGang] ?? '');
  for (const clique of caches.cliques.store.byIndex('baseGang', base)) queues.cliques.addAfter(keyOf(clique), BATCH_MS);
}

/** Those that may own an object, which the labels name: of claims also a scaling group or a clique. */
function wakeOwners(object: KubeObject, queues: Queues): void {
  addLabelled(queues.sets, object, LABEL.partOf, BATCH_MS);
  addLabelled(queues.scalingGroups, object, LABEL.scalingGroup, BATCH_MS);
  addLabelled(queues.cliques, object, LABEL.podClique, BATCH_MS);
}

/** An object of the set's: it looks at itself when it was revised, and the set looks at it whatever has changed. */
function onOwned({ object, old }: Change<KubeObject>, own: WorkQueue, sets: WorkQueue): void {
  const subject = object ?? old;
  if (!subject) return;
  if (!object || !old || isRevised(object, old)) own.add(keyOf(subject));
  addLabelled(sets, subject, LABEL.partOf, BATCH_MS);
  if (old && old.metadata.labels?.[LABEL.partOf] !== subject.metadata.labels?.[LABEL.partOf]) addLabelled(sets, old, LABEL.partOf, BATCH_MS);
}

/** The replica whose turn it is in an update has come further: its set may give the turn on at once. */
function onTurn<T extends PodClique | PodCliqueScalingGroup>({ object, old }: Change<T>, { sets }: Caches, queues: Queues): void {
  if (!object || !old) return;
  const set = sets.store.get(scopedKey(object, object.metadata.labels?.[LABEL.partOf] ?? ''));
  const stage = ({ status = {} }: { status?: { currentPodCliqueSetGenerationHash?: string; readyReplicas?: number; availableReplicas?: number } }) =>
    `${status.currentPodCliqueSetGenerationHash}/${status.readyReplicas}/${status.availableReplicas}`;
  if (set && updatingReplica(set) === setReplicaIndex(object) && stage(object) !== stage(old)) queues.sets.add(keyOf(set));
}

function gangsOfScalingGroup({ object, old }: Change<KubeObject>, caches: Caches, queues: Queues): void {
  if (!object || !old || !isRevised(object, old)) return;
  for (const clique of caches.cliques.store.byIndex('scalingGroup', keyOf(object))) addLabelled(queues.gangs, clique, LABEL.podGang, BATCH_MS);
}

function wakeDependents(clique: PodClique, caches: Caches, queues: Queues): void {
  for (const dependent of caches.cliques.store.byIndex('parent', keyOf(clique))) queues.cliques.addAfter(keyOf(dependent), BATCH_MS);
}

/** Whether the object asks for something else than before, in contrast to a change of its status. */
function isRevised(object: KubeObject, old: KubeObject): boolean {
  return object.metadata.uid !== old.metadata.uid || object.metadata.generation !== old.metadata.generation || isTerminating(object) !== isTerminating(old);
}

/** What a set says beside its spec: gangs carry its labels and annotations, which also name its NVLink domain and ask for a pass. */
function said({ metadata: { labels, annotations } }: PodCliqueSet): string {
  return JSON.stringify([labels, annotations]);
}

/** Adds the object of the same namespace that a label names. */
function addLabelled(queue: WorkQueue, object: KubeObject, label: string, delayMs: number): void {
  const name = object.metadata.labels?.[label];
  if (name !== undefined) queue.addAfter(scopedKey(object, name), delayMs);
}
