import { file, grove } from './command';
import { aCliqueTemplate, aSet } from '../../support/objects';

const set = (name: string, image = 'a', template: object = {}, replicas = 1) => aSet(name, {
  cliques: [
    aCliqueTemplate('router', 2, 1),
    aCliqueTemplate('leader', 1, 1, { containers: [{ name: 'main', image }] }),
    aCliqueTemplate('worker', 3, 3),
  ],
  podCliqueScalingGroups: [{ name: 'decode', cliqueNames: ['leader', 'worker'], replicas: 2 }],
  ...template,
}, replicas);

test('says what is replaced, in which order, and what stays ready', async () => {
  const { code, out, err } = await grove('diff', file(set('llm')), file(set('llm', 'b')));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(`PodCliqueSet default/llm: pods are recreated, step by step (RollingRecreate)
  spec.template.cliques[1].spec.podSpec.containers[0].image: a -> b
      pods are made from it: those that run are replaced
  replaces 8 pods in copy 0 of the set:
    scaling group decode: replicas 0, 1 (4 pods each: leader, worker), one at a time, whole; 1 stay ready
`);
});

test('says that an edit needs a new set, and ends 1', async () => {
  const { code, out } = await grove('diff', file(set('llm')), file(set('llm', 'a', { cliqueStartupType: 'CliqueStartupTypeInOrder' })));
  expect(code).toBe(1);
  expect(out).toContain('needs recreate');
  expect(out).toContain('spec.template.cliqueStartupType: Invalid: field is immutable');
});

test('prints one JSON document with an outcome for each set', async () => {
  const old = file(set('same'), set('scaled'), set('gone'), set('later'), set('bad'));
  const later = set('later', 'a', { podCliqueScalingGroups: [{ name: 'decode', cliqueNames: ['leader', 'worker'], replicas: 5 }] });
  const updated = file(set('same'), set('scaled', 'a', {}, 3), set('new'), later, set('bad', 'a', { terminationDelay: 'soon' }));
  const { code, out, err } = await grove('diff', old, updated, '-o', 'json');
  const { sets } = JSON.parse(out) as { sets: { object: string; outcome: string }[] };
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(Object.fromEntries(sets.map(({ object, outcome }) => [object.split('/')[1], outcome]))).toEqual({
    same: 'unchanged', scaled: 'scale', gone: 'deleted', later: 'no-live-effect', bad: 'refused', new: 'created',
  });
});

test('scaling is told with the copies that are made or taken away', async () => {
  expect((await grove('diff', file(set('llm')), file(set('llm', 'a', {}, 3)))).out).toContain('copies 1-2 of the set: made');
  expect((await grove('diff', file(set('llm', 'a', {}, 2)), file(set('llm')))).out).toContain('copy 1 of the set: taken away, with all pods');
});

test('OnDelete is told as what stays', async () => {
  const strategy = (image: string) => ({ ...set('llm', image), spec: { ...set('llm', image).spec, updateStrategy: { type: 'OnDelete' } } });
  const { out } = await grove('diff', file(strategy('a')), file(strategy('b')));
  expect(out).toContain('leaves 2 pods in copy 0 of the set until somebody deletes them');
  expect(out).toContain('scaling group decode: replicas 0, 1 (1 pod each: leader)');
});

test.each([
  ['no sets at all', [file({ apiVersion: 'v1', kind: 'Pod' }), file({ apiVersion: 'v1', kind: 'Pod' })], 'no PodCliqueSet in'],
  ['one argument', [file(set('llm'))], 'missing required argument'],
  ['standard input twice', ['-', '-'], 'only one of OLD and NEW'],
])('%s ends 2', async (_what, words, message) => {
  const { code, out, err } = await grove('diff', ...words);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});
