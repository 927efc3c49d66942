import type { PodCliqueScalingGroupConfig, PodCliqueSet, TopologyConstraint } from '../api';
import { groupsByClique } from './members';

/** A topology constraint where it stands in a set. */
export interface ConstrainedScope {
  /** Path of the constraint. */
  readonly path: string;
  /** Tells the scopes of one set apart, and finds the same one in another version of the set. */
  readonly key: string;
  readonly constraint: TopologyConstraint;
  /** The enclosing scopes that are constrained too, the widest first: the set, and a clique's group. */
  readonly ancestors: readonly ConstrainedScope[];
}

const TEMPLATE = 'spec.template';

/** Every constraint of a set: the set's, its groups', its cliques', so that nothing comes before what encloses it. */
export function constrainedScopes(set: PodCliqueSet): ConstrainedScope[] {
  const { topologyConstraint, podCliqueScalingGroups: groups = [], cliques } = set.spec.template;
  const whole = topologyConstraint ? [{ key: 'set', path: `${TEMPLATE}.topologyConstraint`, constraint: topologyConstraint, ancestors: [] }] : [];
  const ofGroups = new Map<PodCliqueScalingGroupConfig, ConstrainedScope>();
  groups.forEach((group, index) => {
    const path = `${TEMPLATE}.podCliqueScalingGroups[${index}].topologyConstraint`;
    if (group.topologyConstraint) ofGroups.set(group, { key: `group ${group.name}`, path, constraint: group.topologyConstraint, ancestors: whole });
  });
  const constrained = cliques.flatMap((clique, index) => (clique.topologyConstraint ? [{ clique, index, constraint: clique.topologyConstraint }] : []));
  if (constrained.length === 0) return [...whole, ...ofGroups.values()];
  const members = groupsByClique(set);
  return [...whole, ...ofGroups.values(), ...constrained.map(({ clique: { name }, index, constraint }) => {
    const group = members.get(name);
    const enclosing = group && ofGroups.get(group);
    const ancestors = enclosing ? [...whole, enclosing] : whole;
    return { key: `clique ${name}`, path: `${TEMPLATE}.cliques[${index}].topologyConstraint`, constraint, ancestors };
  })];
}

/** Which topology each scope's domains are of. */
export interface TopologyNames {
  /** The name of each scope that has one, its own or its nearest ancestor's. */
  readonly resolved: ReadonlyMap<ConstrainedScope, string>;
  /** Scopes without a name, and none to inherit. */
  readonly missing: readonly ConstrainedScope[];
  /** Scopes with another name than they would inherit. */
  readonly contradicting: readonly ConstrainedScope[];
}

/** Resolves the names of all scopes of a set, given as {@link constrainedScopes} returns them. */
export function topologyNames(scopes: readonly ConstrainedScope[]): TopologyNames {
  const resolved = new Map<ConstrainedScope, string>();
  const missing: ConstrainedScope[] = [];
  const contradicting: ConstrainedScope[] = [];
  for (const scope of scopes) {
    const inherited = scope.ancestors.flatMap(ancestor => resolved.get(ancestor) ?? []).pop();
    const own = scope.constraint.topologyName || undefined;
    const name = own ?? inherited;
    if (name === undefined) missing.push(scope);
    else if (inherited !== undefined && name !== inherited) contradicting.push(scope);
    else resolved.set(scope, name);
  }
  return { resolved, missing, contradicting };
}
