import { ApiObject, Chart, JsonPatch, Testing } from 'cdk8s';
import { EnvValue } from 'cdk8s-plus-28';
import { ClusterTopology, Packing, PodCliqueSet } from '../../src';
import { admit } from '../../src/core';

function chatbot(chart: Chart): PodCliqueSet {
  const dc = ClusterTopology.fromName('dc');
  const set = new PodCliqueSet(chart, 'chatbot', { packing: Packing.required(dc.level('block')).butPreferably(dc.level('rack')) });
  const router = set.addClique('router', { containers: [{ image: 'router:1' }] });
  const prefill = set.addClique('prefill', { replicas: 2, minAvailable: 1, gpus: 4, containers: [{ image: 'server:1' }] });
  const decode = set.addScalingGroup('decode', { replicas: 2 });
  const leader = decode.addClique('leader', { gpus: 8, containers: [{ image: 'server:1' }] });
  decode.addClique('worker', { replicas: 3, gpus: 8, containers: [{ image: 'server:1' }] }).startAfter(leader);
  router.startAfter(prefill);
  return set;
}

test('the object passes admission and is unchanged by it: every default is written out', () => {
  const chart = Testing.chart();
  chatbot(chart);
  const [object] = Testing.synth(chart);
  const { allowed, object: admitted } = admit({ object });
  expect(allowed).toBe(true);
  expect(admitted.spec).toEqual(object.spec);
});

test('a clique asks for what it was told and nothing else', () => {
  const chart = Testing.chart();
  chatbot(chart);
  const [{ spec: { template } }] = Testing.synth(chart);
  expect(template.cliques[1]).toEqual({
    name: 'prefill',
    spec: {
      roleName: 'prefill',
      replicas: 2,
      minAvailable: 1,
      podSpec: {
        containers: [{ name: 'main', image: 'server:1', resources: { limits: { 'nvidia.com/gpu': '4' } } }],
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
      },
    },
  });
  expect(template.cliqueStartupType).toBe('CliqueStartupTypeExplicit');
  expect(template.cliques[3].spec.startsAfter).toEqual(['leader']);
  expect(template.podCliqueScalingGroups).toEqual([{ name: 'decode', cliqueNames: ['leader', 'worker'], replicas: 2, minAvailable: 1 }]);
  expect(template.topologyConstraint).toEqual({ topologyName: 'dc', pack: { required: 'block', preferred: 'rack' } });
});

test('two syntheses are the same, byte for byte', () => {
  const texts = [1, 2].map(() => {
    const chart = Testing.chart();
    chatbot(chart);
    return JSON.stringify(Testing.synth(chart));
  });
  expect(texts[0]).toBe(texts[1]);
});

test('what admission refuses fails the synthesis, with the construct’s path and the field', () => {
  const chart = Testing.chart();
  new PodCliqueSet(chart, 'llm').addClique('decode', { replicas: 1, minAvailable: 5, containers: [{ image: 'i' }] });
  expect(() => Testing.synth(chart)).toThrow(/llm\].*spec\.template\.cliques\[0\]\.spec\.minAvailable: Invalid value 5: must not exceed replicas \(1\)/);
});

test('a set without cliques says what to do', () => {
  const chart = Testing.chart();
  new PodCliqueSet(chart, 'llm');
  expect(() => Testing.synth(chart)).toThrow(/add one with addClique/);
});

test('escape hatches keep what no construct knows', () => {
  const chart = Testing.chart();
  const set = chatbot(chart);
  set.addJsonPatch(JsonPatch.add('/spec/newField', { x: 1 }));
  ApiObject.of(set).addJsonPatch(JsonPatch.add('/spec/template/cliques/0/spec/podSpec/containers/0/newField', [2]));
  ApiObject.of(new ClusterTopology(chart, 'dc', { levels: [{ domain: 'block', key: 'a' }, { domain: 'rack', key: 'b' }] }))
    .addJsonPatch(JsonPatch.add('/spec/levels/0/newField', true));
  const [{ spec }, topology] = Testing.synth(chart);
  expect(spec.newField).toEqual({ x: 1 });
  expect(spec.template.cliques[0].spec.podSpec.containers[0].newField).toEqual([2]);
  expect(topology.spec.levels[0].newField).toBe(true);
});

