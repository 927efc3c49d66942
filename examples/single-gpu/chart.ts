import { Chart, Duration } from 'cdk8s';
import { PodCliqueSet } from 'cdk8s-grove';
import { Probe, Service } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

/** One model on one GPU, with an address. */
export class SingleGpu extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const model = new PodCliqueSet(this, 'qwen').addClique('server', {
      gpus: 1,
      containers: [{
        image: 'vllm/vllm-openai:v0.11.0',
        args: ['--model', 'Qwen/Qwen3-8B'],
        portNumber: 8000,
        startup: Probe.fromHttpGet('/health', { periodSeconds: Duration.seconds(10), failureThreshold: 60 }),
      }],
    });

    new Service(this, 'service', { metadata: { name: 'qwen' }, selector: model, ports: [{ port: 80, targetPort: 8000 }] });
  }
}
