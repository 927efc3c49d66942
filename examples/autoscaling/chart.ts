import { Chart } from 'cdk8s';
import { Autoscaling, ClusterTopology, NodeLabels, Packing, PodCliqueSet } from 'cdk8s-grove';
import { Cpu, Metric, MetricTarget } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

const IMAGE = 'vllm/vllm-openai:v0.11.0';
const SERVE = [
  'ray start --head', 'vllm serve meta-llama/Llama-4-Maverick-17B-128E-Instruct --tensor-parallel-size 4 --pipeline-parallel-size 4 --distributed-executor-backend ray',
].join(' && ');

/** Instances of a large model, each whole in a rack and all in one zone; as many of them as the waiting requests ask for. */
export class Autoscaled extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    // With its levels here, a level that is not there and a wrong order of levels are refused before they reach the cluster.
    const topology = ClusterTopology.fromName('nvl72', { levels: NodeLabels.nvidiaGpuClique() });
    const maverick = new PodCliqueSet(this, 'maverick', { packing: Packing.required(topology.level('zone')) });

    const waiting = Metric.external({ name: 'vllm_requests_waiting', target: MetricTarget.averageValue(10) });
    const instance = maverick.addScalingGroup('instance', {
      replicas: 2,
      packing: Packing.required(topology.level('rack')),
      autoscaling: Autoscaling.byController({ maxReplicas: 4, metrics: [waiting] }),
    });
    const leader = instance.addClique('leader', { gpus: 4, containers: [{ image: IMAGE, command: ['sh', '-c', SERVE], portNumber: 8000 }] });
    const joinLeader = ['ray', 'start', '--block', '--address', `${leader.leaderAddress()}:6379`];
    instance.addClique('worker', { replicas: 3, gpus: 4, containers: [{ image: IMAGE, command: joinLeader }] }).startAfter(leader);

    const busy = Metric.resourceCpu(MetricTarget.averageUtilization(70));
    maverick.addClique('router', {
      replicas: 2,
      minAvailable: 1,
      containers: [{ image: 'example.com/router:1.0', resources: { cpu: { request: Cpu.units(1) } } }],
      autoscaling: Autoscaling.byController({ maxReplicas: 6, metrics: [busy] }),
    });
  }
}
