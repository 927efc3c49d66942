import type { PodCliqueScalingGroupConfig, PodCliqueSet } from '../api';
import { desiredCliques, desiredMemberCliques } from '../desired/cliques';
import { cliqueTemplate, floorOf, groupFloor, memberCliques, scalingGroups, standaloneCliques } from '../desired/template';
import { conforms } from '../rollout/conformity';
import { UpdateUnits, updateWidth, updatesOnDelete } from '../rollout/strategy';

/** Pods that an update replaces, with the counts of the old template; autoscalers and users may have set others. */
export interface Rollout {
  /** RollingRecreate: the controller replaces the pods. OnDelete: pods are replaced when somebody deletes them. */
  readonly strategy: 'RollingRecreate' | 'OnDelete';
  /**
   * Indices of the copies of the set in their order, one after another: copies that serve nobody come first, though, and then those that lack their
   * minimum. Absent when neither set says how many copies there are.
   */
  readonly copies?: readonly number[];
  /** Cliques outside scaling groups, all at the same time; the pods of each `atATime`, the oldest first. */
  readonly cliques: readonly CliqueRollout[];
  /** Scaling groups, at the same time as the cliques; the replicas of each `atATime`, the lowest index first, with all their cliques. */
  readonly scalingGroups: readonly GroupRollout[];
  /** Pods that are replaced in each copy. */
  readonly podsPerCopy: number;
}

export interface CliqueRollout {
  readonly clique: string;
  readonly pods: number;
  /** Pods that are replaced at the same time at most. */
  readonly atATime: number;
  /** Pods that stay ready meanwhile. */
  readonly staysReady: number;
  /** Whether that is less than the gang's minimum. */
  readonly belowMinimum: boolean;
}

export interface GroupRollout {
  readonly scalingGroup: string;
  /** Indices of its replicas in their order. */
  readonly replicas: readonly number[];
  /** Cliques that are replaced with each replica: all of the group. */
  readonly cliques: readonly string[];
  /** The cliques whose templates have changed. */
  readonly changed: readonly string[];
  /** Pods that are replaced with each replica. */
  readonly podsPerReplica: number;
  /** Replicas that are replaced at the same time at most. */
  readonly atATime: number;
  /** Replicas that stay available meanwhile. */
  readonly staysReady: number;
  /** Whether that is less than the gang's minimum. */
  readonly belowMinimum: boolean;
}

/** The pods that the step from one set to the next replaces; undefined when there are none. Both sets have their defaults. */
export function rolloutOf(old: PodCliqueSet, set: PodCliqueSet, copies: number | undefined): Rollout | undefined {
  const cliques = standaloneCliques(old).filter(({ name }) => isOutdated(old, set, name)).map(clique => {
    const pods = clique.spec.replicas;
    const { rollingUpdate } = cliqueTemplate(set, clique.name);
    return { clique: clique.name, pods, ...disruption({ replicas: pods, floor: floorOf(clique), rollingUpdate }) };
  });
  const groups = scalingGroups(old).flatMap(group => groupRollout(old, set, group));
  if (copies === 0 || cliques.length + groups.length === 0) return undefined;
  return {
    strategy: updatesOnDelete(set) ? 'OnDelete' : 'RollingRecreate',
    ...(copies === undefined ? {} : { copies: indices(copies) }),
    cliques,
    scalingGroups: groups,
    podsPerCopy: sum(cliques.map(({ pods }) => pods)) + sum(groups.map(({ replicas, podsPerReplica }) => replicas.length * podsPerReplica)),
  };
}

/** A rolling update takes all cliques of a group's replica; who deletes pods by hand takes those of the changed ones. */
function groupRollout(old: PodCliqueSet, set: PodCliqueSet, group: PodCliqueScalingGroupConfig): GroupRollout[] {
  const members = memberCliques(old, group);
  const changed = members.filter(({ name }) => isOutdated(old, set, name, group));
  if (changed.length === 0) return [];
  const replaced = updatesOnDelete(set) ? changed : members;
  const replicas = group.replicas ?? 1;
  return [{
    scalingGroup: group.name,
    replicas: indices(replicas),
    cliques: replaced.map(({ name }) => name),
    changed: changed.map(({ name }) => name),
    podsPerReplica: sum(replaced.map(({ spec }) => spec.replicas)),
    ...disruption({ replicas, floor: groupFloor(group), rollingUpdate: scalingGroups(set).find(({ name }) => name === group.name)?.rollingUpdate }),
  }];
}

/** The controller's own question, asked of a clique as the old set makes it. */
function isOutdated(old: PodCliqueSet, set: PodCliqueSet, clique: string, group?: PodCliqueScalingGroupConfig): boolean {
  const index = group ? group.cliqueNames.indexOf(clique) : standaloneCliques(old).findIndex(({ name }) => name === clique);
  const live = (group ? desiredMemberCliques(old, 0, group, 0) : desiredCliques(old, 0))[index];
  return live !== undefined && !conforms(set, live);
}

function disruption(units: UpdateUnits): { atATime: number; staysReady: number; belowMinimum: boolean } {
  const atATime = updateWidth(units);
  const staysReady = Math.max(0, units.replicas - atATime);
  return { atATime, staysReady, belowMinimum: staysReady < units.floor };
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
