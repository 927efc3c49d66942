import fc from 'fast-check';
import { backoffMs, formatKey, microTime, parseKey, settleAll, sleep, VirtualClock } from '../../../controller/src/kube';
import { Heap } from '../../../controller/src/kube/heap';
import { LineSplitter } from '../../../controller/src/kube/line-splitter';

test('a heap gives its items in order', () => {
  fc.assert(fc.property(fc.array(fc.integer()), (items) => {
    const heap = new Heap<number>((a, b) => a < b);
    for (const item of items) heap.push(item);
    expect(items.map(() => heap.pop())).toEqual([...items].sort((a, b) => a - b));
    expect(heap.size).toBe(0);
  }));
});

test('lines do not depend on where the bytes were cut', () => {
  const text = fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', ''));
  fc.assert(fc.property(fc.array(text), fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), fc.boolean(), (lines, lengths, isWhole) => {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join('') + (isWhole ? '' : 'begun'));
    const splitter = new LineSplitter();
    const seen: string[] = [];
    for (let start = 0, piece = 0; start < bytes.length; piece++) {
      const length = lengths[piece % lengths.length];
      seen.push(...splitter.push(bytes.subarray(start, start + length)));
      start += length;
    }
    expect(seen).toEqual(lines.filter((line) => line !== ''));
    expect(splitter.isInsideLine).toBe(!isWhole);
  }));
});

test('a virtual clock rings in order, and only as far as told', async () => {
  const clock = new VirtualClock();
  const rung: string[] = [];
  clock.setTimeout(() => rung.push('late'), 20);
  clock.setTimeout(() => { rung.push('early'); clock.setTimeout(() => rung.push('chained'), 5); }, 10);
  clock.setTimeout(() => rung.push('never'), 15).cancel();
  await clock.advance(15);
  expect([rung, clock.elapsed(), clock.pendingTimers]).toEqual([['early', 'chained'], 15, 1]);
  expect(await clock.runUntil(() => rung.includes('late'), 100)).toBe(true);
  expect([clock.elapsed(), await clock.runUntil(() => false, 100)]).toEqual([20, false]);
});

test('a sleeper wakes when told to stop, and leaves no alarm behind', async () => {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const sleeping = sleep(clock, 1_000, stop.signal);
  stop.abort();
  await sleeping;
  await sleep(clock, 1_000, stop.signal);
  expect(clock.pendingTimers).toBe(0);
});

test('delays double up to the longest, less a random part', () => {
  const options = { baseMs: 100, maxMs: 1_000, jitter: 0.5 };
  expect([1, 2, 3, 4, 5, 5_000].map((failures) => backoffMs(failures, options, () => 0))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  expect(backoffMs(1, options, () => 0.999)).toBeCloseTo(50, 0);
});

test('work for many items: so many at a time, each outcome in its place', async () => {
  let [running, most] = [0, 0];
  const outcomes = await settleAll([1, 2, 3, 4, 5], 2, async (item) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    if (item === 3) throw new Error('three');
    return item * 10;
  });
  expect(most).toBe(2);
  expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.message))).toEqual([10, 20, 'three', 40, 50]);
});

test('keys go to text and back', () => {
  for (const key of [{ name: 'a' }, { namespace: 'ns', name: 'a' }]) expect(parseKey(formatKey(key))).toEqual(key);
});

test('micro times have six digits', () => {
  expect(microTime(Date.UTC(2026, 0, 1, 2, 3, 4, 56))).toBe('2026-01-01T02:03:04.056000Z');
});
