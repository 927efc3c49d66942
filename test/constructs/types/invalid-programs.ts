/** A mistake that a program can make, and a part of what the compiler says to it. */
export interface InvalidProgram {
  readonly code: string;
  readonly complaint: string;
}

/** What every program begins with; it compiles by itself. */
export const PRELUDE = `
import { App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  AllocationMode, Autoscaling, ClaimTemplate, ClusterTopology, CrdSize, Crds, DeviceConstraint, DeviceRequest, DeviceToleration, GroveOperator, KedaTrigger, LogLevel,
  NodeLabels, NvlinkDomain, Packing, PodClique, PodCliqueSet, PodResourceClaim, PodVariable, ReplicasOwner, ScalingGroup, SharingScope, StartupOrder, UpdateStrategy,
} from 'cdk8s-grove';
const chart = new Chart(new App(), 'chart');
const topology = new ClusterTopology(chart, 'dc', { levels: NodeLabels.nvidiaGpuClique() });
const rack = topology.level('rack');
const set = new PodCliqueSet(chart, 'llm');
const containers: kplus.ContainerProps[] = [{ image: 'server:1' }];
const router = set.addClique('router', { containers });
const group = set.addScalingGroup('decode');
const worker = group.addClique('worker', { containers });
const template = set.addClaimTemplate('gpus', { requests: [DeviceRequest.exactly('gpu', { deviceClassName: 'gpu.nvidia.com' })] });
const trigger = KedaTrigger.of('cron', {});
`;

