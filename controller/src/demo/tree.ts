import { Line, Span, padded, span, widthOf, wrapped } from './lines';
import { CliqueView, ClusterView, GangView, PodState, SetView, isComplete, placesOf, podsOf } from './model';
import { STYLES, Symbols, WORDS } from './symbols';

/** How much of the tree is shown: every pod with its node, a sign a pod, or one line for each gang that is complete. */
export type Detail = 'pods' | 'cliques' | 'gangs';

export interface TreeOptions {
  /** Columns. */
  readonly width: number;
  readonly detail: Detail;
  readonly symbols: Symbols;
}

/** States in the order in which a pod goes through them, the last first. */
const STATES: readonly PodState[] = ['ready', 'starting', 'blocked', 'unplaced', 'stopping', 'failed'];
const PHASE_STYLE: Readonly<Record<string, 'green' | 'yellow' | 'red'>> = { Running: 'green', Starting: 'yellow', Pending: 'red' };

/** The tree of sets, gangs, cliques and pods. */
export function treeLines({ sets }: Pick<ClusterView, 'sets'>, options: TreeOptions): Line[] {
  const roles = sets.flatMap(({ gangs }) => gangs.flatMap(({ cliques }) => cliques.map(({ role }) => role.length + 6)));
  const names = sets.flatMap(({ name, gangs }) => [name.length, ...gangs.map(gang => gang.name.length + 8)]);
  const column = Math.min(Math.max(20, ...roles, ...names) + 2, Math.floor(options.width / 2));
  return sets.flatMap(set => setLines(set, column, options));
}

function setLines({ name, gangs }: SetView, column: number, options: TreeOptions): Line[] {
  const pods = gangs.flatMap(podsOf);
  const ready = pods.filter(({ state }) => state === 'ready').length;
  const title: Line = [...padded([span(name, 'bold')], column), span(`${ready} of ${pods.length} pods ready`)];
  return [title, ...branches(gangs, options.symbols, (gang, lead, below) => gangLines(gang, lead, below, column, options))];
}

function gangLines(gang: GangView, lead: string, below: string, column: number, options: TreeOptions): Line[] {
  const { phase, cliques, reason } = gang;
  const { symbols, detail, width } = options;
  const hidden = detail === 'gangs' && isComplete(gang);
  const pods = podsOf(gang);
  const title: Line = [
    ...padded([span(lead, 'dim'), span('gang '), span(gang.name, 'bold')], column),
    ...padded([span(phase, PHASE_STYLE[phase])], 10),
    span(hidden ? `${pods.length} pods on ${placesOf(pods)}` : pods.some(({ node }) => node) ? placesOf(pods) : ''),
  ];
  const why = reason ? wrapped(reason.message, Math.max(20, width - below.length - 5)) : [];
  const bar = cliques.length > 0 && !hidden ? symbols.trunk : '   ';
  return [
    title,
    ...why.map((text): Line => [span(`${below}${bar}  `, 'dim'), span(text, 'yellow')]),
    ...(hidden ? [] : branches(cliques, symbols, (clique, branch, trunk) => cliqueLines(clique, below + branch, below + trunk, column, options))),
  ];
}

function cliqueLines(clique: CliqueView, lead: string, below: string, column: number, { detail, symbols, width }: TreeOptions): Line[] {
  const head = padded([span(lead, 'dim'), span(clique.role)], column);
  const signs = clique.pods.map(({ state }) => span(symbols.pods[state], STYLES[state]));
  if (detail !== 'pods') return [[...padded([...head, ...stateSpans(clique)], column + 34), ...signs]];
  const cells = clique.pods.map((pod): Line => padded([span(symbols.pods[pod.state], STYLES[pod.state]), span(` ${pod.index} ${pod.node ?? ''}`)], 22));
  return [[...head, ...stateSpans(clique)], ...rows(cells, `${below}   `, width)];
}

/** `2 of 4 ready, 2 starting`, and for whom they wait. */
function stateSpans({ replicas, pods, waitsFor }: CliqueView): Span[] {
  const counts = STATES.map(state => ({ state, count: pods.filter(pod => pod.state === state).length }));
  const others = counts.filter(({ state, count }) => state !== 'ready' && count > 0);
  const ready = counts[0]!.count;
  return [
    span(`${ready} of ${replicas} ready`, ready === replicas && others.length === 0 ? 'green' : undefined),
    ...others.flatMap(({ state, count }) => [span(', '), span(`${count} ${wordsFor(state, waitsFor)}`, STYLES[state])]),
  ];
}

function wordsFor(state: PodState, waitsFor: readonly string[]): string {
  return state === 'blocked' && waitsFor.length > 0 ? `waiting for ${waitsFor.join(', ')}` : WORDS[state];
}

function rows(cells: readonly Line[], indent: string, width: number): Line[] {
  const perRow = Math.max(1, Math.floor((width - indent.length) / Math.max(1, ...cells.map(widthOf))));
  return Array.from({ length: Math.ceil(cells.length / perRow) }, (_, row) =>
    [span(indent, 'dim'), ...cells.slice(row * perRow, (row + 1) * perRow).flat()]);
}

function branches<T>(items: readonly T[], symbols: Symbols, lines: (item: T, lead: string, below: string) => Line[]): Line[] {
  return items.flatMap((item, position) =>
    (position === items.length - 1 ? lines(item, symbols.lastBranch, '   ') : lines(item, symbols.branch, symbols.trunk)));
}
