import { App, Chart, Testing } from 'cdk8s';
import { ClusterTopology, NodeLabels, Packing, PodCliqueSet, TopologyLevelProps } from '../../src';
import { ClusterTopologyBinding, admitTopology } from '../../src/core';

const containers = [{ image: 'server:1' }];
const LEVELS = ['zone', 'block', 'rack', 'host'].map(domain => ({ domain, key: `example.com/${domain}` }));

function topologyIn(chart: Chart, levels: TopologyLevelProps[] = LEVELS): ClusterTopology {
  return new ClusterTopology(chart, 'dc', { levels });
}

test('a topology is a ClusterTopologyBinding called after its id', () => {
  const chart = Testing.chart();
  new ClusterTopology(chart, 'dc', { levels: LEVELS.slice(2), schedulerTopologies: [{ schedulerName: 'kai-scheduler', topologyReference: 'racks' }] });
  expect(Testing.synth(chart)).toEqual([{
    apiVersion: 'grove.io/v1alpha1',
    kind: 'ClusterTopologyBinding',
    metadata: { name: 'dc' },
    spec: { levels: LEVELS.slice(2), schedulerTopologyBindings: [{ schedulerName: 'kai-scheduler', topologyReference: 'racks' }] },
  }]);
});

test('what admission refuses fails the synthesis', () => {
  const chart = Testing.chart();
  topologyIn(chart, [...LEVELS, { domain: 'rack', key: 'not a label' }]);
  expect(() => Testing.synth(chart)).toThrow(/dc\] spec\.levels\[4\]\.key: Invalid value "not a label".*dc\] spec\.levels\[4\]\.domain: Duplicate value "rack"/s);
});

describe('node labels', () => {
  const presets: Record<string, TopologyLevelProps[]> = {
    nvidiaGpuClique: NodeLabels.nvidiaGpuClique(),
    topograph: NodeLabels.topograph(),
    topographLegacy: NodeLabels.topographLegacy(),
    gke: NodeLabels.gke(),
    eks: NodeLabels.eks(),
    oci: NodeLabels.oci(),
    coreWeave: NodeLabels.coreWeave(),
  };
  const WORDS = ['region', 'zone', 'datacenter', 'spine', 'block', 'rack', 'partition', 'machine', 'host'];

  test.each(Object.keys(presets))('%s is admitted, and speaks the words that all do in their order', name => {
    const domains = presets[name]!.map(({ domain }) => domain);
    const object: ClusterTopologyBinding = { apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name: 'x' }, spec: { levels: presets[name]! } };
    expect(admitTopology({ object }).errors).toEqual([]);
    expect(domains).toEqual(WORDS.filter(word => domains.includes(word)));
    expect(domains).toEqual(expect.arrayContaining(['rack', 'host']));
  });

  test('topograph has the tiers that the cluster has, tier 0 next to the nodes', () => {
    expect(NodeLabels.topograph({ tiers: 1 }).map(({ key }) => key)).toEqual([
      'fabric.topograph.run/tier-0', 'accelerator.topograph.run/domain', 'accelerator.topograph.run/sub-domain', 'kubernetes.io/hostname',
    ]);
    expect(NodeLabels.topograph()[0]).toEqual({ domain: 'datacenter', key: 'fabric.topograph.run/tier-2' });
    expect(() => NodeLabels.topograph({ tiers: 4 })).toThrow('tiers must be a whole number from 0 to 3, not 4');
  });
});

test('packings of set, group and clique are written where they are meant', () => {
  const chart = Testing.chart();
  const dc = topologyIn(chart);
  const set = new PodCliqueSet(chart, 'llm', { packing: Packing.required(dc.level('block')) });
  set.addScalingGroup('decode', { packing: Packing.preferred(dc.level('rack')) })
    .addClique('worker', { containers, packing: Packing.required(dc.level('rack')).butPreferably(dc.level('host')) });
  const { template } = Testing.synth(chart)[1].spec;
  expect(template.topologyConstraint).toEqual({ topologyName: 'dc', pack: { required: 'block' } });
  expect(template.podCliqueScalingGroups[0].topologyConstraint).toEqual({ topologyName: 'dc', pack: { preferred: 'rack' } });
  expect(template.cliques[0].topologyConstraint).toEqual({ topologyName: 'dc', pack: { required: 'rack', preferred: 'host' } });
});

