import { PodGang, firstOverdue, keptMs, tiersOf, waitingGang } from '../../../src/core';
import { EPOCH_MS, aGang, aPod } from '../../support/objects';

const MINUTE_MS = 60_000;

interface Facts {
  readonly minutes?: number;
  readonly priority?: number;
  readonly base?: string;
  readonly bound?: boolean;
  readonly status?: string;
  readonly gates?: string[];
}

/** A gang that has waited for so long. */
function waiting(name: string, { minutes = 10, priority = 0, base, bound = false, status = 'False', gates = [] }: Facts) {
  const pod = aPod('p', { labels: base === undefined ? {} : { 'grove.io/base-podgang': base }, spec: { schedulingGates: gates.map(gate => ({ name: gate })) } });
  const lastTransitionTime = new Date(EPOCH_MS - minutes * MINUTE_MS).toISOString();
  const gang = { ...aGang(name, [['c', 1, ['p']]]), status: { conditions: [{ type: 'Scheduled', status, lastTransitionTime, reason: 'r', message: '' }] } } as PodGang;
  return waitingGang({ gang, pods: new Map([['p', pod]]), nodeOf: () => (bound ? 'n' : undefined) }, { value: priority, mayPreempt: true });
}

const first = (gangs: ReturnType<typeof waiting>[], passedOver: string[] = []) =>
  firstOverdue(tiersOf(gangs), EPOCH_MS, ({ gang }) => passedOver.includes(gang.metadata.name!))?.gang.metadata.name;

test('of gangs that have waited for ten minutes the first in turn has room kept for it, and then the next', () => {
  const gangs = [waiting('b', { minutes: 30 }), waiting('a', {}), waiting('high', { priority: 5, minutes: 12 }), waiting('new', { priority: 9, minutes: 9 })];
  expect(first(gangs)).toBe('high');
  expect(first(gangs, ['high'])).toBe('a');
  expect(first(gangs, ['high', 'a'])).toBe('b');
  expect(first(gangs, ['high', 'a', 'b'])).toBeUndefined();
});

test.each<[string, Facts]>([
  ['a scaled gang', { base: 'x' }], ['surplus', { bound: true }], ['a gang that was placed a moment ago', { status: 'True' }],
  ['a gang that waits for something else than room', { gates: ['of-others'] }],
])('%s is not overdue', (_, facts) => {
  expect(first([waiting('g', facts)])).toBeUndefined();
});

test('room is kept for a gang as long as it has waited, from ten minutes up to an hour', () => {
  expect([5, 10, 25, 60, 600].map(minutes => keptMs(waiting('g', { minutes }), EPOCH_MS) / MINUTE_MS)).toEqual([10, 10, 25, 60, 60]);
});
