import type { PodCliqueSet, RollingUpdateConfiguration } from '../api';
import { broken, fieldError } from './errors';
import { groupsByClique } from './members';
import type { FieldError } from './request';
import { durationNs } from './syntax';

/** Rules on how cliques and scaling groups are updated (spec 07 §8, ai-dynamo/grove#817). */
export function rollingUpdateErrors(set: PodCliqueSet): FieldError[] {
  const { cliques, podCliqueScalingGroups: groups = [] } = set.spec.template;
  const members = groupsByClique(set);
  const isOnDelete = set.spec.updateStrategy?.type === 'OnDelete';
  return [
    ...cliques.flatMap(({ name, rollingUpdate }, index) => {
      const path = `spec.template.cliques[${index}].rollingUpdate`;
      const group = members.get(name);
      if (!rollingUpdate || !group) return configurationErrors(rollingUpdate, path, isOnDelete);
      return [fieldError('Forbidden', path, `"${name}" is updated with scaling group "${group.name}"; set rollingUpdate there`)];
    }),
    ...groups.flatMap(({ rollingUpdate }, index) =>
      configurationErrors(rollingUpdate, `spec.template.podCliqueScalingGroups[${index}].rollingUpdate`, isOnDelete)),
  ];
}

function configurationErrors(configuration: RollingUpdateConfiguration | undefined, path: string, isOnDelete: boolean): FieldError[] {
  if (!configuration) return [];
  if (isOnDelete) return [fieldError('Forbidden', path, 'with the update strategy OnDelete nothing is updated by itself; take it out')];
  const { maxUnavailable = 1, progressDeadline = '1s' } = configuration;
  return broken(
    maxUnavailable <= 0 && fieldError('Invalid', `${path}.maxUnavailable`, 'must be above 0', maxUnavailable),
    (durationNs(progressDeadline) ?? 1) <= 0 && // what is no duration at all, the shape of the object tells
      fieldError('Invalid', `${path}.progressDeadline`, 'must be a duration above 0, for example 30m', progressDeadline),
  );
}
