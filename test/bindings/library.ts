import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { ROOT, run, tool, toolchain } from './tools';
import { withLock } from '../control-plane/lock';

/** The library as users of other languages get it: generated, installed, ready to be imported. */
export interface Bindings {
  /** The compiled npm package. */
  readonly package: string;
  /** Interpreter of a virtual environment that has the wheel. */
  readonly python: string;
  /** A go.mod that puts in the generated modules, for `go -modfile`. */
  readonly goMod: string;
  /** How long each step took when it was built, in milliseconds of wall time. */
  readonly buildMs: Readonly<Record<string, number>>;
}

/** What the package is made of; the rest of the tree has no part in it. */
const PARTS = ['src', 'constructs', 'crds', 'gitops', 'package.json', 'tsconfig.json', '.npmignore'];
/** Part of the package, too, but nothing is built anew for their sake. */
const TEXTS = ['README.md', 'API.md', 'LICENSE'];
/** jsii packages that ours refers to, with the Go module of each. */
const DEPENDENCIES = {
  'constructs': 'github.com/aws/constructs-go/constructs/v10',
  'cdk8s': 'github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2',
  'cdk8s-plus-28': 'github.com/cdk8s-team/cdk8s-plus-go/cdk8splus28/v2',
};
const KEPT = 3;

/**
 * The bindings of the sources as they are. Built once per content of the sources, the lock file and the versions of Python and Go, into a cache
 * outside the work tree; the three that were used last are kept.
 * @param isFresh builds them in any case
 * @throws Error when Python or Go are missing or too old, when a registry is out of reach, or when the sources do not compile
 */
export async function ensureBindings(isFresh = false): Promise<Bindings> {
  const versions = await toolchain();
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cdk8s-grove', 'bindings');
  mkdirSync(cache, { recursive: true });
  const folder = join(cache, keyOf(versions));
  return withLock(`${folder}.lock`, async () => {
    const done = join(folder, 'done.json');
    if (isFresh || !existsSync(done)) {
      rmSync(folder, { recursive: true, force: true });
      say(`building the Python wheel and the Go module into ${folder}`);
      const buildMs = await build(folder);
      writeFileSync(`${done}.new`, JSON.stringify(buildMs));
      renameSync(`${done}.new`, done);
    }
    utimesSync(folder, new Date(), new Date());
    removeOld(cache);
    return { package: join(folder, 'package'), python: join(folder, 'venv/bin/python'), goMod: join(folder, 'dist/go/go.mod'), buildMs: JSON.parse(readFileSync(done, 'utf8')) };
  }, () => say('waiting for another build of the bindings'));
}

/** What lets Go commands find the module, and find again what was compiled of it wherever it lay. */
export function goFlags(bindings: Bindings): string[] {
  return ['-buildvcs=false', '-trimpath', `-modfile=${bindings.goMod}`];
}

/** How a Go program is built against the module; every mistake in it is told, not the first ten only. */
export function goBuild(bindings: Bindings, outfile: string): string[] {
  return ['build', ...goFlags(bindings), '-gcflags=-e', '-o', outfile, '.'];
}

function keyOf(versions: object): string {
  const hash = createHash('sha256').update(JSON.stringify([versions, process.version, process.platform, process.arch]));
  for (const file of [...PARTS, 'package-lock.json'].flatMap(part => filesOf(join(ROOT, part)))) {
    hash.update(`${relative(ROOT, file)}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

function filesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).sort().flatMap(name => filesOf(join(path, name)));
}

/** A copy is compiled, so that nobody else's build of the tree comes between. */
async function build(folder: string): Promise<Record<string, number>> {
  const [source, dist, venv] = [join(folder, 'package'), join(folder, 'dist'), join(folder, 'venv')];
  mkdirSync(source, { recursive: true });
  for (const part of [...PARTS, ...TEXTS].filter(name => existsSync(join(ROOT, name)))) cpSync(join(ROOT, part), join(source, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'));
  const buildMs: Record<string, number> = {};
  const step = async (name: string, work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    buildMs[name] = Math.round(performance.now() - start);
  };
  const generate = async (...args: string[]) => run(tool('jsii-pacmak'), ['--outdir', dist, ...args], { cwd: source });
  await step('compile', async () => run(tool('jsii'), ['--silence-warnings=reserved-word'], { cwd: source }));
  await step('wheel', async () => generate('--target', 'python'));
  await step('goModule', async () => generate('--target', 'go', '--code-only'));
  await step('goModulesOfDependencies', async () => {
    for (const name of Object.keys(DEPENDENCIES)) await generate('--target', 'go', '--code-only', join(ROOT, 'node_modules', name));
  });
  await step('venv', async () => run('python3', ['-m', 'venv', venv]));
  await step('pipInstall', async () => {
    const wheels = readdirSync(join(dist, 'python')).filter(name => name.endsWith('.whl')).map(name => join(dist, 'python', name));
    const pinned = Object.keys(DEPENDENCIES).map(name => `${name}==${versionOf(name)}`);
    await run(join(venv, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...wheels, ...pinned]);
  });
  await step('goModTidy', async () => tidy(join(dist, 'go')));
  return buildMs;
}

/** The Go modules of cdk8s are taken from its npm packages, which are what they are made of: then all three languages run the same version. */
async function tidy(folder: string): Promise<void> {
  const generated = readdirSync(folder).map(name => {
    const goMod = readFileSync(join(folder, name, 'go.mod'), 'utf8');
    return { path: join(folder, name), module: /^module (\S+)$/m.exec(goMod)![1]!, goMod };
  });
  const runtime = /github\.com\/aws\/jsii-runtime-go (\S+)/.exec(generated[0]!.goMod)![1];
  const version = (module: string) => {
    const [name] = Object.entries(DEPENDENCIES).find(([, known]) => known === module) ?? [];
    return name ? versionOf(name) : '0.0.0';
  };
  writeFileSync(join(folder, 'go.mod'), [
    'module example',
    'go 1.25',
    `require github.com/aws/jsii-runtime-go ${runtime}`,
    ...generated.flatMap(({ path, module }) => [`require ${module} v${version(module)}`, `replace ${module} => ${path}`]),
    '',
  ].join('\n'));
  // What is required has to be imported, or it would be tidied away.
  const imports = ['github.com/aws/jsii-runtime-go', ...generated.map(({ module }) => module)].map(module => `import _ "${module}"`);
  writeFileSync(join(folder, 'imports.go'), ['package example', ...imports, ''].join('\n'));
  await run('go', ['mod', 'tidy'], { cwd: folder });
}

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version;
}

function removeOld(cache: string): void {
  const folders = readdirSync(cache, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(({ name }) => join(cache, name));
  const newestFirst = folders.sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
  for (const folder of newestFirst.slice(KEPT)) rmSync(folder, { recursive: true, force: true });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

