/** A misspelt field in the recording: upstream's types do not know it and drop it; we keep what we do not know, for a newer Kubernetes may. */
const UNKNOWN = new Set(['minAvaliable']);

/** An object without what Go leaves out or adds for nothing: null, 0, "", {}, [] and what is made of these alone. */
export function withoutZeroValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(entry => withoutZeroValues(entry));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !UNKNOWN.has(key)).map(([key, part]) => [key, withoutZeroValues(part)] as const);
  return Object.fromEntries(entries.filter(([, part]) => !isZero(part)));
}

function isZero(value: unknown): boolean {
  if (value === null || value === '' || value === 0 || value === undefined) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
