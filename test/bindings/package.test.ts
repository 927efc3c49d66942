import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINDINGS_VARIABLE } from './global-setup';
import type { Bindings } from './library';
import { ROOT, TIMEOUT_MS, run, tool } from './tools';

jest.setTimeout(2 * TIMEOUT_MS);

const EXAMPLES = join(ROOT, 'examples');
const bindings = JSON.parse(process.env[BINDINGS_VARIABLE]!) as Bindings;
const folder = mkdtempSync(join(tmpdir(), 'grove-package-'));
const EXAMPLE_NAMES = readdirSync(EXAMPLES);
/** What a new user has beside the library. */
const BESIDE = ['cdk8s', 'cdk8s-plus-28', 'constructs', '@types/node'].map(name => `${name}@${installedVersion(name)}`);
const CDK8S_CLI = 'cdk8s-cli@2.207.60';
let tarball: string;
let files: string[];

beforeAll(async () => {
  const [packed] = JSON.parse(await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: bindings.package }));
  tarball = join(folder, packed.filename);
  files = pathsOf(packed);
});

afterAll(() => rmSync(folder, { recursive: true }));

function installedVersion(name: string): string {
  return JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version;
}

function pathsOf({ files: packed }: { files: readonly { path: string }[] }): string[] {
  return packed.map(({ path }) => path);
}

/** An empty project in which somebody has typed `npm install` with the tarball. */
async function newProject(name: string, ...more: string[]): Promise<string> {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name, private: true }));
  await run('npm', ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', tarball, ...BESIDE, ...more], { cwd: project });
  return project;
}

test('the package has what users need, and nothing of what only we need', async () => {
  expect(files).toEqual(expect.arrayContaining([
    'package.json', 'README.md', 'LICENSE', '.jsii', 'lib/src/index.js', 'lib/src/index.d.ts', 'lib/src/core/index.js', 'lib/constructs/podcliqueset.js',
    'crds/grove.io_podcliquesets.yaml',
  ]));
  const [root] = JSON.parse(await run('npm', ['pack', '--json', '--ignore-scripts', '--dry-run'], { cwd: ROOT }));
  const superfluous = [...files, ...pathsOf(root)].filter(path => !/^(lib\/(src|constructs)\/.*\.(js|d\.ts)|crds\/.*\.yaml|gitops\/.*|package\.json|README\.md|API\.md|LICENSE|\.jsii)$/.test(path));
  expect(superfluous).toEqual([]);
});

describe('a new user', () => {
  let project: string;

  beforeAll(async () => {
    project = await newProject('new-user');
    for (const name of EXAMPLE_NAMES) {
      mkdirSync(join(project, name));
      for (const file of readdirSync(join(EXAMPLES, name)).filter(path => path.endsWith('.ts'))) cpSync(join(EXAMPLES, name, file), join(project, name, file));
    }
  });

  test('has cdk8s and the library installed, and no client of Kubernetes', () => {
    expect(readdirSync(join(project, 'node_modules'))).toEqual(expect.arrayContaining(['cdk8s-grove', 'cdk8s', 'cdk8s-plus-28', 'constructs']));
    expect(readdirSync(join(project, 'node_modules'))).not.toContain('@kubernetes');
  });

  test('type-checks the examples against the package’s declarations and synthesizes the same bytes', async () => {
    const programs = EXAMPLE_NAMES.map(name => join(name, 'main.ts'));
    await run(tool('tsc'), ['--strict', '--target', 'es2022', '--module', 'node16', '--rootDir', '.', '--outDir', 'out', ...programs], { cwd: project });
    for (const name of EXAMPLE_NAMES) {
      await run(process.execPath, [join('out', name, 'main.js')], { cwd: project, env: { CDK8S_OUTDIR: join(project, 'dist') } });
      expect(readFileSync(join(project, 'dist', `${name}.k8s.yaml`), 'utf8')).toBe(readFileSync(join(EXAMPLES, name, `${name}.k8s.yaml`), 'utf8'));
    }
  });

  test('checks manifests with the core alone, which loads no cdk8s', async () => {
    const code = `
      const { admit } = require('cdk8s-grove/core');
      const { errors } = admit({ object: { apiVersion: 'grove.io/v1alpha1', kind: 'PodCliqueSet', metadata: { name: 'a' }, spec: { template: { cliques: [] } } } });
      console.log(JSON.stringify({ refused: errors.length > 0, cdk8s: Object.keys(require.cache).some(path => path.includes('node_modules/cdk8s/')) }));`;
    expect(JSON.parse(await run(process.execPath, ['-e', code], { cwd: project }))).toEqual({ refused: true, cdk8s: false });
  });

  test('finds the custom resource definitions', async () => {
    const path = await run(process.execPath, ['-p', 'require.resolve("cdk8s-grove/crds/grove.io_podcliquesets.yaml")'], { cwd: project });
    expect(readFileSync(path.trim(), 'utf8')).toContain('kind: CustomResourceDefinition');
  });
});

describe('cdk8s synth with the validation plugin', () => {
  let project: string;

  beforeAll(async () => {
    project = await newProject('validated', CDK8S_CLI);
    writeFileSync(join(project, 'cdk8s.yaml'), ['language: typescript', 'app: node main.js', 'validations:', '  - package: ./node_modules/cdk8s-grove',
      '    class: GroveValidation', '    version: 0.0.0', ''].join('\n'));
  });

  /** Synthesizes a chart with one object that no construct has judged. */
  async function synth(cliques: readonly object[]): Promise<string> {
    writeFileSync(join(project, 'main.js'), `
      const { ApiObject, App, Chart } = require('cdk8s');
      const app = new App();
      new ApiObject(new Chart(app, 'plain'), 'set', {
        apiVersion: 'grove.io/v1alpha1', kind: 'PodCliqueSet', metadata: { name: 'plain' }, spec: { template: { cliques: ${JSON.stringify(cliques)} } },
      });
      app.synth();`);
    return run(join(project, 'node_modules', '.bin', 'cdk8s'), ['synth', '--no-check-upgrade'], { cwd: project });
  }

  const clique = { name: 'a', spec: { roleName: 'a', replicas: 1, podSpec: { containers: [{ name: 'main', image: 'i' }] } } };

  test('writes what a cluster would take', async () => {
    expect(await synth([clique])).toContain('plain.k8s.yaml');
  });

  test('ends 2 and names construct and field of what it would not', async () => {
    await expect(synth([clique, clique])).rejects.toThrow(/failed \(2\)[^]*plain\/set[^]*spec\.template\.cliques/);
  });
});
