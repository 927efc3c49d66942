import type { PodCliqueSet } from '../api';
import { broken, duplicates, fieldError } from './errors';
import type { FieldError } from './request';

/** Rules on start-up dependencies; they count only with the Explicit type (spec 02 §4.4). */
export function startupErrors(set: PodCliqueSet): FieldError[] {
  const { cliqueStartupType, cliques } = set.spec.template;
  if (cliqueStartupType !== 'CliqueStartupTypeExplicit') return [];
  const parents = new Map(cliques.map(({ name, spec }) => [name, spec.startsAfter ?? []]));
  const unknown = [...new Set([...parents.values()].flat().filter(name => !parents.has(name)))];
  const cycle = findCycle(parents);
  return [
    ...cliques.flatMap(({ name, spec: { startsAfter = [] } }, index) => {
      const path = `spec.template.cliques[${index}].spec.startsAfter`;
      return [
        ...broken(
          [startsAfter.includes(''), fieldError('Required', path, 'must not hold an empty name')],
          [startsAfter.includes(name), fieldError('Invalid', path, `${name} cannot wait for itself`, name)],
        ),
        ...duplicates(path, 'clique', startsAfter),
      ];
    }),
    ...broken(
      [unknown.length > 0, fieldError('Invalid', 'spec.template.cliques.startsAfter', `there is no clique ${unknown.map(name => `"${name}"`).join(', ')}`, unknown.join(', '))],
      [cycle !== undefined, fieldError('Invalid', 'spec.template.cliques', `clique must not have circular dependencies: ${cycle?.join(' → ')}`)],
    ),
  ];
}

/** A cycle of two cliques or more, from a clique back to itself. One that waits for itself only has an error of its own. */
function findCycle(parents: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): string[] | undefined => {
    const start = trail.indexOf(name);
    if (start >= 0) return [...trail.slice(start), name];
    if (done.has(name)) return undefined;
    for (const parent of parents.get(name) ?? []) {
      const found = parent === name ? undefined : visit(parent, [...trail, name]);
      if (found) return found;
    }
    done.add(name);
    return undefined;
  };
  for (const name of parents.keys()) {
    const found = visit(name, []);
    if (found) return found;
  }
  return undefined;
}
