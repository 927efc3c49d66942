import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { BINDINGS_VARIABLE } from './global-setup';
import { Bindings, goFlags } from './library';
import { ROOT, TIMEOUT_MS, run } from './tools';

jest.setTimeout(2 * TIMEOUT_MS);

const FOLDER = join(ROOT, 'examples');
const bindings = JSON.parse(process.env[BINDINGS_VARIABLE]!) as Bindings;
const names = readdirSync(FOLDER);
const outdir = mkdtempSync(join(tmpdir(), 'grove-bindings-'));

afterAll(() => rmSync(outdir, { recursive: true }));

/** The manifest of the program in TypeScript, which the tests of the examples hold to what that one writes. */
const expected = (name: string) => readFileSync(join(FOLDER, name, `${name}.k8s.yaml`), 'utf8');

/** Runs the command that `cdk8s synth` would run in the folder of a program, and returns the manifest. */
async function synthesize(name: string, language: 'python' | 'go', env: NodeJS.ProcessEnv): Promise<string> {
  const [cwd, manifests] = [join(FOLDER, name, language), join(outdir, `${name}-${language}`)];
  const { app } = parse(readFileSync(join(cwd, 'cdk8s.yaml'), 'utf8'));
  await run('sh', ['-c', app], { cwd, env: { ...env, CDK8S_OUTDIR: manifests } });
  expect(readdirSync(manifests)).toEqual([`${name}.k8s.yaml`]);
  return readFileSync(join(manifests, `${name}.k8s.yaml`), 'utf8');
}

describe.each(names)('examples/%s writes the same bytes', name => {
  test('in Python', async () => {
    const env = { PATH: `${dirname(bindings.python)}:${process.env.PATH}` };
    expect(await synthesize(name, 'python', env)).toBe(expected(name));
  });

  test('in Go', async () => {
    expect(await synthesize(name, 'go', { GOFLAGS: goFlags(bindings).join(' ') })).toBe(expected(name));
  });

  test('its go.mod asks for the versions that are tested', () => {
    const required = (file: string) => [...readFileSync(file, 'utf8').matchAll(/^(?:require )?\t?([\w./-]+\.\w+\/\S+ v\S+)$/gm)].map(match => match[1]!);
    const asked = required(join(FOLDER, name, 'go', 'go.mod'));
    expect(asked.length).toBeGreaterThanOrEqual(4);
    expect(required(bindings.goMod)).toEqual(expect.arrayContaining(asked));
  });
});
