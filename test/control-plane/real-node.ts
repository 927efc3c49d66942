import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { Login, demand, send } from './admin';
import { ensureBinaries } from './binaries';
import { ControlPlaneAddress, freePorts } from './control-plane';
import { acquireLock } from './lock';
import { Processes, Running } from './processes';
import { packImages } from './real-node/images';
import { until } from './until';

export { BUSYBOX_IMAGE } from './real-node/images';
export { whyNoRealNode } from './real-node/parts';

const run = promisify(execFile);

/** A node with a kubelet and containers. Pods get onto it only with this selector and this toleration. */
export const REAL_NODE = {
  nodeSelector: { 'test.grove.io/real-node': 'true' },
  tolerations: [{ key: 'test.grove.io/real-node', operator: 'Exists', effect: 'NoSchedule' }],
} as const;

export interface RealNodeOptions {
  /** Labels beside `test.grove.io/real-node: "true"`, for example those of a rack. The kubelet may set only some of kubernetes.io. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Fake GPUs (`nvidia.com/gpu`). @default 8 */
  readonly gpus?: number;
}

export interface RealNode {
  readonly name: string;
  /** Folder with `kubelet.log` and `containerd.log`. */
  readonly dir: string;
  /** What a container has written so far. */
  logs(namespace: string, pod: string, container?: string): Promise<string>;
  /** Deletes the node's pods and the node, stops everything and unmounts it. */
  stop(): Promise<void>;
}

const NAME = 'real-node';
/** Given back by cleanup.sh, whatever way the node ends. */
const LOCK = path.join(tmpdir(), 'cdk8s-grove-real-node.lock');
const FILES = path.join(__dirname, 'real-node');

/**
 * Starts containerd and a kubelet on this machine and waits until the node is Ready. One at a time on a machine: a second caller,
 * whichever control plane it has, waits for the first to stop. Ask {@link whyNoRealNode} before.
 */
export async function startRealNode(address: ControlPlaneAddress, options: RealNodeOptions = {}): Promise<RealNode> {
  const { kubelet } = await ensureBinaries(['kubelet']);
  await acquireLock(LOCK);
  const processes = new Processes('real-node');
  const fill = { DIR: processes.folder, NAME: path.basename(processes.folder), LOCK, PID: String(process.pid) };
  processes.onEnd(filled('cleanup.sh', fill));
  const login = { server: address.server, ca: address.ca, token: address.adminToken };
  try {
    await startContainerd(processes, fill);
    await startKubelet(processes, kubelet, address, login, options);
    await completeStatus(login, options.gpus ?? 8);
  } catch (error) {
    processes.keep();
    await processes.stop();
    throw error;
  }
  return {
    name: NAME,
    dir: processes.folder,
    logs: (namespace, pod, container) => logsOf(login, namespace, pod, container),
    stop: async () => {
      await deletePods(login);
      await demand(login, 'DELETE', `/api/v1/nodes/${NAME}`);
      await processes.stop();
    },
  };
}

async function startContainerd(processes: Processes, fill: Record<string, string>): Promise<void> {
  mkdirSync(processes.file('cni'));
  writeFileSync(processes.file('cni/10-pods.conflist'), filled('cni.conflist', fill));
  writeFileSync(processes.file('containerd.toml'), filled('containerd.toml', fill));
  const images = packImages(processes.folder);
  const containerd = processes.start('containerd', 'containerd', ['--config', processes.file('containerd.toml'), '--log-level', 'warn']);
  const ctr = (...args: string[]) => run('ctr', ['--address', processes.file('containerd.sock'), '--namespace', 'k8s.io', ...args]);
  await containerd.until(async () => Boolean(await ctr('version')));
  await ctr('images', 'import', images);
}

async function startKubelet(processes: Processes, program: string, address: ControlPlaneAddress, login: Login, options: RealNodeOptions): Promise<void> {
  const [port] = await freePorts(1);
  const ca = path.join(address.dir, 'pki', 'ca.crt');
  writeFileSync(processes.file('kubelet.yaml'), filled('kubelet.yaml', { DIR: processes.folder, PORT: String(port), CA: ca }));
  const labels = Object.entries({ ...REAL_NODE.nodeSelector, ...options.labels }).map(([key, value]) => `${key}=${value}`);
  const kubelet: Running = processes.start('kubelet', program, [
    `--config=${processes.file('kubelet.yaml')}`, `--kubeconfig=${address.kubeconfig}`, `--root-dir=${processes.file('kubelet')}`,
    `--cert-dir=${processes.file('kubelet-pki')}`, `--hostname-override=${NAME}`, '--node-ip=127.0.0.1', `--node-labels=${labels.join(',')}`,
  ]);
  await kubelet.until(async () => {
    const { status, conditions } = await nodeStatus(login);
    return status === 200 && conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  });
}

async function nodeStatus(login: Login): Promise<{ status: number; conditions: { type: string; status: string }[] }> {
  const { status, body } = await send(login, 'GET', `/api/v1/nodes/${NAME}`);
  return { status, conditions: body.status?.conditions ?? [] };
}

/**
 * The kubelet keeps and admits what somebody else has written into its node's capacity. It refuses to tell a loopback address, but
 * keeps one that is there; the server asks for logs at that address.
 */
async function completeStatus(login: Login, gpus: number): Promise<void> {
  const resources = { 'nvidia.com/gpu': String(gpus) };
  const status = { capacity: resources, allocatable: resources, addresses: [{ type: 'InternalIP', address: '127.0.0.1' }] };
  await demand(login, 'PATCH', `/api/v1/nodes/${NAME}/status`, { status }, 'application/merge-patch+json');
}

async function logsOf(login: Login, namespace: string, pod: string, container?: string): Promise<string> {
  const query = container === undefined ? '' : `?container=${encodeURIComponent(container)}`;
  return String(await demand(login, 'GET', `/api/v1/namespaces/${namespace}/pods/${pod}/log${query}`));
}

/** While the kubelet still runs, so that it takes down networks and volumes in order. */
async function deletePods(login: Login): Promise<void> {
  const list = `/api/v1/pods?fieldSelector=spec.nodeName%3D${NAME}`;
  await until('the pods of the real node are gone', async () => {
    const { items } = await demand(login, 'GET', list);
    await Promise.all(items.filter(({ metadata }: any) => metadata.deletionTimestamp === undefined || metadata.deletionGracePeriodSeconds > 1)
      .map(({ metadata }: any) => send(login, 'DELETE', `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`, { gracePeriodSeconds: 1 })));
    return items.length === 0 || undefined;
  });
}

function filled(file: string, values: Readonly<Record<string, string>>): string {
  return readFileSync(path.join(FILES, file), 'utf8').replace(/@(\w+)@/g, (_, name: string) => values[name]);
}
