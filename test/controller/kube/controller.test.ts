import { ApiError, Controller, Logger, ReconcileObservation, silentLogger, VirtualClock, WorkQueue } from '../../../controller/src/kube';

const clock = new VirtualClock();
const stop = new AbortController();
const observed: string[] = [];

function controllerOf(reconcile: (key: string) => Promise<{ requeueAfterMs?: number } | void>, log?: Logger) {
  const queue = new WorkQueue({ clock, random: () => 0 });
  const observe = ({ controller, outcome }: ReconcileObservation) => observed.push(`${controller} ${outcome}`);
  return { queue, controller: new Controller({ name: 'sets', queue, reconcile, concurrency: 2, clock, observe, log }) };
}

test('reconciles, comes back when asked to, and tries again after an error', async () => {
  const seen: string[] = [];
  const logged: object[] = [];
  const { queue, controller } = controllerOf(async (key) => {
    seen.push(`${key} ${clock.elapsed()}`);
    if (key === 'fails' && seen.length < 4) throw new Error('no luck');
    if (key === 'asks' && clock.elapsed() < 1_000) return { requeueAfterMs: 1_000 };
    return undefined;
  }, { ...silentLogger, error: (fields) => logged.push(fields) });
  const running = controller.run(stop.signal);
  queue.add('fails');
  queue.add('asks');
  await clock.advance(2_000);
  expect(seen).toEqual(['fails 0', 'asks 0', 'fails 5', 'fails 15', 'asks 1000']);
  expect(observed).toEqual(['sets error', 'sets requeue_after', 'sets error', 'sets success', 'sets success']);
  expect(logged).toEqual([1, 2].map((failures) => ({ controller: 'sets', key: 'fails', failures, error: 'no luck' })));
  expect(queue.failures('fails')).toBe(0);
  stop.abort();
  await running;
});

test('a conflict is no error to be shown', async () => {
  const logged: string[] = [];
  const abort = new AbortController();
  const log = { ...silentLogger, error: () => logged.push('error'), debug: () => logged.push('debug') };
  const { queue, controller } = controllerOf(async () => { throw new ApiError({ status: 409, reason: 'Conflict', message: 'changed' }); }, log);
  queue.add('a');
  const running = controller.run(abort.signal);
  await clock.settle();
  abort.abort();
  await running;
  expect(logged).toEqual(['debug']);
});

test('ends when the reconciles under way have ended, and begins no other', async () => {
  const abort = new AbortController();
  const begun: string[] = [];
  let release: () => void = () => undefined;
  const { queue, controller } = controllerOf((key) => new Promise((resolve) => { begun.push(key); release = () => resolve(); }));
  const running = controller.run(abort.signal);
  queue.add('a');
  await clock.settle();
  queue.add('a');
  let hasEnded = false;
  void running.then(() => { hasEnded = true; });
  abort.abort();
  await clock.settle();
  expect(hasEnded).toBe(false);
  release();
  await running;
  expect(begun).toEqual(['a']);
});
