import type { PodCliqueScalingGroupConfig, PodCliqueSet } from '../api';
import { NAME_BUDGET } from '../names';
import { broken, duplicates, fieldError, listed } from './errors';
import { expectedName } from './metadata-rules';
import type { FieldError } from './request';
import { isSubdomain } from './syntax';

const GROUPS = 'spec.template.podCliqueScalingGroups';

/** Rules on scaling groups (spec 02 §4.6). */
export function groupErrors(set: PodCliqueSet): FieldError[] {
  const { podCliqueScalingGroups: groups = [], cliques } = set.spec.template;
  if (groups.length === 0) return [];
  const known = new Set(cliques.map(({ name }) => name));
  const members = groups.flatMap(({ cliqueNames }) => cliqueNames);
  return [
    ...duplicates(`${GROUPS}.name`, 'scaling group name', groups.map(({ name }) => name)),
    ...duplicates(`${GROUPS}.cliqueNames`, 'clique', members),
    ...scaledTwice(set, new Set(members)),
    ...groups.flatMap((group, index) => [
      ...referenceErrors(group, known, `${GROUPS}[${index}]`),
      ...budgetErrors(expectedName(set.metadata), group, `${GROUPS}[${index}]`),
      ...countErrors(group, `${GROUPS}[${index}]`),
    ]),
  ];
}

function scaledTwice(set: PodCliqueSet, members: ReadonlySet<string>): FieldError[] {
  const both = set.spec.template.cliques.filter(({ name, spec }) => members.has(name) && spec.autoScalingConfig).map(({ name }) => name);
  const detail = `${listed(both)} scales with its group; set scaleConfig there in place of autoScalingConfig`;
  return broken(both.length > 0 && fieldError('Invalid', GROUPS, detail, both[0]));
}

function referenceErrors({ name, cliqueNames }: PodCliqueScalingGroupConfig, known: ReadonlySet<string>, path: string): FieldError[] {
  const unknown = cliqueNames.filter(clique => !known.has(clique));
  return broken(
    !isSubdomain(name) && fieldError('Invalid', `${path}.name`, 'must be a lower-case RFC 1123 subdomain', name),
    unknown.length > 0 && fieldError('Invalid', `${path}.cliqueNames`, `there is no clique ${listed(unknown)}; there are ${listed([...known])}`, unknown[0]),
  );
}

function budgetErrors(setName: string, { name, cliqueNames }: PodCliqueScalingGroupConfig, path: string): FieldError[] {
  return cliqueNames.flatMap((clique, j) => {
    const length = setName.length + name.length + clique.length;
    if (length <= NAME_BUDGET) return [];
    const detail = `"${setName}", "${name}" and "${clique}" have ${length} characters together; ${NAME_BUDGET} leave room for indices and suffixes`;
    const fields = [[`${path}.cliqueNames[${j}].name`, clique], [`${path}.name`, name], ['metadata.name', setName]] as const;
    return fields.map(([field, value]) => fieldError('Invalid', field, detail, value));
  });
}

function countErrors({ replicas = 1, minAvailable = 1, scaleConfig }: PodCliqueScalingGroupConfig, path: string): FieldError[] {
  const floor = broken(
    replicas <= 0 && fieldError('Invalid', `${path}.replicas`, 'must be above 0', replicas),
    minAvailable <= 0 && fieldError('Invalid', `${path}.minAvailable`, 'must be above 0', minAvailable),
    minAvailable > replicas && fieldError('Invalid', `${path}.minAvailable`, `must not exceed replicas (${replicas})`, minAvailable),
  );
  if (!scaleConfig) return floor;
  const { minReplicas = replicas, maxReplicas = 0 } = scaleConfig;
  const scaling = `${path}.scaleConfig`;
  return [...floor, ...broken(
    minReplicas < minAvailable && fieldError('Invalid', `${scaling}.minReplicas`, `must not be below minAvailable (${minAvailable})`, minReplicas),
    maxReplicas < minReplicas && fieldError('Invalid', `${scaling}.maxReplicas`, `must not be below minReplicas (${minReplicas})`, maxReplicas),
    maxReplicas < replicas && fieldError('Invalid', `${scaling}.maxReplicas`, `must not be below replicas (${replicas})`, maxReplicas),
  )];
}
