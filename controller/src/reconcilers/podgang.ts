import {
  GangContext, LABEL, LastError, Pod, PodClique, PodCliqueSet, PodGang, cliquePosition, desiredGang, desiredGangNames, gangPosition, isActive, isTerminating,
  isUrgentGangStatus, podGangStatus, topologyOf,
} from 'cdk8s-grove/core';
import { World, guarded, pass, soonest } from './world';
import { ReconcileResult, keyOf, mergePatch, parseKey } from '../kube';
import { scopedKey } from '../state/caches';
import { authored, mergeDiff } from '../state/merge-diff';

/** How long a new gang waits for its pods before it is made without them: one write is better than two. */
const PODS_WAIT_MS = 10_000;
const PODS_POLL_MS = 500;

/** Keeps one PodGang: made when its cliques are there, listing their pods, removed when its set no longer asks for it; and its status. */
export async function reconcilePodGang(world: World, key: string): Promise<ReconcileResult | void> {
  const { gangs, cliques, sets } = world.caches;
  const live = gangs.store.get(key);
  const members = cliques.store.byIndex('gang', key).filter(clique => !isTerminating(clique));
  const { namespace } = parseKey(key);
  const setName = (members[0] ?? live)?.metadata.labels?.[LABEL.partOf];
  const set = setName === undefined ? undefined : sets.store.get(`${namespace}/${setName}`);
  if (!set || isTerminating(set) || (live && isTerminating(live))) return;
  const pods = livePods(world, key);
  const isSound = world.admission(set).allowed;
  const wanted = isSound ? wantedGang(world, set, members, pods) : live && withPods(live, pods);
  if (!wanted) {
    world.gangFailures.clear(keyOf(set), parseKey(key).name);
    if (live && isSound && !isWanted(world, set, live)) await world.writer.removeAll([live], () => world.writer.hasSameSpec(set));
    return;
  }
  const initialized = isInitialized(world, wanted, pods);
  if (!live && !initialized && newestAgeMs(members, world.clock.now()) < PODS_WAIT_MS) return { requeueAfterMs: PODS_POLL_MS };
  const againMs = await pass(
    () => guarded(world, live ?? set, 'ERR_CREATE_OR_PATCH_PODGANG', 'PodGangCreateOrUpdateFailed', () => sync(world, live, wanted)),
    errors => {
      keepErrors(world, keyOf(set), wanted, errors);
      return writeStatus(world, key, pods, initialized);
    },
  );
  return soonest(againMs);
}

/** Gangs have no field for what could not be done for them; their set tells it. */
function keepErrors({ gangFailures }: World, setKey: string, { metadata: { name = '' } }: PodGang, [error]: readonly LastError[] = []): void {
  if (error) gangFailures.record(setKey, name, error);
  else gangFailures.clear(setKey, name);
}

async function writeStatus({ caches, writer, verdict, clock }: World, key: string, pods: readonly Pod[], initialized: boolean): Promise<number | undefined> {
  const gang = caches.gangs.store.get(key);
  if (!gang) return undefined;
  const byName = new Map(pods.map(pod => [pod.metadata.name ?? '', pod]));
  const status = podGangStatus({ gang, pods: byName, initialized, verdict: verdict(key), nowMs: clock.now() });
  return writer.writeStatus(gang, status, isUrgentGangStatus(gang, status));
}

function livePods({ caches }: World, key: string): readonly Pod[] {
  return caches.pods.store.byIndex('gang', key).filter(isActive);
}

function wantedGang({ caches }: World, set: PodCliqueSet, members: readonly PodClique[], pods: readonly Pod[]): PodGang | undefined {
  const position = members[0] && cliquePosition(set, members[0]);
  if (!position) return undefined;
  const names = podNames(pods);
  return desiredGang(set, gangPosition(position), {
    ...liveReplicas(caches, set),
    podNames: clique => names.get(clique) ?? [],
    topology: topologyOf(set, [...caches.topologies.store.values()]),
  });
}

/** A gang of a set whose spec must not be carried out stays as it is, and still lists the pods that replace lost ones. */
function withPods(live: PodGang, pods: readonly Pod[]): PodGang {
  const names = podNames(pods);
  const { namespace = '' } = live.metadata;
  const podgroups = live.spec.podgroups.map(group => (
    { ...group, podReferences: [...names.get(group.name) ?? []].sort().map(name => ({ namespace, name })) }));
  return { ...live, spec: { ...live.spec, podgroups } };
}

/** Names of the pods by their clique. */
function podNames(pods: readonly Pod[]): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const { metadata } of pods) {
    const clique = metadata.labels?.[LABEL.podClique] ?? '';
    const known = names.get(clique);
    if (known) known.push(metadata.name ?? '');
    else names.set(clique, [metadata.name ?? '']);
  }
  return names;
}

function isWanted({ caches }: World, set: PodCliqueSet, live: PodGang): boolean {
  return desiredGangNames(set, liveReplicas(caches, set)).has(live.metadata.name ?? '');
}

function liveReplicas({ scalingGroups }: World['caches'], set: PodCliqueSet): Pick<GangContext, 'scalingGroupReplicas'> & object {
  return { scalingGroupReplicas: name => scalingGroups.store.get(scopedKey(set, name))?.spec.replicas };
}

/** Whether every clique of the gang is there with all its pods (spec 05 §3). */
function isInitialized({ caches }: World, gang: PodGang, pods: readonly Pod[]): boolean {
  return gang.spec.podgroups.every(({ name }) => {
    const clique = caches.cliques.store.get(scopedKey(gang, name));
    return clique !== undefined && pods.filter(pod => pod.metadata.labels?.[LABEL.podClique] === name).length >= clique.spec.replicas;
  });
}

function newestAgeMs(members: readonly PodClique[], nowMs: number): number {
  return nowMs - Math.max(...members.map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '1970-01-01T00:00:00Z')));
}

async function sync({ writer }: World, live: PodGang | undefined, wanted: PodGang): Promise<void> {
  if (!live) return writer.create(wanted);
  const labels = { ...groveLabels(live), ...wanted.metadata.labels };
  const change = mergeDiff(authored(live), authored({ ...wanted, metadata: { ...wanted.metadata, labels } }));
  if (Object.keys(change).length > 0) await writer.patch(live, mergePatch(change));
}

/** Labels in Grove's name that others have put on a gang stay (spec 03 §3). */
function groveLabels({ metadata: { labels = {} } }: PodGang): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key.startsWith('grove.io/')));
}
