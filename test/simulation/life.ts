import { Dice, Edition, Plan, nodesFor, setOf } from './plan';
import { Trouble } from './trouble';
import { createNodes } from '../../controller/src/cluster';
import { NODE, POD } from '../../controller/src/kube';
import { POD_CLIQUE, POD_CLIQUE_SET, POD_GANG, SCALING_GROUP } from '../../controller/src/state/resources';
import { LABEL, Pod, isTerminating } from '../../src/core';
import { EmbeddedCluster } from '../support/embedded';

/** What users, nodes and the controller's own process do to a system in its life. */
export class Life {
  /** Whether a template has changed while OnDelete held: then some pods may stay as they are. */
  isLeftToUsers = false;
  private readonly holds: (() => void)[] = [];
  private readonly lost = new Set<string>();

  constructor(
    private readonly cluster: EmbeddedCluster, private readonly plan: Plan, public edition: Edition, private readonly dice: Dice,
    private readonly trouble: Trouble, private readonly restart: () => Promise<void>,
  ) {}

  /** One thing happens; what it was. */
  async step(): Promise<string> {
    const kinds = Object.keys(this.happenings);
    const kind = this.dice.of(kinds);
    await this.happenings[kind]!();
    return kind;
  }

  async apply(change: Partial<Edition>): Promise<void> {
    this.edition = { ...this.edition, ...change };
    if (change.versions && this.edition.isOnDelete) this.isLeftToUsers = true;
    const { spec } = setOf(this.plan, this.edition);
    const patch = { ...spec, template: { ...spec.template, podCliqueScalingGroups: spec.template.podCliqueScalingGroups ?? [] } };
    await this.cluster.patch(POD_CLIQUE_SET, 'w', { spec: patch });
  }

  /** Everything that was taken away is there again, and nothing is held up any more. */
  async recover(): Promise<void> {
    this.holds.splice(0).forEach(release => release());
    for (const { name } of nodesFor(this.plan)) {
      if (this.lost.has(name)) await this.bringBack(name);
      else await this.cluster.patch(NODE, name, { spec: { unschedulable: null } });
    }
  }

  /** No node takes new pods, and some of the old ones go; for about as long as a gang may lack its minimum, or longer. */
  private async lackForLong(): Promise<void> {
    await this.setUnschedulable(true);
    for (let lost = this.dice.number(1, 4); lost > 0; lost--) await this.happenings.deletePod!();
    await this.cluster.clock.advance(this.dice.of([9_000, 15_000, 59_000, 70_000, 150_000]));
  }

  private async setUnschedulable(unschedulable: true | null): Promise<void> {
    for (const { name } of nodesFor(this.plan)) await this.cluster.patch(NODE, name, { spec: { unschedulable } }).catch(ignore);
  }

  private readonly happenings: Readonly<Record<string, () => Promise<unknown>>> = {
    scaleSet: () => this.apply({ copies: this.dice.number(0, 2) }),
    scaleGroup: () => this.scaleGroup(),
    scaleClique: () => this.scaleClique(),
    edit: () => this.edit(),
    editAgain: () => this.edit(),
    takeBack: () => this.apply({ versions: Object.fromEntries(this.plan.cliques.map(({ name }) => [name, 1])) }),
    switchStrategy: () => this.apply({ isOnDelete: this.dice.chance(0.4) }),
    repace: () => this.apply({ rollingUpdate: { maxUnavailable: this.dice.number(1, 3) } }),
    deletePod: () => this.onPod(pod => this.cluster.delete(POD, pod.metadata.name!)),
    evictPod: () => this.onPod(pod => this.cluster.patch(POD, pod.metadata.name!, { status: { phase: 'Failed', reason: 'Evicted' } }, 'status')),
    crashPod: () => this.onPod(async pod => this.cluster.kubelet.crash(`default/${pod.metadata.name}`)),
    failPod: () => this.onPod(async pod => this.cluster.kubelet.fail(`default/${pod.metadata.name}`, 'Lost')),
    holdPods: async () => {
      const [name, version] = [this.dice.of(this.plan.cliques).name, this.dice.number(1, 3)];
      this.holds.push(this.cluster.kubelet.hold(pod => pod.spec.containers[0]?.image === `${name}:${version}`));
    },
    letPodsStart: async () => this.holds.splice(0).forEach(release => release()),
    cordon: () => this.cluster.patch(NODE, this.node(), { spec: { unschedulable: true } }).catch(ignore),
    uncordon: () => this.cluster.patch(NODE, this.node(), { spec: { unschedulable: null } }).catch(ignore),
    cordonAll: () => this.setUnschedulable(true),
    uncordonAll: () => this.setUnschedulable(null),
    loseNode: () => this.loseNode(),
    lackForLong: () => this.lackForLong(),
    deleteChild: () => this.deleteChild(),
    resetWatches: async () => this.cluster.resetWatches(this.dice.chance(0.5)),
    restart: () => this.restart(),
    crashAtWrite: async () => { this.trouble.writesToCrash = this.dice.number(1, 6); },
  };

