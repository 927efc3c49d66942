import {
  ClusterIndex, GangSituation, Node, Pod, PodGang, PlacementResult, explain, isFinished, isUsable, levelOfLabel, namedLabels, place, placementNode,
  placementQuestion, podPriority, podRequest, runningPod, showAmount, unmodelledConstraints,
} from '../../../src/core';
import { aGang, aNode, aPod } from '../../support/objects';

const GPU = 'nvidia.com/gpu';
const gpus = (count: number, spec: Partial<Pod['spec']> = {}): Partial<Pod['spec']> =>
  ({ containers: [{ name: 'main', image: 'i', resources: { limits: { [GPU]: String(count) } } }], ...spec });

interface Cluster extends GangSituation {
  readonly nodes: readonly Node[];
}

function situation(gang: PodGang, pods: readonly Pod[], nodes: readonly Node[], extra: Partial<GangSituation> = {}): Cluster {
  const taints = [...new Set(nodes.flatMap(node => placementNode(node).taints ?? []))];
  return {
    gang,
    pods: new Map(pods.map(pod => [pod.metadata.name!, pod])),
    nodeOf: pod => pod.spec.nodeName,
    taints,
    priority: { value: 0, mayPreempt: true },
    floorsOnly: true,
    domains: { of: () => undefined, capacities: () => [] },
    nodes,
    ...extra,
  };
}

function decide(of: Cluster): PlacementResult {
  const question = placementQuestion(of);
  const index = new ClusterIndex(['rack', ...namedLabels(of.gang).map(levelOfLabel)]);
  for (const node of of.nodes.filter(isUsable)) index.setNode(placementNode(node));
  for (const pod of of.pods.values()) if (pod.spec.nodeName && !isFinished(pod)) index.addPod(runningPod(pod, pod.spec.nodeName, podPriority(pod)));
  return place(index, question);
}
const used = (of: Cluster) => Object.fromEntries(decide(of).assignment.map(({ node, count }) => [node, count]));

test('a gang fits where its floors fit, and not where only some of them do', () => {
  const pods = ['a', 'b'].map(name => aPod(name, { spec: gpus(4) }));
  const gang = aGang('g', [['g-c', 2, ['a', 'b']]]);
  expect(used(situation(gang, pods, [aNode('n', { [GPU]: '8', pods: '10' })]))).toEqual({ n: 2 });
  const short = decide(situation(gang, pods, [aNode('n', { [GPU]: '7', pods: '10' })]));
  expect(short.outcome).toBe('pending');
  expect(explain(short.reason!, showAmount)).toBe('g needs 8 nvidia.com/gpu; all nodes together have 7 nvidia.com/gpu free');
});

test('what others hold is not free, what the gang itself holds counts for its floor', () => {
  const other = aPod('other', { node: 'n', spec: { ...gpus(2), nodeName: 'n' } });
  const bound = aPod('a', { node: 'n', spec: { ...gpus(4), nodeName: 'n' } });
  const gang = aGang('g', [['g-c', 2, ['a', 'b']]]);
  const small = situation(gang, [other, bound, aPod('b', { spec: gpus(4) })], [aNode('n', { [GPU]: '8', pods: '10' })]);
  expect(decide(small).outcome).toBe('pending');
  const large = situation(gang, [other, bound, aPod('b', { spec: gpus(4) })], [aNode('n', { [GPU]: '10', pods: '10' })]);
  expect(used(large)).toEqual({ n: 1 });
});

test('surplus pods are asked for only when it is their turn', () => {
  const pods = ['a', 'b', 'c'].map(name => aPod(name, { spec: gpus(1) }));
  const gang = aGang('g', [['g-c', 1, ['a', 'b', 'c']]]);
  const nodes = [aNode('n', { [GPU]: '8', pods: '10' })];
  expect(used(situation(gang, pods, nodes))).toEqual({ n: 1 });
  expect(used(situation(gang, pods, nodes, { floorsOnly: false }))).toEqual({ n: 3 });
});

