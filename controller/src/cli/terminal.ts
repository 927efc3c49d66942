/** Where a verb writes: results to `out`, diagnostics to `err`. Tests pass their own. */
export interface Terminal {
  readonly out: Sink;
  readonly err: Sink;
}

export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof CODES;

/** Colours text when the sink is a terminal and NO_COLOR is not set; otherwise returns it unchanged. */
export function painter(sink: Sink, environment: NodeJS.ProcessEnv = process.env): (style: Style, text: string) => string {
  const colours = sink.isTTY === true && !environment.NO_COLOR;
  return (style, text) => (colours ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text);
}
