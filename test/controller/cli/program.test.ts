import { spawnSync } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { version } from '../../../controller/package.json';
import { runCommandLine } from '../../../controller/src/cli/program';

const GOOD = `apiVersion: grove.io/v1alpha1
kind: PodCliqueSet
metadata:
  name: llm
spec:
  replicas: 1
  template:
    cliqueStartupType: CliqueStartupTypeInOrder
    cliques:
      - name: prefill
        spec: { roleName: prefill, replicas: 2, podSpec: { containers: [{ name: main, image: "server:1" }] } }
      - name: decode
        spec: { roleName: decode, replicas: 1, minAvailable: 1, podSpec: { containers: [{ name: main, image: "server:1" }] } }
`;
const BAD = GOOD.replace('minAvailable: 1', 'minAvailable: 5');

function file(text: string, name = 'set.yaml'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'grove-')), name);
  writeFileSync(path, text);
  return path;
}

function folderWithDanglingLink(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grove-'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'lost.yaml'));
  return folder;
}

async function grove(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const sink = (name: 'out' | 'err') => ({ write: (text: string) => { written[name] += text; } });
  const code = await runCommandLine(words, { out: sink('out'), err: sink('err') });
  return { code, ...written };
}

describe('grove validate', () => {
  test('a good manifest ends 0', async () => {
    const { code, out } = await grove('validate', '-f', file(GOOD));
    expect(code).toBe(0);
    expect(out).toMatch(/^ok .*PodCliqueSet default\/llm\n$/);
  });

  test('a bad one ends 1 and says where, in lines and fields', async () => {
    const path = file(BAD);
    const { code, out } = await grove('validate', '-f', path, '-o', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(out).errors).toEqual([{
      file: path,
      line: 13,
      object: 'PodCliqueSet default/llm',
      type: 'Invalid',
      field: 'spec.template.cliques[1].spec.minAvailable',
      detail: 'must not exceed replicas (1)',
    }]);
  });

  test('what is no PodCliqueSet at all is a finding, not a crash', async () => {
    const { code, out } = await grove('validate', '-f', file('apiVersion: grove.io/v1alpha1\nkind: PodCliqueSet\nmetadata: {name: x}\n'));
    expect(code).toBe(1);
    expect(out).toContain('spec: Required');
  });

  test.each([
    ['a missing file', ['validate', '-f', '/nowhere/set.yaml'], 'no such file or folder'],
    ['broken YAML', ['validate', '-f', file('a: 1\nb: [')], 'set.yaml:2: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]\n'],
    ['nothing to validate', ['validate', '-f', file('kind: Pod\napiVersion: v1\n')], 'no PodCliqueSet'],
    ['a cdk8s app that is not synthesized', ['validate', '-f', dirname(file('language: typescript\napp: npx tsx main.ts\n', 'cdk8s.yaml'))], 'is a cdk8s app: run cdk8s synth'],
    ['the program in place of its manifest', ['expand', '-f', file('', 'main.ts')], 'a program, not a manifest'],
    ['a link that leads nowhere', ['validate', '-f', folderWithDanglingLink()], 'lost.yaml: cannot be read: ENOENT'],
    ['an apiVersion that is no text', ['validate', '-f', file('apiVersion: 1\nkind: PodCliqueSet\n')], 'no PodCliqueSet'],
    ['no file named', ['validate'], 'required option'],
    ['an unknown verb', ['frobnicate'], 'unknown command'],
  ])('%s ends 2 with one clear line', async (_what, words, message) => {
    const { code, out, err } = await grove(...words);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
  });
});

describe('grove expand', () => {
  test('prints one JSON List with every child', async () => {
    const { code, out } = await grove('expand', '-f', file(GOOD), '-o', 'json');
    expect(code).toBe(0);
    const { kind, items } = JSON.parse(out);
    expect(kind).toBe('List');
    expect(items.map((item: { kind: string; metadata: { name: string } }) => `${item.kind} ${item.metadata.name}`)).toEqual([
      'Service llm-0', 'PodClique llm-0-prefill', 'PodClique llm-0-decode', 'PodGang llm-0', 'Pod llm-0-prefill-0', 'Pod llm-0-prefill-1', 'Pod llm-0-decode-0',
    ]);
  });

  test('refuses what admission refuses, and prints nothing half', async () => {
    const { code, out, err } = await grove('expand', '-f', file(BAD));
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('minAvailable');
  });
});

describe('a terminal', () => {
  const colours = async (traits: object, environment: NodeJS.ProcessEnv) => {
    const saved = { ...process.env };
    Object.assign(process.env, { NO_COLOR: '', TERM: 'xterm' }, environment);
    try {
      let out = '';
      await runCommandLine(['validate', '-f', file(GOOD)], { out: { write: text => { out += text; }, ...traits }, err: { write: () => undefined } });
      return out.includes('\u001b[');
    } finally {
      process.env = saved;
    }
  };

  test('gets colours, unless its owner wants none or it knows none; a file never does', async () => {
    expect(await colours({ isTTY: true }, {})).toBe(true);
    expect(await colours({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(await colours({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(await colours({}, {})).toBe(false);
  });
});

test('the schedulers that a controller allows are names with single commas between them', async () => {
  const { code, err } = await grove('controller', '--schedulers', 'grove-scheduler,,volcano');
  expect([code, err]).toEqual([2, expect.stringContaining('names are separated by single commas')]);
});

test('the version is that of the package', async () => {
  expect(await grove('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test('a reader that goes early, as head does, is no trouble', () => {
  const moreThanAPipeHolds = 'examples/deepseek-r1-disagg '.repeat(20);
  const pipe = `node --import tsx controller/src/cli/main.ts expand -f ${moreThanAPipeHolds} | head -n 1`;
  const root = join(__dirname, '..', '..', '..');
  const { stdout, stderr } = spawnSync('sh', ['-c', pipe], { cwd: root, encoding: 'utf8', env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.check.json' } });
  expect({ stdout, stderr }).toEqual({ stdout: '---\n', stderr: '' });
});
