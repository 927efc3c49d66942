import { AdmissionConfig, FieldError, PodCliqueSet, admit } from '../../src/core';
import { golden } from '../golden/golden';

interface Case {
  readonly id: string;
  readonly kind: 'create' | 'update';
  readonly config: AdmissionConfig;
  readonly object: PodCliqueSet;
  readonly oldObject?: PodCliqueSet;
  readonly upstream: { allowed: boolean; schemaErrors: FieldError[]; errors: FieldError[]; upstreamPanics?: boolean };
}

/** Subjects whose rules are not written yet. */
const LATER = /topologyConstraint|resourceSharing|resourceClaimTemplates|mnnvl|^spec$/;

const cases = (golden<{ cases: Case[] }>('admission.json')?.cases ?? []).filter(({ kind, upstream }) =>
  kind === 'create' && upstream.schemaErrors.length === 0 && !upstream.upstreamPanics && !upstream.errors.some(({ field }) => LATER.test(field)));

/**
 * Where we differ on purpose (spec 02): upstream derives minAvailable from the replicas as submitted, so that leaving both out is refused
 * (D5); it does not look at a scaling group's maxReplicas (§4.6).
 */
function ours({ object, upstream }: Case): FieldError[] {
  return upstream.errors.filter(({ field }) => {
    const match = /^spec\.template\.cliques\[(\d+)\]\.spec\.minAvailable$/.exec(field);
    const spec = match ? object.spec.template.cliques[Number(match[1])]?.spec : undefined;
    return !(spec && !spec.replicas && spec.minAvailable === undefined);
  });
}

const STRICTER = /^spec\.template\.podCliqueScalingGroups\[\d+\]\.scaleConfig\.maxReplicas$/;

const pairs = (errors: readonly FieldError[]) => [...new Set(errors.map(({ type, field }) => `${type} ${field}`))].sort();

(cases.length > 0 ? test.each(cases) : test.skip.each([{ id: 'golden admission' }] as Case[]))('$id', recorded => {
  const { object, config } = recorded;
  expect(pairs(admit({ object, config }).errors.filter(({ field }) => !STRICTER.test(field)))).toEqual(pairs(ours(recorded)));
});
