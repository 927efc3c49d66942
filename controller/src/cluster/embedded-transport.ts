import { Faults, RequestFault } from './faults';
import { Refusal } from './refusal';
import { WatchChannel } from './watch-channel';
import { Clock, sleep } from '../kube/clock';
import { KubeRequest, KubeResponse, KubeStream, Transport, TransportError } from '../kube/transport';

/** The server's side of an embedded transport. */
export interface RequestServer {
  /** Answers a request; never throws. */
  answer(request: KubeRequest): KubeResponse;
  /** @throws Refusal */
  watch(request: KubeRequest): WatchChannel;
}

const JSON_HEADERS = { 'content-type': 'application/json' };
const ABORTED = 'ABORT_ERR';

/** One client's way to the embedded API server. */
export class EmbeddedTransport implements Transport {
  private readonly open = new Set<WatchChannel>();
  private closed = false;

  constructor(private readonly server: RequestServer, private readonly clock: Clock, private readonly faults: Faults) {}

  async request(request: KubeRequest): Promise<KubeResponse> {
    this.requireOpen();
    const fault = this.faults.request?.(request) ?? {};
    await this.travel(request, fault);
    if (fault.refuse) return refusalOf(fault.refuse);
    const response = this.server.answer(request);
    if (fault.reset === 'after') throw new TransportError('ECONNRESET', 'the connection was reset before the answer came');
    return response;
  }

  async stream(request: KubeRequest): Promise<KubeStream> {
    this.requireOpen();
    const fault = this.faults.request?.(request) ?? {};
    await this.travel(request, fault);
    if (fault.refuse) return failedStream(refusalOf(fault.refuse));
    let channel: WatchChannel;
    try {
      channel = this.server.watch(request);
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      return failedStream({ status: thrown.code, headers: JSON_HEADERS, body: thrown.body });
    }
    this.open.add(channel);
    const cancel = (): void => channel.close();
    request.signal?.addEventListener('abort', cancel, { once: true });
    channel.onClose(() => {
      this.open.delete(channel);
      request.signal?.removeEventListener('abort', cancel);
    });
    return { status: 200, headers: JSON_HEADERS, lines: this.faulty(request, channel), cancel };
  }

  close(): Promise<void> {
    this.closed = true;
    for (const channel of [...this.open]) channel.close();
    return Promise.resolve();
  }

  private requireOpen(): void {
    if (this.closed) throw new TransportError('ECONNREFUSED', 'the transport is closed');
  }

  private async travel({ signal, timeoutMs }: KubeRequest, { delayMs = 0, reset }: RequestFault): Promise<void> {
    const late = timeoutMs !== undefined && delayMs > timeoutMs;
    if (delayMs > 0) await sleep(this.clock, late ? timeoutMs : delayMs, signal);
    else await Promise.resolve();
    this.requireOpen();
    if (signal?.aborted) throw new TransportError(ABORTED, 'the request was aborted');
    if (late) throw new TransportError('ETIMEDOUT', `no answer within ${timeoutMs} ms`);
    if (reset === 'before') throw new TransportError('ECONNRESET', 'the connection was reset');
  }

  private async *faulty(request: KubeRequest, channel: WatchChannel): AsyncIterable<unknown> {
    for await (const line of channel) {
      const { delayMs = 0, reset } = this.faults.line?.(request, line) ?? {};
      if (delayMs > 0) await sleep(this.clock, delayMs, request.signal);
      if (reset) throw new TransportError('ECONNRESET', 'the watch was reset');
      yield line;
    }
  }
}

const REASONS = { 409: 'Conflict', 410: 'Expired', 429: 'TooManyRequests', 500: 'InternalError', 503: 'ServiceUnavailable', 504: 'Timeout' } as const;

function refusalOf({ status, retryAfterSeconds }: NonNullable<RequestFault['refuse']>): KubeResponse {
  const details = retryAfterSeconds === undefined ? undefined : { retryAfterSeconds };
  const { body } = new Refusal(status, REASONS[status], 'refused by an injected fault', details);
  return { status, headers: { ...JSON_HEADERS, ...(details && { 'retry-after': String(retryAfterSeconds) }) }, body };
}

function failedStream({ status, headers, body }: KubeResponse): KubeStream {
  return { status, headers, errorBody: body, lines: nothing(), cancel: () => undefined };
}

async function* nothing(): AsyncIterable<unknown> { /* the answer is the error body */ }
