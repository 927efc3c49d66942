import * as http from 'node:http';
import * as https from 'node:https';
import { Clock, systemClock } from './clock';
import { messageOf } from './errors';
import { LineSplitter } from './line-splitter';
import { KubeRequest, KubeResponse, KubeStream, Transport, TransportError } from './transport';

export interface HttpsTransportOptions {
  /** Root of the server, for example `https://10.0.0.1:6443`; `http:` for a local proxy. */
  readonly server: string;
  /** Certificates of the authorities that the server's certificate is checked against, PEM. @default Node's own */
  readonly ca?: string | Buffer;
  /** Client certificate, PEM. */
  readonly cert?: string | Buffer;
  /** Key of the client certificate, PEM. */
  readonly key?: string | Buffer;
  /** Bearer token that never changes; for one that does, see `authorize`. */
  readonly token?: string;
  /** Headers that authorize a request, asked for before each. It has to remember them itself where getting them is slow. */
  readonly authorize?: () => Promise<Readonly<Record<string, string>>>;
  /** Take any certificate for the server's. @default false */
  readonly insecure?: boolean;
  /** Name that the server's certificate has to bear. @default the host of `server` */
  readonly serverName?: string;
  /** Connections for requests; each watch has one of its own beside them. @default 64 */
  readonly maxSockets?: number;
  /** @default kube-client */
  readonly userAgent?: string;
  /** @default the machine's */
  readonly clock?: Clock;
}

const DEFAULT_TIMEOUT_MS = 30_000;
/** After which the operating system begins to ask whether the other end is still there. */
const KEEP_ALIVE_MS = 15_000;
/** After which an unused connection is closed, so that no request is sent into one that the server is about to close. */
const IDLE_MS = 30_000;

/** HTTP/1.1 to an API server, on connections that are kept open. */
export class HttpsTransport implements Transport {
  private readonly root: URL;
  private readonly agent: http.Agent;
  /** A watch holds its connection for minutes: on the requests' agent it would take it from them. */
  private readonly watchAgent: http.Agent;
  private readonly clock: Clock;
  private readonly openStreams = new Set<KubeStream>();

  constructor(private readonly options: HttpsTransportOptions) {
    this.root = new URL(options.server);
    this.clock = options.clock ?? systemClock;
    this.agent = this.makeAgent(options.maxSockets ?? 64);
    this.watchAgent = this.makeAgent(Infinity);
  }

  request(request: KubeRequest): Promise<KubeResponse> {
    return this.exchange(request, this.agent, request.timeoutMs ?? DEFAULT_TIMEOUT_MS, async (message) => ({
      status: message.statusCode!, headers: headersOf(message), body: await bodyOf(message),
    }));
  }

  stream(request: KubeRequest): Promise<KubeStream> {
    return this.exchange(request, this.watchAgent, request.timeoutMs, async (message) => {
      const [status, headers] = [message.statusCode!, headersOf(message)];
      if (status < 400) return this.streamOf(request, message, status, headers);
      return { status, headers, errorBody: await bodyOf(message), lines: noLines(), cancel() {} };
    });
  }

  async close(): Promise<void> {
    for (const stream of [...this.openStreams]) stream.cancel();
    this.agent.destroy();
    this.watchAgent.destroy();
  }

  /** Sends a request and lets `read` read the answer; gives up when that takes too long. */
  private async exchange<T>(
    request: KubeRequest, agent: http.Agent, timeoutMs: number | undefined, read: (message: http.IncomingMessage) => Promise<T>,
  ): Promise<T> {
    const aborted = (): TransportError => new TransportError('ABORT_ERR', `${this.describe(request)}: aborted`);
    if (request.signal?.aborted) throw aborted();
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const outgoing = this.prepare(request, agent, { ...await this.authorization(request), ...this.headers(request, body) });
    let reason: TransportError | undefined;
    const giveUp = (why: TransportError): void => {
      reason ??= why;
      outgoing.destroy(why);
    };
    const abort = (): void => giveUp(aborted());
    const timer = timeoutMs === undefined ? undefined : this.clock.setTimeout(
      () => giveUp(new TransportError('ETIMEDOUT', `${this.describe(request)}: no answer for ${timeoutMs / 1000} s`)), timeoutMs);
    request.signal?.addEventListener('abort', abort);
    if (request.signal?.aborted) abort();
    try {
      return await read(await answerTo(outgoing, body));
    } catch (error) {
      throw reason ?? this.transportError(request, error);
    } finally {
      timer?.cancel();
      request.signal?.removeEventListener('abort', abort);
    }
  }

