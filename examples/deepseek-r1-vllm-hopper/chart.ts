import { Chart, Duration, Size } from 'cdk8s';
import { ClusterTopology, NodeLabels, Packing, PodCliqueSet, TopologyLevel } from 'cdk8s-grove';
import { ContainerProps, Probe, Service } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

const IMAGE = 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.8.1';
const GPUS_PER_POD = 8;
const PODS = 2;

/** A whole Hopper node for each pod with GPUs: eight GPUs, and a network device for each of them. */
const NODE = { gpus: GPUS_PER_POD, extendedResources: { 'rdma/ib': GPUS_PER_POD }, sharedMemory: Size.gibibytes(80) };

/** DeepSeek-R1 on vLLM on Hopper, 32 GPUs: prefill and decode are an engine of 16 data-parallel ranks across two pods each. */
export class DeepSeekOnHopper extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    // NVLink ends at the node here; what counts is the number of switches between the two nodes of an engine.
    const fabric = new ClusterTopology(this, 'hopper', { levels: NodeLabels.topograph() });
    const block = fabric.level('block');

    const model = new PodCliqueSet(this, 'deepseek-r1-hopper');
    const frontend = model.addClique('frontend', {
      containers: [{ image: IMAGE, command: ['python3', '-m', 'dynamo.frontend', '--http-port', '8000'], portNumber: 8000, readiness: Probe.fromHttpGet('/health') }],
    });
    addEngine(model, 'prefill', block, ['--is-prefill-worker']);
    addEngine(model, 'decode', block, []);

    new Service(this, 'service', { metadata: { name: 'deepseek-r1-hopper' }, selector: frontend, ports: [{ port: 80, targetPort: 8000 }] });
  }
}

/** Two pods below one leaf switch, which is what a block is, if one has room for both. */
function addEngine(model: PodCliqueSet, role: string, block: TopologyLevel, flags: string[]): void {
  const group = model.addScalingGroup(role, { packing: Packing.preferred(block) });
  const leader = group.addClique(`${role}-leader`, { ...NODE, containers: [ranks('localhost', 0, flags)] });
  group.addClique(`${role}-worker`, { ...NODE, containers: [ranks(leader.leaderAddress(), GPUS_PER_POD, flags)] });
}

/** The part of an engine's data-parallel ranks that one pod runs. */
function ranks(leader: string, first: number, flags: string[]): ContainerProps {
  return {
    image: IMAGE,
    command: [
      'python3', '-m', 'dynamo.vllm', '--model', 'deepseek-ai/DeepSeek-R1', '--enable-expert-parallel',
      '--data-parallel-size', String(GPUS_PER_POD * PODS),
      '--data-parallel-size-local', String(GPUS_PER_POD),
      '--data-parallel-start-rank', String(first),
      '--data-parallel-address', leader,
      '--data-parallel-rpc-port', '13345',
      '--data-parallel-hybrid-lb',
      ...flags,
    ],
    portNumber: 9090,
    readiness: Probe.fromHttpGet('/health', { port: 9090 }),
    startup: Probe.fromHttpGet('/live', { port: 9090, periodSeconds: Duration.seconds(10), failureThreshold: 360 }),
  };
}
