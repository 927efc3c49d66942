import {
  LABEL, Pod, PodClique, PodCliqueScalingGroup, PodCliqueSet, cliqueFloor, cliquePosition, cliqueRollingUpdate, desiredCliques, desiredScalingGroups,
  expectedHash, generationHash, groupRollingUpdate, hasFloorReady, isActive, isFinished, isReady, isTerminating, memberCliqueName, memberCliquesOf,
  planCliqueUpdate,
  planGroupUpdate, planPods, podCliqueSetStatus, podCliqueStatus, revisedClique, scalingGroupFloor, scalingGroupStatus, setReplicaIndex, updatesOnDelete,
  updatingReplica,
} from '../../../../src/core';

/** What a system consists of: one clique alone, and a group of one clique. */
export interface Shape {
  readonly copies: number;
  readonly alone: Size;
  readonly group?: Size & { readonly pods: number } | undefined;
}

interface Size {
  readonly replicas: number;
  readonly minAvailable: number;
  readonly maxUnavailable?: number | undefined;
}

/** Templates by what they are made from: that they are the same objects saves most of the hashing. */
const templates = new Map<string, PodCliqueSet['spec']['template']>();

function templateOf(shape: Shape, versions: readonly [number, number], isOnDelete: boolean): PodCliqueSet['spec']['template'] {
  const key = JSON.stringify([shape.alone, shape.group, versions, isOnDelete]);
  const known = templates.get(key) ?? makeTemplate(shape, versions, isOnDelete);
  templates.set(key, known);
  return known;
}

function makeTemplate({ alone, group }: Shape, [first, second]: readonly [number, number], isOnDelete: boolean): PodCliqueSet['spec']['template'] {
  const clique = (name: string, replicas: number, minAvailable: number, version: number) => (
    { name, spec: { roleName: name, replicas, minAvailable, podSpec: { containers: [{ name: 'main', image: `${name}:${version}` }] } } });
  const size = ({ replicas, minAvailable }: Size) => ({ replicas, minAvailable });
  const pace = ({ maxUnavailable }: Size) => (isOnDelete || maxUnavailable === undefined ? {} : { rollingUpdate: { maxUnavailable } });
  return {
    cliques: [{ ...clique('a', alone.replicas, alone.minAvailable, first), ...pace(alone) }, ...(group ? [clique('b', group.pods, group.pods, second)] : [])],
    ...(group ? { podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['b'], ...size(group), ...pace(group) }] } : {}),
  };
}

interface Member {
  clique: PodClique;
  pods: Pod[];
}

const START_MS = Date.UTC(2026, 0, 1);

/**
 * A cluster as far as updates are concerned. What happens to it is decided by the functions that decide in the controller, one object at a time
 * and each on what the others have written; pods become ready, are lost and come back as the caller says.
 */
export class ModelWorld {
  set: PodCliqueSet;
  readonly members = new Map<string, Member>();
  readonly groups = new Map<string, PodCliqueScalingGroup>();
  private versions: [number, number] = [1, 1];
  private isOnDelete = false;
  /** Whether the last change of a template came with OnDelete: its pods are replaced by nobody, whatever the strategy is now. */
  private isLeftToUsers = false;
  private nowMs = START_MS;
  private made = 0;
  private readonly seen = new Map<string, readonly unknown[]>();

  constructor(private shape: Shape) {
    this.set = { apiVersion: 'grove.io/v1alpha1', kind: 'PodCliqueSet', metadata: { name: 'w', namespace: 'n', uid: 'w', generation: 1 }, spec: this.spec() };
  }

  /** A world like this one, that goes its own way from here. */
  copy(): ModelWorld {
    const copy = new ModelWorld(this.shape);
    [copy.set, copy.versions, copy.nowMs, copy.made] = [this.set, this.versions, this.nowMs, this.made];
    for (const [name, member] of this.members) copy.members.set(name, { ...member });
    for (const [name, group] of this.groups) copy.groups.set(name, group);
    return copy;
  }

  get pods(): Pod[] {
    return [...this.members.values()].flatMap(({ pods }) => pods);
  }

