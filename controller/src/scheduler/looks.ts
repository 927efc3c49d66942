import { ClusterIndex, PlacementQuestion, mayFitNow } from 'cdk8s-grove/core';
import { ClusterState } from './cluster-state';
import { Clock } from '../kube';

/**
 * A change of room that cannot help by itself may still help together with an eviction, or change the reason why a gang waits; without a node that is
 * gone for good, what had to be in one domain may be in two. That is looked at so rarely, and the more rarely the more gangs wait.
 */
const AGAIN_MS = 1_000;
const AGAIN_PER_GANG_MS = 50;

interface Look {
  readonly picture: string;
  readonly question: PlacementQuestion;
  readonly index: ClusterIndex;
  readonly version: number;
  readonly nodeChanges: number;
  readonly atMs: number;
  /** Up to which version it is known that the gang does not simply fit. */
  checked: number;
}

/** Which gangs were looked at in vain, and whether another look may be worth while. */
export class Looks {
  private readonly looks = new Map<string, Look>();
  private nextMs = Infinity;

  constructor(private readonly state: ClusterState, private readonly clock: Clock) {}

  remember(key: string, picture: string, question: PlacementQuestion): void {
    const { index, nodeChanges } = this.state;
    this.looks.set(key, { picture, question, index, version: index.version, nodeChanges, atMs: this.clock.elapsed(), checked: index.version });
  }

  forget(key: string): void {
    this.looks.delete(key);
  }

  /** Whether the answer may be another one than last time. */
  isWorthwhile(key: string, picture: string): boolean {
    const look = this.looks.get(key);
    const { index } = this.state;
    if (!look || look.picture !== picture || look.index !== index) return true;
    if (look.version === index.version && look.nodeChanges === this.state.nodeChanges) return false;
    if (mayFitNow(index, { ...look.question, options: { ...look.question.options, preemption: false } }, look.checked)) return true;
    look.checked = index.version;
    const dueMs = look.atMs + AGAIN_MS + AGAIN_PER_GANG_MS * this.looks.size;
    if (dueMs <= this.clock.elapsed()) return true;
    this.nextMs = Math.min(this.nextMs, dueMs);
    return false;
  }

  /** Milliseconds until the next look that was put off since the last call; undefined when none was. */
  takeDelayMs(): number | undefined {
    const delayMs = this.nextMs - this.clock.elapsed();
    this.nextMs = Infinity;
    return delayMs === Infinity ? undefined : Math.max(0, delayMs);
  }
}
