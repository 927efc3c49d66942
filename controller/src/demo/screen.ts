import { frameLines } from './frame';
import { Line, toText } from './lines';
import { ClusterView } from './model';
import { Symbols, symbolsFor } from './symbols';
import { transitions } from './transitions';
import { treeLines } from './tree';
import { Sink, isInteractive, painter } from '../cli/terminal';

/** Where a demo is told: a caption, then view after view, at the end a summary. */
export interface Screen {
  /** What happens from now on, and the commands that a person would type for it. */
  say(caption: string, commands: readonly string[], elapsedMs: number): void;
  update(view: ClusterView, elapsedMs: number): void;
  end(summary: readonly Line[]): void;
  /** Leaves the terminal as it was. Harmless when it has been left already. */
  close(): void;
}

const NOTHING: ClusterView = { sets: [], racks: [] };
const DEFAULT_WIDTH = 80;
const DEFAULT_HEIGHT = 24;

/** A tree that is drawn again and again on a terminal; a line for each change everywhere else. */
export function screenFor(sink: Sink, environment: NodeJS.ProcessEnv): Screen {
  return isInteractive(sink, environment) ? new LiveScreen(sink, environment) : new PlainScreen(sink);
}

class PlainScreen implements Screen {
  private last = NOTHING;

  constructor(private readonly sink: Sink) {}

  say(caption: string, commands: readonly string[], elapsedMs: number): void {
    this.print([`# ${caption}`, ...commands.map(command => `$ ${command}`)], elapsedMs);
  }

  update(view: ClusterView, elapsedMs: number): void {
    this.print(transitions(this.last, view), elapsedMs);
    this.last = view;
  }

  end(summary: readonly Line[]): void {
    for (const line of [[], ...summary]) this.sink.write(`${toText(line, Infinity, (_style, text) => text)}\n`);
  }

  close(): void {
    // nothing was changed
  }

  private print(lines: readonly string[], elapsedMs: number): void {
    const time = `${(elapsedMs / 1000).toFixed(1).padStart(5)} s`;
    if (lines.length > 0) this.sink.write(lines.map(line => `${time}  ${line}\n`).join(''));
  }
}

const ESCAPE = '\u001b[';
/** The alternate screen keeps what was there before; the cursor would only jump about. */
const OPEN = `${ESCAPE}?1049h${ESCAPE}?25l`;
const CLOSE = `${ESCAPE}?25h${ESCAPE}?1049l`;
/** Terminals that know it show the lines between the two at once. */
const BEGIN_FRAME = `${ESCAPE}?2026h${ESCAPE}H`;
const END_FRAME = `${ESCAPE}J${ESCAPE}?2026l`;
const END_OF_LINE = `${ESCAPE}K`;

class LiveScreen implements Screen {
  private readonly paint: ReturnType<typeof painter>;
  private readonly symbols: Symbols;
  private view = NOTHING;
  private caption = '';
  private commands: readonly string[] = [];
  private isOpen = false;

  constructor(private readonly sink: Sink, environment: NodeJS.ProcessEnv) {
    this.paint = painter(sink, environment);
    this.symbols = symbolsFor(environment);
  }

  say(caption: string, commands: readonly string[], elapsedMs: number): void {
    this.caption = caption;
    this.commands = commands;
    this.draw(elapsedMs);
  }

  update(view: ClusterView, elapsedMs: number): void {
    this.view = view;
    this.draw(elapsedMs);
  }

  end(summary: readonly Line[]): void {
    this.close();
    const { width } = this;
    const tree = treeLines(this.view, { width, detail: 'cliques', symbols: this.symbols });
    this.sink.write([...tree, [], ...summary].map(line => `${this.text(line)}\n`).join(''));
  }

  close(): void {
    if (this.isOpen) this.sink.write(CLOSE);
    this.isOpen = false;
  }

  private draw(elapsedMs: number): void {
    const { width, symbols, view, caption, commands } = this;
    const lines = frameLines({ view, caption, commands, elapsedMs }, { width, height: this.sink.rows || DEFAULT_HEIGHT, symbols });
    const open = this.isOpen ? '' : OPEN;
    this.isOpen = true;
    this.sink.write(`${open}${BEGIN_FRAME}${lines.map(line => `${this.text(line)}${END_OF_LINE}`).join('\r\n')}${END_FRAME}`);
  }

  /** Asked for with every frame: people change the size of their windows. */
  private get width(): number {
    return this.sink.columns || DEFAULT_WIDTH;
  }

  private text(line: Line): string {
    return toText(line, this.width, this.paint, this.symbols.ellipsis);
  }
}
