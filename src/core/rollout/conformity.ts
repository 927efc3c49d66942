import { LABEL } from '../api';
import type { PodClique, PodCliqueSet } from '../api';
import { updatesOnDelete } from './strategy';
import { desiredCliques, desiredMemberCliques } from '../desired/cliques';
import { canonicalJson, generationHash, podTemplateHash } from '../desired/hash';
import { CliquePosition, cliquePosition } from '../desired/position';

/** The clique as the set wants it now, whatever its replicas; undefined when the set has no clique in its position. */
export function wantedClique(set: PodCliqueSet, live: PodClique): PodClique | undefined {
  const position = cliquePosition(set, live);
  return position && cliquesAt(set, position).find(({ metadata }) => metadata.name === live.metadata.name);
}

/**
 * Whether a clique was made from the set's present template. A hash that is not ours, because another controller or another version made the
 * object, says nothing; then the templates themselves are compared, so that taking over restarts nothing (design decision 6).
 */
export function conforms(set: PodCliqueSet, live: PodClique): boolean {
  const position = cliquePosition(set, live);
  if (!position) return false;
  if (live.metadata.labels?.[LABEL.podTemplateHash] === podTemplateHash(set, position.clique)) return true;
  const wanted = wantedClique(set, live);
  return wanted !== undefined && canonicalJson(template(wanted)) === canonicalJson(template(live));
}

/** Whether a clique, or a pod of it by what its status says, is not what the set asks for now. Pods lag behind where OnDelete has revised their clique. */
export function isOutdated(set: PodCliqueSet, live: PodClique): boolean {
  return !conforms(set, live) || (live.status?.updatedReplicas ?? 0) < (live.status?.replicas ?? 0);
}

/** The hash that pods of the clique carry when they were made from the set's present template. */
export function expectedHash(set: PodCliqueSet, live: PodClique): string {
  const own = live.metadata.labels?.[LABEL.podTemplateHash];
  const position = cliquePosition(set, live);
  return own !== undefined && conforms(set, live) ? own : podTemplateHash(set, position?.clique ?? '');
}

/**
 * A live clique as its set wants it now, or undefined when it is so already. Replicas stay what a user or an autoscaler has made them (spec 04
 * §1.4). Cliques of scaling groups stay what they were made as, because a rolling update replaces them whole; what somebody has changed of one
 * behind the set's back is set right. Nothing is revised before the set's status shows the change: from then on the update is known to be one.
 */
export function revisedClique(set: PodCliqueSet, live: PodClique): PodClique | undefined {
  const position = cliquePosition(set, live);
  if (!position || set.status?.currentGenerationHash !== generationHash(set)) return undefined;
  const isReplacedWhole = position.member !== undefined && !updatesOnDelete(set);
  if (isReplacedWhole && live.metadata.labels?.[LABEL.podTemplateHash] !== podTemplateHash(set, position.clique)) return undefined;
  if (isAsWanted(set, live)) return undefined;
  const wanted = wantedClique(set, live);
  if (!wanted) return undefined;
  const labels = { ...wanted.metadata.labels, [LABEL.podTemplateHash]: expectedHash(set, live) };
  return { ...wanted, metadata: { ...wanted.metadata, labels }, spec: { ...wanted.spec, replicas: live.spec.replicas } };
}

/** Answers by the clique's generation: most passes look at cliques of which only the status has changed. */
const answers = new WeakMap<PodCliqueSet['spec'], Map<string, boolean>>();

function isAsWanted(set: PodCliqueSet, live: PodClique): boolean {
  const { uid, generation, labels } = live.metadata;
  const key = `${uid}/${generation}/${labels?.[LABEL.podTemplateHash]}`;
  const known = answers.get(set.spec) ?? new Map<string, boolean>();
  answers.set(set.spec, known);
  const answer = known.get(key) ?? (conforms(set, live) && canonicalJson(unscaled(wantedClique(set, live))) === canonicalJson(unscaled(live)));
  known.set(key, answer);
  return answer;
}

function unscaled(clique: PodClique | undefined): object {
  return { ...clique?.spec, replicas: undefined };
}

function cliquesAt(set: PodCliqueSet, { i, member }: CliquePosition): PodClique[] {
  return member ? desiredMemberCliques(set, i, member.group, member.j) : desiredCliques(set, i);
}

/** What the pods of a clique are made from. */
function template({ metadata: { labels = {}, annotations = {} }, spec: { podSpec } }: PodClique): unknown {
  const { [LABEL.podTemplateHash]: _hash, ...others } = labels;
  return { labels: others, annotations, podSpec };
}
