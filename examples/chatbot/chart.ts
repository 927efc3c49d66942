import { Chart, Duration, Size } from 'cdk8s';
import { Packing, PodCliqueSet } from 'cdk8s-grove';
import { ContainerProps, Probe, Service } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

const IMAGE = 'lmsysorg/sglang:v0.5.5';
const PORT = 30000;
const PREFILL_PODS = 4;
const DECODE_PODS = 8;

/**
 * A disaggregated chatbot: prefill pods read the prompt, decode pods write the answer, a router sends every request through one of each.
 * 48 GPUs on 12 nodes of 4, which one NVL72 rack of 18 nodes holds.
 */
export class Chatbot extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    // The prompt's key-value cache goes from prefill to decode: over NVLink if both are in one rack, over the network if none has room.
    const chatbot = new PodCliqueSet(this, 'chatbot', { packing: Packing.preferred('rack', { topologyName: 'nvl72' }) });

    const server = { gpus: 4, sharedMemory: Size.gibibytes(64) };
    const prefill = chatbot.addClique('prefill', { ...server, replicas: PREFILL_PODS, minAvailable: 2, containers: [engine('prefill')] });
    const decode = chatbot.addClique('decode', { ...server, replicas: DECODE_PODS, minAvailable: 4, containers: [engine('decode')] });
    const router = chatbot.addClique('router', { replicas: 2, minAvailable: 1, containers: [routerOf(PREFILL_PODS, DECODE_PODS)] });
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

function routerOf(prefillPods: number, decodePods: number): ContainerProps {
  return {
    image: IMAGE,
    command: ['python3', '-m', 'sglang_router.launch_router'],
    args: [
      '--pd-disaggregation',
      ...addresses('prefill', prefillPods).flatMap(address => ['--prefill', address]),
      ...addresses('decode', decodePods).flatMap(address => ['--decode', address]),
      '--host', '0.0.0.0',
      '--port', String(PORT),
    ],
    portNumber: PORT,
    readiness: Probe.fromHttpGet('/health'),
  };
}

/** Every pod has a name in DNS that is known before it starts; Kubernetes fills in the variables that Grove gives to each container. */
function addresses(clique: string, pods: number): string[] {
  return Array.from({ length: pods }, (_, n) => `http://$(GROVE_PCS_NAME)-$(GROVE_PCS_INDEX)-${clique}-${n}.$(GROVE_HEADLESS_SERVICE):${PORT}`);
}
