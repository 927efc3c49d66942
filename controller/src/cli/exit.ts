/** Exit codes of every verb. */
export const EXIT = { ok: 0, findings: 1, usage: 2 } as const;

/** What the user asked for cannot be done as asked: bad arguments, unreadable files, no cluster. Printed as one line; exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
