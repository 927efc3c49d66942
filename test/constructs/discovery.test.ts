import { Chart, Testing } from 'cdk8s';
import { ContainerProps } from 'cdk8s-plus-28';
import { Autoscaling, PodCliqueSet, PodVariable } from '../../src';
import { LABEL, Pod, PodCliqueSet as PodCliqueSetObject, expand } from '../../src/core';

const server: ContainerProps = { image: 'server:1' };

/** A container whose arguments are the given words. */
const asking = (...args: string[]): ContainerProps => ({ image: 'server:1', args });

function pods(chart: Chart): Pod[] {
  const [set] = Testing.synth(chart) as PodCliqueSetObject[];
  return expand(set!).filter(({ kind }) => kind === 'Pod') as unknown as Pod[];
}

/** The arguments of the first pod of a clique, as its container sees them. */
function seenBy(chart: Chart, clique: string): string[] {
  const pod = pods(chart).find(({ metadata }) => metadata.labels?.[LABEL.podClique] === clique)!;
  const [{ env = [], args = [] }] = pod.spec.containers as [Pod['spec']['containers'][0]];
  const label = (value: unknown) => /labels\['(.*)'\]/.exec(JSON.stringify(value))?.[1];
  const values = new Map(env.map(({ name, value, valueFrom }) => [name, value ?? pod.metadata.labels?.[label(valueFrom) ?? '']]));
  return args.map(arg => arg.replace(/\$\((\w+)\)/g, (_, name) => values.get(name) ?? `no ${name}`));
}

const hosts = (chart: Chart, clique: string) => pods(chart).filter(({ metadata }) => metadata.labels?.[LABEL.podClique] === clique)
  .map(({ spec }) => `${spec.hostname}.${spec.subdomain}.default.svc.cluster.local`);

test('the addresses of a clique are those of its pods', () => {
  const chart = Testing.chart();
  const set = new PodCliqueSet(chart, 'llm', { replicas: 2 });
  const decode = set.addClique('decode', { replicas: 3, containers: [server] });
  set.addClique('router', { containers: [asking(...decode.podAddresses())] });
  expect(seenBy(chart, 'llm-0-router')).toEqual(hosts(chart, 'llm-0-decode'));
  expect(seenBy(chart, 'llm-1-router')).toEqual(hosts(chart, 'llm-1-decode'));
});

test('within a scaling group they are those of the same copy; from outside, of the copy that is named', () => {
  const chart = Testing.chart();
  const set = new PodCliqueSet(chart, 'llm');
  const decode = set.addScalingGroup('decode', { replicas: 2 });
  const leader = decode.addClique('leader', { containers: [server] });
  decode.addClique('worker', { replicas: 2, containers: [asking(leader.leaderAddress())] });
  set.addClique('router', { containers: [asking(leader.podAddressInCopy(0, 0), leader.podAddressInCopy(1, 0))] });
  expect(seenBy(chart, 'llm-0-decode-1-worker')).toEqual(hosts(chart, 'llm-0-decode-1-leader'));
  expect(seenBy(chart, 'llm-0-router')).toEqual([...hosts(chart, 'llm-0-decode-0-leader'), ...hosts(chart, 'llm-0-decode-1-leader')]);
});

test('every variable has a value in the pods', () => {
  const chart = Testing.chart();
  const variables = [
    PodVariable.SET_NAME, PodVariable.SET_COPY, PodVariable.CLIQUE_NAME, PodVariable.POD_INDEX, PodVariable.SERVICE_NAME,
    PodVariable.GROUP_NAME, PodVariable.GROUP_COPY, PodVariable.GROUP_PODS,
  ];
  const group = new PodCliqueSet(chart, 'llm').addScalingGroup('decode');
  group.addClique('leader', { containers: [asking(...variables.map(({ reference }) => reference))] });
  group.addClique('worker', { replicas: 3, containers: [server] });
  expect(seenBy(chart, 'llm-0-decode-0-leader')).toEqual(['llm', '0', 'llm-0-decode-0-leader', '0', 'llm-0.default.svc.cluster.local', 'llm-0-decode', '0', '4']);
  expect(group.podsPerCopy).toBe(4);
  expect(group.worldSize).toBe(PodVariable.GROUP_PODS);
});

