import { FamilyDemand, LABEL, PodCliqueSet, PodGang, PodSpec, desiredGangs, familyDemand, topologyOf } from 'cdk8s-grove/core';
import { keyOf } from '../kube';
import { Caches, scopedKey } from '../state/caches';

/** The gangs of one replica of a set, those included that are declared and not made yet. */
export interface Family {
  /** In the order of their names. */
  readonly scaled: readonly PodGang[];
  /** What the minima of all ask for, the base gang's included. */
  readonly demand: FamilyDemand;
}

interface Known extends Family {
  readonly stamp: string;
}

/** Families of base gangs that have to be in one domain as a whole. */
export class Families {
  private readonly known = new Map<string, Known>();

  constructor(private readonly caches: Caches) {}

  /** The family of a base gang; undefined when nothing holds it together, or its set is gone. */
  of(base: PodGang): Family | undefined {
    const { metadata: { name = '', labels = {} }, spec } = base;
    const set = this.caches.sets.store.get(scopedKey(base, labels[LABEL.partOf] ?? ''));
    const i = Number(name.slice((set?.metadata.name ?? '').length + 1));
    if (!set || !Number.isInteger(i) || spec.topologyConstraint?.packConstraint?.required === undefined) return undefined;
    const replicas = this.caches.scalingGroups.store.byIndex('set', keyOf(set)).map(group => [group.metadata.name ?? '', group.spec.replicas] as const);
    const stamp = JSON.stringify([set.metadata.uid, set.metadata.generation, replicas, base.metadata.annotations]);
    const known = this.known.get(keyOf(base));
    if (known?.stamp === stamp) return known;
    const family = { stamp, ...this.learn(set, i, base, new Map(replicas)) };
    this.known.set(keyOf(base), family);
    return family;
  }

  /** The base gang is gone. */
  forget(key: string): void {
    this.known.delete(key);
  }

  /** What pods of a group of the gang will be like. */
  templateOf(gang: PodGang, group: string): PodSpec | undefined {
    const clique = this.caches.cliques.store.get(scopedKey(gang, group));
    if (clique) return clique.spec.podSpec;
    const set = this.caches.sets.store.get(scopedKey(gang, gang.metadata.labels?.[LABEL.partOf] ?? ''));
    const fitting = (set?.spec.template.cliques ?? []).filter(({ name }) => group.endsWith(`-${name}`));
    return fitting.sort((a, b) => b.name.length - a.name.length)[0]?.spec.podSpec;
  }

  private learn(set: PodCliqueSet, i: number, base: PodGang, replicas: ReadonlyMap<string, number>): Family {
    const topology = topologyOf(set, [...this.caches.topologies.store.values()]);
    const [, ...scaled] = desiredGangs(set, i, { topology, scalingGroupReplicas: name => replicas.get(name) });
    const inOrder = scaled.sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
    return { scaled: inOrder, demand: familyDemand([base, ...inOrder], (gang, group) => this.templateOf(gang, group)) };
  }
}
