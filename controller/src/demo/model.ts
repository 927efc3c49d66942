/**
 * How far a pod has come: `unplaced` has no node, `blocked` has one and waits for the cliques that start before it, `starting` may start and
 * is not ready yet.
 */
export type PodState = 'unplaced' | 'blocked' | 'starting' | 'ready' | 'stopping' | 'failed';

export interface PodView {
  readonly name: string;
  readonly uid: string;
  /** Its index in the clique. */
  readonly index: number;
  readonly state: PodState;
  readonly node?: string;
  /** The rack of the node, if it is in one. */
  readonly rack?: string;
}

export interface CliqueView {
  readonly name: string;
  /** The name without set and replica: `prefill`, `decode-0-worker`. */
  readonly role: string;
  readonly replicas: number;
  /** Pods that the gang cannot do without. */
  readonly floor: number;
  /** Roles that have to be ready first and are not. */
  readonly waitsFor: readonly string[];
  /** By index. */
  readonly pods: readonly PodView[];
}

export interface GangView {
  readonly name: string;
  /** `Pending`, `Starting` or `Running`. */
  readonly phase: string;
  /** Why it has no nodes, as its own status tells. */
  readonly reason?: { readonly code: string; readonly message: string };
  readonly cliques: readonly CliqueView[];
}

export interface SetView {
  readonly name: string;
  readonly gangs: readonly GangView[];
}

export interface NodeView {
  readonly name: string;
  /** Whether new pods may come. */
  readonly open: boolean;
  readonly gpus: number;
  readonly freeGpus: number;
  /** The pod that has most of its GPUs, or else any. */
  readonly pod?: { readonly clique: string; readonly state: PodState };
}

export interface RackView {
  readonly name: string;
  /** By name. */
  readonly nodes: readonly NodeView[];
}

/** One moment of a cluster as people look at it. Plain data: everything that is shown is in it. */
export interface ClusterView {
  readonly sets: readonly SetView[];
  readonly racks: readonly RackView[];
}

export function podsOf({ cliques }: GangView): readonly PodView[] {
  return cliques.flatMap(({ pods }) => pods);
}

export function gangsOf({ sets }: Pick<ClusterView, 'sets'>): readonly GangView[] {
  return sets.flatMap(({ gangs }) => gangs);
}

/** Whether every clique has all the pods that it should have, each of them ready. */
export function isComplete({ phase, cliques }: GangView): boolean {
  return phase === 'Running' && cliques.every(({ replicas, pods }) => pods.length === replicas && pods.every(({ state }) => state === 'ready'));
}

/** GPUs of a rack that new pods can have: those of closed nodes do not count. */
export function freeGpus({ nodes }: RackView): number {
  return nodes.reduce((sum, { open, freeGpus: free }) => (open ? sum + free : sum), 0);
}

/** The racks of the pods that have a node: `rack-0.0`, or `rack-0.0 (9), rack-1.0 (3)`. */
export function placesOf(pods: readonly PodView[]): string {
  const counts = new Map<string, number>();
  for (const { rack, node } of pods) if (node) counts.set(rack ?? 'no rack', (counts.get(rack ?? 'no rack') ?? 0) + 1);
  const places = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return places.length === 1 ? places[0]![0] : places.map(([rack, count]) => `${rack} (${count})`).join(', ');
}
