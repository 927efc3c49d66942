import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  AllocationMode, Autoscaling, ClaimTemplate, ClusterTopology, DeviceConfig, DeviceConstraint, DeviceRequest, DeviceTaintEffect, DeviceToleration, NodeLabels,
  NvlinkDomain, Packing, PodCliqueSet, PodResourceClaim, SharingScope, StartupOrder, UpdateStrategy,
} from '../../src';

const containers = [{ image: 'server:1' }];

/** Every kind of metric, with every kind of target and selector. */
function metrics(object: kplus.Resource, container: kplus.Container): kplus.Metric[] {
  const labelSelector = kplus.LabelSelector.of({ labels: { queue: 'chat' }, expressions: [kplus.LabelExpression.in('tier', ['model'])] });
  const targets = [kplus.MetricTarget.averageUtilization(70), kplus.MetricTarget.averageValue(5), kplus.MetricTarget.value(9)];
  return targets.flatMap(target => [
    kplus.Metric.resourceCpu(target),
    kplus.Metric.containerMemory({ container, target }),
    kplus.Metric.pods({ name: 'tokens', target, labelSelector }),
    kplus.Metric.external({ name: 'requests', target, labelSelector }),
    kplus.Metric.object({ object, name: 'hits', target, labelSelector }),
  ]);
}

function devices(): { requests: DeviceRequest[]; constraints: DeviceConstraint[]; config: DeviceConfig[] } {
  const gpu = {
    deviceClassName: 'gpu.nvidia.com',
    count: 2,
    allocationMode: AllocationMode.EXACT_COUNT,
    selectors: ['device.attributes["gpu.nvidia.com"].productName == "GB200"'],
    tolerations: [
      DeviceToleration.equal('example.com/spare', 'yes', { effect: DeviceTaintEffect.NO_EXECUTE, duration: Duration.minutes(5) }),
      DeviceToleration.exists('example.com/slow', { effect: DeviceTaintEffect.NO_SCHEDULE }),
    ],
    capacity: { memory: '10Gi' },
  };
  return {
    requests: [
      DeviceRequest.exactly('gpu', { ...gpu, adminAccess: true }),
      DeviceRequest.firstAvailable('net', [{ name: 'fast', ...gpu }, { name: 'any', deviceClassName: 'nic.example.com', allocationMode: AllocationMode.ALL }]),
    ],
    constraints: [DeviceConstraint.sameAttribute('resource.kubernetes.io/pcieRoot', ['gpu', 'net']), DeviceConstraint.distinctAttribute('example.com/numa')],
    config: [DeviceConfig.opaque('gpu.nvidia.com', { sharing: { strategy: 'TimeSlicing' } }, ['gpu'])],
  };
}

/** Programs that between them say all that the API has words for. */
export const PROGRAMS: Readonly<Record<string, (chart: Chart) => void>> = {
  everything: chart => {
    const topology = new ClusterTopology(chart, 'nvl72', {
      levels: NodeLabels.coreWeave(),
      nvlinkDomainSize: { nodes: 18, gpusPerNode: 4 },
      schedulerTopologies: [{ schedulerName: 'kai-scheduler', topologyReference: 'racks' }],
    });
    const closely = (outer: string, inner: string) => Packing.required(topology.level(outer)).butPreferably(topology.level(inner));
    const service = new kplus.Service(chart, 'hits', { ports: [{ port: 80 }] });
    const set = new PodCliqueSet(chart, 'everything', {
      metadata: { labels: { team: 'chat' }, annotations: { note: 'x' } },
      replicas: 2,
      startupOrder: StartupOrder.EXPLICIT,
      packing: closely('block', 'rack'),
      nvlinkDomain: NvlinkDomain.named('all'),
      priorityClassName: 'high',
      terminationDelay: Duration.minutes(90),
      publishNotReadyAddresses: false,
      updateStrategy: UpdateStrategy.ON_DELETE,
    });
    const router = set.addClique('router', { labels: { tier: 'edge' }, annotations: { note: 'y' }, replicas: 2, minAvailable: 1, packing: closely('rack', 'host'), containers });
    const leader = set.addClique('leader', { roleName: 'lead', gpus: 4, sharedMemory: Size.gibibytes(8), containers, nvlinkDomain: NvlinkDomain.none() });
    const worker = set.addClique('worker', { gpus: 4, replicas: 3, containers }).startAfter(leader);
    const [container] = router.containers;
    const scaled = set.addClique('scaled', { containers, autoscaling: Autoscaling.byController({ minReplicas: 1, maxReplicas: 4, metrics: metrics(service, container!) }) });
    const group = set.addScalingGroup('decode', {
      cliques: [leader, worker],
      replicas: 2,
      minAvailable: 1,
      packing: closely('rack', 'host'),
      annotations: { note: 'z' },
      nvlinkDomain: NvlinkDomain.named('decode'),
      autoscaling: Autoscaling.byController({ minReplicas: 1, maxReplicas: 4, metrics: metrics(service, container!) }),
    });
    router.startAfter(leader, worker);
    const template = set.addClaimTemplate('gpus', { ...devices(), labels: { team: 'chat' }, annotations: { note: 'x' } });
    const external = ClaimTemplate.fromName('net', 'shared');
    set.shareClaims(template, { scope: SharingScope.ALL_REPLICAS, cliques: [router, scaled], scalingGroups: [group] });
    set.shareClaims(external, { scope: SharingScope.PER_REPLICA });
    group.shareClaims(template, { scope: SharingScope.PER_REPLICA, cliques: [leader] });
    group.shareClaims(external, { scope: SharingScope.ALL_REPLICAS });
    router.shareClaims(template, { scope: SharingScope.ALL_REPLICAS });
    router.shareClaims(external, { scope: SharingScope.PER_REPLICA });
    leader.addResourceClaim(PodResourceClaim.fromTemplateName('net', 'net'));
  },
  inOrder: chart => {
    const set = new PodCliqueSet(chart, 'in-order', { startupOrder: StartupOrder.IN_ORDER, updateStrategy: UpdateStrategy.ROLLING_RECREATE });
    set.addClique('first', { containers, rollingUpdate: { maxUnavailable: 2, progressDeadline: Duration.minutes(30) } });
    const second = set.addClique('second', { containers });
    set.addScalingGroup('rolled', { cliques: [second], rollingUpdate: { maxUnavailable: 2, progressDeadline: Duration.hours(2) } });
  },
  anyOrder: chart => {
    new PodCliqueSet(chart, 'any-order', { startupOrder: StartupOrder.ANY_ORDER }).addClique('only', { containers });
  },
};

/** As little as a program can say. */
export function asLittleAsPossible(chart: Chart): void {
  const set = new PodCliqueSet(chart, 'least');
  set.addScalingGroup('group').addClique('clique', { containers });
  new ClusterTopology(chart, 'topology', { levels: [{ domain: 'host', key: 'kubernetes.io/hostname' }] });
}
