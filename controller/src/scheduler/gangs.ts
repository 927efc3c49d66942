import {
  ANNOTATION, GangMembers, GangPriority, GangWithPods, LABEL, PlacementQuestion, PodGang, SCHEDULER_NAME, baseGangOf, isTerminating, namedLabels,
  placementQuestion,
} from 'cdk8s-grove/core';
import { ClusterState } from './cluster-state';
import { Pins } from './pins';
import { Priorities } from './priorities';
import { keyOf } from '../kube';
import { Caches, scopedKey } from '../state/caches';

/** A gang that waits for a decision. */
export interface Candidate extends GangMembers {
  /** `namespace/name`. */
  readonly key: string;
  readonly priority: GangPriority;
}

/** Whether it is ours to place the gang's pods. */
export function isOurs(gang: PodGang | undefined): boolean {
  return gang?.metadata.labels?.[LABEL.schedulerName] === SCHEDULER_NAME;
}

/** Gangs with all that a decision on them depends on, out of the caches. */
export class Gangs {
  constructor(private readonly caches: Caches, private readonly state: ClusterState, private readonly priorities: Priorities, private readonly pins: Pins) {}

  /** The gang of that key; undefined when it is gone or on its way out. */
  candidate(key: string): Candidate | undefined {
    const gang = this.caches.gangs.store.get(key);
    if (!gang || isTerminating(gang)) return undefined;
    const { pods } = this.withPods(gang);
    return { key, gang, pods, nodeOf: this.state.nodeOf, priority: this.priorities.ofGang(gang, pods.values()) };
  }

  /** Everything that an answer to a question about the gang depends on, apart from the room there is. */
  picture(candidate: Candidate): string {
    const { key, gang, priority } = candidate;
    const placed = [candidate, ...this.kinOf(candidate)].flatMap(({ pods }) => [...pods.values()])
      .map(pod => `${pod.metadata.uid}@${this.state.nodeOf(pod) ?? ''}`);
    return JSON.stringify([gang.metadata.generation, priority, placed, this.pins.avoided(key), this.state.taints]);
  }

  /** What placement is asked about the gang. @param floorsOnly whether surplus pods have to wait */
  question(candidate: Candidate, floorsOnly: boolean): PlacementQuestion {
    const { key, gang, pods, priority } = candidate;
    const { state } = this;
    const base = this.baseOf(candidate);
    const scaled = this.scaledOf(candidate);
    state.know([candidate, ...base ? [base] : [], ...scaled].flatMap(of => namedLabels(of.gang)));
    return placementQuestion({
      gang,
      pods,
      nodeOf: state.nodeOf,
      templateOf: this.templatesOf(gang),
      floorsOnly,
      priority: { ...priority, mayPreempt: priority.mayPreempt && state.hasBelow(priority.value) },
      taints: state.taints,
      avoided: this.pins.avoided(key),
      nvlink: state.nvlinkFor(key),
      topology: gang.metadata.annotations?.[ANNOTATION.topologyName],
      base,
      scaled,
    });
  }

  /** Gangs of the same replica whose places matter to this one. */
  private kinOf(candidate: Candidate): GangWithPods[] {
    const base = this.baseOf(candidate);
    return [...base ? [base] : [], ...this.scaledOf(candidate)];
  }

  private baseOf(candidate: Candidate): GangWithPods | undefined {
    const name = baseGangOf(candidate);
    const base = name === undefined ? undefined : this.caches.gangs.store.get(scopedKey(candidate.gang, name));
    return base && isPacked(base) ? this.withPods(base) : undefined;
  }

  private scaledOf({ key, gang }: Candidate): GangWithPods[] {
    if (!isPacked(gang)) return [];
    const cliques = this.caches.cliques.store.byIndex('baseGang', key);
    const names = new Set(cliques.flatMap(({ metadata }) => metadata.labels?.[LABEL.podGang] ?? []));
    return [...names].sort().flatMap(name => this.caches.gangs.store.get(scopedKey(gang, name)) ?? []).map(scaled => this.withPods(scaled));
  }

  private withPods(gang: PodGang): GangWithPods {
    const pods = this.caches.pods.store.byIndex('gang', keyOf(gang));
    return { gang, pods: new Map(pods.map(pod => [pod.metadata.name ?? '', pod])), templateOf: this.templatesOf(gang) };
  }

  private templatesOf(gang: PodGang): GangWithPods['templateOf'] & object {
    return group => this.caches.cliques.store.get(scopedKey(gang, group))?.spec.podSpec;
  }
}

/** Whether the gang as a whole has to be in one domain, which then holds for its kin, too. */
function isPacked({ spec }: PodGang): boolean {
  return spec.topologyConstraint?.packConstraint?.required !== undefined;
}
