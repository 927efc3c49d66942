import { DirectTransport, Fault, SmallApi } from './small-api';
import { Client, KubeObject, LeaderElector, VirtualClock } from '../../../controller/src/kube';

const PATH = '/apis/coordination.k8s.io/v1/namespaces/system/leases/controller';

let clock: VirtualClock;
let api: SmallApi;
let leading: string[];
let history: string[];

beforeEach(() => {
  clock = new VirtualClock();
  api = new SmallApi();
  leading = [];
  history = [];
});

class Candidate {
  readonly stop = new AbortController();
  readonly transport = new DirectTransport(api);
  readonly running: Promise<void>;
  private finishWork: () => void = () => undefined;

  /** @param isQuick whether its work ends as soon as it is told to; otherwise {@link finish} ends it */
  constructor(readonly identity: string, private readonly isQuick = true) {
    const client = new Client({ transport: this.transport, clock, random: () => 0.5, maxAttempts: 1 });
    const elector = new LeaderElector({ client, lease: { namespace: 'system', name: 'controller' }, identity, clock, random: () => 0.5 });
    this.running = elector.run(this.stop.signal, (lost) => this.work(lost));
  }

  finish(): void {
    this.finishWork();
  }

  private async work(lost: AbortSignal): Promise<void> {
    leading.push(this.identity);
    history.push(`${this.identity} leads`);
    expect(leading).toHaveLength(1);
    await new Promise<void>((resolve) => lost.addEventListener('abort', () => resolve()));
    history.push(`${this.identity} is told to end`);
    if (!this.isQuick) await new Promise<void>((resolve) => { this.finishWork = resolve; });
    leading.splice(leading.indexOf(this.identity), 1);
  }
}

const lease = () => api.objects.get(PATH) as KubeObject & { spec: Record<string, unknown> };
const hangs: Fault = () => new Promise(() => undefined);
const breaks: Fault = () => Promise.reject(new Error('no network'));

test('one leads, and the lease tells who, with times of six digits', async () => {
  const [a, b] = [new Candidate('a'), new Candidate('b')];
  await clock.advance(60_000);
  expect(history).toEqual(['a leads']);
  expect(lease().spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0, acquireTime: '2026-01-01T00:00:00.000000Z' });
  expect(lease().spec.renewTime).toMatch(/^2026-01-01T00:00:5\d\.\d{6}Z$/);
  for (const { stop } of [b, a]) stop.abort();
  await Promise.all([a.running, b.running]);
  expect(clock.pendingTimers).toBe(0);
});

test('a leader that ends gives the lease back, and the next one need not wait for it to run out', async () => {
  const [a, b] = [new Candidate('a'), new Candidate('b')];
  await clock.advance(10_000);
  a.stop.abort();
  await a.running;
  await clock.advance(2_500);
  expect(history).toEqual(['a leads', 'a is told to end', 'b leads']);
  expect(lease().spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  b.stop.abort();
  await b.running;
});

test('the lease is kept, by renewals, until the work has ended', async () => {
  const [a, b] = [new Candidate('a', false), new Candidate('b')];
  await clock.advance(10_000);
  a.stop.abort();
  await clock.advance(60_000);
  expect(lease().spec.holderIdentity).toBe('a');
  expect(leading).toEqual(['a']);
  a.finish();
  await a.running;
  await clock.advance(2_500);
  expect(leading).toEqual(['b']);
  b.stop.abort();
  await b.running;
});

test.each([['hangs', hangs], ['breaks', breaks]])('a leader whose network %s ends before another takes over', async (_, fault) => {
  const [a, b] = [new Candidate('a'), new Candidate('b')];
  await clock.advance(10_000);
  a.transport.fault = fault;
  const cutMs = clock.elapsed();
  await clock.runUntil(() => leading.length === 0, 60_000);
  expect(clock.elapsed() - cutMs).toBeLessThanOrEqual(10_000);
  await clock.runUntil(() => leading.includes('b'), 60_000);
  expect(clock.elapsed() - cutMs).toBeLessThanOrEqual(15_000 + 2_400);
  expect(history).toEqual(['a leads', 'a is told to end', 'b leads']);
  await clock.advance(20_000);
  await a.running;
  expect(lease().spec.holderIdentity).toBe('b');
  b.stop.abort();
  await b.running;
});

test('a short break costs nobody the leadership', async () => {
  const a = new Candidate('a');
  await clock.advance(10_000);
  a.transport.fault = breaks;
  await clock.advance(6_000);
  a.transport.fault = () => undefined;
  await clock.advance(60_000);
  expect(history).toEqual(['a leads']);
  a.stop.abort();
  await a.running;
});

test('a renewal whose answer was lost is no loss', async () => {
  const a = new Candidate('a');
  await clock.advance(10_000);
  let lost = 0;
  a.transport.fault = (request) => {
    if (request.method !== 'PUT' || lost++ > 0) return undefined;
    api.handle(request);
    return Promise.reject(new Error('reset'));
  };
  await clock.advance(60_000);
  expect([lost > 1, history]).toEqual([true, ['a leads']]);
  a.stop.abort();
  await a.running;
});

test('a lease taken by somebody else ends the leadership at the next renewals', async () => {
  const a = new Candidate('a');
  await clock.advance(10_000);
  api.handle({ method: 'PUT', path: PATH, body: { metadata: { name: 'controller', namespace: 'system' }, spec: { holderIdentity: 'thief' } } });
  await clock.advance(5_000);
  await a.running;
  expect(history).toEqual(['a leads', 'a is told to end']);
  expect(lease().spec.holderIdentity).toBe('thief');
});

test('what the work throws is thrown to who runs it, after the release', async () => {
  const client = new Client({ transport: new DirectTransport(api), clock });
  const elector = new LeaderElector({ client, lease: { namespace: 'system', name: 'controller' }, identity: 'a', clock });
  await expect(elector.run(new AbortController().signal, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(lease().spec.holderIdentity).toBe('');
});

test('times that do not fit each other are refused', () => {
  const client = new Client({ transport: new DirectTransport(api) });
  const lease15 = { client, lease: { namespace: 'n', name: 'l' }, identity: 'a', clock };
  expect(() => new LeaderElector({ ...lease15, renewDeadlineMs: 15_000 })).toThrow('lease duration > renew deadline > retry period');
});
