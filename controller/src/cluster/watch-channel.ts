import { TransportError } from '../kube/transport';

/** Lines on their way from the server to one watcher. Each is handed over once; who reads late loses nothing. */
export class WatchChannel implements AsyncIterable<unknown> {
  private readonly waiting: unknown[] = [];
  private readonly closeListeners: Array<() => void> = [];
  private end?: { readonly error?: Error };
  private wake?: () => void;

  get closed(): boolean {
    return this.end !== undefined;
  }

  push(line: unknown): void {
    if (this.end) return;
    this.waiting.push(line);
    this.wake?.();
  }

  /** Ends the stream in good order; what was pushed before is still read. */
  close(): void {
    this.finish({});
  }

  /** Breaks the stream: what was not yet read is lost, as it is when a connection is reset. */
  reset(): void {
    this.waiting.length = 0;
    this.finish({ error: new TransportError('ECONNRESET', 'the watch was reset') });
  }

  onClose(listener: () => void): void {
    this.closeListeners.push(listener);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<unknown> {
    try {
      for (;;) {
        while (this.waiting.length > 0) yield this.waiting.shift();
        if (this.end?.error) throw this.end.error;
        if (this.end) return;
        await new Promise<void>((resolve) => { this.wake = resolve; });
      }
    } finally {
      this.close();
    }
  }

  private finish(end: { readonly error?: Error }): void {
    if (this.end) return;
    this.end = end;
    for (const listener of this.closeListeners) listener();
    this.wake?.();
  }
}
