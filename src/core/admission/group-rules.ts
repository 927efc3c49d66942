import type { PodCliqueScalingGroupConfig, PodCliqueSet } from '../api';
import { scalingGroups } from '../desired/template';
import { NAME_BUDGET } from '../names';
import { broken, duplicates, fieldError } from './errors';
import type { FieldError } from './request';
import { isSubdomain } from './syntax';

const GROUPS = 'spec.template.podCliqueScalingGroups';

/** Rules on scaling groups (spec 02 §4.6). */
export function groupErrors(set: PodCliqueSet): FieldError[] {
  const groups = scalingGroups(set);
  return [
    ...duplicates(`${GROUPS}.name`, 'scaling group name', groups.map(({ name }) => name)),
    ...duplicates(`${GROUPS}.cliqueNames`, 'clique', groups.flatMap(({ cliqueNames }) => cliqueNames)),
    ...scaledTwice(set),
    ...groups.flatMap((group, index) => [
      ...referenceErrors(set, group, `${GROUPS}[${index}]`),
      ...budgetErrors(set, group, `${GROUPS}[${index}]`),
      ...countErrors(group, `${GROUPS}[${index}]`),
    ]),
  ];
}

function scaledTwice(set: PodCliqueSet): FieldError[] {
  const members = new Set(scalingGroups(set).flatMap(({ cliqueNames }) => cliqueNames));
  const both = set.spec.template.cliques.filter(({ name, spec }) => members.has(name) && spec.autoScalingConfig).map(({ name }) => name);
  const detail = `${both.join(', ')} scales with its group; set scaleConfig there in place of autoScalingConfig`;
  return broken([both.length > 0, fieldError('Invalid', GROUPS, detail, both.join(', '))]);
}

function referenceErrors(set: PodCliqueSet, { name, cliqueNames }: PodCliqueScalingGroupConfig, path: string): FieldError[] {
  const known = set.spec.template.cliques.map(clique => clique.name);
  const unknown = cliqueNames.filter(clique => !known.includes(clique));
  return broken(
    [!isSubdomain(name), fieldError('Invalid', `${path}.name`, 'must be a lower-case RFC 1123 subdomain', name)],
    [unknown.length > 0, fieldError('Invalid', `${path}.cliqueNames`, `there is no clique ${unknown.join(', ')}; there are ${known.join(', ')}`, unknown.join(', '))],
  );
}

function budgetErrors(set: PodCliqueSet, { name, cliqueNames }: PodCliqueScalingGroupConfig, path: string): FieldError[] {
  const setName = set.metadata.name ?? '';
  return cliqueNames.flatMap((clique, j) => {
    const length = setName.length + name.length + clique.length;
    const detail = `"${setName}", "${name}" and "${clique}" have ${length} characters together; ${NAME_BUDGET} leave room for indices and suffixes`;
    const fields = [[`${path}.cliqueNames[${j}].name`, clique], [`${path}.name`, name], ['metadata.name', setName]] as const;
    return length > NAME_BUDGET ? fields.map(([field, value]) => fieldError('Invalid', field, detail, value)) : [];
  });
}

function countErrors({ replicas = 1, minAvailable = 1, scaleConfig }: PodCliqueScalingGroupConfig, path: string): FieldError[] {
  const { minReplicas = replicas, maxReplicas = minReplicas } = scaleConfig ?? {};
  const scaling = `${path}.scaleConfig`;
  return broken(
    [replicas <= 0, fieldError('Invalid', `${path}.replicas`, 'must be above 0', replicas)],
    [minAvailable <= 0, fieldError('Invalid', `${path}.minAvailable`, 'must be above 0', minAvailable)],
    [minAvailable > replicas, fieldError('Invalid', `${path}.minAvailable`, `must not exceed replicas (${replicas})`, minAvailable)],
    [minReplicas < minAvailable && scaleConfig !== undefined,
      fieldError('Invalid', `${scaling}.minReplicas`, `must not be below minAvailable (${minAvailable})`, minReplicas)],
    [maxReplicas < Math.max(minReplicas, replicas) && scaleConfig !== undefined,
      fieldError('Invalid', `${scaling}.maxReplicas`, `must not be below minReplicas (${minReplicas}) and replicas (${replicas})`, maxReplicas)],
  );
}
