import { KubeRequest, KubeResponse, KubeStream, Transport } from '../../controller/src/kube';

/** One version of the controller. */
export interface Version {
  /** Image of the init container that waits for parents. */
  readonly startupImage?: string;
  /** What it computes other hashes than we do with; ours if it is not there. */
  readonly hashPrefix?: string;
}

/** Fields and labels that carry hashes. */
const HASHES = new Set([
  'grove.io/pod-template-hash', 'currentPodTemplateHash', 'currentPodCliqueSetGenerationHash', 'currentGenerationHash', 'podCliqueSetGenerationHash',
  'podTemplateHash',
]);

/**
 * What a controller of another version says and hears: the hashes that it writes are not those that we compute. It cannot tell, for it reads
 * its own again, and takes those of others for foreign.
 */
export class OtherVersion implements Transport {
  constructor(private readonly transport: Transport, private readonly prefix: string) {}

  async request(request: KubeRequest): Promise<KubeResponse> {
    const response = await this.transport.request(this.said(request));
    return { ...response, body: this.heard(response.body) };
  }

  async stream(request: KubeRequest): Promise<KubeStream> {
    const stream = await this.transport.stream(this.said(request));
    return { ...stream, cancel: () => stream.cancel(), lines: this.lines(stream.lines) };
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private async* lines(lines: AsyncIterable<unknown>): AsyncIterable<unknown> {
    for await (const line of lines) yield this.heard(line);
  }

  private said(request: KubeRequest): KubeRequest {
    return request.body === undefined ? request : { ...request, body: mapped(request.body, hash => (hash.startsWith('foreign-') ? hash.slice(8) : this.prefix + hash)) };
  }

  private heard(body: unknown): unknown {
    return mapped(body, hash => (hash.startsWith(this.prefix) ? hash.slice(this.prefix.length) : `foreign-${hash}`));
  }
}

function mapped(body: unknown, change: (hash: string) => string): unknown {
  if (body === undefined) return undefined;
  return JSON.parse(JSON.stringify(body), (key, value) => (HASHES.has(key) && typeof value === 'string' && value !== '' ? change(value) : value) as unknown);
}
