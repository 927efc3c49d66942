import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { NodeShape, nvl72Racks } from '../../../controller/src/cluster';
import { runDemo } from '../../../controller/src/demo/demo';
import { screenFor } from '../../../controller/src/demo/screen';
import { VirtualClock } from '../../../controller/src/kube';
import { computeDomainDefinition } from '../../control-plane/compute-domains';
import { exampleObjects } from '../../examples/charts';
import { seededRandom } from '../../support/embedded';

const ROOT = join(__dirname, '..', '..', '..');
const CRDS = join(ROOT, 'crds', 'minimal');

/** The demo in this process on a virtual clock. */
async function play(options: { nodes?: readonly NodeShape[]; signal?: AbortSignal } = {}): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const sink = (name: 'out' | 'err') => ({ write: (text: string) => { written[name] += text; } });
  const clock = new VirtualClock();
  let code: number | undefined;
  const ending = runDemo({
    manifests: { topology: exampleObjects('topology'), chatbot: exampleObjects('chatbot'), deepseek: exampleObjects('deepseek-r1-disagg') },
    definitions: [...readdirSync(CRDS).map(file => parse(readFileSync(join(CRDS, file), 'utf8'))), computeDomainDefinition()],
    screen: screenFor(sink('out'), {}),
    err: sink('err'),
    signal: new AbortController().signal,
    pauseMs: 0,
    clock,
    random: seededRandom(1),
    ...options,
  }).then(result => { code = result; });
  await clock.runUntil(() => code !== undefined, 120_000);
  await ending;
  return { code: code!, ...written };
}

test('what does not become ready in time is told in one line, with its reason, and ends 1', async () => {
  const { code, err } = await play({ nodes: nvl72Racks({ racks: 1 }) });
  expect(code).toBe(1);
  expect(err).toMatch(new RegExp('^demo: both are ready: not within 10 s; gang deepseek-r1-0 is Pending: '
    + 'NVLink domain deepseek-r1-0-model needs .*36 nvidia\\.com/gpu.* in one nvidia\\.com/gpu\\.clique; best is rack-0\\.0 with .*24 nvidia\\.com/gpu.* free\n$'));
});

test('an interruption ends it at once', async () => {
  const { code, out, err } = await play({ signal: AbortSignal.abort() });
  expect({ code, out, err }).toEqual({ code: 130, out: '', err: '' });
});

test('the same seed tells the same story', async () => {
  const first = await play();
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(await play()).toEqual(first);
});

/** As a user runs it, with its output in a pipe. */
function runAsUser(...words: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/demo.ts', ...words], { cwd: ROOT, env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.check.json' } });
  const written = { out: '', err: '' };
  child.stdout.on('data', text => { written.out += text; });
  child.stderr.on('data', text => { written.err += text; });
  return new Promise(resolve => child.on('close', code => resolve({ code, ...written })));
}

describe('as a user runs it', () => {
  let run: Awaited<ReturnType<typeof runAsUser>>;
  let lines: string[];
  beforeAll(async () => {
    run = await runAsUser('--speed', '3');
    lines = run.out.split('\n').map(line => line.replace(/^ *[\d.]+ s {2}/, ''));
  });

  const at = (pattern: RegExp): number => {
    const position = lines.findIndex(line => pattern.test(line));
    if (position < 0) throw new Error(`no line is like ${pattern}:\n${run.out}`);
    return position;
  };

  test('it ends 0, without escape codes and without a word of trouble', () => {
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
    expect(run.out).not.toContain('\u001b');
  });

  test('the router starts after the floors of prefill and decode are ready, the leader after all workers', () => {
    const routerStarts = at(/^chatbot-0-router: .* starting/);
    expect(at(/^chatbot-0-router: .* waiting for prefill, decode/)).toBeLessThan(routerStarts);
    expect(at(/^chatbot-0-prefill: .* ready \([234] of 4\)/)).toBeLessThan(routerStarts);
    expect(at(/^chatbot-0-decode: .* ready \([45678] of 8\)/)).toBeLessThan(routerStarts);
    for (const engine of [0, 1]) {
      expect(at(new RegExp(`^deepseek-r1-0-decode-${engine}-worker: .* ready \\(7 of 7\\)`))).toBeLessThan(at(new RegExp(`^deepseek-r1-0-decode-${engine}-leader: .* starting`)));
    }
  });

  test('the second engine waits whole and says why, then starts in the rack of its NVLink domain once that has room', () => {
    const reason = at(/^gang deepseek-r1-0-decode-0: Pending: .*needs .*32 nvidia\.com\/gpu.* in one nvidia\.com\/gpu\.clique; best is rack-1\.0 with .*28 nvidia\.com\/gpu/);
    expect(lines[at(/GPUs are free/)]).toMatch(/^# 52 GPUs are free, but no rack has more than 28\./);
    expect(reason).toBeLessThan(at(/^\$ kubectl uncordon rack-1-node-\d+$/));
    expect(at(/^\$ kubectl uncordon/)).toBeLessThan(at(/^deepseek-r1-0-decode-1-worker: pods 0-6 starting on 7 nodes of rack-1\.0/));
  });

  test('the summary tells gangs, pods, racks and writes', () => {
    const summary = lines.slice(at(/^3 gangs, 32 of 32 pods ready after/)).map(line => line.split(/ {2,}/));
    expect(summary.filter(([first]) => /^(chatbot|deepseek|rack-)/.test(first!)).map(([name, pods, ...others]) => [name, pods, others.at(-1)])).toEqual([
      ['chatbot-0', '14', 'rack-0.0'], ['deepseek-r1-0', '10', 'rack-1.0'], ['deepseek-r1-0-decode-0', '8', 'rack-1.0'],
      ['rack-0.0', '14', '0'], ['rack-1.0', '18', '4'],
    ]);
    expect(run.out).toMatch(/\d+ writes by the controller \(create \d+, patch \d+\): \d\.\d a pod\n$/);
  });
});

test('--help and a wrong option', async () => {
  const [help, wrong] = await Promise.all([runAsUser('--help'), runAsUser('--speed', 'fast')]);
  expect(help).toMatchObject({ code: 0, err: '' });
  expect(help.out).toContain('--speed <factor>');
  expect(wrong).toMatchObject({ code: 2, out: '' });
  expect(wrong.err).toContain('a speed is a number from 0.1 to 20');
});
