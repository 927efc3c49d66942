import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, Server } from 'node:net';
import * as path from 'node:path';
import { Login, apply, demand, send } from './admin';
import { CONTROL_PLANE_PROGRAMS, Program, ensureBinaries } from './binaries';
import { installDefinitions } from './definitions';
import { Pki, createPki } from './pki';
import { Processes, Running } from './processes';

/** How to reach a running control plane; plain data, so that it can be handed to another process. */
export interface ControlPlaneAddress {
  /** For example `https://127.0.0.1:36443`. */
  readonly server: string;
  /** Certificate authority of the server, in PEM. */
  readonly ca: string;
  /** May do everything (`system:masters`). */
  readonly adminToken: string;
  /** The service account `grove-operator` of namespace `grove-system`: may do what RBAC rules give it, which at first is nothing. */
  readonly operatorToken: string;
  /** Paths of kubeconfig files for the two. */
  readonly kubeconfig: string;
  readonly operatorKubeconfig: string;
  /** Folder with the logs (`kube-apiserver.log` …), removed at the end. */
  readonly dir: string;
  /** Process numbers by program, for measuring. */
  readonly pids: Readonly<Record<string, number>>;
}

export interface ControlPlane extends ControlPlaneAddress {
  /** Stops every process and removes the folder. */
  stop(): Promise<void>;
}

export interface ControlPlaneOptions {
  /**
   * Folder with custom resource definitions (YAML), installed before the controllers start: the garbage collector
   * looks for new types only every 30 seconds.
   */
  readonly definitions?: string;
}

const OPERATOR_NAMESPACE = 'grove-system';
const OPERATOR_USER = `system:serviceaccount:${OPERATOR_NAMESPACE}:grove-operator`;
const CONTROLLERS = [
  'garbage-collector-controller', 'namespace-controller', 'serviceaccount-controller', 'root-ca-certificate-publisher-controller',
  'endpointslice-controller', 'horizontal-pod-autoscaler-controller', 'resourceclaim-controller', 'disruption-controller',
];

