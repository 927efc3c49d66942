import { TOPOLOGY_PRESETS, TOPOGRAPH_TIERS, topographLevels } from './presets';
import type { ClusterTopologyBinding, TopologyLevel } from '../api';
import { HOST } from '../placement/level';
import type { PlacementLevel } from '../placement/problem';

const HOSTNAME = 'kubernetes.io/hostname';
const GPU_CLIQUE = 'nvidia.com/gpu.clique';
/** Domain names of levels that lie inside an NVLink domain. */
const FINER_THAN_NVLINK = new Set(['partition', 'machine', 'host']);
/** Labels whose values are NVLink domains; those that say most exactly what NVLink connects come first. */
const NVLINK_LABELS = [
  GPU_CLIQUE, 'accelerator.topograph.run/domain', 'network.topology.nvidia.com/accelerator', 'ds.coreweave.com/nvlink.domain',
  'topology.k8s.aws/ultraserver-id', 'cloud.google.com/gce-topology-subblock', 'oci.oraclecloud.com/host.rack_id',
];

/** Placement's name of the level that a node label stands for. */
export function levelOfLabel(label: string): string {
  return label === HOSTNAME ? HOST : label;
}

/**
 * The levels that placement knows: those of the cluster's topologies, each a tree by the name of its binding. A cluster without any has the levels
 * that its nodes' labels tell, so that NVLink domains are spared and filled up there, too.
 * @param has whether some node carries the label
 */
export function placementLevels(topologies: Iterable<ClusterTopologyBinding>, has: (label: string) => boolean): PlacementLevel[] {
  const bindings = [...topologies].sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  if (bindings.length === 0) return detectedLabels(has).map(name => ({ name }));
  return bindings.flatMap(({ metadata: { name: topology = '' }, spec }) =>
    spec.levels.map(({ key }) => levelOfLabel(key)).filter(name => name !== HOST).map(name => ({ name, topology })));
}

/** The node label whose values are NVLink domains; undefined when no node has one. */
export function nvlinkLabel(topologies: Iterable<ClusterTopologyBinding>, has: (label: string) => boolean): string | undefined {
  const racks = [...topologies].flatMap(({ spec }) => spec.levels).filter(({ domain }) => domain === 'rack').map(({ key }) => key).sort();
  return [...NVLINK_LABELS, ...racks].find(has);
}

/** Labels of the preset of which the nodes carry most, broadest first, and what NVLink connects as the finest. Zones alone make no topology. */
function detectedLabels(has: (label: string) => boolean): string[] {
  const presets: readonly (readonly TopologyLevel[])[] = [...Object.values(TOPOLOGY_PRESETS), topographLevels(TOPOGRAPH_TIERS.length)];
  const found = presets.map(levels => levels.filter(({ domain, key }) => !FINER_THAN_NVLINK.has(domain) && has(key)).map(({ key }) => key));
  const labels = found.reduce((best, other) => (other.length > best.length ? other : best), []);
  const all = [...labels.filter(label => label !== GPU_CLIQUE), ...(has(GPU_CLIQUE) ? [GPU_CLIQUE] : [])];
  return all.every(label => label.startsWith('topology.kubernetes.io/')) ? [] : all;
}
