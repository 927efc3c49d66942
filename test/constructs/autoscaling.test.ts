import { Chart, Duration, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Autoscaling, KedaTrigger, PodCliqueSet, ReplicasOwner } from '../../src';

const containers = [{ image: 'server:1' }];
const queue = KedaTrigger.prometheus({ serverAddress: 'http://prometheus:9090', query: 'sum(waiting)', threshold: 5 });

function synthesized(program: (chart: Chart) => void): any[] {
  const chart = Testing.chart();
  program(chart);
  return Testing.synth(chart);
}

test('the controller is told bounds and metrics, of cliques and of groups', () => {
  const [{ spec: { template } }] = synthesized(chart => {
    const set = new PodCliqueSet(chart, 'llm');
    const metrics = [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(70)), kplus.Metric.external({ name: 'waiting', target: kplus.MetricTarget.value(10) })];
    set.addClique('router', { replicas: 2, minAvailable: 1, containers, autoscaling: Autoscaling.byController({ maxReplicas: 4, metrics }) });
    set.addScalingGroup('decode', { autoscaling: Autoscaling.byController({ minReplicas: 1, maxReplicas: 3 }) }).addClique('worker', { containers });
  });
  expect(template.cliques[0].spec.autoScalingConfig).toEqual({
    minReplicas: 2,
    maxReplicas: 4,
    metrics: [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      { type: 'External', external: { metric: { name: 'waiting' }, target: { type: 'Value', value: 10 } } },
    ],
  });
  expect(template.podCliqueScalingGroups[0].scaleConfig).toEqual({ minReplicas: 1, maxReplicas: 3 });
});

test('KEDA gets a ScaledObject for every copy of the set, and the controller is told nothing', () => {
  const [set, ...scaledObjects] = synthesized(chart => {
    const llm = new PodCliqueSet(chart, 'llm', { replicas: 2, metadata: { namespace: 'models' } });
    llm.addClique('router', { containers, autoscaling: Autoscaling.byKeda({ maxReplicas: 4, triggers: [queue] }) });
    llm.addScalingGroup('decode', {
      replicas: 2,
      autoscaling: Autoscaling.byKeda({
        minReplicas: 1, maxReplicas: 3, pollingInterval: Duration.seconds(10), cooldownPeriod: Duration.minutes(10), triggers: [KedaTrigger.of('cron', { timezone: 'UTC' })],
      }),
    }).addClique('worker', { containers });
  });
  expect(set.spec.template.cliques[0].spec.autoScalingConfig).toBeUndefined();
  expect(set.spec.template.podCliqueScalingGroups[0].scaleConfig).toBeUndefined();
  expect(scaledObjects.map(({ metadata }) => metadata.name)).toEqual(['llm-0-router', 'llm-1-router', 'llm-0-decode', 'llm-1-decode']);
  expect(scaledObjects[0]).toEqual({
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 'llm-0-router', namespace: 'models' },
    spec: {
      scaleTargetRef: { apiVersion: 'grove.io/v1alpha1', kind: 'PodClique', name: 'llm-0-router' },
      minReplicaCount: 1,
      maxReplicaCount: 4,
      triggers: [{ type: 'prometheus', metadata: { serverAddress: 'http://prometheus:9090', query: 'sum(waiting)', threshold: '5' } }],
    },
  });
  expect(scaledObjects[3].spec).toMatchObject({
    scaleTargetRef: { kind: 'PodCliqueScalingGroup', name: 'llm-1-decode' }, minReplicaCount: 1, pollingInterval: 10, cooldownPeriod: 600, triggers: [{ type: 'cron' }],
  });
});

test('a set whose copies belong to an autoscaler says nothing of replicas', () => {
  const [set, scaledObject] = synthesized(chart => {
    new PodCliqueSet(chart, 'llm', { replicasOwner: ReplicasOwner.AUTOSCALER, autoscaling: Autoscaling.byKeda({ maxReplicas: 4, triggers: [queue] }) })
      .addClique('server', { containers });
  });
  expect(set.spec).not.toHaveProperty('replicas');
  expect(scaledObject.spec).toMatchObject({ scaleTargetRef: { kind: 'PodCliqueSet', name: 'llm' }, minReplicaCount: 1, maxReplicaCount: 4 });
});

describe('mistakes', () => {
  const fails = (program: (set: (props?: ConstructorParameters<typeof PodCliqueSet>[2]) => PodCliqueSet) => void, message: string) =>
    expect(() => synthesized(chart => program(props => new PodCliqueSet(chart, 'llm', props)))).toThrow(message);
  const byKeda = Autoscaling.byKeda({ maxReplicas: 4, triggers: [queue] });

  test('KEDA without a trigger', () => {
    expect(() => Autoscaling.byKeda({ maxReplicas: 4, triggers: [] })).toThrow('KEDA needs one trigger at least');
  });

  test('bounds that the gang cannot live with', () => {
    const autoscaling = Autoscaling.byKeda({ minReplicas: 1, maxReplicas: 2, triggers: [queue] });
    fails(set => set().addClique('a', { replicas: 3, containers, autoscaling }), 'cliques[0].autoscaling.minReplicas: Invalid value 1: must not be below minAvailable (3)');
    fails(set => set().addClique('a', { replicas: 3, containers, autoscaling }), 'cliques[0].autoscaling.maxReplicas: Invalid value 2');
    fails(set => set().addScalingGroup('g', { replicas: 3, minAvailable: 2, autoscaling }).addClique('a', { containers }), 'podCliqueScalingGroups[0].autoscaling.minReplicas');
  });

  test('bounds that are no whole numbers', () => {
    const autoscaling = Autoscaling.byKeda({ minReplicas: 1.5, maxReplicas: NaN, triggers: [queue] });
    fails(set => set().addClique('a', { containers, autoscaling }), 'cliques[0].autoscaling.minReplicas: Invalid value 1.5: must be a whole number');
    fails(set => set().addScalingGroup('g', { autoscaling }).addClique('a', { containers }), 'podCliqueScalingGroups[0].autoscaling.maxReplicas: Invalid value NaN: must be a whole number');
  });

  test('a clique that would scale twice', () => {
    fails(set => set().addScalingGroup('g').addClique('a', { containers, autoscaling: byKeda }), 'a scales with g; give autoscaling to the group');
    fails(set => set().addScalingGroup('g').addClique('a', { containers, autoscaling: Autoscaling.byController({ maxReplicas: 2 }) }), 'set scaleConfig there');
  });

  test('two owners of the replicas', () => {
    fails(set => set({ autoscaling: byKeda }).addClique('a', { containers }), 'Git and the autoscaler would both write it; give it away with ReplicasOwner.AUTOSCALER');
    fails(set => set({ replicas: 2, replicasOwner: ReplicasOwner.AUTOSCALER }).addClique('a', { containers }), 'it belongs to the autoscaler; leave it out');
  });

  test('what nobody can scale', () => {
    fails(set => set({ replicasOwner: ReplicasOwner.AUTOSCALER, autoscaling: Autoscaling.byController({ maxReplicas: 2 }) }).addClique('a', { containers }), 'a set is scaled with Autoscaling.byKeda');
    fails(set => set({ replicasOwner: ReplicasOwner.AUTOSCALER }).addClique('a', { containers, autoscaling: byKeda }), 'how many there will be is not known');
  });
});