  private async edit(): Promise<void> {
    const { name } = this.dice.of(this.plan.cliques);
    const others = this.dice.chance(0.3) ? this.plan.cliques.map(clique => clique.name) : [];
    const raised = [name, ...others].map(clique => [clique, (this.edition.versions[clique] ?? 1) + 1] as const);
    await this.apply({ versions: { ...this.edition.versions, ...Object.fromEntries(raised) } });
  }

  /** Never below what the gang needs: then it could not be placed anew, and says so. */
  private async scaleClique(): Promise<void> {
    const alone = this.plan.cliques.filter(({ group }) => group === undefined);
    if (alone.length === 0) return;
    const { name, minAvailable } = this.dice.of(alone);
    await this.cluster.patch(POD_CLIQUE, `w-${this.dice.number(0, 1)}-${name}`, { spec: { replicas: this.dice.number(minAvailable, 4) } }).catch(ignore);
  }

  private async scaleGroup(): Promise<void> {
    if (this.plan.groups.length === 0) return;
    const { name, minAvailable } = this.dice.of(this.plan.groups);
    await this.cluster.patch(SCALING_GROUP, `w-${this.dice.number(0, 1)}-${name}`, { spec: { replicas: this.dice.number(minAvailable, 3) } }).catch(ignore);
  }

  private async onPod(act: (pod: Pod) => Promise<unknown>): Promise<void> {
    const { items } = await this.cluster.client.list<Pod>(POD);
    if (items.length > 0) await act(this.dice.of(items)).catch(ignore);
  }

  private node(): string {
    return this.dice.of(nodesFor(this.plan)).name;
  }

  /** A node and all that ran on it are gone; a lost one comes back, empty. */
  private async loseNode(): Promise<void> {
    const name = this.node();
    if (this.lost.has(name)) return this.bringBack(name);
    this.lost.add(name);
    await this.cluster.delete(NODE, name);
    const { items } = await this.cluster.client.list<Pod>(POD);
    for (const pod of items.filter(({ spec }) => spec.nodeName === name)) {
      await this.cluster.client.delete(POD, pod.metadata, { gracePeriodSeconds: 0 }).catch(ignore);
    }
  }

  private async bringBack(name: string): Promise<void> {
    this.lost.delete(name);
    await createNodes(this.cluster.client, nodesFor(this.plan).filter(node => node.name === name), this.cluster.clock);
  }

  private async deleteChild(): Promise<void> {
    const type = this.dice.of([POD_CLIQUE, SCALING_GROUP, POD_GANG]);
    const { items } = await this.cluster.client.list(type);
    const alive = items.filter(({ metadata }) => !isTerminating({ metadata: metadata as Pod['metadata'] }) && metadata.labels?.[LABEL.partOf] === 'w');
    if (alive.length > 0) await this.cluster.delete(type, this.dice.of(alive).metadata.name!).catch(ignore);
  }
}

function ignore(): undefined {
  return undefined;
}
