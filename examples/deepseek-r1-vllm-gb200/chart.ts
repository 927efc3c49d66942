import { Chart, Duration, Size } from 'cdk8s';
import { ClusterTopology, NodeLabels, NvlinkDomain, Packing, PodCliqueSet } from 'cdk8s-grove';
import { ContainerProps, Cpu, EnvValue, Node, NodeTaintQuery, Probe, Service, TaintEffect } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

const IMAGE = 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.8.1';
const GPUS_PER_POD = 4;
const DECODE_PODS = 2;

/** The cluster's topology, see ../topology. */
const NVL72 = ClusterTopology.fromName('nvl72', { levels: NodeLabels.nvidiaGpuClique(), nvlinkDomainSize: { nodes: 18, gpusPerNode: GPUS_PER_POD } });

/** A whole GB200 node for each pod with GPUs. */
const NODE = { gpus: GPUS_PER_POD, sharedMemory: Size.gibibytes(800) };

/** DeepSeek-R1 in FP4 on vLLM, 16 GPUs: two prefill pods with four data-parallel ranks each, and a decode engine of eight ranks across two pods. */
export class DeepSeekOnVllm extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const model = new PodCliqueSet(this, 'deepseek-r1-vllm', { packing: Packing.required(NVL72.level('rack')), nvlinkDomain: NvlinkDomain.named('model') });
    const frontend = model.addClique('frontend', {
      containers: [{ image: IMAGE, command: ['python3', '-m', 'dynamo.frontend', '--http-port', '8000'], portNumber: 8000, readiness: Probe.fromHttpGet('/health') }],
    });
    const prefill = model.addClique('prefill', {
      ...NODE, replicas: 2, minAvailable: 1, containers: [engine(['--is-prefill-worker', '--data-parallel-size', String(GPUS_PER_POD)])],
    });

    // The ranks find one another when they are there: no pod has to wait for another.
    const decode = model.addScalingGroup('decode');
    const leader = decode.addClique('leader', { ...NODE, containers: [engine(ranks('localhost', 0))] });
    const worker = decode.addClique('worker', { ...NODE, containers: [engine(ranks(leader.leaderAddress(), GPUS_PER_POD))] });

    // GPU nodes are kept free of everything else by a taint.
    const gpuNodes = Node.tainted(NodeTaintQuery.is('nvidia.com/gpu', 'present', { effect: TaintEffect.NO_SCHEDULE }));
    for (const clique of [prefill, leader, worker]) clique.scheduling.tolerate(gpuNodes);

    new Service(this, 'service', { metadata: { name: 'deepseek-r1-vllm' }, selector: frontend, ports: [{ port: 80, targetPort: 8000 }] });
  }
}

/** The part of the decode engine's data-parallel ranks that one pod runs. */
function ranks(leader: string, first: number): string[] {
  return [
    '--data-parallel-size', String(GPUS_PER_POD * DECODE_PODS),
    '--data-parallel-size-local', String(GPUS_PER_POD),
    '--data-parallel-start-rank', String(first),
    '--data-parallel-address', leader,
    '--data-parallel-rpc-port', '13345',
    '--data-parallel-hybrid-lb',
  ];
}

function engine(parallelism: string[]): ContainerProps {
  return {
    image: IMAGE,
    command: ['python3', '-m', 'dynamo.vllm', '--model', 'nvidia/DeepSeek-R1-0528-FP4', '--enable-expert-parallel', ...parallelism],
    envVariables: { NCCL_CUMEM_ENABLE: EnvValue.fromValue('1'), NCCL_MNNVL_ENABLE: EnvValue.fromValue('1') },
    portNumber: 9090,
    readiness: Probe.fromHttpGet('/health', { port: 9090 }),
    startup: Probe.fromHttpGet('/live', { port: 9090, periodSeconds: Duration.seconds(10), failureThreshold: 360 }),
    resources: {
      cpu: { request: Cpu.units(130), limit: Cpu.units(130) },
      memory: { request: Size.gibibytes(850), limit: Size.gibibytes(850) },
    },
  };
}
