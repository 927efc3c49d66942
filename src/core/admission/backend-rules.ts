import { ANNOTATION, LABEL } from '../api';
import type { PodCliqueSet } from '../api';
import { broken, fieldError, listed } from './errors';
import type { AdmissionConfig, FieldError } from './request';
import { isSubdomain } from './syntax';
import { constrainedScopes } from './topology-scopes';

type Metadata = { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> };

/** What schedulers ask of a set whose pods they place; others ask nothing. */
const DEMANDS: ReadonlyMap<string, (set: PodCliqueSet) => FieldError[]> = new Map([
  ['kai-scheduler', kaiErrors],
  ['volcano', volcanoErrors],
  ['lpx-scheduler', set => unconstrained(set, 'lpx-scheduler')],
]);

/** Schedulers that place by topology themselves, and so have a topology object of their own (spec 08 §4). */
export const TOPOLOGY_AWARE_BACKENDS: readonly string[] = ['kai-scheduler'];

/** Rules of the scheduler that the first clique names (spec 02 §4.7). All are reported on `spec`. */
export function backendErrors(set: PodCliqueSet, { schedulers, defaultScheduler }: AdmissionConfig): FieldError[] {
  const [first] = set.spec.template.cliques;
  if (!first) return [];
  const name = first.spec.podSpec.schedulerName || defaultScheduler;
  if (!schedulers.includes(name)) return [fieldError('Invalid', 'spec', `scheduler "${name}" is not enabled; enabled are ${listed(schedulers)}`, name)];
  return DEMANDS.get(name)?.(set) ?? [];
}

function unconstrained(set: PodCliqueSet, scheduler: string): FieldError[] {
  return broken(constrainedScopes(set).length > 0 && fieldError('Invalid', 'spec', `${scheduler} does not know topology constraints; remove them or use another scheduler`));
}

/** KAI puts a gang into one queue: the set's, or else the one that its cliques agree on (spec 08 §5.2). */
function kaiErrors(set: PodCliqueSet): FieldError[] {
  const queueOf = ({ labels, annotations }: Metadata) => labels?.[LABEL.kaiQueue] || annotations?.[ANNOTATION.kaiQueue] || undefined;
  const queues = [set.metadata, ...set.spec.template.cliques].flatMap(scope => queueOf(scope) ?? []);
  const distinct = [...new Set(queues)];
  return broken(
    distinct.length === 0 && fieldError('Invalid', 'spec', `no KAI queue is configured; set the label ${LABEL.kaiQueue} on the set`),
    distinct.length > 1 && fieldError('Invalid', 'spec', `a gang is in one KAI queue, not in ${listed(distinct)}`, distinct[1]),
  );
}

/** Volcano puts a gang into one queue; cliques without one are in the set's, or in `default`. Whether the queue exists is not known here. */
function volcanoErrors(set: PodCliqueSet): FieldError[] {
  const queueOf = ({ annotations }: Metadata) => annotations?.[ANNOTATION.volcanoQueue]?.trim() || undefined;
  const ofSet = queueOf(set.metadata);
  const queues = [...new Set(set.spec.template.cliques.map(clique => queueOf(clique) ?? ofSet ?? 'default'))];
  const misnamed = [...new Set([...queues, ...(ofSet ? [ofSet] : [])])].filter(queue => !isSubdomain(queue));
  return [
    ...unconstrained(set, 'volcano'),
    ...broken(
      misnamed.length > 0 && fieldError('Invalid', 'spec', `${listed(misnamed)} cannot be the name of a Volcano queue`, misnamed[0]),
      queues.length > 1 && fieldError('Invalid', 'spec', `a gang is in one Volcano queue, not in ${listed(queues)}`, queues[1]),
    ),
  ];
}
