import { KubeObject, canonicalJson } from 'cdk8s-grove/core';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The merge patch (RFC 7386) that turns `live` into `wanted`; empty when nothing differs. Lists are replaced whole, and what is empty counts
 * as absent, since servers drop it.
 */
export function mergeDiff(live: object, wanted: object): Record<string, unknown> {
  const before = live as Fields;
  const after = wanted as Fields;
  const patch: Record<string, unknown> = {};
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, next] = [before[field], after[field]];
    if (canonicalJson(old) === canonicalJson(next)) continue;
    if (next === undefined) patch[field] = null;
    else patch[field] = isMap(old) && isMap(next) ? mergeDiff(old, next) : next;
  }
  return patch;
}

/** The part of an object that is written from its set. */
export function authored({ metadata: { labels = {}, annotations = {} }, spec = {} }: KubeObject): object {
  return { metadata: { labels, annotations }, spec };
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
