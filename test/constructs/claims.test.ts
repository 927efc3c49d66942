import { Testing } from 'cdk8s';
import { AllocationMode, ClaimTemplate, DeviceConfig, DeviceConstraint, DeviceRequest, PodClique, PodCliqueSet, PodResourceClaim, SharingScope } from '../../src';

const containers = [{ image: 'server:1' }];
const requests = [DeviceRequest.exactly('gpu', { deviceClassName: 'gpu.nvidia.com', allocationMode: AllocationMode.ALL })];

describe('claims of each pod', () => {
  test('are used by the first container, or by those that are named', () => {
    const chart = Testing.chart();
    const decode = new PodCliqueSet(chart, 'llm').addClique('decode', { containers, gpus: 4 });
    const sidecar = decode.addContainer({ name: 'sidecar', image: 'sidecar:1' });
    const init = decode.addInitContainer({ name: 'warm', image: 'warm:1' });
    decode.addResourceClaim(PodResourceClaim.fromTemplateName('imex', 'channel'));
    decode.addResourceClaim(PodResourceClaim.fromClaimName('net', 'shared-net'), { containers: [sidecar, init], request: 'nic' });
    const { podSpec } = Testing.synth(chart)[0].spec.template.cliques[0].spec;
    expect(podSpec.resourceClaims).toEqual([{ name: 'imex', resourceClaimTemplateName: 'channel' }, { name: 'net', resourceClaimName: 'shared-net' }]);
    expect(podSpec.containers[0].resources).toEqual({ claims: [{ name: 'imex' }], limits: { 'nvidia.com/gpu': '4' } });
    expect([podSpec.containers[1], podSpec.initContainers[0]].map(({ resources }) => resources)).toEqual([
      { claims: [{ name: 'net', request: 'nic' }] }, { claims: [{ name: 'net', request: 'nic' }] },
    ]);
  });

  test('have names of their own', () => {
    const decode = new PodCliqueSet(Testing.chart(), 'llm').addClique('decode', { containers });
    decode.addResourceClaim(PodResourceClaim.fromClaimName('net', 'one'));
    expect(() => decode.addResourceClaim(PodResourceClaim.fromClaimName('net', 'other'))).toThrow('llm/decode: there is a claim net already');
    expect(() => PodResourceClaim.fromTemplateName('Net', 'one')).toThrow('"Net" cannot be the name of a claim');
  });

  test('are not for containers of other pods, whatever these are called', () => {
    const chart = Testing.chart();
    const set = new PodCliqueSet(chart, 'llm');
    const [decode, prefill] = ['decode', 'prefill'].map(name => set.addClique(name, { containers })) as [PodClique, PodClique];
    decode.addResourceClaim(PodResourceClaim.fromClaimName('net', 'one'), { containers: prefill.containers });
    expect(() => Testing.synth(chart)).toThrow('cliques[0].spec.podSpec.resourceClaims: Invalid: the container "main", which is to use net, is not one of these pods\'');
  });
});

