import fc from 'fast-check';
import {
  NAME_BUDGET, baseGangName, cliqueName, headlessServiceAddress, memberCliqueName, podHostname, scaledGangName, scalingGroupName,
} from '../../src/core';

describe('names', () => {
  test('are those of the worked example of spec 03 §1', () => {
    expect(cliqueName('llm', 0, 'router')).toBe('llm-0-router');
    expect(scalingGroupName('llm', 0, 'decode')).toBe('llm-0-decode');
    expect(memberCliqueName('llm-0-decode', 2, 'worker')).toBe('llm-0-decode-2-worker');
    expect(podHostname('llm-0-decode-2-worker', 3)).toBe('llm-0-decode-2-worker-3');
    expect(baseGangName('llm', 0)).toBe('llm-0');
    expect(scaledGangName('llm', 0, 'decode', 0)).toBe('llm-0-decode-0');
    expect(headlessServiceAddress('llm', 0, 'default')).toBe('llm-0.default.svc.cluster.local');
  });

  test('within the budget leave a pod’s host name and generated name within 63 characters up to three digits an index', () => {
    const part = fc.integer({ min: 1, max: NAME_BUDGET - 2 });
    fc.assert(fc.property(part, part, part, fc.nat(999), fc.nat(99), fc.nat(999), (a, b, c, i, j, n) => {
      fc.pre(a + b + c <= NAME_BUDGET);
      const clique = memberCliqueName(scalingGroupName('s'.repeat(a), i, 'g'.repeat(b)), j, 'c'.repeat(c));
      expect(podHostname(clique, n).length).toBeLessThanOrEqual(63);
      expect(`${clique}-x7k2p`.length).toBeLessThanOrEqual(63);
    }));
  });
});
