const LABEL_PART = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED_PART = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

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

/** Name of an environment variable by Kubernetes' strict rule. */
export function isEnvName(text: string): boolean {
  return /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text);
}

const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6 };

/** A Go duration (`1h30m`, `90s`, `-5m`) in milliseconds; undefined when it is none. */
export function durationMs(text: string): number | undefined {
  const match = /^([-+]?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(text);
  if (!match) return text === '0' ? 0 : undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)];
  const total = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0), 0);
  return match[1] === '-' ? -total : total;
}
