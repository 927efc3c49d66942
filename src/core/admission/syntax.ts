const LABEL_PART = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED_PART = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** RFC 1123 label: what namespaces and MNNVL groups are called. */
export function isLabel(text: string): boolean {
  return text.length <= 63 && LABEL_PART.test(text);
}

/** RFC 1123 subdomain: what Kubernetes objects are called. */
export function isSubdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every(part => LABEL_PART.test(part));
}

/** Key of a label or an annotation: `name` or `prefix/name`. */
export function isQualifiedName(text: string): boolean {
  const parts = text.split('/');
  const name = parts[parts.length - 1] ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  return parts.length <= 2 && name.length <= 63 && QUALIFIED_PART.test(name) && (prefix === undefined || isSubdomain(prefix));
}

/** Value of a label. */
export function isLabelValue(text: string): boolean {
  return text === '' || (text.length <= 63 && QUALIFIED_PART.test(text));
}

/** Length of a text in bytes, as servers count it. */
export function utf8Length(text: string): number {
  return text.length + (text.match(/[\u0080-\u07ff\ud800-\udfff]/g) ?? []).length + 2 * (text.match(/[\u0800-\ud7ff\ue000-\uffff]/g) ?? []).length;
}

/** Name of an environment variable by Kubernetes' strict rule. */
export function isEnvName(text: string): boolean {
  return /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text) && text !== '.' && !text.startsWith('..');
}

const UNIT_NS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 };
const LONGEST_NS = 2 ** 63;

/** A Go duration (`1h30m`, `90s`, `-5m`) in nanoseconds; undefined when it is none, or longer than Go can count (292 years). */
export function durationNs(text: string): number | undefined {
  if (/^[-+]?0$/.test(text)) return 0;
  if (text.length > 1000 || !/^[-+]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)];
  const total = parts.reduce((sum, [, count, unit]) => sum + Math.trunc(Number(count) * (UNIT_NS[unit ?? ''] ?? 0)), 0);
  if (total >= LONGEST_NS) return undefined;
  return text.startsWith('-') ? -total : total;
}

/** A JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether two JSON values mean the same, whatever the order of their keys: what is empty means as little as what is absent, for clients in Go leave
 * it out or write it as they like. Any depth: no recursion.
 */
export function sameMeaning(one: unknown, other: unknown): boolean {
  const pairs: [unknown, unknown][] = [[one, other]];
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [a, b] = pair.map(value => (isEmpty(value) ? undefined : value));
    if (a === b) continue;
    if (Array.isArray(a) && Array.isArray(b) ? a.length !== b.length : !isRecord(a ?? {}) || !isRecord(b ?? {})) return false;
    for (const key of Object.keys({ ...a as object, ...b as object })) pairs.push([ownValue(a, key), ownValue(b, key)]);
  }
  return true;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function ownValue(of: unknown, key: string): unknown {
  return of !== undefined && Object.hasOwn(of as object, key) ? (of as Record<string, unknown>)[key] : undefined;
}
