import { Chart, Duration, Size } from 'cdk8s';
import { ClusterTopology, NodeLabels, NvlinkDomain, Packing, PodClique, PodCliqueSet } from 'cdk8s-grove';
import { ContainerProps, EnvValue, Node, NodeLabelQuery, Probe, Secret, Service, Volume } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

const IMAGE = 'nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:0.8.1';
const GPUS_PER_POD = 4;
const SSH_PORT = 2222;
const FRONTEND = ['python3', '-m', 'dynamo.frontend', '--http-port', '8000', '--router-mode', 'kv'];
const NCCL = { NCCL_CUMEM_ENABLE: EnvValue.fromValue('1'), NCCL_MNNVL_ENABLE: EnvValue.fromValue('1') };

/** The cluster's topology, see ../topology. */
const NVL72 = ClusterTopology.fromName('nvl72', { levels: NodeLabels.nvidiaGpuClique(), nvlinkDomainSize: { nodes: 18, gpusPerNode: GPUS_PER_POD } });

/** DeepSeek-V3.2 in NVFP4: two prefill and two decode instances of two pods each, and a frontend that knows which of them has which cache. */
export class DeepSeekV32 extends Chart {
  private readonly mpi = Volume.fromSecret(this, 'mpi-volume', Secret.fromSecretName(this, 'mpi', 'mpi-ssh'), { name: 'mpi', defaultMode: 0o400 });

  constructor(scope: Construct, id: string) {
    super(scope, id);

    // One rack and one NVLink domain for all instances: the caches travel between them.
    const model = new PodCliqueSet(this, 'deepseek-v32', { packing: Packing.required(NVL72.level('rack')), nvlinkDomain: NvlinkDomain.named('caches') });
    const frontend = model.addClique('frontend', {
      containers: [{ image: IMAGE, command: FRONTEND, portNumber: 8000, readiness: Probe.fromHttpGet('/health') }],
    });
    this.addInstances(model, 'prefill');
    this.addInstances(model, 'decode');

    new Service(this, 'service', { metadata: { name: 'deepseek-v32' }, selector: frontend, ports: [{ port: 80, targetPort: 8000 }] });
  }

  /** Two instances: the first is part of the base gang, the second comes whole when there is room. In each, the leader starts after its worker. */
  private addInstances(model: PodCliqueSet, mode: string): void {
    const node = { gpus: GPUS_PER_POD, sharedMemory: Size.gibibytes(200) };
    const group = model.addScalingGroup(mode, { replicas: 2, minAvailable: 1 });
    const worker = group.addClique(`${mode}-wkr`, { ...node, containers: [this.listener()] });
    const leader = group.addClique(`${mode}-ldr`, { ...node, containers: [this.engine(worker, mode)] });
    leader.startAfter(worker);
    for (const clique of [worker, leader]) clique.scheduling.attract(Node.labeled(NodeLabelQuery.is('kubernetes.io/arch', 'arm64')));
  }

  private engine(worker: PodClique, mode: string): ContainerProps {
    const hosts = ['localhost', ...worker.podAddresses()].map(host => `${host}:${GPUS_PER_POD}`);
    return {
      ...this.listener(),
      command: [
        'mpirun', '--allow-run-as-root', '-np', String(2 * GPUS_PER_POD), '-H', hosts.join(','),
        '--mca', 'plm_rsh_args', `-F /etc/mpi/ssh_config -p ${SSH_PORT}`,
        ...Object.keys(NCCL).flatMap(name => ['-x', name]),
        'trtllm-llmapi-launch', 'python3', '-m', 'dynamo.trtllm', '--model-path', 'nvidia/DeepSeek-V3.2-NVFP4',
        '--disaggregation-mode', mode, '--publish-events-and-metrics',
      ],
      portNumber: 9090,
      readiness: Probe.fromHttpGet('/health', { port: 9090 }),
      startup: Probe.fromHttpGet('/live', { port: 9090, periodSeconds: Duration.seconds(60), failureThreshold: 60 }),
    };
  }

  private listener(): ContainerProps {
    return {
      image: IMAGE,
      command: ['/usr/sbin/sshd', '-D', '-e', '-f', '/etc/mpi/sshd_config', '-p', String(SSH_PORT)],
      envVariables: NCCL,
      readiness: Probe.fromTcpSocket({ port: SSH_PORT }),
      volumeMounts: [{ path: '/etc/mpi', volume: this.mpi }],
    };
  }
}
