import { VirtualClock, WorkQueue } from '../../../controller/src/kube';

let clock: VirtualClock;
let queue: WorkQueue;

beforeEach(() => {
  clock = new VirtualClock();
  queue = new WorkQueue({ clock, random: () => 0 });
});

test('each key waits once, in the order of the first adding', async () => {
  for (const key of ['a', 'b', 'a']) queue.add(key);
  expect(queue.length).toBe(2);
  expect([await queue.take(), await queue.take(), queue.length]).toEqual(['a', 'b', 0]);
});

test('a key is not taken twice at a time, and comes again when it was added meanwhile', async () => {
  queue.add('a');
  await queue.take();
  queue.add('a');
  queue.add('a');
  const next = queue.take();
  queue.add('b');
  expect(await next).toBe('b');
  queue.done('a');
  expect(await queue.take()).toBe('a');
  queue.done('a');
  expect(queue.length).toBe(0);
});

test('who comes first is served first', async () => {
  const order: string[] = [];
  const takers = ['first', 'second'].map((who) => queue.take().then((key) => order.push(`${who} ${key}`)));
  queue.add('a');
  queue.add('b');
  await Promise.all(takers);
  expect(order).toEqual(['first a', 'second b']);
});

test('a delayed key comes at the earliest of the moments asked for', async () => {
  queue.addAfter('a', 100);
  queue.addAfter('a', 50);
  queue.addAfter('a', 70);
  await clock.advance(49);
  expect(queue.length).toBe(0);
  await clock.advance(1);
  expect(queue.length).toBe(1);
  expect(clock.pendingTimers).toBe(0);
});

test('failures double the delay up to the longest one, until forgotten', async () => {
  queue = new WorkQueue({ clock, random: () => 0, baseDelayMs: 5, maxDelayMs: 15 });
  const delays: number[] = [];
  for (let failure = 0; failure < 4; failure++) {
    const startMs = clock.now();
    queue.addRateLimited('a');
    await clock.runUntil(() => queue.length > 0, 1_000);
    delays.push(clock.now() - startMs);
    queue.done((await queue.take())!);
  }
  expect(delays).toEqual([5, 10, 15, 15]);
  expect(queue.failures('a')).toBe(4);
  queue.forget('a');
  expect(queue.failures('a')).toBe(0);
});

test('nothing comes after the shut-down, and who waits is told', async () => {
  const waiting = queue.take();
  queue.addAfter('a', 10);
  queue.shutDown();
  queue.add('b');
  expect([await waiting, await queue.take(), queue.length, clock.pendingTimers]).toEqual([undefined, undefined, 0, 0]);
});
