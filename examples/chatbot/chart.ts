import { Chart, Duration, Size } from 'cdk8s';
import { ClusterTopology, Packing, PodClique, PodCliqueSet } from 'cdk8s-grove';
import { ContainerProps, Probe, Service } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

const IMAGE = 'lmsysorg/sglang:v0.5.5';
const PORT = 30000;

/**
 * A disaggregated chatbot: prefill pods read the prompt, decode pods write the answer, a router sends every request through one of each.
 * 48 GPUs on 12 nodes of 4, which one NVL72 rack of 18 nodes holds.
 */
export class Chatbot extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    // The prompt's key-value cache goes from prefill to decode: over NVLink if both are in one rack, over the network if none has room.
    const rack = ClusterTopology.fromName('nvl72').level('rack');
    const chatbot = new PodCliqueSet(this, 'chatbot', { packing: Packing.preferred(rack) });

    const server = { gpus: 4, sharedMemory: Size.gibibytes(64) };
    const prefill = chatbot.addClique('prefill', { ...server, replicas: 4, minAvailable: 2, containers: [engine('prefill')] });
    const decode = chatbot.addClique('decode', { ...server, replicas: 8, minAvailable: 4, containers: [engine('decode')] });
    const router = chatbot.addClique('router', { replicas: 2, minAvailable: 1, containers: [routerOf(prefill, decode)] });
    router.startAfter(prefill, decode);

    new Service(this, 'service', { metadata: { name: 'chatbot' }, selector: router, ports: [{ port: 80, targetPort: PORT }] });
  }
}

function engine(mode: 'prefill' | 'decode'): ContainerProps {
  return {
    image: IMAGE,
    command: ['python3', '-m', 'sglang.launch_server'],
    args: [
      '--model-path', 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8',
      '--tp', '4',
      '--disaggregation-mode', mode,
      '--disaggregation-transfer-backend', 'nixl',
      '--host', '0.0.0.0',
      '--port', String(PORT),
    ],
    portNumber: PORT,
    // Loading the model may take an hour.
    startup: Probe.fromHttpGet('/health', { periodSeconds: Duration.seconds(10), failureThreshold: 360 }),
    readiness: Probe.fromHttpGet('/health'),
  };
}

/** Every pod has a name in DNS that is known before it starts. */
function routerOf(prefill: PodClique, decode: PodClique): ContainerProps {
  return {
    image: IMAGE,
    command: ['python3', '-m', 'sglang_router.launch_router'],
    args: [
      '--pd-disaggregation',
      ...prefill.podAddresses().flatMap(address => ['--prefill', `http://${address}:${PORT}`]),
      ...decode.podAddresses().flatMap(address => ['--decode', `http://${address}:${PORT}`]),
      '--host', '0.0.0.0',
      '--port', String(PORT),
    ],
    portNumber: PORT,
    readiness: Probe.fromHttpGet('/health'),
  };
}
