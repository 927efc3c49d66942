import { KubeRequest } from '../kube/transport';

/** What goes wrong with one request. */
export interface RequestFault {
  /** Time before the request reaches the server, in milliseconds. */
  readonly delayMs?: number;
  /** The server refuses, without doing anything. */
  readonly refuse?: { readonly status: 409 | 410 | 429 | 500 | 503 | 504; readonly retryAfterSeconds?: number };
  /** The connection breaks: before the server has done anything, or after it has done it but before the answer is there. */
  readonly reset?: 'before' | 'after';
}

/** What goes wrong with one line of a watch. */
export interface LineFault {
  /** Time by which this line, and so all after it, comes later, in milliseconds. */
  readonly delayMs?: number;
  /** The connection breaks in place of this line. */
  readonly reset?: boolean;
}

/**
 * Decides what goes wrong. Asked about everything that passes, in a fixed order, so that a seeded source of randomness
 * makes the same trouble in every run.
 */
export interface Faults {
  request?(request: KubeRequest): RequestFault | undefined;
  line?(request: KubeRequest, line: unknown): LineFault | undefined;
}

export const NO_FAULTS: Faults = {};
