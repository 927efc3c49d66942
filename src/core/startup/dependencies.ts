import type { PodCliqueSet } from '../api';
import { cliqueTemplate, groupFloor, groupOf } from '../desired/template';
import { cliqueName, memberCliqueName, scalingGroupName } from '../names';

/** Where a PodClique stands: in replica `i` of the set and, if it is in a scaling group, in replica `j` of that. */
export interface Position {
  readonly i: number;
  readonly j?: number;
}

/**
 * Full names of the PodCliques that must be ready before the pods of a clique start, in the order of its dependencies (spec 06 §2).
 * All of them are in the clique's own gang: whoever is placed together can wait for one another.
 */
export function startsAfter(set: PodCliqueSet, clique: string, position: Position): string[] {
  return parentsOf(set, clique).flatMap(parent => resolve(set, clique, position, parent));
}

/** Template names of the cliques that a clique waits for (spec 06 §1). */
export function parentsOf(set: PodCliqueSet, clique: string): readonly string[] {
  const { cliqueStartupType, cliques } = set.spec.template;
  if (cliqueStartupType === 'CliqueStartupTypeExplicit') return cliqueTemplate(set, clique).spec.startsAfter ?? [];
  if (cliqueStartupType !== 'CliqueStartupTypeInOrder') return [];
  const before = cliques[cliques.findIndex(({ name }) => name === clique) - 1];
  return before ? [before.name] : [];
}

function resolve(set: PodCliqueSet, clique: string, { i, j }: Position, parent: string): string[] {
  const name = set.metadata.name ?? '';
  const ownGroup = groupOf(set, clique);
  const parentGroup = groupOf(set, parent);
  const scaled = ownGroup !== undefined && j !== undefined && j >= groupFloor(ownGroup);
  const member = (group: string, replica: number) => memberCliqueName(scalingGroupName(name, i, group), replica, parent);
  if (scaled) return parentGroup === ownGroup ? [member(ownGroup.name, j)] : [];
  if (!parentGroup) return [cliqueName(name, i, parent)];
  return Array.from({ length: groupFloor(parentGroup) }, (_, replica) => member(parentGroup.name, replica));
}
