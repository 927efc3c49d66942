import { CliqueView, ClusterView, GangView, PodState, PodView, gangsOf, placesOf } from './model';
import { WORDS } from './symbols';

type Happening = PodState | 'gone';

/** What happens in the same moment is told in this order: first what makes something else possible. */
const ORDER: readonly Happening[] = ['failed', 'stopping', 'gone', 'ready', 'unplaced', 'blocked', 'starting'];

interface Transition {
  readonly rank: number;
  readonly text: string;
}

/** One line for everything that differs between two moments: pods by clique and state, then gangs by phase and reason. */
export function transitions(before: ClusterView, after: ClusterView): string[] {
  const pods = gangsOf(after).flatMap(({ cliques }) => cliques).flatMap(clique => podTransitions(cliqueIn(before, clique.name), clique));
  const gangs = gangsOf(after).flatMap(gang => gangTransition(gangsOf(before).find(({ name }) => name === gang.name), gang));
  return [...pods.sort((a, b) => a.rank - b.rank).map(({ text }) => text), ...gangs, ...goneGangs(before, after)];
}

function podTransitions(before: CliqueView | undefined, after: CliqueView): Transition[] {
  const old = new Map(before?.pods.map(pod => [pod.uid, pod]));
  const changed = after.pods.filter(({ uid, state }) => old.get(uid)?.state !== state);
  const kept = new Set(after.pods.map(({ uid }) => uid));
  const gone = [...old.values()].filter(({ uid }) => !kept.has(uid));
  return ORDER.flatMap((happening, rank) => {
    const pods = happening === 'gone' ? gone : changed.filter(({ state }) => state === happening);
    return pods.length === 0 ? [] : [{ rank, text: `${after.name}: ${subject(pods)} ${predicate(happening, pods, after)}` }];
  });
}

function predicate(happening: Happening, pods: readonly PodView[], { pods: all, replicas, waitsFor }: CliqueView): string {
  switch (happening) {
    case 'gone': return 'gone';
    case 'unplaced': return `created, ${WORDS.unplaced}`;
    case 'blocked': return `placed on ${where(pods)}, waiting for ${waitsFor.join(', ') || 'its parents'}`;
    case 'starting': return `starting on ${where(pods)}`;
    case 'ready': return `ready (${all.filter(({ state }) => state === 'ready').length} of ${replicas})`;
    default: return `${WORDS[happening]} on ${where(pods)}`;
  }
}

function gangTransition(before: GangView | undefined, after: GangView): string[] {
  if (before?.phase === after.phase && before.reason?.message === after.reason?.message) return [];
  return [`gang ${after.name}: ${after.phase}${after.reason ? `: ${after.reason.message}` : ''}`];
}

function goneGangs(before: ClusterView, after: ClusterView): string[] {
  const left = new Set(gangsOf(after).map(({ name }) => name));
  return gangsOf(before).filter(({ name }) => !left.has(name)).map(({ name }) => `gang ${name}: gone`);
}

function cliqueIn(view: ClusterView, name: string): CliqueView | undefined {
  return gangsOf(view).flatMap(({ cliques }) => cliques).find(clique => clique.name === name);
}

/** `pod 3`, `pods 0-2, 5`. */
function subject(pods: readonly PodView[]): string {
  const runs: [number, number][] = [];
  for (const { index } of pods) {
    const last = runs.at(-1);
    if (last && index === last[1] + 1) last[1] = index;
    else runs.push([index, index]);
  }
  return `${pods.length === 1 ? 'pod' : 'pods'} ${runs.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(', ')}`;
}

function where(pods: readonly PodView[]): string {
  const nodes = [...new Set(pods.map(({ node }) => node))];
  return nodes.length === 1 ? `${nodes[0]}` : `${nodes.length} nodes of ${placesOf(pods)}`;
}
