import { AdmissionResult, ClusterTopologyBinding, FieldError, KNOWN_SCHEDULERS, KubeObject, PodCliqueSet, admit, admitTopology } from 'cdk8s-grove/core';
import { UsageError } from './exit';
import { ManifestObject, namesOf, readManifests } from './manifests';

/** What verdicts depend on besides the object itself. */
export interface Surroundings {
  /** Bindings to look topologies up in; without any, nothing is looked up. */
  readonly topologies: readonly ClusterTopologyBinding[];
  /** The sets as they are stored, by {@link label}: what is among them is judged as an update. */
  readonly stored?: ReadonlyMap<string, PodCliqueSet>;
}

/** Which schedulers the cluster has is not known here. */
export const OFFLINE = { schedulers: KNOWN_SCHEDULERS };

/** A verdict in the words of the command line. */
export type Verdict = Pick<AdmissionResult, 'allowed' | 'errors' | 'warnings'>;

/** Whether the object is the kind that users author. */
export function isPodCliqueSet(object: KubeObject): object is PodCliqueSet & KubeObject {
  return object.kind === 'PodCliqueSet' && isGrove(object);
}

/** Whether the object is the kind that administrators author. */
export function isTopologyBinding(object: KubeObject): object is ClusterTopologyBinding & KubeObject {
  return object.kind === 'ClusterTopologyBinding' && isGrove(object);
}

/** The topology bindings among the manifests, those aside that are no bindings at all. */
export function topologiesIn(manifests: readonly ManifestObject[]): ClusterTopologyBinding[] {
  const hasLevels = ({ spec }: Partial<ClusterTopologyBinding>) => Array.isArray(spec?.levels);
  return manifests.flatMap(({ object }) => (isTopologyBinding(object) && hasLevels(object) ? [object] : []));
}

/** Reads the bindings of `--topology`. @throws UsageError when there are none. */
export function readTopologies(paths: readonly string[] = []): ClusterTopologyBinding[] {
  const found = topologiesIn(readManifests(paths));
  if (paths.length > 0 && found.length === 0) throw new UsageError(`no ClusterTopologyBinding in ${namesOf(paths)}`);
  return found;
}

/** Reads the stored sets of `--old`. @throws UsageError when there are none. */
export function readStored(paths: readonly string[] = []): ReadonlyMap<string, PodCliqueSet> {
  const found = new Map(readManifests(paths).flatMap(({ object }) => (isPodCliqueSet(object) ? [[label(object), object] as const] : [])));
  if (paths.length > 0 && found.size === 0) throw new UsageError(`no PodCliqueSet in ${namesOf(paths)}`);
  return found;
}

/** The verdict on a PodCliqueSet or a ClusterTopologyBinding. */
export function judge({ object }: ManifestObject, { topologies, stored }: Surroundings): Verdict {
  if (isTopologyBinding(object)) return admitTopology({ object, config: OFFLINE });
  const set = object as unknown as PodCliqueSet;
  const oldObject = stored?.get(label(object));
  const verdict = admit({ object: set, config: OFFLINE, ...(topologies.length > 0 ? { topologies } : {}), ...(oldObject ? { oldObject } : {}) });
  return { ...verdict, warnings: [...verdict.warnings, ...unsendable(set, verdict)] };
}

/** `PodCliqueSet default/llm`, `ClusterTopologyBinding dc`. */
export function label(object: KubeObject): string {
  const name = object.metadata?.name ?? '(no name)';
  return isTopologyBinding(object) ? `${object.kind} ${name}` : `${object.kind} ${object.metadata?.namespace || 'default'}/${name}`;
}

/** The line of what an error is about. Some paths are upstream's and not quite the fields' (spec 02 §4.5, §9). */
export function lineOfError({ lineOf }: ManifestObject, { field }: Pick<FieldError, 'field'>): number {
  return lineOf(field.replace('.podSpec.spec.', '.podSpec.').replace('spec.schedulerTopologyReferences', 'spec.schedulerTopologyBindings'));
}

/** What admission takes for nothing, as a client in Go drops it on its way, and an API server does not. */
function unsendable({ spec }: PodCliqueSet, { allowed }: Verdict): string[] {
  const isEmpty = allowed && spec.updateStrategy?.type as string | undefined === '';
  return isEmpty ? ['spec.updateStrategy.type is empty: an API server refuses the set unless a webhook of Grove takes it out; leave it out'] : [];
}

function isGrove(object: KubeObject): boolean {
  return typeof object.apiVersion === 'string' && object.apiVersion.startsWith('grove.io/');
}
