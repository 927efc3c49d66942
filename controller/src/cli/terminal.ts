/** Where a verb writes: results to `out`, diagnostics to `err`. Tests pass their own. */
export interface Terminal {
  readonly out: Sink;
  readonly err: Sink;
}

export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof CODES;

/** Whether the sink is a terminal that understands escape codes, and NO_COLOR does not say that its owner wants none. */
export function isInteractive(sink: Sink, environment: NodeJS.ProcessEnv = process.env): boolean {
  return sink.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
}

/** Colours text for a sink that {@link isInteractive}; otherwise returns it unchanged. */
export function painter(sink: Sink, environment: NodeJS.ProcessEnv = process.env): (style: Style, text: string) => string {
  const colours = isInteractive(sink, environment);
  return (style, text) => (colours ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text);
}
