import {
  ANNOTATION, FamilyDemand, GangWithPods, LABEL, PlacementQuestion, PodGang, SCHEDULER_NAME, WaitingGang, isTerminating, namedLabels, placementQuestion,
  waitingGang,
} from 'cdk8s-grove/core';
import { ClusterState } from './cluster-state';
import { Families } from './families';
import { Pins } from './pins';
import { Priorities } from './priorities';
import { keyOf } from '../kube';
import { Caches, scopedKey } from '../state/caches';

/** A gang that waits for a decision. */
export interface Candidate extends WaitingGang {
  /** `namespace/name`. */
  readonly key: string;
  /** Its last change, and its kin's. */
  readonly revision: number;
}

/** A gang about which placement is asked. */
type Asked = GangWithPods & Pick<Candidate, 'key' | 'priority'>;

/** Gangs of the same replica, as far as their places matter. */
interface Kin {
  readonly base?: GangWithPods;
  readonly scaled: readonly GangWithPods[];
  readonly family?: FamilyDemand | undefined;
}

/** For so many gangs room is kept when their base gang has been placed. */
const MOST_FOLLOWERS = 8;

/** Whether it is ours to place the gang's pods. */
export function isOurs(gang: PodGang | undefined): boolean {
  return gang?.metadata.labels?.[LABEL.schedulerName] === SCHEDULER_NAME;
}

/** Gangs with all that a decision on them depends on, out of the caches. */
export class Gangs {
  private readonly families: Families;
  /** What was found out about gangs that have not changed since. */
  private readonly candidates = new Map<string, Candidate>();
  private readonly pictures = new WeakMap<Candidate, string>();

  constructor(private readonly caches: Caches, private readonly state: ClusterState, private readonly priorities: Priorities, private readonly pins: Pick<Pins, 'avoided'>) {
    this.families = new Families(caches);
  }

  /** The gang is gone. */
  forget(key: string): void {
    this.families.forget(key);
    this.candidates.delete(key);
  }

  /** The gang of that key, the same one as long as nothing about it has changed; undefined when it is gone or on its way out. */
  candidate(key: string): Candidate | undefined {
    const gang = this.caches.gangs.store.get(key);
    if (!gang || isTerminating(gang)) return undefined;
    const known = this.candidates.get(key);
    if (known && known.revision === this.revisionOf(known)) return known;
    const { pods } = this.withPods(gang);
    const waiting = waitingGang({ gang, pods, nodeOf: this.state.nodeOf }, this.priorities.ofGang(gang, pods.values()));
    const candidate = { ...waiting, key, revision: this.revisionOf({ ...waiting, key }) };
    this.candidates.set(key, candidate);
    return candidate;
  }

  /** Everything that an answer to a question about the gang depends on, apart from the room there is. */
  picture(candidate: Candidate): string {
    const around = [this.pins.avoided(candidate.key).join(), this.state.taints.join()];
    const picture = this.pictures.get(candidate) ?? this.portray(candidate);
    this.pictures.set(candidate, picture);
    return [picture, ...around].join('\n');
  }

  /** What placement is asked about the gang. @param floorsOnly whether surplus pods have to wait */
  question(candidate: Candidate, floorsOnly: boolean): PlacementQuestion {
    return this.ask(candidate, floorsOnly, this.kinOf(candidate));
  }

  /** Questions about the gangs that are declared to follow a base gang into its domain, and wait for it, by their keys. */
  *followers(candidate: Candidate): Iterable<readonly [string, PlacementQuestion]> {
    const { gang: base, priority } = candidate;
    const family = this.families.of(base);
    for (const declared of family?.scaled.slice(0, MOST_FOLLOWERS) ?? []) {
      const key = keyOf(declared);
      const of = this.withPods(this.caches.gangs.store.get(key) ?? declared);
      if ([...of.pods.values()].some(pod => this.state.nodeOf(pod) !== undefined)) continue;
      const follower = { ...of, key, priority: { ...priority, mayPreempt: false } };
      yield [key, this.ask(follower, true, { base: this.withPods(base), scaled: [], family: family?.demand })];
    }
  }

  private ask(asked: Asked, floorsOnly: boolean, { base, scaled, family }: Kin): PlacementQuestion {
    const { key, gang, pods, priority } = asked;
    const { state } = this;
    state.know([asked, ...base ? [base] : [], ...scaled].flatMap(of => namedLabels(of.gang)));
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
      family,
      domains: state.domains,
    });
  }

  private revisionOf({ key, gang, base }: Pick<Candidate, 'key' | 'gang' | 'base'>): number {
    return this.state.revisions.of(key, base === undefined ? key : scopedKey(gang, base));
  }

  private portray(candidate: Candidate): string {
    const { gang, priority } = candidate;
    const { base, scaled } = this.kinOf(candidate);
    const placed = [candidate, ...base ? [base] : [], ...scaled].flatMap(({ pods }) => [...pods.values()])
      .map(pod => `${pod.metadata.uid}@${this.state.nodeOf(pod) ?? ''}`);
    return JSON.stringify([gang.metadata.generation, priority, placed]);
  }

  /** Gangs of the same replica whose places matter to this one, where the replica has to be in one domain as a whole. */
  private kinOf(candidate: Candidate): Kin {
    const { gang, base: name } = candidate;
    const base = name === undefined ? gang : this.caches.gangs.store.get(scopedKey(gang, name));
    const family = base && this.families.of(base);
    if (!family) return { scaled: [] };
    if (base !== gang) return { base: this.withPods(base), scaled: [], family: family.demand };
    return { scaled: family.scaled.map(other => this.withPods(this.caches.gangs.store.get(keyOf(other)) ?? other)), family: family.demand };
  }

  private withPods(gang: PodGang): GangWithPods {
    const pods = this.caches.pods.store.byIndex('gang', keyOf(gang));
    return { gang, pods: new Map(pods.map(pod => [pod.metadata.name ?? '', pod])), templateOf: this.templatesOf(gang) };
  }

  private templatesOf(gang: PodGang): GangWithPods['templateOf'] & object {
    return group => this.families.templateOf(gang, group);
  }
}
