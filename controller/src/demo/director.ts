import { DemoCluster } from './demo-cluster';
import { EMPTY_JOURNAL, Journal, noted } from './journal';
import { ClusterView, gangsOf, isComplete } from './model';
import { Screen } from './screen';
import { Clock, sleep } from '../kube';

/** What was waited for did not come in time. The message is one line that says what is there in its place. */
export class DemoError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DemoError';
  }
}

/** Somebody wants the demo to end now. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

export interface DirectorOptions {
  readonly cluster: DemoCluster;
  readonly screen: Screen;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long one step may take, in milliseconds. */
  readonly limitMs: number;
}

/** Frames are this far apart: quick enough for the eye, slow enough that pods which change together are told of together. */
const FRAME_MS = 100;

/** Lets time pass, shows what happens meanwhile, and keeps the journal. */
export class Director {
  private readonly startMs: number;
  private latest: ClusterView = { sets: [], racks: [] };
  private notes: Journal = EMPTY_JOURNAL;

  constructor(private readonly options: DirectorOptions) {
    this.startMs = options.clock.elapsed();
  }

  get elapsedMs(): number {
    return this.options.clock.elapsed() - this.startMs;
  }

  get view(): ClusterView {
    return this.latest;
  }

  get journal(): Journal {
    return this.notes;
  }

  say(caption: string, ...commands: string[]): void {
    this.options.screen.say(caption, commands, this.elapsedMs);
  }

  /** @throws DemoError when the condition does not hold in time */
  async until(what: string, condition: (view: ClusterView) => boolean): Promise<ClusterView> {
    const { limitMs } = this.options;
    const untilMs = this.elapsedMs + limitMs;
    for (;;) {
      await this.frame();
      if (condition(this.latest)) return this.latest;
      if (this.elapsedMs >= untilMs) throw new DemoError(`${what}: not within ${limitMs / 1000} s; ${shortcomings(this.latest)}`);
    }
  }

  async hold(durationMs: number): Promise<void> {
    for (const untilMs = this.elapsedMs + durationMs; this.elapsedMs < untilMs;) await this.frame();
  }

  private async frame(): Promise<void> {
    const { cluster, screen, clock, signal } = this.options;
    await sleep(clock, FRAME_MS, signal);
    if (signal.aborted) throw new Interrupted();
    this.latest = cluster.view();
    this.notes = noted(this.notes, this.latest, this.elapsedMs);
    screen.update(this.latest, this.elapsedMs);
  }
}

function shortcomings(view: ClusterView): string {
  const gangs = gangsOf(view);
  if (gangs.length === 0) return 'there is no gang';
  const incomplete = gangs.filter(gang => !isComplete(gang)).map(({ name, phase, reason }) => `gang ${name} is ${phase}${reason ? `: ${reason.message}` : ''}`);
  return incomplete.join('; ') || 'all gangs are complete';
}
