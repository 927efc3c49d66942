import { ClusterTopologyBinding, nvlinkLabel, placementLevels } from '../../../src/core';

const binding = (name: string, levels: Record<string, string>): ClusterTopologyBinding => ({
  apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name }, spec: { levels: Object.entries(levels).map(([domain, key]) => ({ domain, key })) },
});
const having = (...labels: string[]) => (label: string) => labels.includes(label);
const ZONE = 'topology.kubernetes.io/zone';
const CLIQUE = 'nvidia.com/gpu.clique';

test('topologies are trees by the name of their bindings; the host is implied', () => {
  const b = binding('b', { rack: 'x/rack', host: 'kubernetes.io/hostname' });
  const a = binding('a', { zone: ZONE, rack: 'x/rack' });
  expect(placementLevels([b, a], having(CLIQUE))).toEqual([{ name: ZONE, topology: 'a' }, { name: 'x/rack', topology: 'a' }, { name: 'x/rack', topology: 'b' }]);
});

test.each<[string, string[], string[]]>([
  ['nothing', [], []],
  ['zones alone', [ZONE, 'topology.kubernetes.io/region'], []],
  ['NVIDIA’s own', [ZONE, CLIQUE, 'kubernetes.io/hostname'], [ZONE, CLIQUE]],
  ['Amazon’s, and what NVLink connects', [ZONE, 'topology.k8s.aws/network-node-layer-2', 'topology.k8s.aws/network-node-layer-3', CLIQUE],
    [ZONE, 'topology.k8s.aws/network-node-layer-2', 'topology.k8s.aws/network-node-layer-3', CLIQUE]],
  ['topograph’s', ['fabric.topograph.run/tier-0', 'fabric.topograph.run/tier-1', 'accelerator.topograph.run/domain', 'accelerator.topograph.run/sub-domain'],
    ['fabric.topograph.run/tier-1', 'fabric.topograph.run/tier-0', 'accelerator.topograph.run/domain']],
  ['Google’s without hosts', [ZONE, 'cloud.google.com/gce-topology-block', 'cloud.google.com/gce-topology-subblock', 'cloud.google.com/gce-topology-host'],
    [ZONE, 'cloud.google.com/gce-topology-block', 'cloud.google.com/gce-topology-subblock']],
])('without a topology nodes tell levels by their labels: %s', (_, labels, expected) => {
  expect(placementLevels([], having(...labels)).map(({ name }) => name)).toEqual(expected);
});

test('NVLink domains are what the GPUs’ own label tells, or else the provider’s, or else the racks of a topology', () => {
  const racks = [binding('t', { block: 'x/block', rack: 'x/rack' })];
  expect(nvlinkLabel(racks, having(CLIQUE, 'x/rack'))).toBe(CLIQUE);
  expect(nvlinkLabel(racks, having('topology.k8s.aws/ultraserver-id', 'x/rack'))).toBe('topology.k8s.aws/ultraserver-id');
  expect(nvlinkLabel(racks, having('x/block', 'x/rack'))).toBe('x/rack');
  expect(nvlinkLabel(racks, having('x/block'))).toBeUndefined();
});
