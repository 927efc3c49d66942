import type { ClusterTopologyBinding, PodCliqueSet } from '../api';
import { broken, fieldError, listed } from './errors';
import type { AdmissionConfig, FieldError } from './request';
import { ConstrainedScope, constrainedScopes, topologyNames } from './topology-scopes';
import { preferredDomain, requiredDomain } from '../topology/bindings';

const TOPOLOGY_NAME = 'spec.template.topologyConstraint.topologyName';

/**
 * Rules on the topology constraints of a new set (spec 02 §5), in stages of which the first that fails is the last: names, the binding, its
 * domains, their order. Without `topologies` nothing can be looked up, and only the names are judged.
 */
export function topologyErrors(set: PodCliqueSet, config: AdmissionConfig, topologies?: readonly ClusterTopologyBinding[]): FieldError[] {
  const scopes = constrainedScopes(set);
  if (scopes.length === 0) return [];
  if (!config.topologyAwareScheduling) {
    return scopes.map(({ path }) => fieldError('Invalid', path, 'topology constraints are not allowed when Topology Aware Scheduling is disabled'));
  }
  const names = nameErrors(scopes);
  if (names.length > 0 || !topologies) return names;
  const name = nameOf(scopes);
  const levels = levelsOf(name, topologies);
  if (!levels) return [fieldError('Invalid', TOPOLOGY_NAME, `ClusterTopologyBinding "${name}" not found${alternatives(topologies)}`, name)];
  const unknown = domainErrors(scopes, levels);
  return unknown.length > 0 ? unknown : hierarchyErrors(scopes, levels);
}

/** What is written down but does nothing (spec 02 §5): a preference that the requirement implies. */
export function topologyWarnings(set: PodCliqueSet, config: AdmissionConfig, topologies: readonly ClusterTopologyBinding[] = []): string[] {
  const scopes = config.topologyAwareScheduling ? constrainedScopes(set) : [];
  const levels = levelsOf(nameOf(scopes), topologies);
  if (!levels) return [];
  return scopes
    .filter(({ constraint }) => isNarrower(requiredDomain(constraint), preferredDomain(constraint), levels))
    .map(({ path }) => `${path}.pack.preferred is coarser than ${path}.pack.required and is redundant`);
}

/** The schema's CEL rules on constraints (spec 01 §2.1, §3.2): what they say and, on new sets, that the deprecated spelling is gone. */
export function constraintShapeErrors(set: PodCliqueSet, creating: boolean): FieldError[] {
  return constrainedScopes(set).flatMap(({ path, constraint: { pack, packDomain } }) => broken(
    pack === undefined && packDomain === undefined && fieldError('Required', `${path}.pack`, 'topologyConstraint must specify pack or deprecated packDomain'),
    pack !== undefined && pack.required === undefined && pack.preferred === undefined &&
      fieldError('Required', `${path}.pack`, 'pack must specify at least one of required or preferred'),
    pack?.required !== undefined && packDomain !== undefined &&
      fieldError('Invalid', `${path}.pack.required`, 'must not set both pack.required and deprecated packDomain', pack?.required),
    creating && packDomain !== undefined && fieldError('Forbidden', deprecatedField(path),
      'packDomain is deprecated and cannot be used on new workloads; use pack.required'),
  ));
}

/** The CEL rules on cliques and groups speak of their list. */
function deprecatedField(path: string): string {
  const list = /^spec\.template\.\w+(?=\[)/.exec(path);
  return list ? list[0] : `${path}.packDomain`;
}

function nameErrors(scopes: readonly ConstrainedScope[]): FieldError[] {
  const { resolved, missing, contradicting } = topologyNames(scopes);
  const several = new Set(resolved.values()).size > 1;
  const disagreeing = several ? scopes.filter(({ constraint }) => constraint.topologyName) : contradicting;
  return [
    ...missing.map(({ path }) => fieldError('Required', `${path}.topologyName`, 'must name a ClusterTopologyBinding; there is none to inherit')),
    ...disagreeing.map(({ path, constraint: { topologyName } }) =>
      fieldError('Invalid', `${path}.topologyName`, 'all constraints of a PodCliqueSet must be of one topology', topologyName)),
  ];
}

/** The topology that all scopes are of, once their names have been judged. */
function nameOf(scopes: readonly ConstrainedScope[]): string | undefined {
  const [name] = topologyNames(scopes).resolved.values();
  return name;
}

/** Domains of a topology, broadest first. */
function levelsOf(name: string | undefined, topologies: readonly ClusterTopologyBinding[]): string[] | undefined {
  return topologies.find(({ metadata }) => metadata.name === name)?.spec.levels.map(({ domain }) => domain);
}

function alternatives(topologies: readonly ClusterTopologyBinding[]): string {
  const names = topologies.flatMap(({ metadata }) => metadata.name ?? []);
  return names.length === 0 ? '' : `; there is ${listed(names)}`;
}

function domainErrors(scopes: readonly ConstrainedScope[], levels: readonly string[]): FieldError[] {
  const known = new Set(levels);
  return scopes.flatMap(({ path, constraint: { packDomain, pack } }) => {
    const named = [[`${path}.packDomain`, packDomain], [`${path}.pack.required`, pack?.required], [`${path}.pack.preferred`, pack?.preferred]] as const;
    return named.flatMap(([field, domain]) => broken(domain !== undefined && !known.has(domain) &&
      fieldError('Invalid', field, `the topology has no domain "${domain}"; it has ${levels.join(', ')}, from broadest to narrowest`, domain)));
  });
}

/** A parent's domain may not be narrower than its child's: the child could not get what it asks for. */
function hierarchyErrors(scopes: readonly ConstrainedScope[], levels: readonly string[]): FieldError[] {
  return scopes.flatMap(child => child.ancestors.flatMap(parent => {
    const detail = (above?: string, below?: string) => `"${above}" is narrower than "${below}" of ${child.path} inside it; use a broader domain here or a narrower one there`;
    const required = [requiredDomain(parent.constraint), requiredDomain(child.constraint)] as const;
    const preferred = [preferredDomain(parent.constraint), preferredDomain(child.constraint)] as const;
    return broken(
      isNarrower(...required, levels) && fieldError('Invalid', parent.path, detail(...required), required[0]),
      isNarrower(...preferred, levels) && fieldError('Invalid', `${parent.path}.pack.preferred`, detail(...preferred), preferred[0]),
    );
  }));
}

/** Whether one domain is narrower than the other; no when either is not there. */
function isNarrower(one: string | undefined, other: string | undefined, levels: readonly string[]): boolean {
  return one !== undefined && other !== undefined && levels.includes(one) && levels.includes(other) && levels.indexOf(one) > levels.indexOf(other);
}
