import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Bench } from './bench';
import { Client, HttpsTransport } from '../../controller/src/kube';
import { POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { PodCliqueSet } from '../../src/core';
import { ControlPlane, startControlPlane } from '../control-plane/control-plane';
import { createNodes } from '../control-plane/nodes';
import { until } from '../control-plane/until';
import { grantControllerRights } from '../integration/operator';

const ROOT = join(__dirname, '..', '..');
const REPLICAS = 500;
const PODS_PER_REPLICA = 2;
const NODES = 100;
const IDLE_SECONDS = 30;
const LIMIT_MS = 180_000;
const WRITES = new Set(['create', 'update', 'patch', 'apply', 'delete', 'deletecollection']);

/** Requests by `verb resource`. */
type Requests = Record<string, number>;

/** One PodCliqueSet of 1,000 pods on a real control plane, by the bundled controller in a process of its own. */
export const bench: Bench = {
  description: `${REPLICAS} replicas × ${PODS_PER_REPLICA} pods on ${NODES} fake nodes of a real control plane: times, API writes, CPU, memory`,
  async run() {
    const controlPlane = await startControlPlane({ definitions: join(ROOT, 'crds') });
    const login = { server: controlPlane.server, ca: controlPlane.ca, token: controlPlane.adminToken };
    const transport = new HttpsTransport(login);
    try {
      await createNodes(login, { count: NODES });
      const client = new Client({ transport });
      await grantControllerRights(client);
      return await measure(controlPlane, client);
    } finally {
      await transport.close();
      await controlPlane.stop();
    }
  },
};

async function measure(controlPlane: ControlPlane, client: Client): Promise<object> {
  const controller = await ControllerProcess.start(controlPlane.operatorKubeconfig);
  try {
    const before = await controller.requests();
    const cpuBefore = cpuSeconds(controlPlane.pids['kube-apiserver']);
    const startMs = performance.now();
    const seconds = () => Math.round(performance.now() - startMs) / 1000;
    await client.create(POD_CLIQUE_SET, podCliqueSet());
    const times = await milestones(client, seconds);
    process.stderr.write(`available after ${times.available} s; then ${IDLE_SECONDS} s idle\n`);
    await settled(controller);
    const writes = difference(await controller.requests(), before);
    const total = Object.values(writes).reduce((sum, count) => sum + count, 0);
    const figures = {
      seconds: times,
      writes,
      writesPerPod: Math.round((total / (REPLICAS * PODS_PER_REPLICA)) * 100) / 100,
      cpuSeconds: { controller: cpuSeconds(controller.pid), apiServer: round(cpuSeconds(controlPlane.pids['kube-apiserver']) - cpuBefore) },
      controllerPeakRssMb: peakRssMb(controller.pid),
    };
    return { pods: REPLICAS * PODS_PER_REPLICA, nodes: NODES, ...figures, idle: await idle(controller) };
  } finally {
    await controller.stop();
  }
}

/** Asked of the server by requests that cost it next to nothing: a watch of every pod would be a tenth of the load that is measured. */
async function milestones(client: Client, seconds: () => number): Promise<Record<'created' | 'running' | 'available', number>> {
  const reach = async (what: string, holds: () => Promise<boolean>) => {
    await until(what, async () => await holds() || undefined, LIMIT_MS);
    process.stderr.write(`${what} after ${seconds()} s\n`);
    return seconds();
  };
  const created = await reach('all pods created', async () => await podCount(client, '') >= REPLICAS * PODS_PER_REPLICA);
  const running = await reach('all pods Running', async () => await podCount(client, '&fieldSelector=status.phase!%3DRunning') === 0);
  const available = await reach('set available', async () => {
    const { status } = await client.get<PodCliqueSet>(POD_CLIQUE_SET, { namespace: 'default', name: 'bench' });
    return status?.availableReplicas === REPLICAS;
  });
  return { created, running, available };
}

/** How many pods there are; of a selection only whether there are any. */
async function podCount(client: Client, selection: string): Promise<number> {
  const { items, metadata } = await client.getPath(`/api/v1/pods?limit=1${selection}`) as { items: unknown[]; metadata: { remainingItemCount?: number } };
  return items.length + (metadata.remainingItemCount ?? 0);
}

function podCliqueSet(): PodCliqueSet {
  const containers = [{ name: 'main', image: 'registry.example/server:1', resources: { requests: { cpu: '1', memory: '1Gi' } } }];
  return {
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodCliqueSet',
    metadata: { name: 'bench', namespace: 'default' },
    spec: {
      replicas: REPLICAS,
      template: { cliques: [{ name: 'server', spec: { roleName: 'server', replicas: PODS_PER_REPLICA, minAvailable: PODS_PER_REPLICA, podSpec: { containers } } }] },
    },
  };
}

/** Waits until a second passes without a write. */
async function settled(controller: ControllerProcess): Promise<void> {
  let last = await controller.requests();
  await until('a second without writes', async () => {
    await new Promise(resolve => setTimeout(resolve, 1000));
    const now = await controller.requests();
    const quiet = Object.keys(difference(now, last)).length === 0;
    last = now;
    return quiet || undefined;
  }, 60_000);
}

async function idle(controller: ControllerProcess): Promise<object> {
  const [before, cpuBefore] = [await controller.requests(), cpuSeconds(controller.pid)];
  await new Promise(resolve => setTimeout(resolve, IDLE_SECONDS * 1000));
  const writes = difference(await controller.requests(), before);
  return { seconds: IDLE_SECONDS, writes, controllerCpuSeconds: round(cpuSeconds(controller.pid) - cpuBefore) };
}

function difference(after: Requests, before: Requests): Requests {
  return Object.fromEntries(Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)] as const).filter(([, count]) => count > 0));
}

/** The bundled controller, as a cluster would run it. */
class ControllerProcess {
  static async start(kubeconfig: string): Promise<ControllerProcess> {
    const bundle = join(ROOT, 'controller', 'dist', 'grove.cjs');
    execFileSync('npm', ['run', '--silent', 'bundle'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    const child = spawn(process.execPath, [bundle, 'controller', '--kubeconfig', kubeconfig, '--port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const port = await new Promise<number>((resolve, reject) => {
      child.once('exit', code => reject(new Error(`the controller ended with code ${code}`)));
      createInterface({ input: child.stderr! }).on('line', line => {
        const fields = line.startsWith('{') ? JSON.parse(line) as { port?: number; level: number } : undefined;
        if (fields?.port !== undefined) resolve(fields.port);
        if (!fields || fields.level >= 40) process.stderr.write(`${line}\n`);
      });
    });
    const started = new ControllerProcess(child, port);
    await until('the controller ready', async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok || undefined);
    return started;
  }

  private constructor(private readonly child: ChildProcess, private readonly port: number) {}

  get pid(): number {
    return this.child.pid!;
  }

  /** Writes so far by `verb resource`; the lease, which any controller renews for ever, is left out. */
  async requests(): Promise<Requests> {
    const text = await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
    const found: Requests = {};
    for (const [, verb, resource, count] of text.matchAll(/^rest_client_requests_total\{verb="([^"]*)",resource="([^"]*)",code="[^"]*"\} (\d+)/gm)) {
      if (WRITES.has(verb) && !resource.startsWith('leases')) found[`${verb} ${resource}`] = (found[`${verb} ${resource}`] ?? 0) + Number(count);
    }
    return found;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await new Promise(resolve => this.child.once('exit', resolve));
  }
}

/** User and system time of a process so far; its 14th and 15th field, in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return round((Number(fields[11]) + Number(fields[12])) / 100);
}

function peakRssMb(pid: number): number {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
