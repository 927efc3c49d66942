import {
  ANNOTATION, FINALIZER, LABEL, LastError, POD_GATE, Pod, PodClique, PodCliqueSet, PodCliqueUpdateProgress, SCHEDULER_NAME, STARTUP_READY, cliquePosition,
  cliqueRollingUpdate, expectedHash, generationHash, isActive, isGated, isScheduled, isTerminating, isUrgentCliqueStatus, parentsReady, planCliqueUpdate,
  planPods, podCliqueStatus, progressDueMs,
  revisedClique, sharedClaims, waitsForParents,
} from 'cdk8s-grove/core';
import { syncCliqueClaims } from './claims';
import { World, guarded, lastErrorsOf, pass, soonest, tellWhenBelowFloor } from './world';
import { ReconcileResult, keyOf, mergePatch } from '../kube';
import { scopedKey } from '../state/caches';
import { authored, mergeDiff } from '../state/merge-diff';

/** Keeps the pods of a clique, lets them start when their parents are ready, and keeps its status. */
export async function reconcilePodClique(world: World, key: string): Promise<ReconcileResult | void> {
  const live = world.caches.cliques.store.get(key);
  if (!live) return;
  if (isTerminating(live)) return world.writer.releaseFinalizers(live);
  const set = setOf(world, live);
  if (!set || isTerminating(set)) return;
  const owned = await world.writer.ensureFinalizer(live, FINALIZER.podClique);
  const isSound = world.admission(set).allowed;
  const clique = isSound ? await revise(world, set, owned) : owned;
  const pods = podsOf(world, clique);
  const mayStart = parentsReady((clique.spec.startsAfter ?? []).map(name => parent(world, scopedKey(clique, name))));
  const { startupImage } = world;
  const position = cliquePosition(set, clique);
  const claims = (index: number) => (position ? sharedClaims(set, position, index) : []);
  const options = { mayStart, claims, ...(startupImage === undefined ? {} : { startupImage }) };
  const plan = planPods(clique, pods, world.clock.now(), options);
  const staying = pods.filter(pod => !plan.remove.includes(pod));
  const update = isSound ? planCliqueUpdate(set, clique, staying, world.clock.now()) : { remove: [], progress: clique.status?.updateProgress };
  const againMs = await pass(async () => {
    if (isSound) await guarded(world, clique, 'ERR_SYNC_PCLQ_RESOURCE_CLAIM', 'ResourceClaimFailed', () => syncCliqueClaims(world, set, clique));
    await createPods(world, clique, plan.create);
    await guarded(world, clique, 'ERR_DELETE_POD', 'PodDeleteFailed', async () => {
      await world.writer.removeAll(plan.remove, () => world.writer.hasSameSpec(clique));
      await world.writer.removeUnchanged(update.remove, pod => isStillReplaced(world, key, pod));
    });
    if (update.remove.length > 0) await createPods(world, clique, planPods(clique, podsOf(world, clique), world.clock.now(), options).create);
    if (mayStart) await Promise.all(pods.filter(pod => isActive(pod) && waitsForParents(pod)).map(pod => letStart(world, pod)));
    await guarded(world, clique, 'ERR_REMOVE_POD_SCHEDULING_GATE', 'PodReleaseFailed', () => releaseToOtherSchedulers(world, pods));
  }, errors => writeStatus(world, isSound ? set : undefined, key, update.progress, errors));
  return soonest(plan.againAfterMs, againMs, dueMs(world, isSound ? set : undefined, clique, update.progress));
}

function setOf({ caches }: World, clique: PodClique): PodCliqueSet | undefined {
  return caches.sets.store.get(scopedKey(clique, clique.metadata.labels?.[LABEL.partOf] ?? ''));
}

/** Whether the update takes the pod by what the caches show now: the edit that asked for it may have been taken back, or others need the pod. */
function isStillReplaced(world: World, key: string, { metadata: { uid } }: Pod): boolean {
  const clique = world.caches.cliques.store.get(key);
  const set = clique && setOf(world, clique);
  if (!clique || !set) return false;
  return planCliqueUpdate(set, clique, podsOf(world, clique), world.clock.now()).remove.some(({ metadata }) => metadata.uid === uid);
}

/** Milliseconds until the update has come no further for too long. */
function dueMs({ clock }: World, set: PodCliqueSet | undefined, clique: PodClique, progress: PodCliqueUpdateProgress | undefined): number | undefined {
  const due = set && progressDueMs(progress, { rollingUpdate: cliqueRollingUpdate(set, clique), nowMs: clock.now() });
  return due !== undefined && due > 0 ? due : undefined;
}

