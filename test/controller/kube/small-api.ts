import { KubeObject, KubeRequest, KubeResponse, KubeStream, Transport } from '../../../controller/src/kube';

interface Event {
  readonly version: number;
  readonly collection: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

type Listener = (event: { type: string; object: unknown }) => void;

/** As much of an API server as these tests need: objects by path, conflicts, pages, watches, and a history that can be forgotten. */
export class SmallApi {
  readonly objects = new Map<string, KubeObject>();
  private readonly history: Event[] = [];
  private readonly listeners = new Set<(event: Event) => void>();
  private oldest = 0;
  private version = 0;
  private uids = 0;

  handle({ method, path, query = {}, body }: Pick<KubeRequest, 'method' | 'path' | 'query' | 'body'>): KubeResponse {
    const object = body as KubeObject;
    if (method === 'POST') return this.create(`${path}/${object.metadata.name}`, object);
    if (method === 'GET' && path.split('/').at(-1)!.endsWith('s')) return this.list(path, query);
    const current = this.objects.get(path);
    if (!current) return refusal(404, 'NotFound');
    if (method === 'GET') return answer(200, current);
    if (method === 'DELETE') return this.delete(path, current, object as { preconditions?: { uid?: string } });
    if (method === 'PATCH') return answer(200, this.write(path, { ...current, ...object, metadata: { ...current.metadata, ...object.metadata } }, 'MODIFIED'));
    const { resourceVersion } = object.metadata;
    if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) return refusal(409, 'Conflict');
    return answer(200, this.write(path, object, 'MODIFIED'));
  }

  /** Sends what happened after `since`, and from then on what happens; undefined when that is no longer known. */
  watch(collection: string, since: number, listener: Listener): (() => void) | undefined {
    if (since < this.oldest) return undefined;
    const send = (event: Event): void => {
      if (event.collection === collection) listener({ type: event.type, object: event.object });
    };
    for (const event of this.history.filter(({ version }) => version > since)) send(event);
    this.listeners.add(send);
    return () => this.listeners.delete(send);
  }

  bookmark(): object {
    return { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(this.version) } } };
  }

  forgetHistory(): void {
    this.oldest = this.version;
  }

  private create(path: string, object: KubeObject): KubeResponse {
    if (this.objects.has(path)) return refusal(409, 'AlreadyExists');
    return answer(201, this.write(path, { ...object, metadata: { ...object.metadata, uid: `uid-${this.uids++}` } }, 'ADDED'));
  }

  private delete(path: string, current: KubeObject, { preconditions }: { preconditions?: { uid?: string } }): KubeResponse {
    if (preconditions?.uid && preconditions.uid !== current.metadata.uid) return refusal(409, 'Conflict');
    this.objects.delete(path);
    this.tell(path, this.stamped(current), 'DELETED');
    return answer(200, { kind: 'Status', status: 'Success' });
  }

  private list(path: string, { limit, continue: place }: Readonly<Record<string, string>>): KubeResponse {
    const [version, start] = place ? place.split(':').map(Number) : [this.version, 0];
    if (version < this.oldest) return refusal(410, 'Expired');
    const all = [...this.objects].filter(([key]) => key.startsWith(`${path}/`)).map(([, object]) => object);
    const end = limit ? start + Number(limit) : all.length;
    const next = end < all.length ? `${version}:${end}` : undefined;
    return answer(200, { kind: 'List', metadata: { resourceVersion: String(version), continue: next }, items: all.slice(start, end) });
  }

  private write(path: string, object: KubeObject, type: Event['type']): KubeObject {
    const written = this.stamped(object);
    this.objects.set(path, written);
    this.tell(path, written, type);
    return written;
  }

  private stamped(object: KubeObject): KubeObject {
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.version) } };
  }

  private tell(path: string, object: KubeObject, type: Event['type']): void {
    const event = { version: this.version, collection: path.slice(0, path.lastIndexOf('/')), type, object };
    this.history.push(event);
    for (const listener of [...this.listeners]) listener(event);
  }
}

export const answer = (status: number, body: unknown, headers: Record<string, string> = {}): KubeResponse => ({ status, headers, body });

export const refusal = (status: number, reason: string, headers: Record<string, string> = {}): KubeResponse =>
  answer(status, { kind: 'Status', status: 'Failure', code: status, reason, message: `refused: ${reason}` }, headers);

/** What a test makes of one request instead of the answer it would get; undefined lets it pass. */
export type Fault = (request: KubeRequest) => Promise<KubeResponse> | undefined;

/** Reaches a {@link SmallApi} without a network, and says what was asked. */
export class DirectTransport implements Transport {
  readonly requests: KubeRequest[] = [];
  readonly streams: DirectStream[] = [];
  fault: Fault = () => undefined;

  constructor(readonly api = new SmallApi()) {}

  async request(request: KubeRequest): Promise<KubeResponse> {
    this.requests.push(request);
    const response = await (this.fault(request) ?? this.api.handle(request));
    return structuredClone(response);
  }

  async stream(request: KubeRequest): Promise<KubeStream> {
    this.requests.push(request);
    const refused = await this.fault(request);
    const stream = new DirectStream();
    if (refused) return Object.assign(stream, { status: refused.status, headers: refused.headers, errorBody: refused.body });
    const stop = this.api.watch(request.path, Number(request.query?.resourceVersion), (event) => stream.push(structuredClone(event)));
    if (!stop) return Object.assign(stream, { status: 410, errorBody: refusal(410, 'Expired').body });
    stream.onEnd = stop;
    request.signal?.addEventListener('abort', () => stream.cancel());
    this.streams.push(stream);
    return stream;
  }

  async close(): Promise<void> {}
}

/** A stream that a test feeds, ends and breaks. */
export class DirectStream implements KubeStream {
  readonly status: number = 200;
  readonly errorBody?: unknown;
  onEnd: () => void = () => undefined;
  isOpen = true;
  private readonly waiting: unknown[] = [];
  private error?: Error;
  private wake: () => void = () => undefined;

  readonly lines = this.iterate();

  push(line: unknown): void {
    this.waiting.push(line);
    this.wake();
  }

  /** @param error thrown to the reader; without it the stream ends as if the server had ended it */
  end(error?: Error): void {
    this.error = error;
    this.cancel();
  }

  cancel(): void {
    this.isOpen = false;
    this.onEnd();
    this.wake();
  }

  private async *iterate(): AsyncGenerator<unknown> {
    for (;;) {
      if (this.waiting.length > 0) yield this.waiting.shift();
      else if (!this.isOpen) break;
      else await new Promise<void>((resolve) => { this.wake = resolve; });
    }
    if (this.error) throw this.error;
  }
}
