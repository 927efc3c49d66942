import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINDINGS_VARIABLE } from './global-setup';
import { Bindings, goBuild } from './library';
import { ROOT, run } from './tools';

const FOLDER = join(ROOT, 'examples');
const bindings = JSON.parse(process.env[BINDINGS_VARIABLE]!) as Bindings;
const names = readdirSync(FOLDER).filter(name => existsSync(join(FOLDER, name, 'python')));
const outdir = mkdtempSync(join(tmpdir(), 'grove-bindings-'));

afterAll(() => rmSync(outdir, { recursive: true }));

/** The manifest of the program in TypeScript, which the tests of the examples hold to what that one writes. */
const expected = (name: string) => readFileSync(join(FOLDER, name, `${name}.k8s.yaml`), 'utf8');

const written = (folder: string, name: string) => {
  expect(readdirSync(folder)).toEqual([`${name}.k8s.yaml`]);
  return readFileSync(join(folder, `${name}.k8s.yaml`), 'utf8');
};

test('the examples that are promised in three languages are there', () => {
  expect(names).toEqual(expect.arrayContaining(['autoscaling', 'chatbot', 'deepseek-r1-disagg', 'single-gpu', 'topology']));
});

describe.each(names)('examples/%s writes the same bytes', name => {
  test('in Python', async () => {
    const folder = join(outdir, `${name}-python`);
    await run(bindings.python, ['main.py'], { cwd: join(FOLDER, name, 'python'), env: { CDK8S_OUTDIR: folder } });
    expect(written(folder, name)).toBe(expected(name));
  });

  test('in Go', async () => {
    const [folder, program] = [join(outdir, `${name}-go`), join(outdir, `${name}.program`)];
    await run('go', goBuild(bindings, program), { cwd: join(FOLDER, name, 'go') });
    await run(program, [], { env: { CDK8S_OUTDIR: folder } });
    expect(written(folder, name)).toBe(expected(name));
  });
});
