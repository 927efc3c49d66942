import { LABEL } from '../api';
import type { PodClique, PodCliqueScalingGroup, PodCliqueScalingGroupConfig, PodCliqueSet } from '../api';
import { desiredMemberCliques } from './cliques';
import type { GangPosition } from './gangs';
import { groupFloor, scalingGroups, standaloneCliques } from './template';
import { cliqueName, memberCliqueName, scalingGroupName } from '../names';

/** Where a live PodClique stands in its set. */
export interface CliquePosition {
  /** Name of its template. */
  readonly clique: string;
  readonly i: number;
  /** The scaling group that it is in, and the replica of that. */
  readonly member?: { readonly group: PodCliqueScalingGroupConfig; readonly j: number };
}

/** The position that a clique's labels and name tell; undefined when the set has no such clique, whatever its replicas are. */
export function cliquePosition(set: PodCliqueSet, { metadata: { name, labels = {} } }: PodClique): CliquePosition | undefined {
  const setName = set.metadata.name ?? '';
  const i = index(labels[LABEL.setReplicaIndex]);
  const groupName = labels[LABEL.scalingGroup];
  if (i === undefined) return undefined;
  if (groupName === undefined) {
    const template = standaloneCliques(set).find(clique => cliqueName(setName, i, clique.name) === name);
    return template && { clique: template.name, i };
  }
  const group = scalingGroups(set).find(config => scalingGroupName(setName, i, config.name) === groupName);
  const j = index(labels[LABEL.scalingGroupReplicaIndex]);
  if (group === undefined || j === undefined) return undefined;
  const clique = group.cliqueNames.find(member => memberCliqueName(groupName, j, member) === name);
  return clique === undefined ? undefined : { clique, i, member: { group, j } };
}

/** The gang of a clique in that position (spec 05 §1). */
export function gangPosition({ i, member }: CliquePosition): GangPosition {
  return member && member.j >= groupFloor(member.group) ? { i, scaled: member } : { i };
}

/** The replica of the set that an object belongs to; undefined when its label says none. */
export function setReplicaIndex({ metadata: { labels = {} } }: { readonly metadata: PodClique['metadata'] }): number | undefined {
  return index(labels[LABEL.setReplicaIndex]);
}

/** The configuration in the set from which a live scaling group was made. */
export function scalingGroupConfig(set: PodCliqueSet, live: PodCliqueScalingGroup): PodCliqueScalingGroupConfig | undefined {
  const i = setReplicaIndex(live);
  return i === undefined ? undefined : scalingGroups(set).find(({ name }) => scalingGroupName(set.metadata.name ?? '', i, name) === live.metadata.name);
}

/** The cliques that replica `j` of a live scaling group consists of. */
export function memberCliquesOf(set: PodCliqueSet, live: PodCliqueScalingGroup, j: number): PodClique[] {
  const group = scalingGroupConfig(set, live);
  const i = setReplicaIndex(live);
  return group === undefined || i === undefined ? [] : desiredMemberCliques(set, i, group, j, live.metadata.uid);
}

function index(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
