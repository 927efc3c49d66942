import { setTimeout as delay } from 'node:timers/promises';
import { Login, demand } from './admin';

/** Nodes that kwok keeps Ready. */
export interface FakeNodes {
  readonly count: number;
  /** The nodes are named `<prefix>-0`, `<prefix>-1`, … @default node */
  readonly prefix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Both capacity and allocatable. `pods` is 1000 if not given. @default 256 CPU, 2Ti memory, 8 GPUs */
  readonly capacity?: Readonly<Record<string, string>>;
  readonly taints?: ReadonlyArray<{ readonly key: string; readonly value?: string; readonly effect: string }>;
}

const CAPACITY = { 'cpu': '256', 'memory': '2Ti', 'nvidia.com/gpu': '8' };
const READY_LIMIT_MS = 30_000;

/** Creates fake nodes and waits until all are Ready. Returns their names. */
export async function createNodes(login: Login, options: FakeNodes): Promise<string[]> {
  const names = Array.from({ length: options.count }, (_, index) => `${options.prefix ?? 'node'}-${index}`);
  await Promise.all(names.map((name) => demand(login, 'POST', '/api/v1/nodes', fakeNode(name, options))));
  await untilReady(login, names);
  return names;
}

/** Deletes nodes, as when a test gives back what it has created. */
export async function deleteNodes(login: Login, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => demand(login, 'DELETE', `/api/v1/nodes/${name}`)));
}

function fakeNode(name: string, { labels, capacity = CAPACITY, taints }: FakeNodes): object {
  const resources = { pods: '1000', ...capacity };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', ...labels },
    },
    spec: { taints },
    status: { capacity: resources, allocatable: resources, addresses: [{ type: 'Hostname', address: name }, { type: 'InternalIP', address: '127.0.0.1' }] },
  };
}

async function untilReady(login: Login, names: readonly string[]): Promise<void> {
  const giveUpMs = Date.now() + READY_LIMIT_MS;
  const waiting = new Set(names);
  for (;;) {
    const { items } = await demand(login, 'GET', '/api/v1/nodes');
    for (const node of items) if (isReady(node)) waiting.delete(node.metadata.name);
    if (waiting.size === 0) return;
    if (Date.now() > giveUpMs) throw new Error(`nodes are not Ready after ${READY_LIMIT_MS / 1000} s: ${[...waiting].join(', ')}`);
    await delay(50);
  }
}

function isReady(node: { status?: { conditions?: { type: string; status: string }[] } }): boolean {
  return (node.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}