  private streamOf(request: KubeRequest, message: http.IncomingMessage, status: number, headers: Record<string, string>): KubeStream {
    let isCancelled = false;
    const cancel = (): void => {
      isCancelled = true;
      request.signal?.removeEventListener('abort', cancel);
      this.openStreams.delete(stream);
      message.destroy();
    };
    message.on('error', () => undefined); // whoever reads the lines is told
    request.signal?.addEventListener('abort', cancel);
    const stream: KubeStream = { status, headers, lines: this.linesOf(request, message, () => isCancelled, cancel), cancel };
    this.openStreams.add(stream);
    return stream;
  }

  private async *linesOf(
    request: KubeRequest, message: http.IncomingMessage, isCancelled: () => boolean, end: () => void,
  ): AsyncGenerator<unknown> {
    const splitter = new LineSplitter();
    try {
      for await (const chunk of message) {
        for (const line of splitter.push(chunk as Buffer)) {
          if (isCancelled()) return;
          yield JSON.parse(line);
        }
      }
      if (splitter.isInsideLine) throw new TransportError('ECONNRESET', `${this.describe(request)}: the stream ended inside a line`);
    } catch (error) {
      if (!isCancelled()) throw this.transportError(request, error);
    } finally {
      end();
    }
  }

  private prepare({ method, path, query }: KubeRequest, agent: http.Agent, headers: http.OutgoingHttpHeaders): http.ClientRequest {
    const { protocol, hostname, port, pathname } = this.root;
    const search = query && Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : '';
    const host = hostname.replace(/^\[|\]$/g, '');
    const send = protocol === 'http:' ? http.request : https.request;
    return send({ method, agent, headers, host, port: port || undefined, path: pathname.replace(/\/$/, '') + path + search });
  }

  private async authorization(request: KubeRequest): Promise<http.OutgoingHttpHeaders> {
    const { token, authorize } = this.options;
    if (token !== undefined) return { authorization: `Bearer ${token}` };
    try {
      return { ...await authorize?.() };
    } catch (error) {
      throw new TransportError('EAUTH', `${this.describe(request)}: ${messageOf(error)}`, { cause: error });
    }
  }

  private headers({ contentType }: KubeRequest, body: string | undefined): http.OutgoingHttpHeaders {
    return {
      'accept': 'application/json',
      'user-agent': this.options.userAgent ?? 'kube-client',
      ...(body !== undefined && { 'content-type': contentType ?? 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
  }

  private makeAgent(maxSockets: number): http.Agent {
    const { ca, cert, key, insecure, serverName } = this.options;
    const pool = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets, scheduling: 'lifo' as const, timeout: IDLE_MS };
    if (this.root.protocol === 'http:') return new http.Agent(pool);
    return new https.Agent({ ...pool, ca, cert, key, rejectUnauthorized: !insecure, ...(serverName && { servername: serverName }) });
  }

  private transportError(request: KubeRequest, error: unknown): TransportError {
    if (error instanceof TransportError) return error;
    const { code = 'EUNKNOWN' } = error as NodeJS.ErrnoException;
    return new TransportError(code, `${this.describe(request)}: ${messageOf(error) || code}`, { cause: error });
  }

  private describe({ method, path }: KubeRequest): string {
    return `${method} ${this.root.origin}${path}`;
  }
}

function answerTo(outgoing: http.ClientRequest, body: string | undefined): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function bodyOf(message: http.IncomingMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('error', reject);
    message.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      try {
        resolve(message.headers['content-type']?.startsWith('application/json') ? JSON.parse(text) : text);
      } catch (error) {
        reject(error);
      }
    });
  });
}

function headersOf(message: http.IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
}

async function* noLines(): AsyncGenerator<unknown> {}
