import type { TopologyLevel } from '../api';

const REGION: TopologyLevel = { domain: 'region', key: 'topology.kubernetes.io/region' };
const ZONE: TopologyLevel = { domain: 'zone', key: 'topology.kubernetes.io/zone' };
const HOST: TopologyLevel = { domain: 'host', key: 'kubernetes.io/hostname' };

/** How many tiers of switches topograph can tell apart here. */
export const TOPOGRAPH_TIERS = ['block', 'spine', 'datacenter'] as const;

/**
 * Levels that nodes carry without anybody's doing, broadest first. All presets speak the same words, so that a workload which asks for a `rack`
 * finds one wherever it goes: `block` is what hangs on one leaf switch, `rack` is an NVLink domain, `partition` a part of one, `host` a node.
 */
export const TOPOLOGY_PRESETS = {
  /** NVIDIA's GPU feature discovery, on any cluster. An NVL72 rack that is split has a clique, and so a `rack`, for each part. */
  nvidiaGpuClique: [ZONE, { domain: 'rack', key: 'nvidia.com/gpu.clique' }, HOST],
  /** topograph before its version 1: the three tiers and the accelerator domain. */
  topographLegacy: [
    { domain: 'datacenter', key: 'network.topology.nvidia.com/core' },
    { domain: 'spine', key: 'network.topology.nvidia.com/spine' },
    { domain: 'block', key: 'network.topology.nvidia.com/leaf' },
    { domain: 'rack', key: 'network.topology.nvidia.com/accelerator' },
    HOST,
  ],
  /** Google's physical placement labels; a subblock of the NVL72 machine types is a rack. */
  gke: [
    ZONE,
    { domain: 'block', key: 'cloud.google.com/gce-topology-block' },
    { domain: 'rack', key: 'cloud.google.com/gce-topology-subblock' },
    { domain: 'machine', key: 'cloud.google.com/gce-topology-host' },
    HOST,
  ],
  /** Amazon's network layers, from the broadest to the leaf, and the UltraServer. */
  eks: [
    ZONE,
    { domain: 'datacenter', key: 'topology.k8s.aws/network-node-layer-1' },
    { domain: 'spine', key: 'topology.k8s.aws/network-node-layer-2' },
    { domain: 'block', key: 'topology.k8s.aws/network-node-layer-3' },
    { domain: 'rack', key: 'topology.k8s.aws/ultraserver-id' },
    HOST,
  ],
  /** Oracle's host labels. */
  oci: [
    REGION,
    ZONE,
    { domain: 'block', key: 'oci.oraclecloud.com/host.network_block_id' },
    { domain: 'rack', key: 'oci.oraclecloud.com/host.rack_id' },
    HOST,
  ],
  /** CoreWeave's InfiniBand fabric and its NVLink domains. */
  coreWeave: [
    REGION,
    { domain: 'datacenter', key: 'ib.coreweave.cloud/fabric' },
    { domain: 'spine', key: 'ib.coreweave.cloud/superpod' },
    { domain: 'block', key: 'ib.coreweave.cloud/leafgroup' },
    { domain: 'rack', key: 'ds.coreweave.com/nvlink.domain' },
    HOST,
  ],
} as const satisfies Readonly<Record<string, readonly TopologyLevel[]>>;

/**
 * topograph from version 1 on: as many fabric tiers as the cluster has labels for, tier 0 next to the nodes, then the accelerator domain and its parts.
 * @throws RangeError when there cannot be so many tiers
 */
export function topographLevels(tiers: number): TopologyLevel[] {
  if (!Number.isInteger(tiers) || tiers < 0 || tiers > TOPOGRAPH_TIERS.length) {
    throw new RangeError(`tiers must be a whole number from 0 to ${TOPOGRAPH_TIERS.length}, not ${tiers}; write further levels yourself`);
  }
  const fabric = TOPOGRAPH_TIERS.slice(0, tiers).map((domain, tier) => ({ domain, key: `fabric.topograph.run/tier-${tier}` }));
  return [
    ...fabric.reverse(),
    { domain: 'rack', key: 'accelerator.topograph.run/domain' },
    { domain: 'partition', key: 'accelerator.topograph.run/sub-domain' },
    HOST,
  ];
}