/** By what is wrong with them. */
export const INVALID_PROGRAMS: Readonly<Record<string, InvalidProgram>> = {
  'GPUs as text': { code: 'set.addClique(\'a\', { gpus: \'4\' });', complaint: 'Type \'string\' is not assignable to type \'number\'' },
  'GPUs misspelt': { code: 'set.addClique(\'a\', { gpu: 4 });', complaint: '\'gpu\' does not exist in type \'PodCliqueProps\'' },
  'replicas as text': { code: 'set.addClique(\'a\', { replicas: \'2\' });', complaint: 'Type \'string\' is not assignable' },
  'minimum misspelt': { code: 'set.addClique(\'a\', { minReplicas: 1 });', complaint: '\'minReplicas\' does not exist' },
  'an extended resource as text': { code: 'set.addClique(\'a\', { extendedResources: { \'rdma/ib\': \'8\' } });', complaint: 'not assignable to type \'number\'' },
  'shared memory as text': { code: 'set.addClique(\'a\', { sharedMemory: \'8Gi\' });', complaint: 'not assignable to type \'Size\'' },
  'a clique without a name': { code: 'set.addClique();', complaint: 'Expected 1-2 arguments' },
  'a container without an image': { code: 'set.addClique(\'a\', { containers: [{ name: \'main\' }] });', complaint: 'Property \'image\' is missing' },
  'one container in place of a list': { code: 'set.addClique(\'a\', { containers: { image: \'x\' } });', complaint: 'does not exist in type \'ContainerProps[]\'' },
  'a wire name in place of a prop': { code: 'set.addClique(\'a\', { startsAfter: [\'router\'] });', complaint: '\'startsAfter\' does not exist' },
  'a clique made without its set': { code: 'new PodClique(chart, \'a\', {});', complaint: 'not assignable to parameter of type \'PodCliqueSet\'' },
  'a group made without its set': { code: 'new ScalingGroup(chart, \'a\', {});', complaint: 'not assignable to parameter of type \'PodCliqueSet\'' },
  'start-up after a name': { code: 'worker.startAfter(\'router\');', complaint: 'not assignable to parameter of type \'PodClique\'' },
  'start-up after a group': { code: 'router.startAfter(group);', complaint: 'not assignable to parameter of type \'PodClique\'' },
  'start-up after a list': { code: 'worker.startAfter([router]);', complaint: 'not assignable to parameter of type \'PodClique\'' },
  'a start-up order as text': { code: 'new PodCliqueSet(chart, \'b\', { startupOrder: \'CliqueStartupTypeInOrder\' });', complaint: 'not assignable to type \'StartupOrder' },
  'a start-up order that is none': { code: 'StartupOrder.REVERSE;', complaint: 'Property \'REVERSE\' does not exist' },
  'an update strategy as text': { code: 'new PodCliqueSet(chart, \'b\', { updateStrategy: \'OnDelete\' });', complaint: 'not assignable to type \'UpdateStrategy' },
  'an update strategy that is none': { code: 'UpdateStrategy.BLUE_GREEN;', complaint: 'Property \'BLUE_GREEN\' does not exist' },
  'a delay as text': { code: 'new PodCliqueSet(chart, \'b\', { terminationDelay: \'4h\' });', complaint: 'not assignable to type \'Duration\'' },
  'a delay as a number': { code: 'new PodCliqueSet(chart, \'b\', { terminationDelay: 4 });', complaint: 'not assignable to type \'Duration\'' },
  'a priority class as an object': { code: 'new PodCliqueSet(chart, \'b\', { priorityClassName: { name: \'high\' } });', complaint: 'is not assignable to type \'string\'' },
  'whether to publish as text': { code: 'new PodCliqueSet(chart, \'b\', { publishNotReadyAddresses: \'true\' });', complaint: 'not assignable to type \'boolean' },
  'a packing as text': { code: 'new PodCliqueSet(chart, \'b\', { packing: \'rack\' });', complaint: 'not assignable to type \'Packing\'' },
  'a packing in a name': { code: 'Packing.required(\'rack\');', complaint: 'not assignable to parameter of type \'TopologyLevel\'' },
  'a packing in a topology': { code: 'Packing.preferred(topology);', complaint: 'not assignable to parameter of type \'TopologyLevel\'' },
  'a packing in a level that was made by hand': { code: 'Packing.required({ domain: \'rack\' });', complaint: 'not assignable to parameter of type \'TopologyLevel\'' },
  'a packing made by hand': { code: 'new Packing(rack);', complaint: 'Constructor of class \'Packing\' is private' },
  'a topology without levels': { code: 'new ClusterTopology(chart, \'b\', {});', complaint: 'Property \'levels\' is missing' },
  'a level without its label': { code: 'new ClusterTopology(chart, \'b\', { levels: [{ domain: \'rack\' }] });', complaint: 'Property \'key\' is missing' },
  'levels as names': { code: 'new ClusterTopology(chart, \'b\', { levels: [\'rack\'] });', complaint: 'not assignable to type \'TopologyLevelProps\'' },
  'half a domain size': { code: 'ClusterTopology.fromName(\'dc\', { nvlinkDomainSize: { nodes: 18 } });', complaint: 'Property \'gpusPerNode\' is missing' },
  'an NVLink domain as text': { code: 'set.addClique(\'a\', { nvlinkDomain: \'model\' });', complaint: 'not assignable to type \'NvlinkDomain\'' },
  'autoscaling without an upper bound': { code: 'Autoscaling.byController({ minReplicas: 1 });', complaint: 'Property \'maxReplicas\' is missing' },
  'autoscaling as bounds': { code: 'set.addClique(\'a\', { autoscaling: { maxReplicas: 4 } });', complaint: 'is missing the following properties from type \'Autoscaling\'' },
  'a metric as it is on the wire': { code: 'Autoscaling.byController({ maxReplicas: 4, metrics: [{ type: \'Resource\' }] });', complaint: 'from type \'Metric\'' },
  'KEDA without triggers': { code: 'Autoscaling.byKeda({ maxReplicas: 4 });', complaint: 'Property \'triggers\' is missing' },
  'a trigger as it is on the wire': { code: 'Autoscaling.byKeda({ maxReplicas: 4, triggers: [{ type: \'cron\' }] });', complaint: 'from type \'KedaTrigger\'' },
  'metrics for KEDA': { code: 'Autoscaling.byKeda({ maxReplicas: 4, triggers: [trigger], metrics: [] });', complaint: '\'metrics\' does not exist' },
  'an owner of replicas as text': { code: 'new PodCliqueSet(chart, \'b\', { replicasOwner: \'Git\' });', complaint: 'not assignable to type \'ReplicasOwner' },
  'a group of names': { code: 'set.addScalingGroup(\'g\', { cliques: [\'router\'] });', complaint: 'Type \'string\' is not assignable to type \'PodClique\'' },
  'a set in a group': { code: 'group.attachClique(set);', complaint: 'not assignable to parameter of type \'PodClique\'' },
  'labels of a group, which has none': { code: 'set.addScalingGroup(\'g\', { labels: { a: \'b\' } });', complaint: '\'labels\' does not exist' },
  'a label that is a number': { code: 'set.addClique(\'a\', { labels: { tier: 1 } });', complaint: 'not assignable to type \'string\'' },
  'a sharing of a name': { code: 'set.shareClaims(\'gpus\', { scope: SharingScope.PER_REPLICA });', complaint: 'not assignable to parameter of type \'ClaimTemplate\'' },
  'a sharing without a scope': { code: 'set.shareClaims(template, {});', complaint: 'Property \'scope\' is missing' },
  'a scope as text': { code: 'router.shareClaims(template, { scope: \'PerReplica\' });', complaint: 'not assignable to type \'SharingScope\'' },
  'a filter of names': { code: 'set.shareClaims(template, { scope: SharingScope.PER_REPLICA, cliques: [\'router\'] });', complaint: 'not assignable to type \'PodClique\'' },
  'a filter of groups in a group': { code: 'group.shareClaims(template, { scope: SharingScope.PER_REPLICA, scalingGroups: [group] });', complaint: '\'scalingGroups\' does not exist' },
  'a filter in a clique': { code: 'router.shareClaims(template, { scope: SharingScope.PER_REPLICA, cliques: [worker] });', complaint: '\'cliques\' does not exist' },
  'a request without a class': { code: 'DeviceRequest.exactly(\'gpu\', { count: 1 });', complaint: 'Property \'deviceClassName\' is missing' },
  'an alternative without a name': { code: 'DeviceRequest.firstAvailable(\'gpu\', [{ deviceClassName: \'gpu\' }]);', complaint: 'Property \'name\' is missing' },
  'administration of alternatives': {
    code: 'DeviceRequest.firstAvailable(\'gpu\', [{ name: \'a\', deviceClassName: \'gpu\', adminAccess: true }]);', complaint: '\'adminAccess\' does not exist',
  },
  'a claim template without requests': { code: 'set.addClaimTemplate(\'x\', {});', complaint: 'Property \'requests\' is missing' },
  'a claim as its name': { code: 'router.addResourceClaim(\'net\');', complaint: 'not assignable to parameter of type \'PodResourceClaim\'' },
  'a claim of a container’s name': {
    code: 'router.addResourceClaim(PodResourceClaim.fromClaimName(\'net\', \'net\'), { containers: [\'main\'] });', complaint: 'not assignable to type \'Container\'',
  },
  'a variable that Grove does not set': { code: 'PodVariable.WORLD_SIZE;', complaint: 'Property \'WORLD_SIZE\' does not exist' },
  'a pod by its name': { code: 'router.podAddress(\'0\');', complaint: 'not assignable to parameter of type \'number\'' },
  'a copy by its name': { code: 'worker.podAddressInCopy(\'0\', 0);', complaint: 'not assignable to parameter of type \'number\'' },
  'a pace of updates as a number': { code: 'set.addClique(\'a\', { rollingUpdate: 2 });', complaint: 'no properties in common with type \'RollingUpdate\'' },
  'a number of devices as text': { code: 'DeviceRequest.exactly(\'gpu\', { deviceClassName: \'gpu\', count: \'2\' });', complaint: 'Type \'string\' is not assignable to type \'number\'' },
  'a variable as a value': { code: 'router.addContainer({ image: \'x\', envVariables: { RANK: PodVariable.POD_INDEX } });', complaint: 'no properties in common with type \'EnvValue\'' },
  'an assignment to what is read-only': { code: 'router.replicas = 3;', complaint: 'Cannot assign to \'replicas\' because it is a read-only property' },
  'a controller without an image': { code: 'new GroveOperator(chart, \'o\', {});', complaint: 'Property \'image\' is missing' },
  'a log level as text': { code: 'new GroveOperator(chart, \'o\', { image: \'x\', logLevel: \'debug\' });', complaint: 'not assignable to type \'LogLevel' },
  'a size of definitions as text': { code: 'new Crds(chart, \'c\', { size: \'full\' });', complaint: 'not assignable to type \'CrdSize' },
};