  /** Whether every object is what the set asks for, every pod is ready, and no update goes on. */
  get isSettled(): boolean {
    const { updateProgress, availableReplicas, updatedReplicas } = this.set.status ?? { availableReplicas: 0, updatedReplicas: 0, updateProgress: undefined };
    const copies = this.set.spec.replicas ?? 0;
    const members = [...this.members.values()];
    const isWhole = members.every(({ clique, pods }) => pods.length === clique.spec.replicas && pods.every(pod => isActive(pod) && isReady(pod)));
    if (!isWhole || (availableReplicas !== copies && !this.isScaledBelow)) return false;
    if (this.isOnDelete) return true;
    const parts = [...members.map(({ clique }) => clique), ...this.groups.values()].map(({ status }) => status?.updateProgress);
    const isOver = [updateProgress, ...parts].every(progress => progress === undefined || progress.updateEndedAt !== undefined);
    if (!isOver || this.isLeftToUsers) return isOver;
    return members.every(({ clique, pods }) => pods.every(pod => this.isCurrent(clique, pod))) && (updatedReplicas === copies || this.isScaledBelow);
  }

  /** Whether somebody has scaled something to less than is needed: then it is never available. */
  private get isScaledBelow(): boolean {
    return [...this.members.values()].some(({ clique }) => clique.spec.replicas < cliqueFloor(clique))
      || [...this.groups.values()].some(group => group.spec.replicas < scalingGroupFloor(group));
  }

  describe(): string {
    const parts = [...this.members].map(([name, { clique, pods }]) => {
      const ready = pods.filter(pod => isActive(pod) && isReady(pod)).length;
      return `${name}: ${ready} ready, ${pods.filter(pod => this.isCurrent(clique, pod)).length} current of ${clique.spec.replicas}`;
    });
    return `${parts.join('; ')}; ${JSON.stringify(this.set.status?.updateProgress)}`;
  }

  isCurrent(clique: PodClique, pod: Pod): boolean {
    return pod.metadata.labels?.[LABEL.podTemplateHash] === expectedHash(this.set, clique);
  }

  /** The template of one of the two cliques changes. */
  edit(which: 0 | 1): void {
    this.versions = which === 0 ? [this.versions[0] + 1, this.versions[1]] : [this.versions[0], this.versions[1] + 1];
    this.respec();
  }

  /** The template goes back to one that it was before. */
  revert(): void {
    this.versions = [1, 1];
    this.respec();
  }

  switchStrategy(): void {
    this.isOnDelete = !this.isOnDelete;
    this.respec();
  }

  repace(maxUnavailable: number | undefined): void {
    const { alone, group } = this.shape;
    this.shape = { ...this.shape, alone: { ...alone, maxUnavailable }, ...(group ? { group: { ...group, maxUnavailable } } : {}) };
    this.respec();
  }

  scaleSet(copies: number): void {
    this.shape = { ...this.shape, copies };
    this.respec();
  }

  scaleClique(name: string, replicas: number): void {
    const member = this.members.get(name);
    if (member) member.clique = { ...member.clique, spec: { ...member.clique.spec, replicas } };
  }

  scaleGroup(name: string, replicas: number): void {
    const group = this.groups.get(name);
    if (group) this.groups.set(name, { ...group, spec: { ...group.spec, replicas } });
  }

  /** A pod becomes ready, or is so no longer. */
  setReady(index: number, ready: boolean): void {
    this.changePod(index, pod => (isActive(pod) ? withReady(pod, ready) : pod));
  }

  /** A pod ends by itself, as by an eviction. */
  fail(index: number): void {
    this.changePod(index, pod => ({ ...pod, status: { phase: 'Failed' } }));
  }

  /** Somebody deletes a pod. */
  deletePod(index: number): void {
    this.changePod(index, terminating);
  }

  /** Pods that are on their way out are gone; time passes. */
  pass(): void {
    this.nowMs += 11_000;
    for (const member of this.members.values()) if (member.pods.some(isTerminating)) member.pods = member.pods.filter(pod => !isTerminating(pod));
  }

  becomeReady(): void {
    const waits = (pod: Pod) => isActive(pod) && !isReady(pod);
    for (const member of this.members.values()) if (member.pods.some(waits)) member.pods = member.pods.map(pod => (waits(pod) ? withReady(pod, true) : pod));
  }

  /** One pass of each object, in the order of the controller's queues: from the set down, and up again. */
  reconcileAll(): void {
    this.reconcileSet();
    for (const name of [...this.groups.keys()]) this.reconcileGroup(name);
    for (const name of [...this.members.keys()]) this.reconcileClique(name);
    for (const name of [...this.groups.keys()]) this.reconcileGroup(name);
    this.reconcileSet();
  }

