import { Chart, Duration, Size } from 'cdk8s';
import { ClusterTopology, Packing, PodCliqueSet, PodVariable } from 'cdk8s-grove';
import { ContainerProps, Probe, Service } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

const IMAGE = 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.8.1';
const GPUS_PER_POD = 8;
const PODS = 4;

/** The first pod of an instance answers for all of it. */
const SERVING: Partial<ContainerProps> = {
  portNumber: 9090,
  readiness: Probe.fromHttpGet('/health', { port: 9090 }),
  startup: Probe.fromHttpGet('/live', { port: 9090, periodSeconds: Duration.seconds(10), failureThreshold: 360 }),
};

/** Llama 4 Maverick, not disaggregated: two instances of four pods, 64 GPUs. Each instance in one rack, all of them in one zone. */
export class Maverick extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    // Levels of one's own: the administrator has put a label on every node that tells its rack.
    const topology = new ClusterTopology(this, 'h100', {
      levels: [{ domain: 'zone', key: 'topology.kubernetes.io/zone' }, { domain: 'rack', key: 'example.com/rack' }],
    });

    const llama = new PodCliqueSet(this, 'llama4', { packing: Packing.required(topology.level('zone')) });
    const frontend = llama.addClique('frontend', {
      containers: [{ image: IMAGE, command: ['python3', '-m', 'dynamo.frontend', '--http-port', '8000'], portNumber: 8000, readiness: Probe.fromHttpGet('/health') }],
    });

    const instance = llama.addScalingGroup('instance', { replicas: 2, minAvailable: 1, packing: Packing.required(topology.level('rack')) });
    const node = { gpus: GPUS_PER_POD, sharedMemory: Size.gibibytes(80) };
    const leader = instance.addClique('leader', { ...node, containers: [{ ...engine('0.0.0.0', '0'), ...SERVING }] });
    instance.addClique('worker', { ...node, replicas: PODS - 1, containers: [engine(leader.leaderAddress(), `$((${PodVariable.POD_INDEX.variableName} + 1))`)] });

    new Service(this, 'service', { metadata: { name: 'llama4' }, selector: frontend, ports: [{ port: 80, targetPort: 8000 }] });
  }
}

/** The part of an instance that one pod runs. Its rank is for the shell to reckon: the leader is the first, the workers are those after it. */
function engine(leader: string, rank: string): ContainerProps {
  const words = [
    'exec', 'python3', '-m', 'dynamo.vllm', '--model', 'meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8',
    '--tensor-parallel-size', GPUS_PER_POD, '--pipeline-parallel-size', PODS,
    '--nnodes', PODS, '--node-rank', rank, '--master-addr', leader,
  ];
  return { image: IMAGE, command: ['sh', '-c', words.join(' ')] };
}