describe('mistakes', () => {
  test('a level that is not there', () => {
    expect(() => topologyIn(Testing.chart()).level('numa')).toThrow('the topology dc has no level "numa"; it has zone, block, rack, host');
    expect(() => ClusterTopology.fromName('dc', { levels: LEVELS }).level('numa')).toThrow('no level "numa"');
  });

  test('a preference that the requirement implies, or of another topology', () => {
    const dc = topologyIn(Testing.chart());
    expect(() => Packing.required(dc.level('rack')).butPreferably(dc.level('block'))).toThrow('block is not narrower than rack');
    expect(() => Packing.required(dc.level('rack')).butPreferably(dc.level('rack'))).toThrow('rack is not narrower than rack');
    expect(() => Packing.required(dc.level('rack')).butPreferably(ClusterTopology.fromName('other').level('host'))).toThrow('rack is a level of dc, host one of other');
  });

  test('a second preference, which would take the place of the first', () => {
    const dc = topologyIn(Testing.chart());
    expect(() => Packing.preferred(dc.level('rack')).butPreferably(dc.level('host'))).toThrow('rack is preferred already');
    expect(() => Packing.required(dc.level('block')).butPreferably(dc.level('host')).butPreferably(dc.level('rack'))).toThrow('host is preferred already');
  });

  test('a clique that is packed less closely than the set', () => {
    const chart = Testing.chart();
    const dc = topologyIn(chart);
    new PodCliqueSet(chart, 'llm', { packing: Packing.required(dc.level('rack')) }).addClique('decode', { containers, packing: Packing.required(dc.level('block')) });
    expect(() => Testing.synth(chart)).toThrow(/llm\] spec\.template\.topologyConstraint: Invalid value "rack": "rack" is narrower than "block" of spec\.template\.cliques\[0\]/);
  });

  test('the same through a handle that knows the name only, when the topology is in the app', () => {
    const app = Testing.app();
    topologyIn(new Chart(app, 'cluster'));
    const chart = new Chart(app, 'workload');
    const dc = ClusterTopology.fromName('dc');
    const set = new PodCliqueSet(chart, 'llm', { packing: Packing.required(dc.level('rack')) });
    set.addClique('decode', { containers, packing: Packing.required(dc.level('block')) });
    set.addClique('prefill', { containers, packing: Packing.required(dc.level('numa')) });
    expect(() => Testing.synth(chart)).toThrow(/llm\] spec\.template\.cliques\[1\]\.topologyConstraint\.pack\.required: Invalid value "numa"/);
  });

  test('nothing is looked up when nobody knows the topology', () => {
    const chart = Testing.chart();
    const dc = ClusterTopology.fromName('dc');
    new PodCliqueSet(chart, 'llm', { packing: Packing.required(dc.level('rack')) }).addClique('decode', { containers, packing: Packing.required(dc.level('anything')) });
    expect(Testing.synth(chart)).toHaveLength(1);
  });

  test('two topologies in one set', () => {
    const chart = Testing.chart();
    const [one, other] = ['one', 'other'].map(name => ClusterTopology.fromName(name).level('rack'));
    new PodCliqueSet(chart, 'llm', { packing: Packing.required(one!) }).addClique('decode', { containers, packing: Packing.required(other!) });
    expect(() => Testing.synth(chart)).toThrow(/topologyName: Invalid value "other": all constraints of a PodCliqueSet must be of one topology/);
  });
});

test('a topology of another app is not taken for this one’s', () => {
  topologyIn(new Chart(new App(), 'cluster'), [{ domain: 'host', key: 'kubernetes.io/hostname' }]);
  const chart = Testing.chart();
  new PodCliqueSet(chart, 'llm', { packing: Packing.required(ClusterTopology.fromName('dc').level('rack')) }).addClique('decode', { containers });
  expect(Testing.synth(chart)).toHaveLength(1);
});
