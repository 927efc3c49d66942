import { FloorWatch, IndexWatch } from './invariants';
import { Life } from './life';
import { Dice, Edition, Plan, TOPOLOGY, nodesFor, podsPerCopy, randomPlan, setOf } from './plan';
import { Trouble } from './trouble';
import { StorageChange } from '../../controller/src/cluster';
import { POD } from '../../controller/src/kube';
import { CLUSTER_TOPOLOGY_BINDING, POD_CLIQUE, SCALING_GROUP } from '../../controller/src/state/resources';
import { LABEL, Pod, expand, isActive, isFinished, isTerminating } from '../../src/core';
import { EmbeddedCluster, State, seededRandom } from '../support/embedded';

/** How long a system may take to come to rest when nothing happens any more, in the cluster's time. */
const LIMIT_MS = 900_000;
const LOOK_EVERY_MS = 1_000;

/** The life of one random system, in random company: what it went through, for whoever has to find out why it ended badly. */
export class History {
  readonly events: string[] = [];
  private readonly dice: Dice;
  private readonly plan: Plan;
  private readonly trouble: Trouble;
  private readonly floors: FloorWatch;
  private readonly indices = new IndexWatch();
  private cluster!: EmbeddedCluster;
  private life!: Life;
  private failure?: Error;
  private restarting: Promise<void> = Promise.resolve();

  constructor(private readonly seed: number) {
    this.dice = new Dice(seededRandom(seed * 7_919));
    this.plan = randomPlan(this.dice);
    this.floors = new FloorWatch(() => this.cluster.clock.now(), () => this.cluster.caches);
    const frequency = this.dice.of([0, 0.02, 0.15]);
    this.trouble = new Trouble(new Dice(seededRandom(seed)), frequency, {
      sent: (request, reaches) => this.guard(() => this.floors.asked(request, reaches)),
      crash: () => { this.restarting = this.restarting.then(() => this.restart()); },
    });
  }

  /** @throws Error when something that has to hold does not */
  async play(): Promise<void> {
    await this.begin();
    try {
      const steps = this.dice.number(4, 10);
      for (let step = 0; step < steps; step++) {
        await this.cluster.clock.advance(this.dice.number(0, this.dice.of([300, 4_000, 20_000])));
        this.note(await this.life.step());
        this.check();
      }
      await this.end();
    } finally {
      await this.cluster.stop();
    }
  }

  private async begin(): Promise<void> {
    const kubelet = { startMs: 300, readyMs: 200, stopMs: 500 };
    this.cluster = await EmbeddedCluster.start({ seed: this.seed, nodes: nodesFor(this.plan), faults: this.trouble, kubelet });
    this.cluster.subscribe(change => this.guard(() => this.onChange(change)));
    await this.cluster.client.create(CLUSTER_TOPOLOGY_BINDING, TOPOLOGY);
    const versions = Object.fromEntries(this.plan.cliques.map(({ name }) => [name, 1]));
    const edition: Edition = { copies: this.dice.number(1, 2), isOnDelete: this.dice.chance(0.15), versions };
    this.life = new Life(this.cluster, this.plan, edition, this.dice, this.trouble, () => this.restart());
    await this.cluster.createSet(setOf(this.plan, edition));
  }

  /** Nothing goes wrong any more, and the last word is spoken: everything becomes as the set asks for, and then nothing is written. */
  private async end(): Promise<void> {
    this.trouble.calm = true;
    this.trouble.writesToCrash = Infinity;
    await this.restarting;
    await this.life.recover();
    await this.lastWord();
    await this.settled();
    await this.cluster.clock.advance(60_000);
    const writes = this.cluster.writes.length;
    await this.cluster.clock.advance(600_000);
    require(this.cluster.writes.length === writes, `writes at rest: ${this.cluster.writes.slice(writes, writes + 5).join(', ')}`);
    this.check();
    const state = await this.cluster.state();
    this.expectRightPods(state);
    this.expectOwnTemplates(state);
    expectWholeGangs(state);
  }

