/** A source of numbers from 0 up to, but not including, 1; `Math.random` is one. */
export type Random = () => number;

export interface BackoffOptions {
  /** First delay, in milliseconds. */
  readonly baseMs: number;
  /** Longest delay, in milliseconds. */
  readonly maxMs: number;
  /** How much of the delay is random: 0.5 means from half of it to the whole. @default 0 */
  readonly jitter?: number;
}

/** The delay before attempt number `failures + 1`: doubled with every failure, up to the maximum. */
export function backoffMs(failures: number, { baseMs, maxMs, jitter = 0 }: BackoffOptions, random: Random = Math.random): number {
  const exponent = Math.min(Math.max(failures - 1, 0), 60);
  const delayMs = Math.min(baseMs * 2 ** exponent, maxMs);
  return delayMs * (1 - jitter * random());
}