test('a variable under the name that software wants', () => {
  const chart = Testing.chart();
  new PodCliqueSet(chart, 'llm').addClique('decode', { containers: [{ ...server, envVariables: { NODE_RANK: PodVariable.POD_INDEX.toEnvValue() } }] });
  expect(Testing.synth(chart)[0].spec.template.cliques[0].spec.podSpec.containers[0].env).toEqual([{ name: 'NODE_RANK', value: '$(GROVE_PCLQ_POD_INDEX)' }]);
});

describe('mistakes', () => {
  test('a pod that is not there', () => {
    const decode = new PodCliqueSet(Testing.chart(), 'llm').addClique('decode', { replicas: 2, containers: [server] });
    expect(() => decode.podAddress(2)).toThrow('has no pod 2; its pods have the numbers 0 to 1');
    expect(() => decode.podAddressInCopy(0, 0)).toThrow('is in no scaling group; use podAddress');
  });

  test('a copy that is not there', () => {
    const group = new PodCliqueSet(Testing.chart(), 'llm').addScalingGroup('decode', { replicas: 2, autoscaling: Autoscaling.byController({ maxReplicas: 3 }) });
    const leader = group.addClique('leader', { containers: [server] });
    expect(leader.podAddressInCopy(2, 0)).toContain('-decode-2-leader-0.');
    for (const copy of [3, -1, 0.5]) expect(() => leader.podAddressInCopy(copy, 0)).toThrow(`llm/decode has no copy ${copy}; its copies have the numbers 0 to 2`);
  });

  test('a pod of another set, which has its names in that set only', () => {
    const chart = Testing.chart();
    const leader = new PodCliqueSet(chart, 'other').addScalingGroup('group', { replicas: 2 }).addClique('leader', { containers: [server] });
    const set = new PodCliqueSet(chart, 'llm');
    set.addClique('router', { containers: [asking(leader.podAddressInCopy(1, 0))] });
    expect(() => Testing.synth(chart)).toThrow('llm] router looks for pods of group-1-leader in its own set, where they are not');
  });

  test.each(['leader-0', 'decode-leader-0', 'decode-first-leader-0'])('an address without its copy, written by hand, of a clique that is in a group: %s', name => {
    const address = (clique: string) => `$(GROVE_PCS_NAME)-$(GROVE_PCS_INDEX)-${clique}-0.$(GROVE_HEADLESS_SERVICE):80`;
    const chart = Testing.chart();
    const set = new PodCliqueSet(chart, 'llm');
    set.addScalingGroup('decode').addClique('leader-0', { containers: [server] });
    const router = set.addClique('router', { containers: [asking(`--peer=${address('decode-0-leader-0')}`, `$${address(name)}`)] });
    expect(Testing.synth(chart)).toHaveLength(1);
    router.addContainer({ name: 'more', ...asking(address(name)) });
    expect(() => Testing.synth(chart)).toThrow(`router looks for pods of ${name} in its own set, where they are not`);
  });

  test('addresses that would have become others', () => {
    const set = new PodCliqueSet(Testing.chart(), 'llm');
    const decode = set.addClique('decode', { containers: [server] });
    decode.leaderAddress();
    expect(() => set.addScalingGroup('group', { cliques: [decode] })).toThrow('its pods’ addresses have been given away, and would be others'.replace('’', '\''));
  });

  test('a variable of scaling groups where there is none', () => {
    const chart = Testing.chart();
    new PodCliqueSet(chart, 'llm').addClique('decode', { containers: [{ ...server, envVariables: { RANK: PodVariable.GROUP_COPY.toEnvValue() } }] });
    expect(() => Testing.synth(chart)).toThrow('llm] decode refers to GROVE_PCSG_INDEX, which only pods of a scaling group have');
  });

  test('a sibling that is in another group', () => {
    const chart = Testing.chart();
    const set = new PodCliqueSet(chart, 'llm');
    const leader = set.addScalingGroup('prefill').addClique('leader', { containers: [server] });
    set.addScalingGroup('decode').addClique('worker', { containers: [asking(`--peer=${leader.leaderAddress()}:80`)] });
    expect(() => Testing.synth(chart)).toThrow('worker looks for pods of leader in its own scaling group, where they are not; use podAddressInCopy');
  });
});
