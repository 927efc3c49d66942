import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import * as path from 'node:path';
import { withLock } from './lock';

/** Where each program comes from: the Go module beside this file whose `tool` line names the package. */
const PROGRAMS = {
  'etcd': { module: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  'kube-apiserver': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  'kube-controller-manager': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-controller-manager' },
  'kube-scheduler': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-scheduler' },
  'kwok': { module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok' },
  'kubectl': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kubectl' },
  'kubelet': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kubelet' },
} as const;

export type Program = keyof typeof PROGRAMS;

/** What {@link ensureBinaries} builds when nothing else is said: all of a control plane without a real node. */
export const CONTROL_PLANE_PROGRAMS: readonly Program[] = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'];

const MODULES = path.join(__dirname, 'go');

/**
 * The paths of the programs. Those in the folder `KUBEBUILDER_ASSETS` are taken as they are; the others are built through the Go
 * module proxy, once per content of the go.mod and go.sum files and Go version, into a cache outside the work tree. Tells on
 * standard error what it builds.
 * @throws Error when something is to be built and Go is missing or too old, or when the build fails
 */
export async function ensureBinaries<P extends Program>(programs: readonly P[]): Promise<Record<P, string>> {
  const paths = {} as Record<P, string>;
  const missing: P[] = [];
  for (const program of programs) {
    const given = path.join(process.env.KUBEBUILDER_ASSETS ?? '', program);
    if (process.env.KUBEBUILDER_ASSETS && existsSync(given)) paths[program] = given;
    else missing.push(program);
  }
  if (missing.length === 0) return paths;
  const folder = cacheFolder();
  for (const program of missing) paths[program] = path.join(folder, program);
  await buildMissing(folder, missing);
  return paths;
}

async function buildMissing(folder: string, programs: readonly Program[]): Promise<void> {
  const absent = (): Program[] => programs.filter((program) => !existsSync(path.join(folder, program)));
  if (absent().length === 0) return;
  mkdirSync(folder, { recursive: true });
  await withLock(path.join(folder, 'lock'), async () => {
    const toBuild = absent();
    for (const [index, program] of toBuild.entries()) {
      say(`building ${program} (${index + 1} of ${toBuild.length}); this happens once and takes some minutes`);
      const startMs = Date.now();
      await build(program, folder);
      say(`built ${program} in ${Math.round((Date.now() - startMs) / 1000)} s`);
    }
  }, () => say(`waiting for another build into ${folder}`));
}

/** Builds beside the final name and renames, so that an interrupted build never leaves half a program. */
async function build(program: Program, folder: string): Promise<void> {
  const { module, package: packagePath } = PROGRAMS[program];
  const unfinished = path.join(folder, `${program}.unfinished`);
  const flags = `-s -w${module === 'kubernetes' ? versionFlags() : ''}`;
  await runGo(['build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', flags, '-o', unfinished, packagePath], module);
  renameSync(unfinished, path.join(folder, program));
}

function runGo(args: readonly string[], module: string): Promise<void> {
  const go = spawn('go', args, {
    cwd: path.join(MODULES, module),
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  go.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
  const stop = (): void => { go.kill('SIGKILL'); };
  process.once('exit', stop);
  return new Promise((resolve, reject) => {
    go.on('error', reject);
    go.on('close', (code) => {
      process.removeListener('exit', stop);
      if (code === 0) return resolve();
      const lines = errors.split('\n').filter((line) => line !== '' && !line.startsWith('go: downloading'));
      reject(new Error(`go ${args[0]} ${args.at(-1)} failed:\n${lines.slice(-20).join('\n')}`));
    });
  });
}

/** Without these the server would call itself v0.0.0-master. */
function versionFlags(): string {
  const version = kubernetesVersion();
  const [major, minor] = version.slice(1).split('.');
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
    .flatMap((packagePath) => Object.entries(values).map(([name, value]) => ` -X ${packagePath}.${name}=${value}`))
    .join('');
}

/** The version of Kubernetes that is built, for example `v1.36.3`. */
export function kubernetesVersion(): string {
  return required('kubernetes', /^\s*(?:require )?k8s\.io\/kubernetes (v\S+)/m);
}

function cacheFolder(): string {
  const hash = createHash('sha256').update(goVersion());
  for (const module of ['etcd', 'kubernetes', 'kwok']) {
    for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(path.join(MODULES, module, file)));
  }
  const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  return path.join(cache, 'cdk8s-grove', 'control-plane', hash.digest('hex').slice(0, 16));
}

/** The version of Go that would build; asked inside a module, because Go may fetch the toolchain that a module wants. */
function goVersion(): string {
  const wanted = required('kubernetes', /^go (\d+\.\d+)/m);
  const hint = `Go ${wanted} or newer builds the control plane of the tests; install it (https://go.dev/dl), ` +
    'or put the programs into a folder and name it in KUBEBUILDER_ASSETS';
  const answer = spawnSync('go', ['version'], { cwd: path.join(MODULES, 'kubernetes'), encoding: 'utf8' });
  if (answer.error) throw new Error(`go was not found: ${hint}`);
  const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(answer.stdout)?.[1];
  if (version === undefined || isOlder(version, wanted)) throw new Error(`go is too old (${(answer.stdout || answer.stderr).trim()}): ${hint}`);
  return version;
}

function isOlder(version: string, wanted: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

function required(module: string, pattern: RegExp): string {
  const file = path.join(MODULES, module, 'go.mod');
  const found = pattern.exec(readFileSync(file, 'utf8'))?.[1];
  if (found === undefined) throw new Error(`${file}: nothing matches ${pattern}`);
  return found;
}

function say(line: string): void {
  process.stderr.write(`control plane: ${line}\n`);
}
