import { PodGang, tiersOf, waitingGang, waitsForRoom } from '../../../src/core';
import { aGang, aPod } from '../../support/objects';

interface Facts {
  readonly priority?: number;
  readonly base?: string;
  readonly bound?: boolean;
  readonly gates?: string[];
  readonly createdAt?: string;
}

function waiting(name: string, { priority = 0, base, bound = false, gates = [], createdAt = '2026-01-01T00:00:00Z' }: Facts = {}) {
  const pod = aPod('p', { labels: base === undefined ? {} : { 'grove.io/base-podgang': base }, spec: { schedulingGates: gates.map(gate => ({ name: gate })) } });
  const made = aGang(name, [['c', 1, ['p']]]);
  const gang: PodGang = { ...made, metadata: { ...made.metadata, creationTimestamp: createdAt } };
  return waitingGang({ gang, pods: new Map([['p', pod]]), nodeOf: () => (bound ? 'n' : undefined) }, { value: priority, mayPreempt: true });
}

test('gangs have their turn by priority, base gangs before scaled ones, the older first, then by name; surplus is last', () => {
  const gangs = [
    waiting('surplus', { priority: 9, bound: true }), waiting('young', { createdAt: '2026-01-02T00:00:00Z' }), waiting('b'), waiting('a'),
    waiting('scaled', { base: 'a', createdAt: '2025-01-01T00:00:00Z' }), waiting('high-scaled', { priority: 5, base: 'x' }), waiting('high', { priority: 5 }),
  ];
  const tiers = tiersOf(gangs).map(({ gangs: of, isSurplus }) => [of.map(({ gang }) => gang.metadata.name), isSurplus]);
  expect(tiers).toEqual([[['high'], false], [['high-scaled'], false], [['a', 'b', 'young'], false], [['scaled'], false], [['surplus'], true]]);
});

test('a gang waits for room unless it has it, or something else is in its way', () => {
  expect([waiting('a'), waiting('bound', { bound: true }), waiting('gated', { gates: ['of-others'] })].map(waitsForRoom)).toEqual([true, false, false]);
});
