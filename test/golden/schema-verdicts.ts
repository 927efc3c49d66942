import { golden } from './golden';
import type { FieldError, PodCliqueSet } from '../../src/core';

interface Case {
  readonly id: string;
  readonly object: PodCliqueSet;
  readonly oldObject?: PodCliqueSet;
  readonly upstream: { readonly schemaErrors: readonly FieldError[] };
}

/** A PodCliqueSet and what upstream's schema said of it. */
export interface RecordedVerdict {
  readonly id: string;
  readonly object: any;
  /** What was there before, if it was an update. */
  readonly oldObject?: any;
  /** `type field`, sorted; empty when the schema has nothing against it. */
  readonly verdict: readonly string[];
}

/** The recorded creates and updates; none where the recording is not there. */
export function recordedVerdicts(): RecordedVerdict[] {
  const cases = golden<{ cases: Case[] }>('admission.json')?.cases ?? [];
  return cases.map(({ id, object, oldObject, upstream }) => {
    const verdict = new Set(upstream.schemaErrors.map(({ type, field }) => `${type} ${field}`));
    return { id, object: asGoWrites(object), ...(oldObject ? { oldObject: asGoWrites(oldObject) } : {}), verdict: [...verdict].sort() };
  });
}

/** Faults that upstream's operator met when it decoded the object, before any field was looked at; the schema names the field. */
const DECODED_FIRST: readonly { finding: RegExp; reason: string }[] = [
  { finding: /^Invalid spec\.template\.terminationDelay$/, reason: 'no duration that Go can read' },
  { finding: /^Invalid spec\.replicas$/, reason: 'a string in place of a number' },
];

/** Findings, `type field`, as the recording would show them. */
export function asRecorded(findings: readonly string[]): string[] {
  const decoded = findings.some(text => DECODED_FIRST.some(({ finding }) => finding.test(text)));
  return decoded ? ['Decode '] : [...new Set(findings)].sort();
}

/** The object as the recording's client sent it, encoded by Go: what is missing is written as its zero value, and an empty string may be left out. */
function asGoWrites({ spec, ...object }: any): unknown {
  const { cliques, podCliqueScalingGroups, ...template } = spec.template;
  const zeroMax = (field: string, value: any) => (value[field] ? { [field]: { maxReplicas: 0, ...value[field] } } : {});
  return {
    ...object,
    spec: {
      ...spec,
      ...(spec.updateStrategy?.type === '' ? { updateStrategy: {} } : {}),
      template: {
        ...template,
        cliques: cliques.map((clique: any) => ({
          ...clique,
          spec: { roleName: '', replicas: 0, podSpec: {}, ...clique.spec, ...zeroMax('autoScalingConfig', clique.spec) },
        })),
        ...(podCliqueScalingGroups ? { podCliqueScalingGroups: podCliqueScalingGroups.map((group: any) => ({ ...group, ...zeroMax('scaleConfig', group) })) } : {}),
      },
    },
  };
}