  reconcileSet(): void {
    if (this.isSeen('', [this.set, ...[...this.members.values()].map(({ clique }) => clique), ...this.groups.values()])) return;
    const copies = this.set.spec.replicas ?? 0;
    for (const [name, { clique }] of this.members) if ((setReplicaIndex(clique) ?? 0) >= copies) this.members.delete(name);
    for (const [name, group] of this.groups) if ((setReplicaIndex(group) ?? 0) >= copies) this.groups.delete(name);
    for (let i = 0; i < copies; i++) {
      if (!this.members.has(`w-${i}-a`)) for (const clique of desiredCliques(this.set, i)) this.addClique(clique);
      if (this.shape.group && !this.groups.has(`w-${i}-g`)) for (const group of desiredScalingGroups(this.set, i)) this.addGroup(group);
    }
    const status = podCliqueSetStatus({
      set: this.set,
      clique: name => this.members.get(name)?.clique,
      scalingGroup: name => this.groups.get(name),
      topologies: [],
      complete: true,
      nowMs: this.nowMs,
    });
    const before = this.set.status?.currentGenerationHash ?? status.currentGenerationHash;
    if (before !== status.currentGenerationHash) this.isLeftToUsers = this.isOnDelete;
    if (!isSame(status, this.set.status)) this.set = { ...this.set, status };
  }

  reconcileGroup(name: string): void {
    const group = this.groups.get(name);
    if (!group) return;
    if (this.isSeen(name, [this.set, group, ...[...this.members.values()].map(({ clique }) => clique)])) return;
    const cliquesOf = (j: number) => [this.members.get(memberCliqueName(name, j, 'b'))].flatMap(member => (member ? [member.clique] : []));
    const { recreate, progress } = planGroupUpdate(this.set, group, cliquesOf, this.nowMs);
    this.expectSoundRecreation(group, cliquesOf, recreate);
    for (const j of recreate) this.members.delete(memberCliqueName(name, j, 'b'));
    for (let j = 0; j < group.spec.replicas; j++) {
      if (cliquesOf(j).length === 0) for (const clique of memberCliquesOf(this.set, group, j)) this.addClique(clique);
    }
    for (const [member, { clique }] of this.members) {
      const { labels = {} } = clique.metadata;
      if (labels[LABEL.scalingGroup] === name && Number(labels[LABEL.scalingGroupReplicaIndex]) >= group.spec.replicas) this.members.delete(member);
    }
    const rollingUpdate = groupRollingUpdate(this.set, group);
    const status = scalingGroupStatus({
      group, clique: member => this.members.get(member)?.clique, generationHash: generationHash(this.set), progress, rollingUpdate, nowMs: this.nowMs,
    });
    if (!isSame(status, group.status)) this.groups.set(name, { ...group, status });
  }

  reconcileClique(name: string): void {
    const member = this.members.get(name);
    if (!member || !cliquePosition(this.set, member.clique)) return;
    if (this.isSeen(name, [this.set, member.clique, member.pods]) && !member.pods.some(isFinished)) return;
    const revised = revisedClique(this.set, member.clique);
    const clique = revised ? { ...member.clique, metadata: { ...revised.metadata, uid: member.clique.metadata.uid ?? '' }, spec: revised.spec } : member.clique;
    const plan = planPods(clique, member.pods, this.nowMs);
    const staying = member.pods.filter(pod => !plan.remove.includes(pod));
    const update = planCliqueUpdate(this.set, clique, staying, this.nowMs);
    this.expectSoundReplacement(clique, staying, update.remove);
    const removed = new Set([...plan.remove, ...update.remove]);
    const created = plan.create.map(pod => withReady({ ...pod, metadata: { ...pod.metadata, ...this.identity() } }, false));
    if (removed.size + created.length > 0) member.pods = [...member.pods.map(pod => (removed.has(pod) ? terminating(pod) : pod)), ...created];
    const status = podCliqueStatus({
      clique,
      pods: member.pods,
      hashes: { template: expectedHash(this.set, clique), generation: generationHash(this.set) },
      progress: update.progress,
      rollingUpdate: cliqueRollingUpdate(this.set, clique),
      nowMs: this.nowMs,
    });
    member.clique = clique === member.clique && isSame(status, clique.status) ? clique : { ...clique, status };
  }

