import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = resolve(__dirname, '../..');

/** Long enough for a cold build on a slow machine; what hangs ends with an error that names the command. */
export const TIMEOUT_MS = 300_000;

/** jsii, its generators and its kernel print a banner on a Node that they no longer test. */
export const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: process.versions.node.split('.')[0], PYTHONDONTWRITEBYTECODE: '1',
};

/**
 * What a command prints on standard output.
 * @throws Error with all that it printed, when it fails or takes longer than five minutes
 */
export async function run(command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      cwd: options.cwd ?? ROOT, env: { ...ENVIRONMENT, ...options.env }, timeout: TIMEOUT_MS, maxBuffer: 2 ** 26,
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '', killed, code } = error as { stdout?: string; stderr?: string; killed?: boolean; code?: number | string };
    const reason = killed ? `did not end within ${TIMEOUT_MS / 1000} s` : `failed (${code})`;
    throw new Error(`${[command, ...args].join(' ')} ${reason}:\n${stdout}${stderr}`);
  }
}

/** A command of the project's own node_modules. */
export function tool(name: string): string {
  return join(ROOT, 'node_modules', '.bin', name);
}

/** The oldest that the generated code runs on. */
const NEEDED = { python3: [3, 11], go: [1, 25] } as const;

/**
 * The versions of Python and Go, as they tell them.
 * @throws Error that says what is missing or too old
 */
export async function toolchain(): Promise<{ python: string; go: string }> {
  const [python, go] = await Promise.all([version('python3', ['--version']), version('go', ['env', 'GOVERSION'])]);
  return { python, go };
}

async function version(command: keyof typeof NEEDED, args: readonly string[]): Promise<string> {
  const [major, minor] = NEEDED[command];
  const needed = `the bindings are tested with ${command} ${major}.${minor} or later`;
  const text = await run(command, args).catch((error: Error) => { throw new Error(`${needed}, and it is not here: ${error.message}`); });
  const found = /(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number) ?? [];
  if (found[0] !== major || (found[1] ?? 0) < minor) throw new Error(`${needed}, and this is ${text.trim()}`);
  return text.trim();
}
