import { ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { grantControllerRights } from './operator';
import { Scenario } from './scenario';
import { LEASE, Lease } from '../../controller/src/kube';
import { podIndex } from '../../src/core';
import { connect } from '../control-plane/connect';
import { freePorts } from '../control-plane/control-plane';
import { until } from '../control-plane/until';

const BUNDLE = join(__dirname, '..', '..', 'controller', 'dist', 'grove.cjs');
const LEASE_KEY = { namespace: 'grove-system', name: 'cdk8s-grove-controller' };

const connection = connect();
const { address, admin } = connection;
const folder = mkdtempSync(join(tmpdir(), 'grove-cli-'));
const children = new Set<ChildProcess>();
const killAll = () => children.forEach(child => child.kill('SIGKILL'));
process.once('exit', killAll);

beforeAll(async () => {
  if (!existsSync(BUNDLE)) throw new Error('controller/dist/grove.cjs is missing: run `npm run bundle` first');
  await grantControllerRights(admin);
});
connection.atEnd(async () => {
  killAll();
  process.off('exit', killAll);
  rmSync(folder, { recursive: true });
});

/** `grove controller` as a process. */
class ControllerProcess {
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  readonly log: { msg: string; level: number; port?: number; instance?: string }[] = [];
  private readonly child: ChildProcess;

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, [BUNDLE, 'controller', ...args], { env: { PATH: process.env.PATH, HOME: folder } });
    children.add(this.child);
    const text = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) this.child[stream]!.on('data', chunk => { text[stream] += String(chunk); });
    createInterface({ input: this.child.stderr! }).on('line', line => {
      if (line.startsWith('{')) this.log.push(JSON.parse(line));
    });
    this.ended = new Promise(resolve => this.child.once('close', code => {
      children.delete(this.child);
      resolve({ code, ...text });
    }));
  }

  /** Started against the control plane of the tests. */
  static async start(...args: string[]): Promise<ControllerProcess> {
    const started = new ControllerProcess('--kubeconfig', address.operatorKubeconfig, '--port', '0', ...args);
    await until('the probes are served', async () => started.serving?.port);
    return started;
  }

  get instance(): string {
    return this.serving?.instance ?? '';
  }

  get(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.serving?.port}${path}`);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  private get serving() {
    return this.log.find(({ port }) => port !== undefined);
  }
}

function kubeconfig(name: string, cluster: object, user: object = {}): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'c', cluster }],
    'users': [{ name: 'u', user }],
    'contexts': [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  }));
  return file;
}

describe('what cannot work is said in one line, with exit code 2', () => {
  const ca = Buffer.from(address.ca).toString('base64');
  const withoutTypes = createServer((request, response) => {
    const known = request.url === '/version';
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? { gitVersion: 'v1.36.3' } : { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404, message: 'not found' }));
  });
  beforeAll(() => new Promise<void>(resolve => withoutTypes.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise(resolve => {
    withoutTypes.close(resolve);
    withoutTypes.closeAllConnections();
  }));

  const cases: Record<string, { args: () => string[] | Promise<string[]>; line: RegExp }> = {
    'no kubeconfig anywhere': { args: () => [], line: /no cluster: neither KUBECONFIG nor/ },
    'a kubeconfig that is not there': { args: () => ['--kubeconfig', '/does/not/exist'], line: /\/does\/not\/exist/ },
    'a kubeconfig that is none': { args: () => ['--kubeconfig', BUNDLE], line: /grove\.cjs/ },
    'a context that is not in it': { args: () => ['--kubeconfig', address.operatorKubeconfig, '--context', 'nowhere'], line: /nowhere/ },
    'nobody at that address': {
      args: async () => ['--kubeconfig', kubeconfig('nobody', { server: `https://127.0.0.1:${(await freePorts(1))[0]}` })], line: /cannot be reached.*ECONNREFUSED/,
    },
    'a server that proves itself by a certificate of nobody known': {
      args: () => ['--kubeconfig', kubeconfig('no-ca', { server: address.server }, { token: address.operatorToken })], line: /certificate/,
    },
    'credentials that nobody knows': {
      args: () => ['--kubeconfig', kubeconfig('token', { 'server': address.server, 'certificate-authority-data': ca }, { token: 'wrong' })], line: /credentials/,
    },
    'a cluster without the types': {
      args: () => ['--kubeconfig', kubeconfig('bare', {
        'server': `http://127.0.0.1:${(withoutTypes.address() as AddressInfo).port}`, 'insecure-skip-tls-verify': true,
      })],
      line: /does not know grove\.io; install the types first/,
    },
    'a port that is none': { args: () => ['--port', 'http'], line: /a port is a number/ },
  };

  test.each(Object.entries(cases))('%s', async (_, { args, line }) => {
    const { code, stdout, stderr } = await new ControllerProcess(...await args()).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [first, ...rest] = stderr.trimEnd().split('\n');
    expect(first).toMatch(line);
    expect(rest.filter(text => !text.includes('--help'))).toEqual([]);
  }, 20_000);
});

test('without the right to hold the lease it says so and waits', async () => {
  const controller = await ControllerProcess.start('--namespace', 'default');
  await until('a warning', async () => controller.log.find(({ level, msg }) => level >= 40 && msg === 'lease not taken'));
  controller.kill('SIGTERM');
  expect((await controller.ended).code).toBe(0);
});

test('two processes: one leads, the other waits; killed in the middle of its work, the other finishes it; asked to end, it gives the lease back', async () => {
  const holder = async () => (await admin.get<Lease>(LEASE, LEASE_KEY)).spec?.holderIdentity;
  const scenario = await Scenario.begin(connection, 'cli', { nodes: 4, capacity: { 'nvidia.com/gpu': '16' } });
  const first = await ControllerProcess.start();
  await until('the first leads', async () => await holder().catch(() => undefined) === first.instance || undefined);
  await until('the first is ready', async () => (await first.get('/readyz')).ok || undefined);
  const second = await ControllerProcess.start();
  for (const process of [first, second]) expect((await process.get('/healthz')).status).toBe(200);
  expect((await first.get('/nothing')).status).toBe(404);
  const metrics = await (await first.get('/metrics')).text();
  for (const series of ['workqueue_depth{name="sets"} 0', 'rest_client_requests_total{verb="list",resource="pods",code="200"} 1', 'process_cpu_seconds_total']) {
    expect(metrics).toContain(series);
  }

  await scenario.createSet('w', { cliques: [scenario.clique('a', 40, 40)] });
  await scenario.until('the first pods', async () => {
    const pods = await scenario.pods();
    return { seen: '', result: pods.length > 0 || undefined };
  });
  first.kill('SIGKILL');
  expect(await holder()).toBe(first.instance);
  const pods = await scenario.untilPods({ total: 40, ready: 40 }, 40_000);
  expect(await holder()).toBe(second.instance);
  expect(pods.map(podIndex).sort((a, b) => a! - b!)).toEqual(Array.from({ length: 40 }, (_, index) => index));

  second.kill('SIGTERM');
  const { code, stdout } = await second.ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(await holder()).toBe('');
  const third = await ControllerProcess.start();
  await until('the third leads at once', async () => await holder() === third.instance || undefined, 3_000);
  await scenario.untilAvailable('w');
  await scenario.end();
  third.kill('SIGTERM');
  expect((await third.ended).code).toBe(0);
});
