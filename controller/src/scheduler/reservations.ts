import { PlacementGroup, PlacementResult, holds } from 'cdk8s-grove/core';
import { ClusterState } from './cluster-state';

/** Room that gangs wait for while pods leave it. Nobody else gets it, except a gang of higher priority. */
export class Reservations {
  /** By the gang's key: names of the pods that have to leave. */
  private readonly leaving = new Map<string, readonly string[]>();

  constructor(private readonly state: ClusterState) {}

  /**
   * Keeps the room of the placement for the gang. Gangs of lower priority for whom some of it was kept lose all that was kept for them.
   * Returns the names of the pods that have to leave.
   */
  reserve(key: string, gang: PlacementGroup, { assignment, victims }: PlacementResult): readonly string[] {
    const displaced = [...this.leaving.keys()].filter(other => victims.some(name => name.startsWith(`${keeperOf(other)}/`)));
    displaced.forEach(other => this.release(other));
    const pods = victims.filter(name => !name.startsWith(KEEPER));
    this.leaving.set(key, pods);
    this.state.hold(keeperOf(key), holds(gang, assignment, keeperOf(key)));
    return pods;
  }

  /** Whether the room that is kept for the gang is free by now. */
  isFree(key: string): boolean {
    return this.leaving.get(key)?.every(name => !this.state.takesRoom(name)) ?? false;
  }

  release(key: string): void {
    if (this.leaving.delete(key)) this.state.release(keeperOf(key));
  }
}

/** No namespace has a blank in its name. */
const KEEPER = 'room of ';

function keeperOf(key: string): string {
  return `${KEEPER}${key}`;
}
