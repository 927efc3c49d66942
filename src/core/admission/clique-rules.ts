import type { Container, PodCliqueSet, PodCliqueTemplate } from '../api';
import { groupOf } from '../desired/template';
import { NAME_BUDGET } from '../names';
import { broken, duplicates, fieldError } from './errors';
import type { AdmissionConfig, FieldError } from './request';
import { isEnvName, isLabelValue, isQualifiedName, isSubdomain } from './syntax';

const CLIQUES = 'spec.template.cliques';

/** Rules on cliques (spec 02 §4.3, §4.5). `creating` adds those that old objects need not meet. */
export function cliqueErrors(set: PodCliqueSet, config: AdmissionConfig, creating: boolean): FieldError[] {
  const { cliques } = set.spec.template;
  if (cliques.length === 0) return [fieldError('Required', CLIQUES, 'a set needs one clique at least')];
  return [
    ...duplicates(`${CLIQUES}.name`, 'clique name', cliques.map(({ name }) => name).filter(Boolean)),
    ...duplicates(`${CLIQUES}.roleName`, 'role name', cliques.map(({ spec }) => spec.roleName)),
    ...schedulerErrors(cliques, config),
    ...cliques.flatMap((clique, index) => {
      const path = `${CLIQUES}[${index}]`;
      return [...nameErrors(set, clique, path), ...metadataErrors(clique, path), ...countErrors(clique, path), ...podErrors(clique, path, creating)];
    }),
  ];
}

function nameErrors(set: PodCliqueSet, { name }: PodCliqueTemplate, path: string): FieldError[] {
  if (!name) return [fieldError('Required', `${path}.name`, 'a clique needs a name')];
  const setName = set.metadata.name ?? '';
  const tooLong = !groupOf(set, name) && setName.length + name.length > NAME_BUDGET;
  const budget = `"${setName}" and "${name}" have ${setName.length + name.length} characters together; ${NAME_BUDGET} leave room for indices and suffixes`;
  return broken(
    [!isSubdomain(name), fieldError('Invalid', `${path}.name`, 'must be a lower-case RFC 1123 subdomain', name)],
    [tooLong, fieldError('Invalid', `${path}.name`, budget, name)],
    [tooLong, fieldError('Invalid', 'metadata.name', budget, setName)],
  );
}

function metadataErrors({ labels = {}, annotations = {} }: PodCliqueTemplate, path: string): FieldError[] {
  const labelErrors = Object.entries(labels).flatMap(([key, value]) => broken(
    [!isQualifiedName(key), fieldError('Invalid', `${path}.labels`, `"${key}" is not a label key`, key)],
    [!isLabelValue(value), fieldError('Invalid', `${path}.labels`, `"${value}" is not a label value`, value)],
  ));
  const keys = Object.keys(annotations).filter(key => !isQualifiedName(key.toLowerCase()));
  return [...labelErrors, ...keys.map(key => fieldError('Invalid', `${path}.annotations`, `"${key}" is not an annotation key`, key))];
}

function countErrors({ spec }: PodCliqueTemplate, path: string): FieldError[] {
  const { replicas, minAvailable = replicas, autoScalingConfig } = spec;
  const floor = broken(
    [replicas <= 0, fieldError('Invalid', `${path}.spec.replicas`, 'must be above 0', replicas)],
    [minAvailable <= 0, fieldError('Invalid', `${path}.spec.minAvailable`, 'must be above 0', minAvailable)],
    [minAvailable > replicas, fieldError('Invalid', `${path}.spec.minAvailable`, `must not exceed replicas (${replicas})`, minAvailable)],
  );
  if (!autoScalingConfig) return floor;
  const { minReplicas = replicas, maxReplicas = 0 } = autoScalingConfig;
  const scaling = `${path}.spec.autoScalingConfig`;
  return [...floor, ...broken(
    [minReplicas < minAvailable, fieldError('Invalid', `${scaling}.minReplicas`, `must not be below minAvailable (${minAvailable})`, minReplicas)],
    [maxReplicas < minReplicas, fieldError('Invalid', `${scaling}.maxReplicas`, `must not be below minReplicas (${minReplicas})`, maxReplicas)],
    [maxReplicas < replicas, fieldError('Invalid', `${scaling}.maxReplicas`, `must not be below replicas (${replicas})`, maxReplicas)],
  )];
}

function schedulerErrors(cliques: readonly PodCliqueTemplate[], { schedulers, defaultScheduler }: AdmissionConfig): FieldError[] {
  const names = [...new Set(cliques.map(({ spec }) => spec.podSpec.schedulerName || defaultScheduler))];
  const path = `${CLIQUES}.spec.podSpec.schedulerName`;
  const unknown = names.filter(name => !schedulers.includes(name));
  return broken(
    [names.length > 1, fieldError('Invalid', path, `all cliques must use one scheduler, not ${names.join(' and ')}`, names.join(', '))],
    [unknown.length > 0, fieldError('Invalid', path, `${unknown.join(', ')} is not enabled; enabled are ${schedulers.join(', ')}`, unknown[0])],
  );
}

/** The `.spec` between podSpec and its fields is in upstream's paths too; tools match on them (spec 02 §4.5). */
function podErrors({ spec: { podSpec } }: PodCliqueTemplate, path: string, creating: boolean): FieldError[] {
  const pod = `${path}.spec.podSpec.spec`;
  const placed = creating ? broken(
    [(podSpec.topologySpreadConstraints ?? []).length > 0,
      fieldError('Invalid', `${pod}.topologySpreadConstraints`, 'must not be set; use topologyConstraint')],
    [Boolean(podSpec.nodeName), fieldError('Invalid', `${pod}.nodeName`, 'must not be set; the scheduler chooses nodes', podSpec.nodeName)],
  ) : [];
  return [...placed, ...environmentErrors(podSpec.containers, `${pod}.containers`), ...environmentErrors(podSpec.initContainers, `${pod}.initContainers`)];
}

function environmentErrors(containers: readonly Container[] = [], path: string): FieldError[] {
  return containers.flatMap(({ env = [] }, index) => [
    ...duplicates(`${path}[${index}].env`, 'variable', env.map(({ name }) => name)),
    ...env.flatMap(({ name }, k) => broken([!isEnvName(name), fieldError('Invalid', `${path}[${index}].env[${k}].name`, 'must be a variable name', name)])),
  ]);
}
