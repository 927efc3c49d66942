import type { PodCliqueSet } from '../api';
import { broken, duplicates, fieldError, listed } from './errors';
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
          startsAfter.some(parent => !parent.trim()) && fieldError('Required', path, 'must not hold an empty name'),
          startsAfter.includes(name) && fieldError('Invalid', path, `${name} cannot wait for itself`, name),
        ),
        ...duplicates(path, 'clique', startsAfter),
      ];
    }),
    ...broken(
      unknown.length > 0 && fieldError('Invalid', 'spec.template.cliques.startsAfter', `there is no clique ${listed(unknown)}`, unknown[0]),
      cycle !== undefined && fieldError('Invalid', 'spec.template.cliques', `clique must not have circular dependencies: ${cycle?.join(' → ')}`),
    ),
  ];
}

/**
 * A cycle of two cliques or more, from a clique back to itself; one that waits for itself only has an error of its own. Cliques that wait for
 * nobody are taken away, again and again; whoever is left waits in a circle, or for somebody who does.
 */
function findCycle(parents: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const waiting = new Map(Array.from(parents, ([name, list]) => [name, new Set(list.filter(parent => parent !== name && parents.has(parent)))]));
  const children = new Map(Array.from(waiting.keys(), (name): [string, string[]] => [name, []]));
  waiting.forEach((list, name) => list.forEach(parent => children.get(parent)?.push(name)));
  const free = [...waiting.keys()].filter(name => waiting.get(name)?.size === 0);
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    waiting.delete(name);
    for (const child of children.get(name) ?? []) {
      const left = waiting.get(child);
      left?.delete(name);
      if (left?.size === 0) free.push(child);
    }
  }
  return circleIn(waiting);
}

/** Follows anyone who waits to somebody they wait for, until somebody comes up again. */
function circleIn(waiting: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const trail: string[] = [];
  const at = new Map<string, number>();
  let [name] = waiting.keys();
  while (name !== undefined && !at.has(name)) {
    at.set(name, trail.push(name) - 1);
    [name] = waiting.get(name) ?? [];
  }
  return name === undefined ? undefined : [...trail.slice(at.get(name)), name];
}
