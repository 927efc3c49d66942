import { KubeResponse, TransportError } from './transport';

/** The body of every refusal of an API server, and of a watch's `ERROR` event. */
export interface KubeStatus {
  readonly kind?: string;
  readonly status?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: KubeStatusDetails;
}

export interface KubeStatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly retryAfterSeconds?: number;
  readonly causes?: ReadonlyArray<{ readonly reason?: string; readonly message?: string; readonly field?: string }>;
}

export interface ApiErrorInit {
  /** HTTP status code. */
  readonly status: number;
  /** The server's word for the class of the refusal, for example `AlreadyExists`. */
  readonly reason: string;
  readonly message: string;
  readonly retryAfterMs?: number;
  readonly details?: KubeStatusDetails;
}

/** The server's answer is a refusal. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  /** How long the server asks to wait before the next attempt, in milliseconds; undefined when it did not ask. */
  readonly retryAfterMs?: number;
  readonly details?: KubeStatusDetails;

  constructor(init: ApiErrorInit) {
    super(init.message);
    this.name = 'ApiError';
    this.status = init.status;
    this.reason = init.reason;
    this.retryAfterMs = init.retryAfterMs;
    this.details = init.details;
  }

  /** Reads a refusal from an answer; the body need not be a Kubernetes Status (a proxy on the way may have answered). */
  static fromResponse(response: Pick<KubeResponse, 'status' | 'body'> & { headers?: KubeResponse['headers'] }, what: string): ApiError {
    const status = isStatus(response.body) ? response.body : {};
    const reason = status.reason || (REASONS[response.status] ?? 'Unknown');
    const explanation = status.message ?? explanationOf(response.body) ?? reason;
    return new ApiError({
      status: response.status,
      reason,
      message: `${what}: ${explanation} (${response.status} ${reason})`,
      retryAfterMs: retryAfterMs(response.headers?.['retry-after'], status),
      details: status.details,
    });
  }

  /** Reads a refusal from the Status that a watch sends in an `ERROR` event. */
  static fromStatus(status: unknown, what: string): ApiError {
    return ApiError.fromResponse({ status: isStatus(status) ? status.code ?? 500 : 500, body: status }, what);
  }
}

/** Reasons for answers that carry none, which are those of proxies and of very early failures in the server. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Gone',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

export const isNotFound = (error: unknown): error is ApiError => hasStatus(error, 404);
export const isAlreadyExists = (error: unknown): error is ApiError => hasStatus(error, 409) && error.reason === 'AlreadyExists';
/** Somebody else has changed the object since it was read, or a precondition does not hold. */
export const isConflict = (error: unknown): error is ApiError => hasStatus(error, 409) && error.reason !== 'AlreadyExists';
/** The resource version, or the place in a paged list, is too old: only a new list helps. */
export const isGone = (error: unknown): error is ApiError =>
  error instanceof ApiError && (error.status === 410 || error.reason === 'Expired' || error.reason === 'Gone');
export const isInvalid = (error: unknown): error is ApiError => hasStatus(error, 422);
export const isForbidden = (error: unknown): error is ApiError => hasStatus(error, 403);
export const isUnauthorized = (error: unknown): error is ApiError => hasStatus(error, 401);
/** No answer came; whether the request was carried out is unknown. */
export const isTransportError = (error: unknown): error is TransportError => error instanceof TransportError;

/** Awaits a request for which "not there" is as good as success, above all a delete; undefined when it was not there. */
export async function ignoreNotFound<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  const message = (thrown as Partial<Error> | null | undefined)?.message;
  return typeof message === 'string' ? message : String(thrown);
}

function hasStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}

function isStatus(body: unknown): body is KubeStatus {
  return typeof body === 'object' && body !== null && (body as KubeStatus).kind === 'Status';
}

/** First line of a text that is not a Status; an HTML page of a proxy would only clutter the log. */
function explanationOf(body: unknown): string | undefined {
  if (typeof body !== 'string' || body.trim() === '' || body.trimStart().startsWith('<')) return undefined;
  return body.trim().split('\n', 1)[0].slice(0, 300);
}

function retryAfterMs(header: string | undefined, status: KubeStatus): number | undefined {
  const seconds = header === undefined ? status.details?.retryAfterSeconds : Number(header);
  return seconds !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
