import type { Container, PodSpec, Toleration } from 'cdk8s-grove/core';
import { sameJson } from './json';
import { FieldProblem, forbiddenValue, invalidValue, notSupported, required } from './refusal';

const CONTAINER_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const UPDATABLE = 'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,'
  + '`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** What is wrong with the spec of a new pod, as far as a controller could get it wrong. */
export function newPodProblems(spec: PodSpec): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (!spec.containers?.length) problems.push(required('spec.containers'));
  const names = new Set<string>();
  for (const [field, containers] of [['containers', spec.containers ?? []], ['initContainers', spec.initContainers ?? []]] as const) {
    containers.forEach((container, index) => problems.push(...containerProblems(container, `spec.${field}[${index}]`, names)));
  }
  problems.push(...gateProblems(spec));
  if (spec.restartPolicy !== undefined && !['Always', 'OnFailure', 'Never'].includes(spec.restartPolicy)) {
    problems.push(notSupported('spec.restartPolicy', spec.restartPolicy, ['Always', 'OnFailure', 'Never']));
  }
  return problems;
}

function containerProblems({ name, image }: Container, path: string, names: Set<string>): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (!name) problems.push(required(`${path}.name`));
  else if (!CONTAINER_NAME.test(name)) problems.push(invalidValue(`${path}.name`, name, 'a lowercase RFC 1123 label is needed'));
  else if (names.has(name)) problems.push({ reason: 'FieldValueDuplicate', message: `Duplicate value: ${JSON.stringify(name)}`, field: `${path}.name` });
  names.add(name);
  if (!image) problems.push(required(`${path}.image`));
  return problems;
}

function gateProblems({ schedulingGates = [], nodeName }: PodSpec): FieldProblem[] {
  const names = schedulingGates.map(({ name }) => name);
  const problems = names.flatMap((name, index): FieldProblem[] => (names.indexOf(name) === index ? []
    : [{ reason: 'FieldValueDuplicate', message: `Duplicate value: ${JSON.stringify(name)}`, field: `spec.schedulingGates[${index}]` }]));
  if (names.length > 0 && nodeName) problems.push(forbiddenValue('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  return problems;
}

/**
 * What is wrong with a changed spec. Images, deadlines and further tolerations may change; gates may go; a gated pod may
 * be narrowed to fewer nodes.
 */
export function changedPodProblems(spec: PodSpec, old: PodSpec): FieldProblem[] {
  for (const field of ['containers', 'initContainers'] as const) {
    if (spec[field]?.length !== old[field]?.length) return [forbiddenValue(`spec.${field}`, 'pod updates may not add or remove containers')];
  }
  const problems = [...addedGateProblems(spec, old), ...tolerationProblems(spec.tolerations ?? [], old.tolerations ?? [])];
  const gated = (old.schedulingGates?.length ?? 0) > 0;
  if (gated) problems.push(...narrowingProblems(spec, old));
  if (!sameJson(withoutChangeable(spec, gated), withoutChangeable(old, gated))) problems.push(forbiddenValue('spec', UPDATABLE));
  return problems;
}

function addedGateProblems({ schedulingGates = [] }: PodSpec, { schedulingGates: oldGates = [] }: PodSpec): FieldProblem[] {
  return schedulingGates.flatMap(({ name }, index) => (oldGates.some((old) => old.name === name) ? []
    : [forbiddenValue(`spec.schedulingGates[${index}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)]));
}

function tolerationProblems(tolerations: readonly Toleration[], old: readonly Toleration[]): FieldProblem[] {
  const kept = old.every((one) => tolerations.some((other) => sameJson({ ...one, tolerationSeconds: 0 }, { ...other, tolerationSeconds: 0 })));
  return kept ? [] : [forbiddenValue('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}

/** A gated pod's node selector may gain keys, and keep those that it has. */
function narrowingProblems({ nodeSelector = {} }: PodSpec, { nodeSelector: old = {} }: PodSpec): FieldProblem[] {
  const kept = Object.entries(old).every(([key, value]) => nodeSelector[key] === value);
  return kept ? [] : [invalidValue('spec.nodeSelector', nodeSelector, 'only additions to spec.nodeSelector are allowed (no mutations or deletions)')];
}

function withoutChangeable(spec: PodSpec, gated: boolean): unknown {
  const withoutImage = (containers: readonly Container[] | undefined): unknown => containers?.map(({ image: _image, ...rest }) => rest);
  const { schedulingGates: _gates, tolerations: _tolerations, activeDeadlineSeconds: _deadline, nodeSelector, affinity, ...rest } = spec;
  const fixed = { ...rest, containers: withoutImage(spec.containers), initContainers: withoutImage(spec.initContainers) };
  if (!gated) return { ...fixed, nodeSelector, affinity };
  const { nodeAffinity: _nodeAffinity, ...others } = (affinity ?? {}) as { nodeAffinity?: unknown };
  return { ...fixed, affinity: others };
}
