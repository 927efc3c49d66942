import { differences } from './differences';
import { FieldChange, effectOf } from './effects';
import { Rollout, rolloutOf } from './rollout';
import { admit } from '../admission/admit';
import { withDefaults } from '../admission/defaults';
import type { AdmissionRequest, FieldError } from '../admission/request';
import type { PodCliqueSet } from '../api';

/** What an edit of a PodCliqueSet comes to, in one word. */
export type UpdateOutcome =
  | 'unchanged'
  /** Something has changed, and it holds only for what is made afterwards. */
  | 'no-live-effect'
  /** Carried out without touching a pod. */
  | 'in-place'
  /** Copies of the set are made or taken away, and no other pod is touched. */
  | 'scale'
  /** Pods take the change when somebody deletes them. */
  | 'on-delete'
  /** The controller replaces pods. */
  | 'rolling-recreate'
  /** The cluster refuses the edit; the new set could be made, after the old one has been deleted or under another name. */
  | 'needs-recreate'
  /** The cluster refuses the new set, whether or not there is an old one. */
  | 'refused';

export interface SetUpdate {
  readonly outcome: UpdateOutcome;
  /** Every field that changes, with what becomes of it. */
  readonly changes: readonly FieldChange[];
  /** Why the update is refused. */
  readonly errors: readonly FieldError[];
  readonly warnings: readonly string[];
  /** Copies of the set before and after, when their number changes. */
  readonly scale?: { readonly from: number; readonly to: number };
  /** The pods that are replaced. */
  readonly rollout?: Rollout;
}

/**
 * What happens to a running set when the new one takes its place: the same rules and the same decisions as in the cluster, asked beforehand. Counts of
 * cliques and scaling groups are those of the old template; live ones may be others.
 */
export function explainUpdate(old: PodCliqueSet, set: PodCliqueSet, context: Omit<AdmissionRequest, 'object' | 'oldObject'> = {}): SetUpdate {
  const { allowed, object, errors, warnings } = admit({ ...context, object: set, oldObject: old });
  if (!allowed) {
    const isValid = admit({ ...context, object: set }).allowed;
    return { outcome: isValid ? 'needs-recreate' : 'refused', changes: [], errors, warnings };
  }
  const before = withDefaults(old);
  const found = [...metadataDifferences(old, set), ...differences(before.spec, object.spec, 'spec')].map(effectOf);
  const [from, to] = [before.spec.replicas ?? 0, object.spec.replicas ?? 0];
  const isCounted = old.spec.replicas !== undefined || set.spec.replicas !== undefined;
  const rollout = rolloutOf(before, object, isCounted ? Math.min(from, to) : undefined);
  const changes = found.map(change => (change.effect === 'pods' && !rollout ? { ...change, effect: 'in-place' as const, detail: 'no pod is there, or none is made from it' } : change));
  return {
    outcome: outcomeOf(changes, rollout),
    changes,
    errors,
    warnings,
    ...(from === to ? {} : { scale: { from, to } }),
    ...(rollout ? { rollout } : {}),
  };
}

function outcomeOf(changes: readonly FieldChange[], rollout: Rollout | undefined): UpdateOutcome {
  if (rollout) return rollout.strategy === 'OnDelete' ? 'on-delete' : 'rolling-recreate';
  const has = (effect: FieldChange['effect']) => changes.some(change => change.effect === effect);
  if (has('scale')) return 'scale';
  if (has('in-place')) return 'in-place';
  return has('later') ? 'no-live-effect' : 'unchanged';
}

/** kubectl's copy of the manifest is in stored objects and in no manifest. */
const BOOKKEEPING = /^kubectl\.kubernetes\.io\/last-applied-configuration$/;

function metadataDifferences(old: PodCliqueSet, set: PodCliqueSet) {
  const annotations = ({ metadata }: PodCliqueSet) => Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => !BOOKKEEPING.test(key)));
  return [
    ...differences(old.metadata.labels, set.metadata.labels, 'metadata.labels'),
    ...differences(annotations(old), annotations(set), 'metadata.annotations'),
  ];
}
