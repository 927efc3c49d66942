import { fieldError } from './errors';
import type { FieldError } from './request';

/**
 * What must be there, and of what kind, before any other rule can be asked. The API server's schema says the same; offline there is none.
 */
export function shapeErrors(object: unknown): FieldError[] {
  const template = at(at(object, 'spec'), 'template');
  return [
    ...needs(object, 'metadata', isRecord, 'an object with a name'),
    ...needs(template, 'spec.template.cliques', Array.isArray, 'a list of cliques'),
    ...list(at(template, 'cliques')).flatMap((clique, index) => cliqueShape(clique, `spec.template.cliques[${index}]`)),
    ...optionalList(template, 'spec.template.podCliqueScalingGroups'),
    ...list(at(template, 'podCliqueScalingGroups')).flatMap((group, index) => [
      ...needs(group, `spec.template.podCliqueScalingGroups[${index}].name`, isText, 'a name'),
      ...needs(group, `spec.template.podCliqueScalingGroups[${index}].cliqueNames`, isTextList, 'a list of clique names'),
    ]),
  ];
}

function cliqueShape(clique: unknown, path: string): FieldError[] {
  const podSpec = at(at(clique, 'spec'), 'podSpec');
  return [
    ...needs(clique, `${path}.name`, isText, 'a name'),
    ...needs(at(clique, 'spec'), `${path}.spec.podSpec`, isRecord, 'a pod spec'),
    ...(isRecord(podSpec) ? needs(podSpec, `${path}.spec.podSpec.containers`, Array.isArray, 'a list of containers') : []),
  ];
}

/** A Required error when the last field of the path is absent, Invalid when it is of the wrong kind. */
function needs(parent: unknown, path: string, holds: (value: unknown) => boolean, what: string): FieldError[] {
  const value = at(parent, path.slice(path.lastIndexOf('.') + 1));
  if (value === undefined || value === null) return [fieldError('Required', path, `must be ${what}`)];
  return holds(value) ? [] : [fieldError('Invalid', path, `must be ${what}`, value)];
}

function optionalList(parent: unknown, path: string): FieldError[] {
  return at(parent, path.slice(path.lastIndexOf('.') + 1)) === undefined ? [] : needs(parent, path, Array.isArray, 'a list');
}

function at(parent: unknown, field: string): unknown {
  return isRecord(parent) ? parent[field] : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}
