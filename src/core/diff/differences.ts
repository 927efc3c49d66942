import { isRecord } from '../admission/syntax';
import { canonicalJson } from '../desired/hash';

/** One field that is not the same in two objects. */
export interface Difference {
  /** JSON path in the new object; in the old one for what has been removed. */
  readonly field: string;
  /** The old value; absent when there was none. */
  readonly from?: unknown;
  /** The new value; absent when there is none any more. */
  readonly to?: unknown;
}

/**
 * Where two JSON values differ, as deep as it can be told. Elements of lists are matched by their names where they have some, so that an element
 * in front of the others is one difference. Absent, null and empty are the same, as they are to the hashes of pod templates.
 */
export function differences(from: unknown, to: unknown, field: string): Difference[] {
  if (canonicalJson(from) === canonicalJson(to)) return [];
  if (isRecord(from) && isRecord(to)) {
    const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...keys].flatMap(key => differences(from[key], to[key], `${field}${segment(key)}`));
  }
  if (!Array.isArray(from) || !Array.isArray(to)) return [difference(field, from, to)];
  const [before, after] = [namesOf(from), namesOf(to)];
  if (before && after) return byName(from, to, before, after, field);
  return from.length === to.length ? to.flatMap((element, index) => differences(from[index], element, `${field}[${index}]`)) : [difference(field, from, to)];
}

function byName(from: readonly unknown[], to: readonly unknown[], before: readonly string[], after: readonly string[], field: string): Difference[] {
  const kept = [before.filter(name => after.includes(name)), after.filter(name => before.includes(name))] as const;
  const removed = before.flatMap((name, index) => (after.includes(name) ? [] : [difference(`${field}[${index}]`, from[index], undefined)]));
  return [
    ...after.flatMap((name, index) => differences(from[before.indexOf(name)], to[index], `${field}[${index}]`)),
    ...removed,
    ...(canonicalJson(kept[0]) === canonicalJson(kept[1]) ? [] : [difference(field, before, after)]),
  ];
}

/** The names of a list's elements; undefined unless each has its own. */
function namesOf(list: readonly unknown[]): string[] | undefined {
  const names = list.flatMap(element => (isRecord(element) && typeof element.name === 'string' ? [element.name] : []));
  return names.length === list.length && new Set(names).size === names.length ? names : undefined;
}

function difference(field: string, from: unknown, to: unknown): Difference {
  return { field, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function segment(key: string): string {
  return /^[\w-]+$/.test(key) ? `.${key}` : `[${key}]`;
}
