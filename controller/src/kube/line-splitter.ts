const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into lines. A line is decoded only when it is whole, so that a character whose bytes come in two
 * chunks stays one character.
 */
export class LineSplitter {
  private unfinished: Buffer[] = [];

  /** The lines that end in this chunk, without their line ends and without empty ones. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = this.finish(chunk.subarray(start, end));
      if (line !== '') lines.push(line);
      start = end + 1;
    }
    if (start < chunk.length) this.unfinished.push(chunk.subarray(start));
    return lines;
  }

  /** Whether a line has begun that has not ended. */
  get isInsideLine(): boolean {
    return this.unfinished.length > 0;
  }

  private finish(last: Buffer): string {
    if (this.unfinished.length === 0) return last.toString('utf8');
    const line = Buffer.concat([...this.unfinished, last]).toString('utf8');
    this.unfinished = [];
    return line;
  }
}
