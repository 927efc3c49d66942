import { Testing } from 'cdk8s';
import { PodCliqueSet } from '../../src';

const containers = [{ image: 'server:1' }];

describe('cycles are refused where they are closed, and both ends are named', () => {
  test('of several cliques', () => {
    const set = new PodCliqueSet(Testing.chart(), 'llm');
    const [a, b, c] = ['a', 'b', 'c'].map(name => set.addClique(name, { containers }));
    b!.startAfter(a!);
    c!.startAfter(b!);
    expect(() => a!.startAfter(c!)).toThrow('test/llm/a cannot start after test/llm/c: that one already starts after it (c after b after a)');
  });

  test('of one clique', () => {
    const a = new PodCliqueSet(Testing.chart(), 'llm').addClique('a', { containers });
    expect(() => a.startAfter(a)).toThrow('test/llm/a cannot start after test/llm/a: no clique waits for itself');
  });

  test('not two ways to one clique', () => {
    const chart = Testing.chart();
    const set = new PodCliqueSet(chart, 'llm');
    const [a, b, c] = ['a', 'b', 'c'].map(name => set.addClique(name, { containers }));
    b!.startAfter(a!);
    c!.startAfter(a!, b!, a!);
    expect(Testing.synth(chart)[0].spec.template.cliques[2].spec.startsAfter).toEqual(['a', 'b']);
  });
});

describe('scaling groups', () => {
  test('are made of cliques that are there', () => {
    const chart = Testing.chart();
    const set = new PodCliqueSet(chart, 'llm');
    const leader = set.addClique('leader', { containers });
    const group = set.addScalingGroup('decode', { cliques: [leader], replicas: 3, minAvailable: 2 });
    const worker = group.addClique('worker', { replicas: 2, containers });
    expect(group.cliques).toEqual([leader, worker]);
    expect(Testing.synth(chart)[0].spec.template.podCliqueScalingGroups).toEqual([{ name: 'decode', cliqueNames: ['leader', 'worker'], replicas: 3, minAvailable: 2 }]);
  });

  test('do not share cliques, nor take those of another set', () => {
    const chart = Testing.chart();
    const set = new PodCliqueSet(chart, 'llm');
    const leader = set.addScalingGroup('prefill').addClique('leader', { containers });
    const stranger = new PodCliqueSet(chart, 'other').addClique('x', { containers });
    const group = set.addScalingGroup('decode');
    expect(() => group.attachClique(leader)).toThrow('test/llm/leader cannot be in test/llm/decode: it is in test/llm/prefill');
    expect(() => group.attachClique(stranger)).toThrow('test/other/x cannot be in test/llm/decode: they are in different PodCliqueSets');
  });

  test('have a clique at least', () => {
    const chart = Testing.chart();
    const set = new PodCliqueSet(chart, 'llm');
    set.addClique('router', { containers });
    set.addScalingGroup('decode');
    expect(() => Testing.synth(chart)).toThrow('podCliqueScalingGroups[0].cliqueNames: Required: decode has no clique; add one with addClique or attachClique');
  });
});
