import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Debian packages of a real node, and a file of each by which its presence is seen. */
const PARTS = {
  'containerd': '/usr/bin/containerd',
  'runc': '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/ptp',
  'busybox-static': '/bin/busybox',
};

/** Set to `required` where a missing real node shall be a failure and not a skipped test, as in continuous integration. */
const REQUIRED = 'GROVE_TEST_REAL_NODE';

let answer: { readonly reason?: string } | undefined;

/**
 * Why no real node can run on this machine; undefined when it can. Installs the Debian packages that are missing.
 * @throws Error with the reason when the environment variable GROVE_TEST_REAL_NODE is `required`
 */
export function whyNoRealNode(): string | undefined {
  answer ??= { reason: findReason() };
  if (answer.reason && process.env[REQUIRED] === 'required') throw new Error(`no real node: ${answer.reason}`);
  return answer.reason;
}

function findReason(): string | undefined {
  if (process.platform !== 'linux') return 'kubelet and containerd need Linux';
  if (process.getuid?.() !== 0) return 'kubelet and containerd need root';
  if (missingParts().length === 0) return undefined;
  if (spawnSync('apt-get', ['--version']).error) return `${missingParts().join(', ')} missing, and there is no apt-get to install them`;
  for (const args of [install(), ['update'], install()]) {
    const result = spawnSync('apt-get', args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, encoding: 'utf8' });
    if (missingParts().length === 0) return undefined;
    if (args[0] === 'update' && result.status !== 0) break;
  }
  return `apt-get could not install ${missingParts().join(', ')}`;
}

function install(): string[] {
  return ['install', '--yes', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...missingParts()];
}

function missingParts(): string[] {
  return Object.entries(PARTS).filter(([, file]) => !existsSync(file)).map(([name]) => name);
}
