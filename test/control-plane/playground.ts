import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { Login } from './admin';
import { ControlPlane, startControlPlane } from './control-plane';
import { createNodes } from './nodes';

const HELP = `Usage: npm run cluster

Starts a real control plane on this machine (etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok) with two racks of
nine fake nodes, 72 GPUs a rack, and the custom resources of crds/. Prints the path of its kubeconfig and runs until Ctrl-C; then all
of it goes away. The first start builds the programs, which takes some minutes and needs Go.

kwok plays the kubelet: test/control-plane/kwok-stages.yaml tells by which annotations pods are held back or crash.
`;

const RACKS = ['rack-0', 'rack-1'];
const NODES_PER_RACK = 9;

async function main(): Promise<void> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) return void process.stdout.write(HELP);
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  const definitions = path.join(__dirname, '../../crds');
  const cluster = await startControlPlane({ definitions: existsSync(definitions) ? definitions : undefined });
  const staysUp = setInterval(() => {}, 60_000);
  try {
    await addRacks(cluster);
    process.stdout.write([
      'The control plane runs; Ctrl-C stops it.',
      '',
      `  export KUBECONFIG=${cluster.kubeconfig}`,
      '  kubectl get nodes',
      '',
      `The operator's account, which may do what RBAC gives it: ${cluster.operatorKubeconfig}`,
      `Logs: ${cluster.dir}`,
      '',
    ].join('\n'));
    await interrupted;
  } finally {
    clearInterval(staysUp);
    await cluster.stop();
  }
}

async function addRacks(cluster: ControlPlane): Promise<void> {
  const login: Login = { server: cluster.server, ca: cluster.ca, token: cluster.adminToken };
  for (const rack of RACKS) {
    await createNodes(login, {
      count: NODES_PER_RACK,
      prefix: rack,
      labels: { 'topology.kubernetes.io/zone': 'zone-0', 'topology.kubernetes.io/rack': rack, 'nvidia.com/gpu.clique': `${rack}.0` },
      capacity: { 'cpu': '128', 'memory': '1Ti', 'nvidia.com/gpu': '8' },
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
