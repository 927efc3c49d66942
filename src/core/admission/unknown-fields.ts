import { compiledShape as shape, fieldPath } from './shape-table';
import type { Compiled } from './shape-table';
import { ROOTS } from './shapes.generated';
import { isRecord } from './syntax';

/** A field that the schema does not have. */
export interface UnknownField {
  readonly field: string;
  /** The field that may have been meant. */
  readonly meant?: string;
}

/** What a server writes, and nobody else; the table of shapes leaves it out. */
const WRITTEN_BY_SERVERS: Readonly<Record<string, readonly string[]>> = {
  '': ['status'],
  'metadata': ['creationTimestamp', 'deletionTimestamp', 'managedFields', 'selfLink'],
};

/**
 * The fields of an object that the schema does not have, most often misspelled ones. API servers drop them; asked to be strict, as kubectl does
 * by default, they refuse the object.
 */
export function unknownFields(object: unknown, kind: keyof typeof ROOTS): UnknownField[] {
  return within(object, shape(ROOTS[kind]), []);
}

function within(value: unknown, { items, fieldRows, values }: Compiled, trail: readonly (string | number)[]): UnknownField[] {
  if (Array.isArray(value)) return items === undefined ? [] : value.flatMap((entry, index) => within(entry, shape(items), [...trail, index]));
  if (!isRecord(value) || (!fieldRows && values === undefined)) return [];
  const written = WRITTEN_BY_SERVERS[fieldPath(trail)] ?? [];
  return Object.entries(value).flatMap(([field, part]) => {
    const row = fieldRows?.get(field) ?? values;
    if (row !== undefined) return within(part, shape(row), [...trail, field]);
    if (written.includes(field)) return [];
    const meant = nearest(field, [...fieldRows!.keys()]);
    return [{ field: fieldPath([...trail, field]), ...(meant === undefined ? {} : { meant }) }];
  });
}

/** The name that differs least, if not in more than a third of the word. */
function nearest(word: string, names: readonly string[]): string | undefined {
  const distances = names.map(name => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }));
  const [best] = distances.sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, word.length / 3) ? best.name : undefined;
}

/** How many letters have to be put in, taken out or changed to make one word the other (Levenshtein). */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let line = 1; line <= one.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= other.length; column += 1) {
      const changed = row[column - 1]! + (one[line - 1] === other[column - 1] ? 0 : 1);
      next.push(Math.min(changed, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}
