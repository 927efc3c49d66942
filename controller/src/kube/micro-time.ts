/** A moment as the API's MicroTime, which needs six digits of a second; a Date prints three, and the server refuses that. */
export function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}
