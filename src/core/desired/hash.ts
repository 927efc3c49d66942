import type { PodCliqueSet, PodCliqueTemplate } from '../api';
import { sha256 } from '../sha256';
import { cliqueTemplate } from './template';

/** The digits that may stand in a label value and form no words; upstream's choice (spec 04 §2). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const LENGTH = 12;

/**
 * Hash of what a clique's pods are made from: labels, annotations and pod spec of its template and the set's priority class (spec 04 §2).
 * Opaque: upstream's hash of the same template differs, so a foreign one is adopted, not compared (design decision 6).
 */
export function podTemplateHash(set: PodCliqueSet, clique: string): string {
  return remembered(set, clique, () => hash(templateInputs(set, cliqueTemplate(set, clique))));
}

/** Hash of all pod templates of a set, in the order of its cliques. */
export function generationHash(set: PodCliqueSet): string {
  return remembered(set, '', () => hash(set.spec.template.cliques.map(clique => templateInputs(set, clique))));
}

/** Hashes of the same template are asked for once for each of its pods; objects never change, so the first answer holds. */
const hashes = new WeakMap<PodCliqueSet['spec']['template'], Map<string, string>>();

function remembered({ spec: { template } }: PodCliqueSet, key: string, compute: () => string): string {
  const known = hashes.get(template) ?? new Map<string, string>();
  hashes.set(template, known);
  const value = known.get(key) ?? compute();
  known.set(key, value);
  return value;
}

/** JSON with sorted keys in which absent, null and empty are the same. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(normalised(value) ?? null);
}

function templateInputs(set: PodCliqueSet, clique: PodCliqueTemplate): unknown {
  const spec = { ...clique.spec.podSpec, priorityClassName: set.spec.template.priorityClassName };
  return { metadata: { labels: clique.labels, annotations: clique.annotations }, spec };
}

function hash(value: unknown): string {
  return [...sha256(canonicalJson(value)).slice(0, LENGTH)].map(byte => ALPHABET[byte % ALPHABET.length]).join('');
}

function normalised(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? value.map(item => normalised(item) ?? null) : undefined;
  if (typeof value !== 'object' || value === null) return value === null || value === '' ? undefined : value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, normalised(inner)] as const)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
