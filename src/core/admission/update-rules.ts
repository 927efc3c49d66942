import type { PodCliqueSet, PodCliqueSetTemplate } from '../api';
import { fieldError } from './errors';
import type { FieldError } from './request';
import { sameMeaning } from './syntax';

const CLIQUES = 'spec.template.cliques';
const GROUPS = 'spec.template.podCliqueScalingGroups';

/** What an update may not change, topology constraints and MNNVL groups aside (spec 02 §6). Both sets have their defaults. */
export function updateErrors(old: PodCliqueSet, set: PodCliqueSet): FieldError[] {
  const [before, after] = [old.spec.template, set.spec.template];
  return [
    ...cliqueUpdateErrors(before, after),
    ...unchanged('spec.template.cliqueStartupType', before.cliqueStartupType, after.cliqueStartupType),
    ...groupUpdateErrors(before, after),
    ...unchanged('spec.template.resourceClaimTemplates', before.resourceClaimTemplates, after.resourceClaimTemplates),
    ...unchanged('spec.template.resourceSharing', before.resourceSharing, after.resourceSharing),
  ];
}

function cliqueUpdateErrors({ cliques: before }: PodCliqueSetTemplate, { cliques: after, cliqueStartupType }: PodCliqueSetTemplate): FieldError[] {
  const positions = new Map(before.map(({ name }, index) => [name, index]));
  const isOrdered = cliqueStartupType === 'CliqueStartupTypeInOrder' || cliqueStartupType === 'CliqueStartupTypeExplicit';
  const count = before.length === after.length ? []
    : [fieldError('Forbidden', CLIQUES, `cliques cannot be added to or removed from an existing set, which has ${before.length}`, after.length)];
  return [...count, ...after.flatMap((clique, index) => {
    const position = positions.get(clique.name);
    const old = position === undefined ? undefined : before[position];
    if (!old) return [fieldError('Forbidden', `${CLIQUES}.name`, `an existing set cannot get a clique "${clique.name}"`, clique.name)];
    const moved = isOrdered && position !== index
      ? [fieldError('Invalid', CLIQUES, `"${clique.name}" was at position ${position}; the order cannot change while cliques start in order`, clique.name)] : [];
    return [
      ...moved,
      ...unchanged(`${CLIQUES}.spec.roleName`, old.spec.roleName, clique.spec.roleName),
      ...unchanged(`${CLIQUES}.spec.minAvailable`, old.spec.minAvailable, clique.spec.minAvailable),
      ...unchanged(`${CLIQUES}.spec.startsAfter`, old.spec.startsAfter, clique.spec.startsAfter),
      ...unchanged(`${CLIQUES}.spec.podSpec.schedulerName`, old.spec.podSpec.schedulerName, clique.spec.podSpec.schedulerName),
      ...unchanged(`${CLIQUES}[${index}].resourceSharing`, old.resourceSharing, clique.resourceSharing),
    ];
  })];
}

function groupUpdateErrors(old: PodCliqueSetTemplate, template: PodCliqueSetTemplate): FieldError[] {
  const { podCliqueScalingGroups: before = [] } = old;
  const { podCliqueScalingGroups: after = [] } = template;
  if (before.length !== after.length) {
    return [fieldError('Forbidden', GROUPS, `scaling groups cannot be added to or removed from an existing set, which has ${before.length}`, after.length)];
  }
  const known = new Map(before.map(group => [group.name, group]));
  return after.flatMap(group => {
    const was = known.get(group.name);
    if (!was) return [fieldError('Forbidden', `${GROUPS}.name`, `an existing set cannot get a scaling group "${group.name}"`, group.name)];
    return [
      ...unchanged(`${GROUPS}.cliqueNames`, was.cliqueNames, group.cliqueNames),
      ...unchanged(`${GROUPS}.minAvailable`, was.minAvailable, group.minAvailable),
      ...unchanged(`${GROUPS}.resourceSharing`, was.resourceSharing, group.resourceSharing),
    ];
  });
}

function unchanged(field: string, before: unknown, after: unknown): FieldError[] {
  return sameMeaning(before, after) ? [] : [fieldError('Invalid', field, 'field is immutable: make a new set, or delete this one first', after)];
}
