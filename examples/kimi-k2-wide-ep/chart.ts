import { Chart, Duration, Size } from 'cdk8s';
import { ClusterTopology, NodeLabels, NvlinkDomain, Packing, PodClique, PodCliqueSet } from 'cdk8s-grove';
import { ContainerProps, ContainerResources, Cpu, EnvValue, Probe, Secret, Service, Volume } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

const IMAGE = 'nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:0.8.1';
const GPUS_PER_POD = 4;
const WORKERS = 7;
const SSH_PORT = 2222;

/** The cluster's topology, see ../topology. */
const NVL72 = ClusterTopology.fromName('nvl72', { levels: NodeLabels.nvidiaGpuClique(), nvlinkDomainSize: { nodes: 18, gpusPerNode: GPUS_PER_POD } });

/** A whole GB200 node for each pod with GPUs. */
const NODE = { gpus: GPUS_PER_POD, sharedMemory: Size.gibibytes(800) };
const RESOURCES: ContainerResources = {
  cpu: { request: Cpu.units(130), limit: Cpu.units(130) },
  memory: { request: Size.gibibytes(850), limit: Size.gibibytes(850) },
};
const NCCL = { NCCL_CUMEM_ENABLE: EnvValue.fromValue('1'), NCCL_MNNVL_ENABLE: EnvValue.fromValue('1') };

/** Kimi K2 in NVFP4 with wide expert parallelism: two prefill pods of which one is enough to begin with, and one decode engine across eight pods. */
export class Kimi extends Chart {
  private readonly mounts = [
    { path: '/models', volume: Volume.fromHostPath(this, 'models-volume', 'models', { path: '/models' }), readOnly: true },
    { path: '/etc/mpi', volume: Volume.fromSecret(this, 'mpi-volume', Secret.fromSecretName(this, 'mpi', 'mpi-ssh'), { name: 'mpi', defaultMode: 0o400 }) },
  ];

  constructor(scope: Construct, id: string) {
    super(scope, id);

    const kimi = new PodCliqueSet(this, 'kimi-k2', { packing: Packing.required(NVL72.level('rack')), nvlinkDomain: NvlinkDomain.named('model') });
    const frontend = kimi.addClique('frontend', {
      containers: [{ image: IMAGE, command: ['python3', '-m', 'dynamo.frontend', '--http-port', '8000'], portNumber: 8000, readiness: Probe.fromHttpGet('/health') }],
    });
    kimi.addClique('prefill', { ...NODE, replicas: 2, minAvailable: 1, containers: [this.engine(['python3', ...dynamo('prefill')])] });

    const decode = kimi.addScalingGroup('decode');
    const worker = decode.addClique('worker', { ...NODE, replicas: WORKERS, containers: [this.listener()] });
    decode.addClique('leader', { ...NODE, containers: [this.engine(acrossPods(worker))] }).startAfter(worker);

    new Service(this, 'service', { metadata: { name: 'kimi-k2' }, selector: frontend, ports: [{ port: 80, targetPort: 8000 }] });
  }

  private engine(command: string[]): ContainerProps {
    return {
      ...this.listener(),
      command,
      portNumber: 9090,
      readiness: Probe.fromHttpGet('/health', { port: 9090 }),
      // Loading the model may take over an hour and a half.
      startup: Probe.fromHttpGet('/live', { port: 9090, periodSeconds: Duration.seconds(10), failureThreshold: 600 }),
    };
  }

  private listener(): ContainerProps {
    return {
      image: IMAGE,
      command: ['/usr/sbin/sshd', '-D', '-e', '-f', '/etc/mpi/sshd_config', '-p', String(SSH_PORT)],
      envVariables: NCCL,
      readiness: Probe.fromTcpSocket({ port: SSH_PORT }),
      resources: RESOURCES,
      volumeMounts: this.mounts,
    };
  }
}

function dynamo(mode: 'prefill' | 'decode'): string[] {
  return ['-m', 'dynamo.trtllm', '--model-path', '/models/Kimi-K2.5-NVFP4', '--served-model-name', 'moonshotai/Kimi-K2.5', '--disaggregation-mode', mode];
}

/** One process for each GPU of the leader and its workers. */
function acrossPods(worker: PodClique): string[] {
  const hosts = ['localhost', ...worker.podAddresses()].map(host => `${host}:${GPUS_PER_POD}`);
  return [
    'mpirun', '--allow-run-as-root', '-np', String(GPUS_PER_POD * (1 + WORKERS)), '-H', hosts.join(','),
    '--mca', 'plm_rsh_args', `-F /etc/mpi/ssh_config -p ${SSH_PORT}`,
    ...Object.keys(NCCL).flatMap(name => ['-x', name]),
    'trtllm-llmapi-launch', 'python3', ...dynamo('decode'),
  ];
}
