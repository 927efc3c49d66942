import {
  CONDITION, LABEL, Pod, PodClique, PodCliqueSet, PodGang, cliqueFloor, cliquePosition, findCondition, isFinished, parentsReady, podIndex,
} from 'cdk8s-grove/core';
import { CliqueView, ClusterView, GangView, PodView } from './model';
import { podState } from './pod-state';
import { racksOf } from './racks';
import { keyOf } from '../kube';
import { Caches, scopedKey } from '../state/caches';

export interface ViewOptions {
  /** Node label whose values are the racks, for example `nvidia.com/gpu.clique`. */
  readonly rackLabel: string;
}

type RackOf = (node: string) => string | undefined;

/** What the caches hold now, for people. Sets and gangs are in the order of their names, cliques in that of their templates. */
export function viewOf(caches: Caches, { rackLabel }: ViewOptions): ClusterView {
  const rackOf: RackOf = node => caches.nodes.store.get(node)?.metadata.labels?.[rackLabel];
  const sets = [...caches.sets.store.values()].sort((a, b) => inOrder(keyOf(a), keyOf(b)));
  const running = [...caches.pods.store.values()].filter(pod => !isFinished(pod));
  return {
    sets: sets.map(set => ({ name: set.metadata.name ?? '', gangs: setGangs(caches, set, rackOf) })),
    racks: racksOf([...caches.nodes.store.values()], running, rackLabel),
  };
}

function setGangs(caches: Caches, set: PodCliqueSet, rackOf: RackOf): GangView[] {
  const cliques = caches.cliques.store.byIndex('set', keyOf(set));
  const names = [...new Set(cliques.flatMap(({ metadata }) => metadata.labels?.[LABEL.podGang] ?? []))].sort(inOrder);
  return names.map(name => {
    const members = cliques.filter(({ metadata }) => metadata.labels?.[LABEL.podGang] === name).sort((a, b) => inOrder(rank(set, a), rank(set, b)));
    return gangView(name, caches.gangs.store.get(scopedKey(set, name)), members.map(clique => cliqueView(caches, set, clique, rackOf)));
  });
}

/** The status is told with some delay: a gang whose pods have their nodes is shown as Starting before it says so itself. */
function gangView(name: string, gang: PodGang | undefined, cliques: readonly CliqueView[]): GangView {
  const { phase = 'Pending', conditions } = gang?.status ?? {};
  if (phase === 'Pending' && isPlaced(cliques)) return { name, phase: 'Starting', cliques };
  const scheduled = findCondition(conditions, CONDITION.scheduled);
  const waits = phase === 'Pending' && scheduled?.status === 'False';
  return { name, phase, cliques, ...(waits ? { reason: { code: scheduled.reason, message: scheduled.message } } : {}) };
}

function isPlaced(cliques: readonly CliqueView[]): boolean {
  return cliques.every(({ floor, pods }) => pods.filter(({ node, state }) => node !== undefined && state !== 'stopping').length >= floor);
}

function cliqueView(caches: Caches, set: PodCliqueSet, clique: PodClique, rackOf: RackOf): CliqueView {
  const pods = caches.pods.store.byIndex('clique', keyOf(clique));
  const waitsFor = (clique.spec.startsAfter ?? []).filter(name => !isUp(caches, scopedKey(clique, name)));
  return {
    name: clique.metadata.name ?? '',
    role: roleOf(set, clique.metadata.name ?? ''),
    replicas: clique.spec.replicas,
    floor: cliqueFloor(clique),
    waitsFor: waitsFor.map(name => roleOf(set, name)),
    pods: pods.map(pod => podView(pod, rackOf)).sort((a, b) => a.index - b.index || inOrder(a.name, b.name)),
  };
}

function podView(pod: Pod, rackOf: RackOf): PodView {
  const node = pod.spec.nodeName;
  const rack = node && rackOf(node);
  return {
    name: pod.metadata.name ?? '',
    uid: pod.metadata.uid ?? '',
    index: podIndex(pod) ?? 0,
    state: podState(pod),
    ...(node ? { node } : {}),
    ...(rack ? { rack } : {}),
  };
}

function isUp({ cliques, pods }: Caches, key: string): boolean {
  return parentsReady([{ clique: cliques.store.get(key), pods: pods.store.byIndex('clique', key) }]);
}

/** The clique's name without those of its set and replica. */
function roleOf(set: PodCliqueSet, clique: string): string {
  const prefix = `${set.metadata.name ?? ''}-`;
  return clique.startsWith(prefix) ? clique.slice(prefix.length).replace(/^\d+-/, '') : clique;
}

/** Cliques of their own come first, then replica by replica those of scaling groups, each in the order of the templates. */
function rank(set: PodCliqueSet, clique: PodClique): string {
  const position = cliquePosition(set, clique);
  const template = set.spec.template.cliques.findIndex(({ name }) => name === position?.clique);
  const digits = (number: number) => String(number + 1).padStart(9, '0');
  return `${digits(position?.member?.j ?? -1)}/${digits(template)}/${clique.metadata.name ?? ''}`;
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