async function revise({ writer }: World, set: PodCliqueSet, live: PodClique): Promise<PodClique> {
  const wanted = revisedClique(set, live);
  const change = wanted ? mergeDiff(authored(live), authored(wanted)) : {};
  return Object.keys(change).length > 0 ? await writer.patch(live, mergePatch(change)) ?? live : live;
}

async function createPods(world: World, clique: PodClique, pods: readonly Pod[]): Promise<void> {
  await guarded(world, clique, 'ERR_CREATE_POD', 'PodCreateFailed', () => world.writer.createAll(pods));
}

/** The pods of the clique as they are now, those on their way out included. */
function podsOf({ caches }: World, clique: PodClique): Pod[] {
  return caches.pods.store.byIndex('clique', keyOf(clique)).filter(pod => belongsTo(pod, clique));
}

function belongsTo(pod: Pod, clique: PodClique): boolean {
  return (pod.metadata.ownerReferences ?? []).some(({ uid }) => uid === clique.metadata.uid);
}

function parent({ caches }: World, key: string) {
  return { clique: caches.cliques.store.get(key), pods: caches.pods.store.byIndex('clique', key) };
}

async function letStart({ writer }: World, pod: Pod): Promise<void> {
  await writer.patch(pod, mergePatch({ metadata: { annotations: { [ANNOTATION.startup]: STARTUP_READY } } }));
}

/**
 * Opens the gate of pods that another scheduler places (spec 05 §4): as soon as their gang lists them, for scaled gangs once the base gang
 * is placed. Ours opens gates itself, when it has a node for every pod that the gang needs.
 */
async function releaseToOtherSchedulers(world: World, pods: readonly Pod[]): Promise<void> {
  const foreign = pods.filter(pod => isActive(pod) && isGated(pod) && isListedElsewhere(world, pod));
  const released = foreign.filter(pod => isBasePlaced(world, pod));
  await Promise.all(released.map(pod => {
    const schedulingGates = (pod.spec.schedulingGates ?? []).filter(({ name }) => name !== POD_GATE);
    const { resourceVersion } = pod.metadata;
    return world.writer.patch(pod, mergePatch({ metadata: { resourceVersion }, spec: { schedulingGates } }));
  }));
}

/** Whether a gang that is not ours to place lists the pod. */
function isListedElsewhere({ caches }: World, pod: Pod): boolean {
  const gang = caches.gangs.store.get(scopedKey(pod, pod.metadata.labels?.[LABEL.podGang] ?? ''));
  const listed = (gang?.spec.podgroups ?? []).flatMap(({ podReferences }) => podReferences);
  return gang?.metadata.labels?.[LABEL.schedulerName] !== SCHEDULER_NAME && listed.some(({ name }) => name === pod.metadata.name);
}

function isBasePlaced({ caches }: World, pod: Pod): boolean {
  const base = pod.metadata.labels?.[LABEL.basePodGang];
  if (base === undefined) return true;
  const gang = caches.gangs.store.get(scopedKey(pod, base));
  return gang !== undefined && gang.spec.podgroups.every(({ name, minReplicas }) =>
    caches.pods.store.byIndex('clique', scopedKey(pod, name)).filter(member => isActive(member) && isScheduled(member)).length >= minReplicas);
}

/** @param set undefined while its spec must not be carried out: then nobody can say which of the pods are as it wants them */
async function writeStatus(
  world: World, set: PodCliqueSet | undefined, key: string, progress: PodCliqueUpdateProgress | undefined, errors?: readonly LastError[],
): Promise<number | undefined> {
  const { caches, writer, events, clock } = world;
  const clique = caches.cliques.store.get(key);
  if (!clique || (set && !cliquePosition(set, clique))) return undefined;
  const status = podCliqueStatus({
    clique,
    pods: podsOf(world, clique),
    ...(set ? { hashes: { template: expectedHash(set, clique), generation: generationHash(set) } } : {}),
    progress,
    rollingUpdate: set && cliqueRollingUpdate(set, clique),
    nowMs: clock.now(),
  });
  tellWhenBelowFloor(events, clique, status);
  const lastErrors = lastErrorsOf(clique, errors);
  const isNews = (lastErrors === undefined) !== (clique.status?.lastErrors === undefined);
  return writer.writeStatus(clique, { ...status, lastErrors }, isNews || isUrgentCliqueStatus(clique, status));
}