  /** A size that fits, sometimes with a new template. */
  private async lastWord(): Promise<void> {
    const isNews = this.dice.chance(0.4);
    const versions = Object.fromEntries(this.plan.cliques.map(({ name }) => [name, (this.life.edition.versions[name] ?? 1) + 1]));
    const raised = isNews ? { versions } : {};
    if (isNews) this.life.isLeftToUsers = false;
    await this.life.apply({ copies: this.plan.isScarce ? 1 : this.life.edition.copies, ...(isNews ? { isOnDelete: false } : {}), ...raised });
    this.note(`end with ${JSON.stringify(this.life.edition)}`);
    if (!this.plan.isScarce) return;
    await this.until('the set is one copy', ({ scalingGroups, cliques }) =>
      [...scalingGroups, ...cliques].every(({ metadata }) => metadata.labels?.[LABEL.setReplicaIndex] === '0'));
    const state = await this.cluster.state();
    for (const { metadata } of state.scalingGroups) {
      const { replicas } = this.plan.groups.find(({ name }) => metadata.name === `w-0-${name}`)!;
      await this.cluster.patch(SCALING_GROUP, metadata.name!, { spec: { replicas } }).catch(() => undefined);
    }
    for (const clique of this.plan.cliques.filter(({ group }) => group === undefined)) {
      await this.cluster.patch(POD_CLIQUE, `w-0-${clique.name}`, { spec: { replicas: clique.replicas } }).catch(() => undefined);
    }
  }

  /** Waits until all that the set stands for is there and ready, and nothing else. */
  private async settled(): Promise<void> {
    await this.until('everything is as the set asks for', state => {
      const wanted = this.wanted(state);
      const found = { PodClique: names(state.cliques), PodCliqueScalingGroup: names(state.scalingGroups), PodGang: names(state.gangs) };
      const isThere = Object.entries(found).every(([kind, all]) => all.join() === (wanted.get(kind) ?? []).join());
      const pods = wanted.get('Pod') ?? [];
      return isThere && state.allPods.length === pods.length && state.ready.length === pods.length && this.isRolledOut(state);
    });
  }

  /** The names of all objects that the set stands for, with the sizes that were given to its parts. */
  private wanted({ sets: [set], scalingGroups, cliques }: State): Map<string, string[]> {
    const sizes = (objects: State['scalingGroups'] | State['cliques']) =>
      Object.fromEntries(objects.map(({ metadata, spec }) => [metadata.name!, spec.replicas]));
    const alone = cliques.filter(({ metadata }) => metadata.labels?.[LABEL.scalingGroup] === undefined);
    const wanted = new Map<string, string[]>();
    const live = { scalingGroupReplicas: sizes(scalingGroups), cliqueReplicas: sizes(alone) };
    for (const { kind, metadata } of expand(set!, { live, topologies: [TOPOLOGY] })) {
      wanted.set(kind, [...wanted.get(kind) ?? [], metadata.name!].sort());
    }
    return wanted;
  }

  private isRolledOut({ sets: [set], allPods }: State): boolean {
    const progress = set!.status?.updateProgress;
    if (this.life.edition.isOnDelete) return true;
    if (progress && progress.updateEndedAt === undefined) return false;
    return this.life.isLeftToUsers || allPods.every(pod => this.isOwn(pod));
  }

  /** As many pods in each clique as the set stands for. Which indices are left of a clique that was scaled in depends on which pods were ready then. */
  private expectRightPods(state: State): void {
    const cliques = (hosts: readonly string[]) => hosts.map(host => host.replace(/-\d+$/, '')).sort().join();
    const [found, wanted] = [cliques(state.allPods.map(pod => pod.spec.hostname!)), cliques(this.wanted(state).get('Pod') ?? [])];
    require(found === wanted, `there are pods of ${found}, wanted are those of ${wanted}`);
  }

