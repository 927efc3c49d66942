import fc from 'fast-check';
import { PodCliqueSet, canonicalJson, generationHash, podTemplateHash } from '../../src/core';

const set = (clique: object, priorityClassName?: string): PodCliqueSet => ({
  apiVersion: 'grove.io/v1alpha1',
  kind: 'PodCliqueSet',
  metadata: { name: 's' },
  spec: { template: { priorityClassName, cliques: [{ name: 'a', spec: { roleName: 'a', replicas: 1, podSpec: { containers: [{ name: 'm', image: 'i:1' }] } }, ...clique }] } },
} as PodCliqueSet);

test('canonical JSON does not depend on the order of keys', () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 }), object => {
    const reversed = Object.fromEntries(Object.entries(object).reverse());
    expect(canonicalJson(reversed)).toBe(canonicalJson(object));
  }));
});

test('absent and empty are the same template', () => {
  expect(podTemplateHash(set({ labels: {}, annotations: undefined }), 'a')).toBe(podTemplateHash(set({}), 'a'));
});

test.each([
  ['a label', set({ labels: { x: 'y' } })],
  ['an image', set({ spec: { roleName: 'a', replicas: 1, podSpec: { containers: [{ name: 'm', image: 'i:2' }] } } })],
  ['the priority class', set({}, 'high')],
])('%s changes the hashes', (_what, changed) => {
  expect(podTemplateHash(changed, 'a')).not.toBe(podTemplateHash(set({}), 'a'));
  expect(generationHash(changed)).not.toBe(generationHash(set({})));
});

test('replicas do not change the hashes', () => {
  const grown = set({ spec: { roleName: 'b', replicas: 9, minAvailable: 3, podSpec: { containers: [{ name: 'm', image: 'i:1' }] } } });
  expect(generationHash(grown)).toBe(generationHash(set({})));
});
