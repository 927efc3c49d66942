import { AdmissionConfig, ClusterTopologyBinding, FieldError, PodCliqueSet, admit } from '../../src/core';
import { differencesOf } from '../golden/admission-differences';
import { golden } from '../golden/golden';
import { withoutZeroValues } from '../golden/zero-values';

interface Case {
  readonly id: string;
  readonly config: AdmissionConfig;
  readonly topologies: readonly string[];
  readonly object: PodCliqueSet;
  readonly oldObject?: PodCliqueSet;
  readonly upstream: {
    readonly allowed: boolean;
    readonly schemaErrors: readonly FieldError[];
    readonly errors: readonly FieldError[];
    readonly warnings: number;
    readonly defaulted?: PodCliqueSet;
    /** Upstream crashed over an empty list of cliques, and so refused the set without a verdict. */
    readonly upstreamPanics?: boolean;
  };
}

const recorded = golden<{ cases: Case[]; topologies: Record<string, ClusterTopologyBinding> }>('admission.json');
const cases = recorded?.cases ?? [];
const judged = cases.filter(({ upstream }) => upstream.schemaErrors.length === 0 && !upstream.upstreamPanics);
const each = (subset: readonly Case[]) => (subset.length > 0 ? test.each(subset) : test.skip.each([{ id: 'golden admission' } as Case]));

const verdicts = new Map(cases.map(({ id, object, oldObject, config, topologies }) =>
  [id, admit({ object, config, ...(oldObject ? { oldObject } : {}), topologies: topologies.map(name => recorded!.topologies[name]!) })]));

const pairs = (errors: readonly FieldError[]) => [...new Set(errors.map(({ type, field }) => `${type} ${field}`))].sort();

/** Upstream's errors, and ours where we differ on purpose. */
function expected(one: Case): string[] {
  const differences = differencesOf(one);
  const kept = one.upstream.errors.filter(({ field }) => !differences.some(({ without }) => without.includes(field)));
  return [...new Set([...pairs(kept), ...differences.flatMap(({ and }) => and.map(field => `Invalid ${field}`))])].sort();
}

describe('errors, by type and field', () => {
  each(judged)('$id', one => {
    expect(pairs(verdicts.get(one.id)!.errors)).toEqual(expected(one));
  });
});

test('what upstream\'s schema refuses or crashes over is refused', () => {
  const others = cases.filter(one => !judged.includes(one));
  expect(others.filter(({ id }) => verdicts.get(id)!.allowed)).toEqual([]);
  for (const { id } of others.filter(({ upstream }) => upstream.upstreamPanics && upstream.schemaErrors.length === 0)) {
    expect(pairs(verdicts.get(id)!.errors)).toContain('Required spec.template.cliques');
  }
});

test('what upstream allows is allowed, and nothing else, documented differences aside', () => {
  expect(cases.filter(one => differencesOf(one).length === 0 && verdicts.get(one.id)!.allowed !== one.upstream.allowed)).toEqual([]);
});

describe('the object with its defaults', () => {
  each(cases.filter(({ upstream }) => upstream.defaulted))('$id', ({ id, upstream }) => {
    expect(withoutZeroValues(verdicts.get(id)!.object)).toEqual(withoutZeroValues(upstream.defaulted));
  });
});

/** Upstream warns of each clique's restartPolicy, whatever it is; we warn of one that ends pods. The rest is comparable. */
test('the number of warnings', () => {
  const different = judged.filter(({ id, object, upstream }) => {
    const ours = verdicts.get(id)!.warnings.filter(text => !text.includes('restartPolicy'));
    return ours.length !== upstream.warnings - object.spec.template.cliques.length;
  });
  expect(different.map(({ id }) => id)).toEqual([]);
});

afterAll(() => {
  const reasons = cases.flatMap(one => differencesOf(one).map(({ reason }) => reason));
  const lines = [...new Set(reasons)].map(reason => `  ${reasons.filter(other => other === reason).length} ${reason}\n`);
  process.stderr.write(`golden admission: ${cases.length} creates and updates agree; of these with a documented difference:\n${lines.join('')}`);
});
