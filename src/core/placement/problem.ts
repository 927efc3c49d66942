/** Whole numbers by resource, for example `{ 'nvidia.com/gpu': 8, cpu: 64000 }`; the unit is the caller's, the same throughout. */
export type Resources = Readonly<Record<string, number>>;

/** A gang to place and all that its placement depends on. Plain JSON. */
export interface PlacementProblem {
  /** The topology's levels, broadest first; `solve` takes lists of them by the name of their tree, too. `host`, the node itself, is implied and finest. */
  readonly levels: readonly (string | PlacementLevel)[];
  /** False when none of the levels contains another: a short form for all levels at once. @default true */
  readonly nested?: boolean;
  readonly nodes: readonly PlacementNode[];
  /** Pods that hold resources, this gang's own included. */
  readonly running: readonly RunningPod[];
  readonly gang: PlacementGroup;
  /** Gangs of the same PodCliqueSet replica, which have to share the domain that the parent requires although they are admitted apart. */
  readonly linkedGangs?: readonly (string | LinkedGang)[];
  readonly options?: PlacementOptions;
}

export interface PlacementLevel {
  readonly name: string;
  /**
   * Whether a domain lies in one domain of each broader level. Then its value need be unique only there: rack `r1` of block `b1` is not
   * rack `r1` of block `b2`. False for a level that cross-cuts the others. @default true
   */
  readonly nested?: boolean;
  /** The tree that the level belongs to, where nodes are part of several. */
  readonly topology?: string;
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
  /** Pods of a lower priority than the gang's may have to make room for it. @default 0 */
  readonly priority?: number;
  /** Whether it may be evicted at all. @default true */
  readonly preemptible?: boolean;
  /** ComputeDomain that it uses: its node serves no other. */
  readonly mnnvlGroup?: string;
  /** What an eviction takes whole: all pods that name the same unit. @default the pod alone */
  readonly unit?: string;
  /**
   * The unit without which this pod's own is worth nothing: an eviction of that one takes this pod along. The same for all
   * pods of a unit. @default none
   */
  readonly baseUnit?: string;
  /** Seconds since its start: of two equal victims the younger one goes. @default 0 */
  readonly age?: number;
}

/** A node of the gang's tree: either groups or pods. */
export interface PlacementGroup {
  /** Unique in the gang. */
  readonly name: string;
  /** Level of which one domain must hold every pod of the group. */
  readonly required?: string;
  /** Level of which as few domains as possible should. */
  readonly preferred?: string;
  /** Level over whose used domains the pods should be split evenly; `true` for the preferred, or else the finest one below the required. */
  readonly balance?: string | boolean;
  /** Of the gang: whom it may evict. Read at the root only. @default 0 */
  readonly priority?: number;
  /** ComputeDomain that the pods of the group use: a node serves one. */
  readonly mnnvlGroup?: string;
  /** The tree whose levels are meant, where nodes are part of several. Holds for the groups below, too. */
  readonly topology?: string;
  readonly groups?: readonly PlacementGroup[];
  readonly pods?: PodDemand;
}

export interface PodDemand {
  /** Pods of the group altogether: members that run already are among them. */
  readonly count: number;
  /** Pods without which the gang is not placed at all, running members among them. */
  readonly minCount: number;
  readonly request: Resources;
  readonly maxPerNode?: number;
  readonly tolerations?: readonly string[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Terms of which the node has to satisfy one, written as Kubernetes' required node affinity. @default any node will do */
  readonly nodeAffinity?: readonly NodeTerm[];
  /** Product of the GPUs, as a label of the node tells it: `nvidia.com/gpu.product`, or any other that has `gpu`, `accelerator` or `model` in its name. */
  readonly gpuModel?: string;
}

export interface NodeTerm {
  /** On labels of the node. */
  readonly matchExpressions?: readonly NodeRequirement[];
  /** On its name: the key is `metadata.name`. */
  readonly matchFields?: readonly NodeRequirement[];
}

export interface NodeRequirement {
  readonly key: string;
  /** `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`. */
  readonly operator: string;
  readonly values?: readonly string[];
}

/** A gang that is linked to the one to be placed, by name, or with what is known of it. */
export interface LinkedGang {
  readonly name: string;
  /** The level whose domain both share. @default what the gang to be placed requires as a whole */
  readonly required?: string;
  /** Where it is, by level, if that is known apart from its running pods, which name it, or one of its groups, as `unit` or `memberOf`. */
  readonly domain?: Readonly<Record<string, string>>;
  /** Nodes on which it is, if they are known apart from its running pods. */
  readonly nodes?: readonly string[];
  /** What it will ask for, if it is not placed yet: the gang is put where its kin would still fit, if there is a choice. */
  readonly groups?: readonly PlacementGroup[];
  readonly pods?: PodDemand;
}

export interface PlacementOptions {
  /** Steps of the search before it gives up as `undecided`. @default 20000 */
  readonly searchBudget?: number;
  /** Steps of the search for something better once a placement is found; 0 takes the first one. @default 4000 on small clusters, 0 on large ones */
  readonly improvementBudget?: number;
  /** Whether pods of lower priority may be evicted. @default true */
  readonly preemption?: boolean;
  /** Whether domains are preferred in which the linked gangs still fit. @default true */
  readonly lookAhead?: boolean;
  /** Room that is kept free, node by node, for a gang that grows or restarts. */
  readonly holds?: readonly Hold[];
}

/** Room kept as if a pod were there. A gang of higher priority may take it. */
export interface Hold {
  readonly node: string;
  readonly request: Resources;
  /** The gang that it is kept for, which may use it. */
  readonly gang?: string;
  /** @default 0 */
  readonly priority?: number;
  readonly mnnvlGroup?: string;
}
