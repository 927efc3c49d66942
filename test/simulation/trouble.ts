import { Dice } from './plan';
import { Faults, LineFault, RequestFault } from '../../controller/src/cluster';
import { KubeRequest } from '../../controller/src/kube';

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export interface Hooks {
  /** The controller sends a request; `reaches` tells whether the server will carry it out. */
  readonly sent: (request: KubeRequest, reaches: boolean) => void;
  /** The controller has sent the write at which it is to crash. */
  readonly crash: () => void;
}

/** Refused, lost and delayed requests, answers lost after the deed, broken and late watches, crashes at a write; until `calm` is set. */
export class Trouble implements Faults {
  calm = false;
  /** How many more writes the controller sends until it crashes. */
  writesToCrash = Infinity;

  /** @param frequency how much goes wrong: the share of requests, and a third of it of lines */
  constructor(private readonly dice: Dice, readonly frequency: number, private readonly hooks: Hooks) {}

  request(request: KubeRequest): RequestFault | undefined {
    const isWrite = WRITES.has(request.method);
    const fault = this.calm || !this.dice.chance(this.frequency) ? undefined : this.fault(isWrite);
    const isLate = request.timeoutMs !== undefined && (fault?.delayMs ?? 0) > request.timeoutMs;
    this.hooks.sent(request, !fault?.refuse && fault?.reset !== 'before' && !isLate);
    if (isWrite && --this.writesToCrash === 0) this.hooks.crash();
    return fault;
  }

  line(): LineFault | undefined {
    if (this.calm || !this.dice.chance(this.frequency / 3)) return undefined;
    return this.dice.chance(0.3) ? { reset: true } : { delayMs: this.dice.number(0, 2_000) };
  }

  private fault(isWrite: boolean): RequestFault {
    switch (this.dice.number(0, isWrite ? 9 : 8)) {
      case 0: case 1: return { refuse: { status: 429, retryAfterSeconds: 1 } };
      case 2: return { refuse: { status: 500 } };
      case 3: return { refuse: { status: 503 } };
      case 4: return { reset: 'before' };
      case 5: case 6: return { reset: 'after' };
      case 9: return { refuse: { status: 409 } };
      default: return { delayMs: this.dice.number(0, 3_000) };
    }
  }
}
