import { Chart, Duration, Size } from 'cdk8s';
import { ClusterTopology, NodeLabels, NvlinkDomain, Packing, PodClique, PodCliqueSet } from 'cdk8s-grove';
import { ConfigMap, ContainerProps, ContainerResources, Cpu, EnvValue, Probe, Secret, Service, Volume } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DECODE_ENGINE, GPUS_PER_POD, PREFILL_ENGINE, WORKERS } from './engines';

const IMAGE = 'nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:0.8.1';
const SSH_PORT = 2222;

/** The cluster's topology, see ../topology. With its levels and sizes here, a set that no rack can hold is refused before it gets there. */
const NVL72 = ClusterTopology.fromName('nvl72', { levels: NodeLabels.nvidiaGpuClique(), nvlinkDomainSize: { nodes: 18, gpusPerNode: GPUS_PER_POD } });

/** What all pods with GPUs have in common: a whole GB200 node each. */
const NODE = { gpus: GPUS_PER_POD, sharedMemory: Size.gibibytes(800) };
const RESOURCES: ContainerResources = {
  cpu: { request: Cpu.units(130), limit: Cpu.units(130) },
  memory: { request: Size.gibibytes(850), limit: Size.gibibytes(850) },
};
/** Lets NCCL use NVLink between nodes. */
const NCCL = { NCCL_CUMEM_ENABLE: '1', NCCL_MNNVL_ENABLE: '1' };
/** Where the parts of Dynamo find one another. */
const DYNAMO = { ETCD_ENDPOINTS: 'http://etcd:2379', NATS_SERVER: 'nats://nats:4222' };

const FRONTEND: ContainerProps = {
  image: IMAGE,
  command: ['python3', '-m', 'dynamo.frontend', '--http-port', '8000'],
  envVariables: variables(DYNAMO),
  portNumber: 8000,
  readiness: Probe.fromHttpGet('/health'),
};

/** DeepSeek-R1 in FP4 with wide expert parallelism: one prefill pod, and one decode engine across eight pods, all in one NVLink domain. */
export class DeepSeekR1 extends Chart {
  private readonly engines = new ConfigMap(this, 'engines', {
    metadata: { name: 'deepseek-r1-engines' },
    data: { 'prefill.yaml': PREFILL_ENGINE, 'decode.yaml': DECODE_ENGINE },
  });

  private readonly mounts = [
    { path: '/models', volume: Volume.fromHostPath(this, 'models-volume', 'models', { path: '/models' }), readOnly: true },
    { path: '/engines', volume: Volume.fromConfigMap(this, 'engines-volume', this.engines, { name: 'engines' }) },
    { path: '/etc/mpi', volume: Volume.fromSecret(this, 'mpi-volume', Secret.fromSecretName(this, 'mpi', 'mpi-ssh'), { name: 'mpi', defaultMode: 0o400 }) },
  ];

  constructor(scope: Construct, id: string) {
    super(scope, id);

    const rack = NVL72.level('rack');
    const model = new PodCliqueSet(this, 'deepseek-r1', { packing: Packing.required(rack), nvlinkDomain: NvlinkDomain.named('model') });
    const frontend = model.addClique('frontend', { containers: [FRONTEND] });
    model.addClique('prefill', { ...NODE, containers: [this.engine(['python3', ...dynamo('prefill')])] });

    // The leader starts the engine on its workers over SSH, so it starts when they listen.
    const decode = model.addScalingGroup('decode');
    const worker = decode.addClique('worker', { ...NODE, replicas: WORKERS, containers: [this.listener()] });
    decode.addClique('leader', { ...NODE, containers: [this.engine(acrossPods(worker, dynamo('decode')))] }).startAfter(worker);

    new Service(this, 'service', { metadata: { name: 'deepseek-r1' }, selector: frontend, ports: [{ port: 80, targetPort: 8000 }] });
  }

  private engine(command: string[]): ContainerProps {
    return {
      ...this.listener(),
      command,
      portNumber: 9090,
      readiness: Probe.fromHttpGet('/health', { port: 9090 }),
      // Loading the model may take over an hour and a half.
      startup: Probe.fromHttpGet('/live', {
        port: 9090, initialDelaySeconds: Duration.seconds(30), periodSeconds: Duration.seconds(10), timeoutSeconds: Duration.seconds(5), failureThreshold: 600,
      }),
    };
  }

  private listener(): ContainerProps {
    return {
      image: IMAGE,
      command: ['/usr/sbin/sshd', '-D', '-e', '-f', '/etc/mpi/sshd_config', '-p', String(SSH_PORT)],
      envVariables: variables({ ...DYNAMO, ...NCCL }),
      readiness: Probe.fromTcpSocket({ port: SSH_PORT }),
      resources: RESOURCES,
      volumeMounts: this.mounts,
    };
  }
}

function variables(values: Record<string, string>): { [name: string]: EnvValue } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, EnvValue.fromValue(value)]));
}

function dynamo(mode: 'prefill' | 'decode'): string[] {
  return [
    '-m', 'dynamo.trtllm',
    '--model-path', '/models/DeepSeek-R1-FP4',
    '--served-model-name', 'deepseek-ai/DeepSeek-R1',
    '--extra-engine-args', `/engines/${mode}.yaml`,
    '--disaggregation-mode', mode,
  ];
}

/** One process for each GPU of the leader and its workers. */
function acrossPods(worker: PodClique, python: string[]): string[] {
  const hosts = ['localhost', ...worker.podAddresses()].map(host => `${host}:${GPUS_PER_POD}`);
  return [
    'mpirun', '--allow-run-as-root',
    '-np', String(GPUS_PER_POD * (1 + WORKERS)),
    '-H', hosts.join(','),
    '--mca', 'plm_rsh_args', `-F /etc/mpi/ssh_config -p ${SSH_PORT}`,
    ...Object.keys(NCCL).flatMap(name => ['-x', name]),
    'trtllm-llmapi-launch', 'python3', ...python,
  ];
}
