import type { NodeRequirement, NodeTerm, PlacementNode } from './problem';

/** Whether the node satisfies one of the terms, and of that every requirement. A term that requires nothing is satisfied by no node, as in Kubernetes. */
export function satisfiesOne(terms: readonly NodeTerm[], { name, labels = {} }: PlacementNode): boolean {
  return terms.some(({ matchExpressions = [], matchFields = [] }) => matchExpressions.length + matchFields.length > 0
    && matchExpressions.every(requirement => satisfies(requirement, labels[requirement.key]))
    && matchFields.every(requirement => requirement.key === 'metadata.name' && satisfies(requirement, name)));
}

function satisfies({ operator, values = [] }: NodeRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In': return value !== undefined && values.includes(value);
    case 'NotIn': return value === undefined || !values.includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    case 'Gt': return Number(value) > Number(values[0]);
    case 'Lt': return Number(value) < Number(values[0]);
    default: return false;
  }
}
