import { Client, WatchOptions } from '../../controller/src/kube/client';
import { ResourceType } from '../../controller/src/kube/resource';
import { KubeStream, Transport } from '../../controller/src/kube/transport';
import { until } from '../control-plane/until';

export interface WatchLine {
  readonly type: string;
  readonly object: any;
}

/** What has come on a watch so far. */
export class Watching {
  readonly lines: WatchLine[] = [];
  private ended = false;

  private constructor(private readonly stream: KubeStream) {
    void this.read();
  }

  static async open(client: Client, type: ResourceType, options: WatchOptions): Promise<Watching> {
    return new Watching(await client.watch(type, options));
  }

  static async raw(transport: Transport, path: string, query: Record<string, string>): Promise<Watching> {
    return new Watching(await transport.stream({ method: 'GET', path, query: { watch: 'true', ...query } }));
  }

  /** The lines as `TYPE name`, without bookmarks. */
  get story(): string[] {
    return this.lines.filter(({ type }) => type !== 'BOOKMARK').map(({ type, object }) => `${type} ${object.metadata?.name ?? object.reason}`);
  }

  /** Waits for a line, and returns it. */
  line(what: string, matches: (line: WatchLine) => boolean): Promise<WatchLine> {
    return until(`a line of the watch: ${what}; so far: ${this.story.join(', ')}`, async () => this.lines.find(matches), 10_000);
  }

  /** Waits until the last change that a test makes has arrived, so that everything before it has, too. */
  deleted(name: string): Promise<WatchLine> {
    return this.line(`DELETED ${name}`, ({ type, object }) => type === 'DELETED' && object.metadata.name === name);
  }

  end(): Promise<boolean> {
    return until('the end of the watch', async () => this.ended || undefined, 10_000);
  }

  cancel(): void {
    this.stream.cancel();
  }

  private async read(): Promise<void> {
    for await (const line of this.stream.lines) this.lines.push(line as WatchLine);
    this.ended = true;
  }
}
