/**
 * The seam between everything that speaks Kubernetes and whatever answers: a real API server over HTTPS, or the
 * embedded cluster in memory. It carries raw JSON, so that no field is lost on the way (a typed client drops fields that it does not know).
 */
export interface Transport {
  /** Sends one request and reads the whole answer. Resolves for every HTTP status; rejects with {@link TransportError} when no answer came. */
  request(request: KubeRequest): Promise<KubeResponse>;

  /**
   * Opens a streaming answer (a watch). Resolves when the headers are there; each item of `lines` is one parsed JSON document.
   * The iteration ends when the server ends the stream, and throws {@link TransportError} when the connection breaks.
   */
  stream(request: KubeRequest): Promise<KubeStream>;

  /** Closes idle connections and ends open streams. */
  close(): Promise<void>;
}

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the server's root, each segment already percent-encoded, for example `/apis/grove.io/v1alpha1/podcliquesets`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Media type of the body. @default application/json */
  readonly contentType?: string;
  /**
   * Time after which a request without an answer is given up, in milliseconds; for a stream, the time until its headers are there.
   * @default 30_000 for `request`, none for `stream`
   */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface KubeResponse {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface KubeStream {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of an answer that is not a stream (status >= 400); otherwise undefined. */
  readonly errorBody?: unknown;
  readonly lines: AsyncIterable<unknown>;
  /** Ends the stream from this side; `lines` then ends without an error. */
  cancel(): void;
}

/** No answer came: refused, reset, timed out or aborted. The request may or may not have been carried out. */
export class TransportError extends Error {
  constructor(readonly code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransportError';
  }
}
