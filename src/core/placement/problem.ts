/** Whole numbers by resource, for example `{ 'nvidia.com/gpu': 8, cpu: 64000 }`; the unit is the caller's, the same throughout. */
export type Resources = Readonly<Record<string, number>>;

/** A gang to place and all that its placement depends on. Plain JSON. */
export interface PlacementProblem {
  /** Names of the topology's levels, broadest first. `host`, the node itself, is implied and finest. */
  readonly levels: readonly string[];
  readonly nodes: readonly PlacementNode[];
  /** Pods that hold resources, this gang's own included. */
  readonly running: readonly RunningPod[];
  readonly gang: PlacementGroup;
  readonly options?: PlacementOptions;
}

export interface PlacementNode {
  readonly name: string;
  /** Domain of the node by level. A node without a level's domain cannot serve a constraint of that level. */
  readonly domain: Readonly<Record<string, string>>;
  /** What pods may use. A resource not listed is unlimited for pods that do not ask for it and 0 for those that do. `pods` counts pods. */
  readonly allocatable: Resources;
  /** Keys of taints that keep pods away which do not tolerate them. */
  readonly taints?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

export interface RunningPod {
  readonly name: string;
  readonly node: string;
  readonly request: Resources;
  /** Leaf group of this gang that the pod belongs to: it counts for that group's floor and pins its required domains. */
  readonly memberOf?: string;
}

/** A node of the gang's tree: either groups or pods. */
export interface PlacementGroup {
  /** Unique in the gang. */
  readonly name: string;
  /** Level of which one domain must hold every pod of the group. */
  readonly required?: string;
  /** Level of which one domain should. */
  readonly preferred?: string;
  readonly groups?: readonly PlacementGroup[];
  readonly pods?: PodDemand;
}

export interface PodDemand {
  readonly count: number;
  /** Pods without which the gang is not placed at all. */
  readonly minCount: number;
  readonly request: Resources;
  readonly maxPerNode?: number;
  readonly tolerations?: readonly string[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

export interface PlacementOptions {
  /** Domains that may be tried before the search gives up as `undecided`. @default 10000 */
  readonly searchBudget?: number;
}