/**
 * Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok on free ports of this machine, with certificates of
 * their own, and waits until all are ready. They end with this process at the latest.
 * @throws Error when a program cannot be built or does not become ready; the logs are then kept, and the message says where
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const programs = await ensureBinaries(CONTROL_PLANE_PROGRAMS);
  const processes = new Processes('control-plane');
  if (process.env.KEEP_CONTROL_PLANE_LOGS) processes.keep();
  try {
    const address = await new Starter(processes, programs as Record<Program, string>).run(options);
    return { ...address, stop: () => processes.stop() };
  } catch (error) {
    processes.keep();
    await processes.stop();
    throw error;
  }
}

class Starter {
  private readonly pids: Record<string, number> = {};
  private readonly adminToken = randomBytes(16).toString('hex');
  private readonly operatorToken = randomBytes(16).toString('hex');
  private pki!: Pki;
  private login!: Login;

  constructor(private readonly processes: Processes, private readonly programs: Record<Program, string>) {}

  async run(options: ControlPlaneOptions): Promise<ControlPlaneAddress> {
    const [etcd, etcdPeers, apiserver, controllers, scheduler, kwok] = await freePorts(6);
    this.pki = await createPki(this.processes.file('pki'));
    this.login = { server: `https://127.0.0.1:${apiserver}`, ca: readFileSync(this.pki.ca, 'utf8'), token: this.adminToken };
    const kubeconfig = this.writeKubeconfig('kubeconfig', this.adminToken);
    const operatorKubeconfig = this.writeKubeconfig('operator.kubeconfig', this.operatorToken);
    await this.startEtcd(etcd, etcdPeers);
    await this.startApiServer(etcd, apiserver);
    await apply(this.login, `/api/v1/namespaces/${OPERATOR_NAMESPACE}`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: OPERATOR_NAMESPACE } });
    if (options.definitions) await installDefinitions(this.login, options.definitions);
    await Promise.all([
      this.startControllers(controllers, kubeconfig),
      this.startScheduler(scheduler, kubeconfig),
      this.startKwok(kwok, kubeconfig),
    ]);
    const { server, ca } = this.login;
    const { adminToken, operatorToken, pids } = this;
    return { server, ca: ca!, adminToken, operatorToken, kubeconfig, operatorKubeconfig, dir: this.processes.folder, pids };
  }

  private async startEtcd(port: number, peerPort: number): Promise<void> {
    const [url, peerUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
    const etcd = this.start('etcd', [
      '--name=test', `--data-dir=${this.processes.file('etcd')}`, '--unsafe-no-fsync', '--quota-backend-bytes=4294967296', '--log-level=warn',
      `--listen-client-urls=${url}`, `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`, `--initial-advertise-peer-urls=${peerUrl}`, `--initial-cluster=test=${peerUrl}`,
    ]);
    await etcd.until(async () => (await fetch(`${url}/health`)).ok);
  }

  private async startApiServer(etcdPort: number, port: number): Promise<void> {
    const { pki, processes } = this;
    const tokens = processes.file('tokens.csv');
    writeFileSync(tokens, [
      `${this.adminToken},admin,admin,"system:masters"`,
      `${this.operatorToken},${OPERATOR_USER},grove-operator,"system:serviceaccounts,system:serviceaccounts:${OPERATOR_NAMESPACE}"`,
    ].join('\n'));
    const server = this.start('kube-apiserver', [
      `--etcd-servers=http://127.0.0.1:${etcdPort}`, '--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${port}`,
      '--endpoint-reconciler-type=none', `--cert-dir=${pki.folder}`, ...this.servingFlags(), `--client-ca-file=${pki.ca}`,
      `--kubelet-client-certificate=${pki.kubeletClient.certificate}`, `--kubelet-client-key=${pki.kubeletClient.key}`,
      '--kubelet-preferred-address-types=InternalIP', `--token-auth-file=${tokens}`, '--authorization-mode=RBAC', '--allow-privileged=true',
      '--service-cluster-ip-range=10.0.0.0/16', '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${pki.serviceAccounts.certificate}`, `--service-account-signing-key-file=${pki.serviceAccounts.key}`,
      // Pods may be made before their service account is, and new nodes carry no taint that a missing controller would have to take off.
      '--disable-admission-plugins=ServiceAccount,TaintNodesByCondition',
      '--max-requests-inflight=2000', '--max-mutating-requests-inflight=1000', '--profiling=false', '--v=1',
    ]);
    await server.until(async () => (await send(this.login, 'GET', '/readyz')).status === 200);
  }

  private async startControllers(port: number, kubeconfig: string): Promise<void> {
    await this.startServing('kube-controller-manager', port, [
      ...delegation(kubeconfig), `--kubeconfig=${kubeconfig}`, '--leader-elect=false', `--controllers=${CONTROLLERS.join(',')}`,
      `--root-ca-file=${this.pki.ca}`, '--kube-api-qps=5000', '--kube-api-burst=5000', '--concurrent-gc-syncs=40', '--concurrent-namespace-syncs=20',
    ]);
  }

  private async startScheduler(port: number, kubeconfig: string): Promise<void> {
    const config = this.processes.file('scheduler.json');
    writeFileSync(config, JSON.stringify({
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      clientConnection: { kubeconfig, qps: 5000, burst: 10000 },
      leaderElection: { leaderElect: false },
    }));
    await this.startServing('kube-scheduler', port, [...delegation(kubeconfig), `--config=${config}`]);
  }

  private async startKwok(port: number, kubeconfig: string): Promise<void> {
    const kwok = this.start('kwok', [
      `--kubeconfig=${kubeconfig}`, `--config=${path.join(__dirname, 'kwok-stages.yaml')}`, `--server-address=127.0.0.1:${port}`,
      '--cidr=10.64.0.1/10', '--manage-all-nodes=false', '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake', '--node-lease-duration-seconds=0',
    ]);
    await kwok.until(async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok);
  }

  /** Starts a program that serves `/healthz` over TLS, and waits for it. */
  private async startServing(program: Program, port: number, args: readonly string[]): Promise<void> {
    const started = this.start(program, ['--bind-address=127.0.0.1', `--secure-port=${port}`, ...this.servingFlags(), ...args]);
    const login = { server: `https://127.0.0.1:${port}`, ca: this.login.ca };
    await started.until(async () => (await send(login, 'GET', '/healthz')).status === 200);
  }

  private servingFlags(): string[] {
    return [`--tls-cert-file=${this.pki.serving.certificate}`, `--tls-private-key-file=${this.pki.serving.key}`];
  }

  private start(program: Program, args: readonly string[]): Running {
    const started = this.processes.start(program, this.programs[program], args);
    this.pids[program] = started.pid;
    return started;
  }

  private writeKubeconfig(name: string, token: string): string {
    const file = this.processes.file(name);
    writeFileSync(file, kubeconfigOf({ ...this.login, token }), { mode: 0o600 });
    return file;
  }
}

/** A kubeconfig for one server and one token; JSON, which is YAML as well. */
function kubeconfigOf({ server, ca, token }: Login): string {
  return JSON.stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'test', cluster: { server, 'certificate-authority-data': Buffer.from(ca!).toString('base64') } }],
    'users': [{ name: 'test', user: { token } }],
    'contexts': [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  }, undefined, 2);
}

/** How a component lets the API server judge who asks it. */
function delegation(kubeconfig: string): string[] {
  return [`--authentication-kubeconfig=${kubeconfig}`, `--authorization-kubeconfig=${kubeconfig}`];
}

/** Ports on which nothing listened a moment ago; held together, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<Server>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** The version that the server tells, for example `v1.36.3`. */
export async function serverVersion({ server, ca, adminToken: token }: ControlPlaneAddress): Promise<string> {
  return (await demand({ server, ca, token }, 'GET', '/version')).gitVersion;
}