test('a pod spec field that cdk8s-plus does not know goes through', () => {
  const chart = Testing.chart();
  const resourceClaims = [{ name: 'gpu', resourceClaimTemplateName: 'single' }];
  new PodCliqueSet(chart, 'llm').addClique('decode', { containers: [{ image: 'i' }], podSpecPatch: { resourceClaims } });
  expect(Testing.synth(chart)[0].spec.template.cliques[0].spec.podSpec.resourceClaims).toEqual(resourceClaims);
});

test('a pod spec field that nobody knows yet goes through', () => {
  const chart = Testing.chart();
  const tomorrow = { limits: { cpu: '8' }, list: [{ hostIp: 1 }] };
  new PodCliqueSet(chart, 'llm').addClique('decode', { containers: [{ image: 'i' }], podSpecPatch: { tomorrow } });
  expect(Testing.synth(chart)[0].spec.template.cliques[0].spec.podSpec.tomorrow).toEqual(tomorrow);
});

describe('an app that is synthesized again after a change', () => {
  function appOfTwo() {
    const app = Testing.app();
    const charts = ['first', 'second'].map(name => new Chart(app, name));
    const containers = charts.map(chart => new PodCliqueSet(chart, chart.node.id).addClique('decode').addContainer({ image: 'server:1' }));
    return { charts, containers };
  }

  test('has the change, whichever chart it is in', () => {
    const { charts, containers } = appOfTwo();
    charts.forEach(chart => Testing.synth(chart));
    containers[1]!.env.addVariable('MODE', EnvValue.fromValue('decode'));
    const [changed] = Testing.synth(charts[1]!);
    expect(changed.spec.template.cliques[0].spec.podSpec.containers[0].env).toEqual([{ name: 'MODE', value: 'decode' }]);
  });

  test('fails if the change is a bad one', () => {
    const { charts, containers } = appOfTwo();
    charts.forEach(chart => Testing.synth(chart));
    containers[1]!.env.addVariable('NOT A NAME', EnvValue.fromValue('x'));
    expect(() => Testing.synth(charts[1]!)).toThrow(/second.*env\[0\]\.name: Invalid value "NOT A NAME": must be a variable name/s);
  });

  test('knows a topology that was added later', () => {
    const app = Testing.app();
    const chart = new Chart(app, 'workload');
    const set = new PodCliqueSet(chart, 'llm', { packing: Packing.required(ClusterTopology.fromName('dc').level('rack')) });
    set.addClique('decode').addContainer({ image: 'server:1' });
    Testing.synth(chart);
    new ClusterTopology(new Chart(app, 'cluster'), 'dc', { levels: [{ domain: 'host', key: 'kubernetes.io/hostname' }] });
    expect(() => Testing.synth(chart)).toThrow(/pack\.required: Invalid value "rack"/);
  });
});

describe('pods that are spread', () => {
  test('are spread once, however often they are rendered', () => {
    const chart = Testing.chart();
    new PodCliqueSet(chart, 'llm').addClique('decode', { spread: true, containers: [{ image: 'server:1' }] });
    const texts = [1, 2].map(() => JSON.stringify(Testing.synth(chart)));
    expect(texts[1]).toBe(texts[0]);
    const [{ labels, spec: { podSpec: { affinity } } }] = JSON.parse(texts[0]!)[0].spec.template.cliques;
    const terms = affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
    expect(terms.map(({ topologyKey }: any) => topologyKey)).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
    expect(terms[0].labelSelector.matchLabels).toEqual(labels);
  });
});

test('a KAI set finds its queue in the labels of the set', () => {
  const chart = Testing.chart();
  const kai = (id: string, labels?: { [key: string]: string }) => new PodCliqueSet(chart, id, labels ? { metadata: { labels } } : {})
    .addClique('decode', { schedulerName: 'kai-scheduler', containers: [{ image: 'server:1' }] });
  kai('queued', { 'kai.scheduler/queue': 'research' });
  expect(Testing.synth(chart)).toHaveLength(1);
  kai('lost');
  expect(() => Testing.synth(chart)).toThrow(/lost\] spec: Invalid: no KAI queue is configured/);
});
