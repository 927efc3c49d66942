import { PlacementGroup, PlacementResult, RunningPod, holds } from 'cdk8s-grove/core';
import { ClusterState } from './cluster-state';
import { Clock } from '../kube';

/** How long room is kept for a gang that does not come. */
const KEPT_MS = 10_000;

/** Room that gangs wait for while pods leave it. Nobody else gets it, except a gang of higher priority. */
export class Reservations {
  /** By the gang's key: names of the pods that have to leave. */
  private readonly leaving = new Map<string, readonly string[]>();

  /** @param onExpired told when room that was kept for a gang that does not come is for everybody again */
  constructor(private readonly state: ClusterState, private readonly clock: Clock, private readonly onExpired: () => void) {}

  /**
   * Keeps the room of the placement for the gang. Gangs of lower priority for whom some of it was kept lose all that was kept for them.
   * Returns the names of the pods that have to leave.
   * @param patienceMs how long they may take; after that the gang looks for other room
   */
  reserve(key: string, gang: PlacementGroup, { assignment, victims }: PlacementResult, patienceMs: (pods: readonly string[]) => number): readonly string[] {
    const displaced = [...this.leaving.keys()].filter(other => victims.some(name => name.startsWith(`${keeperOf(other)}/`)));
    displaced.forEach(other => this.release(other));
    const pods = victims.filter(name => !name.startsWith(KEEPER));
    this.put(key, pods, holds(gang, assignment, keeperOf(key)), patienceMs(pods));
    return pods;
  }

  /** Keeps free room for a gang that is to come. It has it as soon as it comes, or loses it to others after a while. */
  keep(key: string, gang: PlacementGroup, { assignment }: PlacementResult): void {
    this.put(key, [], holds(gang, assignment, keeperOf(key)), KEPT_MS);
  }

  /** Keeps the room of the placement for the gang until it is released, though nobody is made to leave it. */
  await(key: string, gang: PlacementGroup, { assignment }: PlacementResult, pods: readonly string[]): void {
    this.leaving.set(key, pods);
    this.state.hold(keeperOf(key), holds(gang, assignment, keeperOf(key)));
  }

  /** Whether any of the names is that of room that is kept for a gang. */
  areKept(names: readonly string[]): boolean {
    return names.some(name => name.startsWith(KEEPER));
  }

  /** Whether the room that is kept for the gang is free by now. */
  isFree(key: string): boolean {
    return this.leaving.get(key)?.every(name => !this.state.takesRoom(name)) ?? false;
  }

  /** Whether somebody has to leave the room that is kept for the gang. */
  isBeingVacated(key: string): boolean {
    return (this.leaving.get(key)?.length ?? 0) > 0;
  }

  /** Returns whether room was kept for the gang. */
  release(key: string): boolean {
    const wasKept = this.leaving.delete(key);
    if (wasKept) this.state.release(keeperOf(key));
    return wasKept;
  }

  private put(key: string, pods: readonly string[], room: readonly RunningPod[], patienceMs: number): void {
    this.leaving.set(key, pods);
    this.state.hold(keeperOf(key), room);
    this.clock.setTimeout(() => {
      if (this.leaving.get(key) !== pods) return;
      this.state.giveUpOn(pods);
      this.release(key);
      this.onExpired();
    }, patienceMs);
  }
}

/** No namespace has a blank in its name. */
const KEEPER = 'room of ';

function keeperOf(key: string): string {
  return `${KEEPER}${key}`;
}