  /** What an update may take of a clique: only outdated pods, of the copy whose turn it is, as many as the pace allows, and never the needed ones. */
  private expectSoundReplacement(clique: PodClique, pods: readonly Pod[], taken: readonly Pod[]): void {
    if (taken.length === 0) return;
    const label = clique.metadata.labels?.[LABEL.podTemplateHash];
    require(!updatesOnDelete(this.set), 'an update takes pods with OnDelete');
    require(taken.every(pod => pod.metadata.labels?.[LABEL.podTemplateHash] !== label), 'an update takes a pod that is as it should be');
    require(updatingReplica(this.set) === setReplicaIndex(clique), 'an update takes pods of a copy whose turn it is not');
    const ready = pods.filter(pod => isActive(pod) && isReady(pod)).length;
    const takenReady = taken.filter(pod => isActive(pod) && isReady(pod)).length;
    const units = { replicas: clique.spec.replicas, floor: cliqueFloor(clique), width: this.shape.alone.maxUnavailable ?? 1 };
    if (takenReady > 0) expectWithin(units, ready - takenReady, `clique ${clique.metadata.name}`);
  }

  private expectSoundRecreation(group: PodCliqueScalingGroup, cliquesOf: (j: number) => readonly PodClique[], taken: readonly number[]): void {
    if (taken.length === 0) return;
    require(!updatesOnDelete(this.set), 'an update takes replicas with OnDelete');
    require(updatingReplica(this.set) === setReplicaIndex(group), 'an update takes replicas of a copy whose turn it is not');
    const isWhole = (j: number) => cliquesOf(j).length === 1 && cliquesOf(j).every(hasFloorReady);
    const isOutdated = (j: number) => cliquesOf(j).some(clique => clique.metadata.labels?.[LABEL.podTemplateHash] !== expectedHash(this.set, clique)
      || this.members.get(clique.metadata.name ?? '')?.pods.some(pod => isActive(pod) && !this.isCurrent(clique, pod)));
    require(taken.every(isOutdated), 'an update recreates a replica that is as it should be');
    const whole = Array.from({ length: group.spec.replicas }, (_, j) => j).filter(isWhole);
    const takenWhole = taken.filter(isWhole).length;
    const units = { replicas: group.spec.replicas, floor: scalingGroupFloor(group), width: this.shape.group?.maxUnavailable ?? 1 };
    if (takenWhole > 0) expectWithin(units, whole.length - takenWhole, `scaling group ${group.metadata.name}`);
  }

  private spec(): PodCliqueSet['spec'] {
    const type = this.isOnDelete ? 'OnDelete' : 'RollingRecreate';
    return { replicas: this.shape.copies, updateStrategy: { type }, template: templateOf(this.shape, this.versions, this.isOnDelete) };
  }

  private respec(): void {
    const { metadata } = this.set;
    this.set = { ...this.set, metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1 }, spec: this.spec() };
  }

  /** Whether an object has been looked at with just this before: then nothing new comes of it. */
  private isSeen(name: string, inputs: readonly unknown[]): boolean {
    const before = this.seen.get(name);
    this.seen.set(name, inputs);
    return before !== undefined && before.length === inputs.length && inputs.every((input, index) => input === before[index]);
  }

  private identity(): { uid: string; creationTimestamp: string } {
    return { uid: `pod-${++this.made}`, creationTimestamp: new Date(this.nowMs).toISOString() };
  }

  private addClique(clique: PodClique): void {
    const metadata = { ...clique.metadata, uid: `clique-${++this.made}`, generation: 1 };
    this.members.set(clique.metadata.name ?? '', { clique: { ...clique, metadata }, pods: [] });
  }

  private addGroup(group: PodCliqueScalingGroup): void {
    this.groups.set(group.metadata.name ?? '', { ...group, metadata: { ...group.metadata, uid: `group-${++this.made}`, generation: 1 } });
  }

  private changePod(index: number, change: (pod: Pod) => Pod): void {
    const target = this.pods[index % Math.max(1, this.pods.length)];
    for (const member of this.members.values()) member.pods = member.pods.map(pod => (pod === target ? change(pod) : pod));
  }
}

/** Pods or replicas that must be ready when an update has taken some of the ready ones. */
function expectWithin({ replicas, floor, width }: { replicas: number; floor: number; width: number }, left: number, what: string): void {
  require(left >= Math.min(floor, replicas - 1), `an update leaves ${left} ready of ${what}, which needs ${floor} of ${replicas}`);
  require(replicas - left <= width, `an update leaves ${left} ready of ${replicas} of ${what}, and may make ${width} unavailable`);
}

function require(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function withReady(pod: Pod, ready: boolean): Pod {
  const conditions = [{ type: 'PodScheduled', status: 'True' as const }, { type: 'Ready', status: ready ? 'True' as const : 'False' as const }];
  const { schedulingGates: _open, ...spec } = pod.spec;
  return { ...pod, spec: { ...spec, nodeName: 'n' }, status: { phase: 'Running', conditions } };
}

function terminating(pod: Pod): Pod {
  return isTerminating(pod) ? pod : { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
}
