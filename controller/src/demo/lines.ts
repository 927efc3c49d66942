import { Style } from '../cli/terminal';

/** A piece of a line, with or without a style. Widths are counted in characters, so text must not hold wide ones. */
export interface Span {
  readonly text: string;
  readonly style?: Style;
}

export type Line = readonly Span[];

export type Paint = (style: Style, text: string) => string;

export function span(text: string, style?: Style): Span {
  return style === undefined ? { text } : { text, style };
}

export function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + text.length, 0);
}

/** The line with blanks after it, up to the width; at least one. */
export function padded(line: Line, width: number): Line {
  return [...line, span(' '.repeat(Math.max(1, width - widthOf(line))))];
}

/** The line as text; what does not fit into the width is cut off, which the last character shows. */
export function toText(line: Line, width: number, paint: Paint, ellipsis = '…'): string {
  const tooLong = widthOf(line) > width;
  let left = tooLong ? Math.max(0, width - ellipsis.length) : width;
  const shown = line.flatMap(({ text, style }) => {
    const part = text.slice(0, left);
    left -= part.length;
    return part === '' ? [] : [style ? paint(style, part) : part];
  });
  return shown.join('') + (tooLong ? ellipsis.slice(0, width) : '');
}

/** Text in lines of at most that width, broken between words; a longer word stays whole. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
