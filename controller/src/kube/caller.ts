import { backoffMs, BackoffOptions, Random } from './backoff';
import { Clock, sleep } from './clock';
import { ApiError } from './errors';
import { Permits } from './permits';
import { resourceNameOf, ResourceType } from './resource';
import { KubeRequest, KubeResponse, Transport, TransportError } from './transport';

/** The words of RBAC and of the server's own metrics. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'apply' | 'delete' | 'deletecollection';

/** One attempt of one request, for metrics and logs. */
export interface RequestObservation {
  readonly verb: Verb;
  /** For example `pods` or `leases.coordination.k8s.io`; empty for paths that are no resources, as `/version`. */
  readonly resource: string;
  readonly subresource?: string;
  /** HTTP status, or the code of a {@link TransportError}, for example `ECONNRESET`. */
  readonly status: number | string;
  readonly durationMs: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

/** One request, with what has to be known about it to repeat and to count it. */
export interface Call {
  readonly verb: Verb;
  readonly type?: ResourceType;
  readonly subresource?: string;
  readonly request: KubeRequest;
  /** Whether doing it twice is as good as doing it once; only then it is repeated when nobody knows if it was done. */
  readonly repeatable: boolean;
  /** Asked before every attempt: whether it is still to be made. @default it is */
  readonly isDue?: () => boolean;
}

export interface CallerOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly maxInFlight: number;
  readonly maxAttempts: number;
  readonly observe?: (observation: RequestObservation) => void;
}

const RETRY: BackoffOptions = { baseMs: 100, maxMs: 5_000, jitter: 0.5 };
/** A server that asks for a longer wait is better asked again by the caller's own retry. */
const LONGEST_RETRY_AFTER_MS = 30_000;
/** Failures before a single byte was sent: the request was certainly not carried out. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EAUTH']);
const RETRIED_STATUS = new Set([500, 502, 503, 504]);

/** Sends calls: so many at once, each repeated while that may help and can do no harm. */
export class Caller {
  private readonly permits: Permits;

  constructor(private readonly options: CallerOptions) {
    this.permits = new Permits(options.maxInFlight);
  }

  /** @throws ApiError when the server refuses, TransportError when no answer came, each after the last attempt; a conflict when it is not due any more. */
  async send(call: Call): Promise<KubeResponse> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.permits.run(() => this.attempt(call, attempt));
      } catch (error) {
        const delayMs = this.retryDelayMs(call, error, attempt);
        if (delayMs === undefined || call.request.signal?.aborted) throw error;
        await sleep(this.options.clock, delayMs, call.request.signal);
        if (call.request.signal?.aborted) throw error;
      }
    }
  }

  /** The share of the requests that may be under way at once which is, or waits; above 1 requests stand in line. */
  get load(): number {
    return this.permits.demand / this.permits.limit;
  }

  /** Tells the observer about a request that was sent past this class, as watches are. */
  observe(call: Pick<Call, 'verb' | 'type' | 'subresource'>, status: number | string, durationMs: number, attempt = 1): void {
    const resource = call.type ? resourceNameOf(call.type) : '';
    this.options.observe?.({ verb: call.verb, resource, subresource: call.subresource, status, durationMs, attempt });
  }

  private async attempt(call: Call, attempt: number): Promise<KubeResponse> {
    if (call.isDue?.() === false) throw withdrawn(call);
    const startMs = this.options.clock.elapsed();
    const observe = (status: number | string): void => this.observe(call, status, this.options.clock.elapsed() - startMs, attempt);
    let response: KubeResponse;
    try {
      response = await this.options.transport.request(call.request);
    } catch (error) {
      observe(error instanceof TransportError ? error.code : 'EUNKNOWN');
      throw error;
    }
    observe(response.status);
    if (response.status >= 400) throw ApiError.fromResponse(response, describe(call));
    return response;
  }

  /** How long to wait before the next attempt; undefined when there is none. */
  private retryDelayMs(call: Call, error: unknown, attempt: number): number | undefined {
    if (attempt >= this.options.maxAttempts || !mayRepeat(call, error)) return undefined;
    const ownMs = backoffMs(attempt, RETRY, this.options.random);
    const askedMs = error instanceof ApiError ? error.retryAfterMs ?? 0 : 0;
    return askedMs > LONGEST_RETRY_AFTER_MS ? undefined : Math.max(ownMs, askedMs);
  }
}

function mayRepeat(call: Call, error: unknown): boolean {
  if (error instanceof ApiError) {
    return error.status === 429 || (call.repeatable && RETRIED_STATUS.has(error.status));
  }
  return error instanceof TransportError && error.code !== 'ABORT_ERR' && (call.repeatable || NEVER_SENT.has(error.code));
}

function withdrawn(call: Call): ApiError {
  return new ApiError({ status: 409, reason: 'Conflict', message: `${describe(call)}: not sent, because what it was decided for has changed` });
}

function describe({ verb, type, subresource, request }: Call): string {
  if (!type) return `${request.method} ${request.path}`;
  const part = subresource ? `/${subresource}` : '';
  const where = decodeURIComponent(request.path).split(`/${type.plural}`)[1]?.split('/')[1];
  const namespace = /\/namespaces\/([^/]+)\//.exec(request.path)?.[1];
  const target = [namespace, where].filter(Boolean).join('/');
  return `${verb} ${resourceNameOf(type)}${part}${target ? ` ${target}` : ''}`;
}
