/** Steps that a search may take. Counted, not timed, so that the same input always gives the same answer. */
export class Budget {
  /** Whether the search wanted to go on when no steps were left. */
  exhausted = false;

  constructor(private left: number) {}

  /** @returns whether there was a step to spend */
  spend(): boolean {
    if (this.left <= 0) {
      this.exhausted = true;
      return false;
    }
    this.left -= 1;
    return true;
  }

  get remaining(): number {
    return this.left;
  }

  /** A part for a search of its own; what it uses is used here, too. */
  take(steps: number): Budget {
    const part = Math.min(steps, this.left);
    this.left -= part;
    return new Budget(part);
  }

  giveBack(part: Budget): void {
    this.left += part.left;
    part.left = 0;
  }
}
