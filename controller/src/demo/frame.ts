import { Line, padded, span, wrapped } from './lines';
import { ClusterView, NodeView, PodState, RackView, freeGpus } from './model';
import { STYLES, Symbols, WORDS } from './symbols';
import { Detail, treeLines } from './tree';

/** What is on the screen at one moment. */
export interface Picture {
  readonly view: ClusterView;
  /** What happens now, in a sentence or two. */
  readonly caption: string;
  /** The commands that a person would type for it. */
  readonly commands: readonly string[];
  readonly elapsedMs: number;
}

export interface FrameOptions {
  /** Columns. */
  readonly width: number;
  readonly height: number;
  readonly symbols: Symbols;
}

const DETAILS: readonly Detail[] = ['pods', 'cliques', 'gangs'];

/** The picture with as much detail as fits; when even the least does not fit, the last line tells how much is missing. */
export function frameLines(picture: Picture, options: FrameOptions): Line[] {
  const head = [...captionLines(picture, options.width), []];
  const foot = [[], ...rackLines(picture.view.racks, options.symbols)];
  const bodies = DETAILS.map(detail => treeLines(picture.view, { ...options, detail }));
  const body = bodies.find(lines => head.length + lines.length + foot.length <= options.height);
  return cutOff([...head, ...body ?? bodies.at(-1)!, ...foot], options);
}

function captionLines({ caption, commands, elapsedMs }: Picture, width: number): Line[] {
  const clock = `${(elapsedMs / 1000).toFixed(1)} s`.padStart(7);
  const [first = '', ...rest] = wrapped(caption, Math.max(10, width - clock.length - 2));
  return [
    [...padded([span(first, 'bold')], width - clock.length), span(clock, 'dim')],
    ...rest.map((text): Line => [span(text, 'bold')]),
    ...commands.map((command): Line => [span(`$ ${command}`, 'cyan')]),
  ];
}

/** One line a rack, one sign a node: the first letter of the clique that has it. */
function rackLines(racks: readonly RackView[], symbols: Symbols): Line[] {
  const column = Math.max(0, ...racks.map(({ name }) => name.length)) + 2;
  const lines = racks.map((rack): Line => [
    ...padded([span(rack.name)], column),
    ...rack.nodes.flatMap(node => [nodeSpan(node, symbols), span(' ')]),
    span(` ${freeGpus(rack)} GPUs free`),
  ]);
  return [...lines, legend(symbols)];
}

function nodeSpan({ open, pod }: NodeView, symbols: Symbols) {
  if (pod) return span(pod.clique.split('-').at(-1)?.slice(0, 1) ?? '?', STYLES[pod.state]);
  return open ? span(symbols.freeNode, 'dim') : span(symbols.closedNode, 'red');
}

function legend(symbols: Symbols): Line {
  const states: readonly PodState[] = ['unplaced', 'blocked', 'starting', 'ready'];
  return [
    ...states.flatMap(state => [span(symbols.pods[state], STYLES[state]), span(` ${WORDS[state]}  `, 'dim')]),
    span(symbols.closedNode, 'red'), span(' node closed', 'dim'),
  ];
}

function cutOff(lines: readonly Line[], { height, symbols }: FrameOptions): Line[] {
  if (lines.length <= height) return [...lines];
  const shown = Math.max(0, height - 1);
  return [...lines.slice(0, shown), [span(`${symbols.ellipsis} ${lines.length - shown} more lines`, 'dim')]];
}
