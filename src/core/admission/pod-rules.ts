import type { Container, PodCliqueSet, PodSpec } from '../api';
import { broken, duplicates, fieldError } from './errors';
import type { FieldError } from './request';
import { isEnvName } from './syntax';

/**
 * Rules on what pods run (spec 02 §4.5). `creating` adds those that old objects need not meet. The `.spec` between podSpec and its fields is in
 * upstream's paths too; tools match on them.
 */
export function podErrors(set: PodCliqueSet, creating: boolean): FieldError[] {
  return set.spec.template.cliques.flatMap(({ spec: { podSpec } }, index) => {
    const path = `spec.template.cliques[${index}].spec.podSpec.spec`;
    return [
      ...(creating ? placementErrors(podSpec, path) : []),
      ...environmentErrors(podSpec.containers, `${path}.containers`),
      ...environmentErrors(podSpec.initContainers, `${path}.initContainers`),
    ];
  });
}

function placementErrors({ topologySpreadConstraints = [], nodeName }: PodSpec, path: string): FieldError[] {
  return broken(
    topologySpreadConstraints.length > 0 && fieldError('Invalid', `${path}.topologySpreadConstraints`, 'must not be set; use topologyConstraint'),
    Boolean(nodeName) && fieldError('Invalid', `${path}.nodeName`, 'must not be set; the scheduler chooses nodes', nodeName),
  );
}

function environmentErrors(containers: readonly Container[] = [], path: string): FieldError[] {
  return containers.flatMap(({ env = [] }, index) => (env.length === 0 ? [] : [
    ...duplicates(`${path}[${index}].env`, 'variable', env.map(({ name }) => name)),
    ...env.flatMap(({ name }, k) => broken(!isEnvName(name) && fieldError('Invalid', `${path}[${index}].env[${k}].name`, 'must be a variable name', name))),
  ]));
}
