import { NodeShape } from '../../controller/src/cluster';
import { ClusterTopologyBinding, PodCliqueSet, RollingUpdateConfiguration, TopologyConstraint, admit } from '../../src/core';

/** Picks by chance. */
export class Dice {
  constructor(private readonly random: () => number) {}

  /** A whole number from `least` to `most`. */
  number(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  of<T>(values: readonly T[]): T {
    return values[Math.floor(this.random() * values.length)]!;
  }
}

interface CliquePlan {
  readonly name: string;
  readonly replicas: number;
  readonly minAvailable: number;
  readonly group?: string;
  readonly startsAfter: readonly string[];
  readonly constraint?: TopologyConstraint;
}

interface GroupPlan {
  readonly name: string;
  readonly replicas: number;
  readonly minAvailable: number;
  readonly constraint?: TopologyConstraint;
}

/** A system, as its owner thinks of it. */
export interface Plan {
  readonly startup: 'AnyOrder' | 'InOrder' | 'Explicit';
  readonly cliques: readonly CliquePlan[];
  readonly groups: readonly GroupPlan[];
  readonly constraint?: TopologyConstraint;
  /** How long it may lack its minimum. @default so long that no history sees the end of it */
  readonly terminationDelay?: string;
  /** Whether nodes are scarce: what is there in the end fits just so, and nothing has to be close to anything. */
  readonly isScarce: boolean;
}

/** What changes of a system in its life. */
export interface Edition {
  readonly copies: number;
  readonly isOnDelete: boolean;
  /** The version of each clique's template. */
  readonly versions: Readonly<Record<string, number>>;
  readonly rollingUpdate?: RollingUpdateConfiguration;
}

export const TOPOLOGY: ClusterTopologyBinding = {
  apiVersion: 'grove.io/v1alpha1',
  kind: 'ClusterTopologyBinding',
  metadata: { name: 'dc' },
  spec: { levels: [{ domain: 'zone', key: 'topology.kubernetes.io/zone' }, { domain: 'rack', key: 'topology.kubernetes.io/rack' }] },
};

export function randomPlan(dice: Dice): Plan {
  for (;;) {
    const plan = roughPlan(dice);
    const object = setOf(plan, { copies: 1, isOnDelete: false, versions: {} });
    if (admit({ object, topologies: [TOPOLOGY] }).allowed) return plan;
  }
}

/** A plan whose constraints may contradict each other. */
function roughPlan(dice: Dice): Plan {
  const isScarce = dice.chance(0.5);
  const groupNames = ['g', 'h'].slice(0, dice.number(0, 2));
  const names = ['a', 'b', 'c', 'd'].slice(0, Math.max(groupNames.length, dice.number(1, 4)));
  const groups = groupNames.map(name => ({ name, ...sized(dice, 2), ...constrained(dice, isScarce) }));
  const cliques = names.map((name, index) => {
    const group = index < groupNames.length ? groupNames[index] : groupNames.length > 0 && dice.chance(0.4) ? dice.of(groupNames) : undefined;
    const startsAfter = names.slice(0, index).filter(() => dice.chance(0.4));
    return { name, ...sized(dice, group === undefined ? 3 : 2), ...(group === undefined ? {} : { group }), startsAfter, ...constrained(dice, isScarce) };
  });
  const terminationDelay = dice.of([undefined, '10s', '1m']);
  return {
    startup: dice.of(['AnyOrder', 'InOrder', 'Explicit']), cliques, groups, isScarce, ...(terminationDelay ? { terminationDelay } : {}), ...constrained(dice, isScarce),
  };
}

function sized(dice: Dice, most: number): { replicas: number; minAvailable: number } {
  const replicas = dice.number(1, most);
  return { replicas, minAvailable: dice.number(1, replicas) };
}

function constrained(dice: Dice, isScarce: boolean): { constraint?: TopologyConstraint } {
  if (isScarce || dice.chance(0.6)) return {};
  return { constraint: { topologyName: 'dc', pack: dice.chance(0.5) ? { required: 'zone' } : { preferred: dice.of(['zone', 'rack']) } } };
}

/** Pods of one copy of the system. */
export function podsPerCopy({ cliques, groups }: Plan): number {
  const copies = ({ group }: CliquePlan) => groups.find(({ name }) => name === group)?.replicas ?? 1;
  return cliques.reduce((sum, clique) => sum + clique.replicas * copies(clique), 0);
}

/** Nodes with one GPU each, of which every pod takes one; or so many that there is always room, everywhere. */
export function nodesFor(plan: Plan): NodeShape[] {
  const labels = (index: number) => ({ 'topology.kubernetes.io/zone': `z${index % 2}`, 'topology.kubernetes.io/rack': `r${index % 4}` });
  const count = plan.isScarce ? podsPerCopy(plan) + 1 : 8;
  const gpus = plan.isScarce ? '1' : '16';
  return Array.from({ length: count }, (_, index) => ({ name: `n${index}`, labels: labels(index), allocatable: { 'cpu': '64', 'nvidia.com/gpu': gpus } }));
}

export function setOf(plan: Plan, { copies, isOnDelete, versions, rollingUpdate }: Edition): PodCliqueSet {
  const pace = isOnDelete || !rollingUpdate ? {} : { rollingUpdate };
  const { terminationDelay } = plan;
  const placed = ({ constraint }: { constraint?: TopologyConstraint }) => (constraint ? { topologyConstraint: constraint } : {});
  const cliques = plan.cliques.map(clique => ({
    name: clique.name,
    ...placed(clique),
    ...(clique.group === undefined ? pace : {}),
    spec: {
      roleName: clique.name,
      replicas: clique.replicas,
      minAvailable: clique.minAvailable,
      ...(plan.startup === 'Explicit' && clique.startsAfter.length > 0 ? { startsAfter: clique.startsAfter } : {}),
      podSpec: { containers: [{ name: 'main', image: `${clique.name}:${versions[clique.name]}`, resources: { limits: { 'nvidia.com/gpu': '1' } } }] },
    },
  }));
  const groups = plan.groups.map(group => ({
    name: group.name,
    cliqueNames: plan.cliques.filter(clique => clique.group === group.name).map(({ name }) => name),
    replicas: group.replicas,
    minAvailable: group.minAvailable,
    ...placed(group),
    ...pace,
  }));
  return {
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodCliqueSet',
    metadata: { name: 'w', namespace: 'default' },
    spec: {
      replicas: copies,
      updateStrategy: { type: isOnDelete ? 'OnDelete' : 'RollingRecreate' },
      template: {
        cliqueStartupType: `CliqueStartupType${plan.startup}`, cliques, podCliqueScalingGroups: groups, ...(terminationDelay ? { terminationDelay } : {}), ...placed(plan),
      },
    },
  };
}
