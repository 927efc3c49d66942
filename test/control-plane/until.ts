import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `observe` returns something other than undefined, and returns it.
 * @throws Error with `what` when that takes more than `limitMs` milliseconds
 */
export async function until<T>(what: string, observe: () => Promise<T | undefined>, limitMs = 30_000): Promise<T> {
  const giveUpMs = Date.now() + limitMs;
  for (;;) {
    const observed = await observe();
    if (observed !== undefined) return observed;
    if (Date.now() > giveUpMs) throw new Error(`after ${limitMs / 1000} s still not: ${what}`);
    await delay(50);
  }
}
