import type { TopologyLevelProps } from './topology';
import { TOPOLOGY_PRESETS, topographLevels } from '../src/core';

/** Options of topograph's labels. */
export interface TopographOptions {
  /**
   * Tiers of switches that the cluster's nodes are labelled with, 0 to 3; from the third inwards they are called `datacenter`, `spine` and `block`.
   * @default 3
   */
  readonly tiers?: number;
}

/**
 * Levels that nodes carry without anybody's doing, broadest first, for `ClusterTopologyProps.levels`. All of them speak the same words (`region`, `zone`,
 * `datacenter`, `spine`, `block`, `rack`, `partition`, `machine`, `host`; each as far as it is there), so that a workload can move between clusters. A `rack`
 * is an NVLink domain. Add to the list or leave some out: it is yours.
 */
export class NodeLabels {
  /** NVIDIA's GPU feature discovery: `zone`, `rack` (`nvidia.com/gpu.clique`), `host`. */
  public static nvidiaGpuClique(): TopologyLevelProps[] {
    return [...TOPOLOGY_PRESETS.nvidiaGpuClique];
  }

  /** topograph 1: as many tiers as the cluster has, then `rack` and `partition` of the accelerator, `host`. */
  public static topograph(options: TopographOptions = {}): TopologyLevelProps[] {
    return topographLevels(options.tiers ?? 3);
  }

  /** topograph before its version 1, whose labels begin with `network.topology.nvidia.com`. */
  public static topographLegacy(): TopologyLevelProps[] {
    return [...TOPOLOGY_PRESETS.topographLegacy];
  }

  /** Google Kubernetes Engine: `zone`, `block`, `rack` (subblock), `machine`, `host`. */
  public static gke(): TopologyLevelProps[] {
    return [...TOPOLOGY_PRESETS.gke];
  }

  /** Amazon EKS: `zone`, the three network layers as `datacenter`, `spine` and `block`, `rack` (UltraServer), `host`. */
  public static eks(): TopologyLevelProps[] {
    return [...TOPOLOGY_PRESETS.eks];
  }

  /** Oracle Cloud: `region`, `zone`, `block`, `rack`, `host`. */
  public static oci(): TopologyLevelProps[] {
    return [...TOPOLOGY_PRESETS.oci];
  }

  /** CoreWeave: `region`, the InfiniBand fabric as `datacenter`, `spine` and `block`, `rack` (NVLink domain), `host`. */
  public static coreWeave(): TopologyLevelProps[] {
    return [...TOPOLOGY_PRESETS.coreWeave];
  }
}