  private expectOwnTemplates({ allPods }: State): void {
    if (this.life.edition.isOnDelete || this.life.isLeftToUsers) return;
    const strange = allPods.filter(pod => !this.isOwn(pod)).map(({ spec }) => `${spec.hostname} with ${spec.containers[0]?.image}`);
    require(strange.length === 0, `pods of old templates: ${strange.join(', ')}`);
  }

  private isOwn(pod: Pod): boolean {
    const [name, version] = (pod.spec.containers[0]?.image ?? '').split(':');
    return Number(version) === this.life.edition.versions[name ?? ''];
  }

  private async until(what: string, condition: (state: State) => boolean): Promise<void> {
    for (let passedMs = 0; passedMs < LIMIT_MS; passedMs += LOOK_EVERY_MS) {
      if (condition(await this.cluster.state())) return;
      await this.cluster.clock.advance(LOOK_EVERY_MS);
      this.check();
    }
    throw new Error(`after ${LIMIT_MS / 1000} s still not: ${what}; ${describe(await this.cluster.state())}`);
  }

  private async restart(): Promise<void> {
    await this.cluster.killController();
    this.floors.forget();
    this.cluster.startController();
  }

  private onChange({ type, resource, object }: StorageChange): void {
    const isGone = type === 'DELETED' || object.metadata.deletionTimestamp !== undefined;
    this.floors.changed(object.metadata);
    if (isGone) this.floors.removed(object.metadata);
    if (resource === POD) this.indices.changed(object as unknown as Pod, type === 'DELETED', this.cluster.clock.now());
  }

  private note(event: string): void {
    this.events.push(`${((this.cluster.clock.now() - Date.UTC(2026, 0, 1)) / 1000).toFixed(1)} s ${event}`);
  }

  /** Keeps what a look from inside the cluster has found, for the cluster itself must not stumble over it. */
  private guard(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.failure ??= error as Error;
    }
  }

  private check(): void {
    if (this.failure) throw this.failure;
    this.indices.check(this.cluster.clock.now(), this.trouble.frequency > 0);
  }
}

/** Each group of a gang has its minimum on nodes, or none of them has any. */
function expectWholeGangs({ gangs, allPods }: State): void {
  for (const { spec, metadata } of gangs) {
    const placed = spec.podgroups.map(group => {
      const members = new Set(group.podReferences.map(({ name }) => name));
      return allPods.filter(pod => members.has(pod.metadata.name!) && pod.spec.nodeName && !isFinished(pod)).length >= group.minReplicas;
    });
    require(new Set(placed).size <= 1, `gang ${metadata.name} is on nodes in part`);
  }
}

function names(objects: readonly { readonly metadata: Pod['metadata'] }[]): string[] {
  return objects.map(({ metadata }) => metadata.name!).sort();
}

function require(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}

function describe(state: State): string {
  const condition = (pod: Pod) => (state.ready.includes(pod) ? 'ready' : isActive(pod) ? pod.status?.phase : isTerminating(pod) ? 'terminating' : 'over');
  const pods = state.allPods.map(pod => [pod.spec.hostname, pod.spec.containers[0]?.image, pod.spec.nodeName ?? '-', condition(pod)].join('/'));
  const gangs = state.gangs.map(({ metadata, status }) =>
    `${metadata.name} ${status?.phase} ${status?.conditions?.find(({ type }) => type === 'Scheduled')?.message}`);
  return [pods.join(' '), gangs.join('; '), JSON.stringify(state.sets[0]?.status?.updateProgress), names(state.cliques).join(' ')].join('\n  ');
}

export function describePlan(seed: number): string {
  const plan = randomPlan(new Dice(seededRandom(seed * 7_919)));
  return `${JSON.stringify(plan)}, ${podsPerCopy(plan)} pods a copy`;
}
