import type { ClusterTopologyBinding, PodCliqueSet, TopologyConstraint } from '../api';
import { broken, fieldError } from './errors';
import type { AdmissionConfig, FieldError } from './request';
import { topologyErrors } from './topology-rules';
import { constrainedScopes, topologyNames } from './topology-scopes';
import { preferredDomain, requiredDomain } from '../topology/bindings';

const SET_CONSTRAINT = 'spec.template.topologyConstraint';

/**
 * Constraints stay as they are: gangs are placed by them (spec 02 §6). Two edits are allowed: from the deprecated `packDomain` to
 * `pack.required` of the same meaning; and, in a set from before topologies had names, giving one, after which the result must be valid.
 */
export function topologyUpdateErrors(
  old: PodCliqueSet, set: PodCliqueSet, config: AdmissionConfig, topologies?: readonly ClusterTopologyBinding[],
): FieldError[] {
  if (!isNameless(old)) return changeErrors(old, set, isMigration);
  const errors = changeErrors(old, set, (before, after) => isMigration(before, after) || isNaming(before, after));
  return errors.length > 0 ? errors : topologyErrors(set, config, topologies);
}

/** The deprecated spelling still works, and says so on every update. */
export function deprecationWarnings(set: PodCliqueSet): string[] {
  return constrainedScopes(set)
    .filter(({ constraint }) => constraint.packDomain)
    .map(({ path }) => `${path}.packDomain is deprecated; use ${path}.pack.required instead`);
}

type Allowed = (before: TopologyConstraint, after: TopologyConstraint) => boolean;

function changeErrors(old: PodCliqueSet, set: PodCliqueSet, isAllowed: Allowed): FieldError[] {
  const before = new Map(constrainedScopes(old).map(scope => [scope.key, scope]));
  const after = new Map(constrainedScopes(set).map(scope => [scope.key, scope]));
  const changes = scopeKeys(set).map(({ key, path }) => ({ path, from: before.get(key)?.constraint, to: after.get(key)?.constraint }));
  return changes.flatMap(({ path, from, to }) => {
    if (isSame(from, to) || (from && to && isAllowed(from, to))) return [];
    const renamed = path === SET_CONSTRAINT && (from?.topologyName ?? '') !== (to?.topologyName ?? '');
    return broken(
      renamed && fieldError('Forbidden', `${path}.topologyName`, `cannot be changed from "${from?.topologyName ?? ''}"`, to?.topologyName),
      !renamed && fieldError('Forbidden', path, describeChange(from, to)),
    );
  });
}

/** Every place of the new set where a constraint can be. */
function scopeKeys(set: PodCliqueSet): { key: string; path: string }[] {
  const { cliques, podCliqueScalingGroups: groups = [] } = set.spec.template;
  return [
    { key: 'set', path: SET_CONSTRAINT },
    ...cliques.map(({ name }, index) => ({ key: `clique ${name}`, path: `spec.template.cliques[${index}].topologyConstraint` })),
    ...groups.map(({ name }, index) => ({ key: `group ${name}`, path: `spec.template.podCliqueScalingGroups[${index}].topologyConstraint` })),
  ];
}

function isSame(from: TopologyConstraint | undefined, to: TopologyConstraint | undefined): boolean {
  if (!from || !to) return from === to;
  return (from.topologyName ?? '') === (to.topologyName ?? '') && from.packDomain === to.packDomain
    && requiredDomain(from) === requiredDomain(to) && preferredDomain(from) === preferredDomain(to);
}

function isMigration(from: TopologyConstraint, to: TopologyConstraint): boolean {
  return Boolean(from.packDomain) && to.packDomain === undefined && to.pack?.required === from.packDomain
    && preferredDomain(from) === preferredDomain(to) && (from.topologyName ?? '') === (to.topologyName ?? '');
}

function isNaming(from: TopologyConstraint, to: TopologyConstraint): boolean {
  return !from.topologyName && Boolean(from.packDomain) && Boolean(to.topologyName) && to.packDomain === from.packDomain;
}

/** Whether the set is from before constraints had names: one of the old spelling has none, and some scope has none to inherit either. */
function isNameless(set: PodCliqueSet): boolean {
  const scopes = constrainedScopes(set);
  return scopes.some(({ constraint }) => !constraint.topologyName && constraint.packDomain) && topologyNames(scopes).missing.length > 0;
}

function describeChange(from: TopologyConstraint | undefined, to: TopologyConstraint | undefined): string {
  if (!from) return 'a constraint cannot be added to an existing set';
  if (!to) return 'the constraint of an existing set cannot be removed';
  return 'the constraint of an existing set cannot be changed; make a new set';
}