test.each([
  ['a node that is not ready', aNode('n', { pods: '10' }, { ready: false }), {}, false],
  ['a cordoned node', aNode('n', { pods: '10' }, { spec: { unschedulable: true } }), {}, false],
  ['a taint', aNode('n', { pods: '10' }, { spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } }), {}, false],
  ['a taint that is tolerated', aNode('n', { pods: '10' }, { spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } }),
    { tolerations: [{ key: 'gpu', operator: 'Equal', value: 'yes' }] }, true],
  ['a taint of another value', aNode('n', { pods: '10' }, { spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } }),
    { tolerations: [{ key: 'gpu', value: 'no' }] }, false],
  ['a taint that only prefers', aNode('n', { pods: '10' }, { spec: { taints: [{ key: 'gpu', effect: 'PreferNoSchedule' }] } }), {}, true],
  ['a selector', aNode('n', { pods: '10' }, { labels: { kind: 'cpu' } }), { nodeSelector: { kind: 'gpu' } }, false],
  ['an affinity that the node has', aNode('n', { pods: '10' }, { labels: { kind: 'h100' } }), affinity('In', ['h100', 'b200']), true],
  ['an affinity that it has not', aNode('n', { pods: '10' }, { labels: { kind: 'a100' } }), affinity('In', ['h100', 'b200']), false],
  ['no room for another pod', aNode('n', { pods: '0' }), {}, false],
])('%s', (_, node, spec, fits) => {
  const gang = aGang('g', [['g-c', 1, ['a']]]);
  expect(decide(situation(gang, [aPod('a', { spec })], [node])).outcome).toBe(fits ? 'placed' : 'pending');
});

test('required packing keeps a group in one rack, whichever has room', () => {
  const rack = (name: string, value: string) => aNode(name, { [GPU]: '4', pods: '10' }, { labels: { rack: value } });
  const nodes = [rack('r1-a', 'r1'), rack('r2-a', 'r2'), rack('r2-b', 'r2')];
  const pods = ['a', 'b'].map(name => aPod(name, { spec: gpus(4) }));
  const gang = aGang('g', [['g-c', 2, ['a', 'b']]], { topologyConstraint: { packConstraint: { required: 'rack' } } });
  expect(used(situation(gang, pods, nodes))).toEqual({ 'r2-a': 1, 'r2-b': 1 });
  const short = decide(situation(gang, pods, [nodes[0], nodes[1]]));
  expect(explain(short.reason!, showAmount)).toBe('g needs 8 nvidia.com/gpu in one rack; best is r1 with 4 nvidia.com/gpu free; fits if required were preferred, in 2 racks');
});

test('a request is that of the containers together, or of the largest init container', () => {
  const container = (cpu: string, extra: object = {}) => ({ name: cpu, resources: { requests: { cpu } }, ...extra });
  expect(podRequest({ containers: [container('1'), container('500m')] })).toEqual({ cpu: 1500 });
  expect(podRequest({ containers: [container('1')], initContainers: [container('3'), container('2')] })).toEqual({ cpu: 3000 });
  expect(podRequest({ containers: [container('1')], initContainers: [container('500m', { restartPolicy: 'Always' }), container('2')] })).toEqual({ cpu: 2500 });
  expect(podRequest({ containers: [container('1')], overhead: { cpu: '100m', memory: '1Mi' } })).toEqual({ cpu: 1100, memory: 2 ** 20 });
});

test('a pod that is pinned to its node does not keep the others of its group from other nodes', () => {
  const pinned = aPod('a', { node: 'n', spec: { ...gpus(4, { nodeSelector: { 'kubernetes.io/hostname': 'n' } }), nodeName: 'n' } });
  const gang = aGang('g', [['g-c', 1, ['a', 'b']]]);
  const nodes = [aNode('n', { [GPU]: '4', pods: '10' }), aNode('m', { [GPU]: '4', pods: '10' })];
  expect(used(situation(gang, [pinned, aPod('b', { spec: gpus(4) })], nodes, { floorsOnly: false }))).toEqual({ m: 1 });
});

test('constraints that placement does not know are named', () => {
  expect(unmodelledConstraints({ containers: [{ name: 'm', ports: [{ hostPort: 80 }] }], resourceClaims: [{}], volumes: [{ persistentVolumeClaim: {} }] }))
    .toEqual(['resource claims', 'persistent volumes', 'host ports']);
  expect(unmodelledConstraints({ containers: [{ name: 'm', ports: [{ containerPort: 80 }] }], volumes: [{ emptyDir: {} }] })).toEqual([]);
});

function affinity(operator: string, values: string[]): Partial<Pod['spec']> {
  const nodeSelectorTerms = [{ matchExpressions: [{ key: 'kind', operator, values }] }];
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}
