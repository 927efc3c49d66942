import { Chart, Testing } from 'cdk8s';
import { Autoscaling, ClusterTopology, NodeLabels, NvlinkDomain, NvlinkDomainSize, Packing, PodCliqueSet } from '../../src';

const containers = [{ image: 'server:1' }];

/** A prefill pod and a decode engine of a leader and seven workers on nodes of four GPUs, in one NVLink domain: nine nodes. */
function deepseek(chart: Chart, nvlinkDomainSize?: NvlinkDomainSize, engines = 1): PodCliqueSet {
  const topology = ClusterTopology.fromName('nvl72', { levels: NodeLabels.nvidiaGpuClique(), ...(nvlinkDomainSize ? { nvlinkDomainSize } : {}) });
  const set = new PodCliqueSet(chart, 'r1', { packing: Packing.required(topology.level('rack')), nvlinkDomain: NvlinkDomain.named('model') });
  set.addClique('frontend', { containers });
  set.addClique('prefill', { gpus: 4, containers });
  const autoscaling = engines > 1 ? { autoscaling: Autoscaling.byController({ maxReplicas: engines }) } : {};
  const decode = set.addScalingGroup('decode', autoscaling);
  decode.addClique('leader', { gpus: 4, containers });
  decode.addClique('worker', { gpus: 4, replicas: 7, containers });
  return set;
}

test('the domain is an annotation of the set, the group or the clique', () => {
  const chart = Testing.chart();
  const set = new PodCliqueSet(chart, 'llm', { nvlinkDomain: NvlinkDomain.named('all'), metadata: { annotations: { note: 'x' } } });
  set.addClique('router', { containers, nvlinkDomain: NvlinkDomain.none(), annotations: { note: 'y' } });
  set.addScalingGroup('decode', { nvlinkDomain: NvlinkDomain.named('decode') }).addClique('worker', { containers });
  const [{ metadata, spec: { template } }] = Testing.synth(chart);
  expect(metadata.annotations).toEqual({ 'note': 'x', 'grove.io/mnnvl-group': 'all' });
  expect(template.cliques[0].annotations).toEqual({ 'note': 'y', 'grove.io/mnnvl-group': 'none' });
  expect(template.podCliqueScalingGroups[0].annotations).toEqual({ 'grove.io/mnnvl-group': 'decode' });
});

test('the plan counts pods, GPUs and nodes, so that nobody adds them up by hand', () => {
  const demand = { pods: 9, gpus: 36, nodes: 9 };
  expect(deepseek(Testing.chart(), { nodes: 18, gpusPerNode: 4 }).nvlinkDomains()).toEqual([
    { domain: 'model', cliques: ['prefill', 'leader', 'worker'], initially: demand, atMost: demand },
  ]);
  expect(deepseek(Testing.chart(), { nodes: 9, gpusPerNode: 8 }, 2).nvlinkDomains()).toEqual([
    { domain: 'model', cliques: ['prefill', 'leader', 'worker'], initially: { ...demand, nodes: 5 }, atMost: { pods: 17, gpus: 68, nodes: 9 } },
  ]);
});

describe('a domain that no NVLink domain of the cluster can hold', () => {
  test('is refused', () => {
    const chart = Testing.chart();
    deepseek(chart, { nodes: 8, gpusPerNode: 4 });
    expect(() => Testing.synth(chart)).toThrow(
      'r1] the NVLink domain "model" (prefill, leader, worker) takes 9 nodes with 36 GPUs; one of the cluster has 8 nodes with 32 GPUs',
    );
  });

  test('is refused even if only an autoscaler makes it so large', () => {
    const chart = Testing.chart();
    deepseek(chart, { nodes: 18, gpusPerNode: 4 }, 3);
    expect(() => Testing.synth(chart)).toThrow('takes 25 nodes with 100 GPUs when its autoscalers ask for the most; one of the cluster has 18 nodes');
  });

  test('is refused when one of its pods fits on no node, however many there are', () => {
    const chart = Testing.chart();
    deepseek(chart, { nodes: 18, gpusPerNode: 2 });
    expect(() => Testing.synth(chart)).toThrow('r1] a pod of prefill in the NVLink domain "model" takes 4 GPUs; a node of the cluster has 2');
  });

  test('is not refused when it fits, or when sizes are not known', () => {
    for (const size of [{ nodes: 9, gpusPerNode: 4 }, undefined]) {
      const chart = Testing.chart();
      deepseek(chart, size);
      expect(Testing.synth(chart)).toHaveLength(1);
    }
  });
});

test('a domain has a name that can be one', () => {
  expect(() => NvlinkDomain.named('none')).toThrow('use NvlinkDomain.none() to stay out of all');
  expect(() => NvlinkDomain.named('Decode!')).toThrow('"Decode!" cannot be an NVLink domain');
});