describe('shared claims', () => {
  test('say whose pods share them in the names of the objects that were given', () => {
    const chart = Testing.chart();
    const set = new PodCliqueSet(chart, 'llm');
    const router = set.addClique('router', { containers });
    const group = set.addScalingGroup('decode');
    const leader = group.addClique('leader', { name: 'lead', containers });
    const gpus = set.addClaimTemplate('gpus', { requests });
    set.shareClaims(gpus, { scope: SharingScope.PER_REPLICA, cliques: [router], scalingGroups: [group] });
    set.shareClaims(ClaimTemplate.fromName('net', 'shared'), { scope: SharingScope.ALL_REPLICAS });
    group.shareClaims(gpus, { scope: SharingScope.ALL_REPLICAS, cliques: [leader] });
    router.shareClaims(gpus, { scope: SharingScope.PER_REPLICA });
    const { template } = Testing.synth(chart)[0].spec;
    expect(template.resourceClaimTemplates).toEqual([
      { name: 'gpus', templateSpec: { spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.nvidia.com', allocationMode: 'All' } }] } } } },
    ]);
    expect(template.resourceSharing).toEqual([
      { name: 'gpus', scope: 'PerReplica', filter: { childCliqueNames: ['router'], childScalingGroupNames: ['decode'] } },
      { name: 'net', namespace: 'shared', scope: 'AllReplicas' },
    ]);
    expect(template.podCliqueScalingGroups[0].resourceSharing).toEqual([{ name: 'gpus', scope: 'AllReplicas', filter: { childCliqueNames: ['lead'] } }]);
    expect(template.cliques[0].resourceSharing).toEqual([{ name: 'gpus', scope: 'PerReplica' }]);
  });

  test('are of templates and among pods of the same set', () => {
    const chart = Testing.chart();
    const [set, other] = ['llm', 'other'].map(name => new PodCliqueSet(chart, name)) as [PodCliqueSet, PodCliqueSet];
    const gpus = set.addClaimTemplate('gpus', { requests });
    const stranger = other.addClique('router', { containers });
    const group = set.addScalingGroup('decode');
    const scope = SharingScope.ALL_REPLICAS;
    expect(() => set.addClaimTemplate('gpus', { requests })).toThrow('llm: there is a claim template gpus already');
    expect(() => stranger.shareClaims(gpus, { scope })).toThrow('other cannot share gpus: it is kept in another PodCliqueSet');
    expect(() => set.shareClaims(gpus, { scope, cliques: [stranger] })).toThrow('other/router is not in test/llm');
    expect(() => group.shareClaims(gpus, { scope, cliques: [set.addClique('prefill', { containers })] })).toThrow('llm/prefill is not in test/llm/decode');
  });

  test('are made from requests that there are', () => {
    const set = new PodCliqueSet(Testing.chart(), 'llm');
    const [gpu, net] = ['gpu', 'net'].map(name => DeviceRequest.exactly(name, { deviceClassName: name })) as [DeviceRequest, DeviceRequest];
    expect(() => set.addClaimTemplate('a', { requests: [gpu, net, gpu] })).toThrow('llm: the claim template a has two requests gpu');
    expect(() => set.addClaimTemplate('a', { requests: [gpu, net], constraints: [DeviceConstraint.sameAttribute('a/b', ['gpu', 'nic'])] }))
      .toThrow('the claim template a has no request nic; it has gpu, net');
    expect(() => set.addClaimTemplate('a', { requests: [gpu], config: [DeviceConfig.opaque('driver', {}, ['net'])] })).toThrow('has no request net');
    const large = { name: 'large', deviceClassName: 'gpu' };
    expect(set.addClaimTemplate('a', { requests: [DeviceRequest.firstAvailable('gpu', [large])], config: [DeviceConfig.opaque('driver', {}, ['gpu/large'])] }).name).toBe('a');
  });

  test('are of a number of devices', () => {
    const of = (count: number, allocationMode?: AllocationMode) => () => DeviceRequest.exactly('gpu', { deviceClassName: 'gpu', count, ...(allocationMode ? { allocationMode } : {}) });
    for (const count of [0, -1, 1.5, NaN]) expect(of(count)).toThrow(`a whole number of devices above 0, not for ${count}`);
    expect(of(2, AllocationMode.ALL)).toThrow('a request for all devices has no count');
    expect(of(2, AllocationMode.EXACT_COUNT)().name).toBe('gpu');
  });

  test('of nobody are not taken for those of all', () => {
    const chart = Testing.chart();
    const set = new PodCliqueSet(chart, 'llm');
    set.addClique('decode', { containers });
    set.shareClaims(set.addClaimTemplate('gpus', { requests }), { scope: SharingScope.PER_REPLICA, cliques: [] });
    expect(() => Testing.synth(chart)).toThrow(/resourceSharing\[0\]\.filter: Required/);
  });

  test('have names by which pods can refer to them', () => {
    const chart = Testing.chart();
    new PodCliqueSet(chart, 'llm').addClique('decode', { containers }).shareClaims(ClaimTemplate.fromName('x'.repeat(50)), { scope: SharingScope.ALL_REPLICAS });
    expect(() => Testing.synth(chart)).toThrow(`llm] the pods of decode cannot be made: a claim that they share would be called "llm-0-decode-all-${'x'.repeat(50)}"`);
  });

  test('are judged by admission: a template without a request, a name that two have', () => {
    const chart = Testing.chart();
    const set = new PodCliqueSet(chart, 'llm');
    set.addClique('decode', { containers });
    set.shareClaims(set.addClaimTemplate('gpus', { requests: [] }), { scope: SharingScope.ALL_REPLICAS });
    expect(() => Testing.synth(chart)).toThrow(/resourceClaimTemplates\[0\]\.templateSpec\.spec\.devices\.requests: Required/);
  });
});
