import type { PodCliqueSet, PodCliqueTemplate } from '../api';
import { NAME_BUDGET } from '../names';
import { broken, duplicates, fieldError, listed } from './errors';
import { groupsByClique } from './members';
import { annotationErrors, expectedName, labelErrors } from './metadata-rules';
import type { AdmissionConfig, FieldError } from './request';
import { isSubdomain } from './syntax';

const CLIQUES = 'spec.template.cliques';

/** Rules on cliques, their pods aside (spec 02 §4.3). */
export function cliqueErrors(set: PodCliqueSet, config: AdmissionConfig): FieldError[] {
  const { cliques } = set.spec.template;
  if (cliques.length === 0) return [fieldError('Required', CLIQUES, 'a set needs one clique at least')];
  const members = groupsByClique(set);
  return [
    ...duplicates(`${CLIQUES}.name`, 'clique name', cliques.map(({ name }) => name).filter(Boolean)),
    ...duplicates(`${CLIQUES}.roleName`, 'role name', cliques.map(({ spec }) => spec.roleName ?? '')),
    ...schedulerErrors(cliques, config),
    ...cliques.flatMap((clique, index) => {
      const path = `${CLIQUES}[${index}]`;
      return [
        ...nameErrors(expectedName(set.metadata), clique, members.has(clique.name), path),
        ...labelErrors(clique.labels, `${path}.labels`),
        ...annotationErrors(clique.annotations, `${path}.annotations`),
        ...countErrors(clique, path),
      ];
    }),
  ];
}

function nameErrors(setName: string, { name }: PodCliqueTemplate, isMember: boolean, path: string): FieldError[] {
  if (!name.trim()) return [fieldError('Required', `${path}.name`, 'a clique needs a name')];
  const malformed = broken(!isSubdomain(name) && fieldError('Invalid', `${path}.name`, 'must be a lower-case RFC 1123 subdomain', name));
  const length = setName.length + name.length;
  if (isMember || length <= NAME_BUDGET) return malformed;
  const detail = `"${setName}" and "${name}" have ${length} characters together; ${NAME_BUDGET} leave room for indices and suffixes`;
  return [...malformed, fieldError('Invalid', `${path}.name`, detail, name), fieldError('Invalid', 'metadata.name', detail, setName)];
}

function countErrors({ spec }: PodCliqueTemplate, path: string): FieldError[] {
  const { replicas, minAvailable = replicas, autoScalingConfig } = spec;
  const floor = broken(
    replicas <= 0 && fieldError('Invalid', `${path}.spec.replicas`, 'must be above 0', replicas),
    minAvailable <= 0 && fieldError('Invalid', `${path}.spec.minAvailable`, 'must be above 0', minAvailable),
    minAvailable > replicas && fieldError('Invalid', `${path}.spec.minAvailable`, `must not exceed replicas (${replicas})`, minAvailable),
  );
  if (!autoScalingConfig) return floor;
  const { minReplicas = replicas, maxReplicas = 0 } = autoScalingConfig;
  const scaling = `${path}.spec.autoScalingConfig`;
  return [...floor, ...broken(
    minReplicas < minAvailable && fieldError('Invalid', `${scaling}.minReplicas`, `must not be below minAvailable (${minAvailable})`, minReplicas),
    maxReplicas < minReplicas && fieldError('Invalid', `${scaling}.maxReplicas`, `must not be below minReplicas (${minReplicas})`, maxReplicas),
    maxReplicas < replicas && fieldError('Invalid', `${scaling}.maxReplicas`, `must not be below replicas (${replicas})`, maxReplicas),
  )];
}

function schedulerErrors(cliques: readonly PodCliqueTemplate[], { schedulers, defaultScheduler }: AdmissionConfig): FieldError[] {
  const names = [...new Set(cliques.map(({ spec }) => spec.podSpec.schedulerName || defaultScheduler))];
  const path = `${CLIQUES}.spec.podSpec.schedulerName`;
  const unknown = names.filter(name => !schedulers.includes(name));
  return broken(
    names.length > 1 && fieldError('Invalid', path, `all cliques must use one scheduler, not ${listed(names)}`, names[1]),
    unknown.length > 0 && fieldError('Invalid', path, `${listed(unknown)} is not enabled; enabled are ${listed(schedulers)}`, unknown[0]),
  );
}
