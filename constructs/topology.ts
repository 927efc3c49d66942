import { ApiObject, ApiObjectMetadata } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { SCHEDULERS, sentence } from './verdict';
import { ClusterTopologyBinding, admitTopology } from '../src/core';

/** One level of a topology: what workloads call it, and the node label that carries it. */
export interface TopologyLevelProps {
  /** Name by which workloads ask for this level, for example `rack`. */
  readonly domain: string;
  /** Node label whose value tells the domain that a node belongs to. */
  readonly key: string;
}

/** How large the NVLink domains of a cluster are. */
export interface NvlinkDomainSize {
  /** Nodes in one domain, for example 18 in an NVL72 rack. */
  readonly nodes: number;
  /** GPUs of each of its nodes. */
  readonly gpusPerNode: number;
}

/** A topology that a scheduler already has and the controller must not create. */
export interface SchedulerTopologyProps {
  /** Name of the scheduler, for example `kai-scheduler`. */
  readonly schedulerName: string;
  /** Name of the scheduler's own topology object. */
  readonly topologyReference: string;
}

/** A topology that workloads refer to, from this app or from the cluster. */
export interface IClusterTopology {
  /** Name of the ClusterTopologyBinding. */
  readonly topologyName: string;
  /**
   * The level of that name, for a `Packing`.
   * @throws if the levels are known and this is none of them
   */
  level(domain: string): TopologyLevel;
}

/** Properties of a topology that is in the cluster already. */
export interface ImportedTopologyProps {
  /**
   * Its levels, broadest first. With them, the names of levels and their order are checked here; without, by the cluster.
   * @default - not known here
   */
  readonly levels?: TopologyLevelProps[];
  /**
   * How large its NVLink domains are; larger ones are refused.
   * @default - not known here
   */
  readonly nvlinkDomainSize?: NvlinkDomainSize;
}

/** Properties of a topology. */
export interface ClusterTopologyProps {
  /**
   * Name, labels and annotations of the object.
   * @default - named after the construct's id, without a hash: workloads in other apps refer to it by name
   */
  readonly metadata?: ApiObjectMetadata;
  /** The levels, broadest first: your own, or those of `NodeLabels`. */
  readonly levels: TopologyLevelProps[];
  /**
   * How large the NVLink domains are; larger ones are refused. Known here only: the object on the cluster has no place for it.
   * @default - not known
   */
  readonly nvlinkDomainSize?: NvlinkDomainSize;
  /**
   * Topologies that schedulers already have; at most one for each scheduler.
   * @default - the controller creates what schedulers need
   */
  readonly schedulerTopologies?: SchedulerTopologyProps[];
}

/** A level of a topology. Made by `level()` of a topology, so that it cannot be one that is not there. */
export class TopologyLevel {
  /** @internal */
  public static _of(topology: Topology, domain: string): TopologyLevel {
    const position = topology.levels?.findIndex(level => level.domain === domain);
    if (position !== undefined && position < 0) {
      throw new Error(`the topology ${topology.name} has no level "${domain}"; it has ${topology.levels?.map(level => level.domain).join(', ')}`);
    }
    return new TopologyLevel(topology, domain, position);
  }

  private constructor(
    /** @internal */
    public readonly _topology: Topology,
    /** Name of the level. */
    public readonly domain: string,
    private readonly position: number | undefined,
  ) {}

  /**
   * Whether this level's domains lie within those of the other. Unknown, and so false, between levels of different topologies or of one whose
   * levels are not known here.
   *
   * @internal
   */
  public _isNarrowerThan(other: TopologyLevel): boolean {
    return this._topology.name === other._topology.name && this.position !== undefined && other.position !== undefined && this.position > other.position;
  }
}

/**
 * Names the levels of a cluster's topology and the node labels that carry them (ClusterTopologyBinding). It belongs to the cluster and is written by
 * whoever runs it; a workload of another app refers to it with `ClusterTopology.fromName`.
 */
export class ClusterTopology extends Construct implements IClusterTopology {
  /** A topology that is in the cluster already. */
  public static fromName(topologyName: string, props: ImportedTopologyProps = {}): IClusterTopology {
    return new ImportedTopology({ name: topologyName, ...props });
  }

  public readonly topologyName: string;
  private readonly topology: Topology;

  constructor(scope: Construct, id: string, props: ClusterTopologyProps) {
    super(scope, id);
    this.topologyName = props.metadata?.name ?? id;
    const { levels, schedulerTopologies = [] } = props;
    const object = {
      apiVersion: 'grove.io/v1alpha1',
      kind: 'ClusterTopologyBinding',
      metadata: { ...props.metadata, name: this.topologyName },
      spec: { levels, ...(schedulerTopologies.length > 0 ? { schedulerTopologyBindings: schedulerTopologies } : {}) },
    } as const;
    new ApiObject(this, 'Resource', object);
    this.topology = { name: this.topologyName, levels, nvlinkDomainSize: props.nvlinkDomainSize };
    register(this, this.topology);
    this.node.addValidation({ validate: () => admitTopology({ object, config: { schedulers: SCHEDULERS } }).errors.map(sentence) });
  }

  /** The level of that name, for a `Packing`. */
  public level(domain: string): TopologyLevel {
    return TopologyLevel._of(this.topology, domain);
  }
}

class ImportedTopology implements IClusterTopology {
  public readonly topologyName: string;

  constructor(private readonly topology: Topology) {
    this.topologyName = topology.name;
  }

  public level(domain: string): TopologyLevel {
    return TopologyLevel._of(this.topology, domain);
  }
}

/**
 * What is known of a topology here.
 *
 * @internal
 */
export interface Topology {
  readonly name: string;
  readonly levels?: readonly TopologyLevelProps[];
  readonly nvlinkDomainSize?: NvlinkDomainSize;
}

const topologiesOfApps = new WeakMap<IConstruct, Map<string, Topology>>();

function register({ node: { root } }: IConstruct, topology: Topology): void {
  const known = topologiesOfApps.get(root) ?? new Map<string, Topology>();
  topologiesOfApps.set(root, known.set(topology.name, topology));
}

/**
 * All that is known of a topology: of a handle that knows its name only, what the construct of that name in the same app knows.
 *
 * @internal
 */
export function completed(topology: Topology, { node: { root } }: IConstruct): Topology {
  return topology.levels ? topology : { ...topologiesOfApps.get(root)?.get(topology.name), ...topology };
}

/**
 * The object that stands for a topology, as far as its levels are known.
 *
 * @internal
 */
export function toBinding({ name, levels }: Topology): ClusterTopologyBinding | undefined {
  return levels && { apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name }, spec: { levels } };
}
