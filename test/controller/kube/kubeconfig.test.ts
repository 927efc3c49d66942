import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScriptedServer, selfSigned } from './scripted-server';
import { transportFromKubeconfig } from '../../../controller/src/kube';

const certificate = selfSigned();
let server: ScriptedServer;
let folder: string;
let address: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kubeconfig-test-'));
  server = new ScriptedServer(certificate);
  address = `https://127.0.0.1:${await server.listen()}`;
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** A kubeconfig whose context `main` has this user. */
function kubeconfig(user: object, change: object = {}): string {
  const path = join(folder, 'config');
  writeFileSync(path, JSON.stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'current-context': 'main',
    'clusters': [{ name: 'c', cluster: { 'server': address, 'certificate-authority-data': Buffer.from(certificate.cert).toString('base64') } }],
    'users': [{ name: 'u', user }],
    'contexts': [{ name: 'main', context: { cluster: 'c', user: 'u' } }],
    ...change,
  }));
  return path;
}

async function headersSent(path: string): Promise<unknown> {
  const transport = await transportFromKubeconfig({ path, userAgent: 'tests' });
  expect((await transport.request({ method: 'GET', path: '/api/v1/pods' })).status).toBe(200);
  await transport.close();
  return server.seen[0].headers;
}

test('a token', async () => {
  expect(await headersSent(kubeconfig({ token: 'secret' }))).toMatchObject({ 'authorization': 'Bearer secret', 'user-agent': 'tests' });
});

test('a user name with a password', async () => {
  const expected = `Basic ${Buffer.from('me:secret').toString('base64')}`;
  expect(await headersSent(kubeconfig({ username: 'me', password: 'secret' }))).toMatchObject({ authorization: expected });
});

test('an exec plugin, which is not asked for every request', async () => {
  const [script, calls] = [join(folder, 'plugin.js'), join(folder, 'calls')];
  const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: 'from-plugin' } };
  writeFileSync(script, `require('fs').appendFileSync(${JSON.stringify(calls)}, 'x'); console.log(${JSON.stringify(JSON.stringify(credential))})`);
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [script], interactiveMode: 'Never' };
  const transport = await transportFromKubeconfig({ path: kubeconfig({ exec }) });
  for (let index = 0; index < 3; index++) await transport.request({ method: 'GET', path: '/api/v1/pods' });
  await transport.close();
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer from-plugin'));
  expect(readFileSync(calls, 'utf8').length).toBeLessThanOrEqual(2); // for certificates, and for the first request
});

describe('what cannot work is told in one line', () => {
  const failure = async (options: object): Promise<string> => {
    const message: string = await transportFromKubeconfig(options).then(() => 'worked', (error) => error.message);
    expect(message).not.toContain('\n');
    return message;
  };

  test('no such file', async () => {
    expect(await failure({ path: join(folder, 'none') })).toContain(`kubeconfig ${folder}/none: ENOENT`);
  });

  test('not YAML', async () => {
    const path = join(folder, 'config');
    writeFileSync(path, 'a: b: c\n  - d');
    expect(await failure({ path })).toContain(`kubeconfig ${path}: `);
  });

  test('no such context', async () => {
    const path = kubeconfig({});
    expect(await failure({ path, context: 'other' })).toBe(`kubeconfig ${path}: no context "other"; there are: main`);
  });

  test.each([
    [{ 'current-context': '' }, 'no current context'],
    [{ clusters: [] }, 'no cluster "c", which context "main" names'],
    [{ users: [] }, 'no user "u", which context "main" names'],
  ])('%j', async (change, message) => {
    const path = kubeconfig({}, change);
    expect(await failure({ path })).toBe(`kubeconfig ${path}: ${message}`);
  });

  test('an exec plugin that is not there', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: join(folder, 'no-plugin'), interactiveMode: 'Never' };
    expect(await failure({ path: kubeconfig({ exec }) })).toContain('credentials of context "main": ');
  });

  test('no cluster anywhere', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { KUBECONFIG: '', HOME: folder });
    delete process.env.KUBERNETES_SERVICE_HOST;
    try {
      expect(await failure({})).toBe('no cluster: neither KUBECONFIG nor ~/.kube/config is there, and this is no pod');
    } finally {
      process.env = before;
    }
  });
});
