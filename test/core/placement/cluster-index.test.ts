import { Random } from './random-problem';
import { ClusterIndex, PlacementNode, PlacementQuestion, PodDemand, RunningPod, mayFitNow, place } from '../../../src/core';

const DEMANDS: PodDemand[] = [
  { count: 1, minCount: 1, request: { gpu: 1 } },
  { count: 1, minCount: 1, request: { gpu: 4, cpu: 3 }, tolerations: ['t'] },
  { count: 1, minCount: 1, request: { cpu: 2 }, nodeSelector: { kind: 'a' }, maxPerNode: 2 },
  { count: 1, minCount: 1, request: {}, gpuModel: 'x' },
];

/** What an index would be that had seen only the state as it is now. */
function fresh(nodes: ReadonlyMap<string, PlacementNode>, pods: ReadonlyMap<string, RunningPod>): ClusterIndex {
  const index = new ClusterIndex(['block', 'rack', { name: 'leaf', nested: false }]);
  for (const node of nodes.values()) index.setNode(node);
  for (const pod of pods.values()) index.addPod(pod);
  return index;
}

/** All that an index knows, by names. */
function picture(index: ClusterIndex): object {
  const tables = DEMANDS.map((demand, at) => index.rooms(demand, at === 1 ? 'm1' : undefined, 'own'));
  const nodes = [...index.order].map(slot => ({
    name: index.nodes[slot]!.name,
    free: index.resources.map((name, resource) => [name, index.free[resource]![slot]]).sort(byName),
    owner: index.owner[slot]! >= 0 ? 'some' : index.owner[slot],
    whole: index.whole[slot],
    rooms: tables.map(({ perNode }) => perNode[slot]),
  }));
  const domains = index.levels.map((level, at) => level.order.filter(domain => level.members[domain]!.length > 0).map(domain => ({
    value: level.values[domain],
    members: level.members[domain]!.map(slot => index.nodes[slot]!.name),
    free: index.resources.map((name, resource) => [name, index.freeIn[at]![resource]![domain]]).sort(byName),
    rooms: tables.map(({ perDomain }) => perDomain[at]![domain]),
    whole: at === index.finest && index.isWholeDomain(domain),
  })));
  return { nodes, domains, totals: tables.map(({ total }) => total) };
}

function byName(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}

test('after 10,000 events, decisions in between, the index knows what one built anew knows', () => {
  const random = new Random(11);
  const index = new ClusterIndex(['block', 'rack', { name: 'leaf', nested: false }]);
  const nodes = new Map<string, PlacementNode>();
  const pods = new Map<string, RunningPod>();
  for (let event = 1; event <= 10_000; event += 1) {
    const kind = random.below(100);
    if (kind < 12) setNode(random, index, nodes);
    else if (kind < 15) removeAny(random, nodes, name => index.removeNode(name));
    else if (kind < 55) addPod(random, index, pods, event);
    else if (kind < 85) removeAny(random, pods, name => index.removePod(name));
    else place(index, question(random));
    if (event % 2000 === 0) expect(picture(index)).toEqual(picture(fresh(nodes, pods)));
  }
});

test('nodes that come under ever new names cost no more than those that are there', () => {
  const index = new ClusterIndex(['rack']);
  const node = (serial: number): PlacementNode => ({ name: `n${serial}`, domain: { rack: `r${serial >> 2}` }, allocatable: { gpu: 4 } });
  const gang = { name: 'g', required: 'host', groups: [{ name: 'w', pods: { count: 2, minCount: 2, request: { gpu: 2 } } }] };
  for (let serial = 0; serial < 500; serial += 1) {
    index.setNode(node(serial));
    if (serial >= 8) index.removeNode(`n${serial - 8}`);
    expect(place(index, { gang, members: [] }).outcome).toBe('placed');
  }
  expect(index.levels.map(({ count }) => count)).toEqual([3, 9]);
  expect(index.levels.map(({ order }) => order.length)).toEqual([2, 8]);
});

test('a decision leaves no trace, whatever its outcome', () => {
  const random = new Random(5);
  const index = new ClusterIndex(['block', 'rack', { name: 'leaf', nested: false }]);
  const nodes = new Map<string, PlacementNode>();
  const pods = new Map<string, RunningPod>();
  for (let event = 0; event < 60; event += 1) setNode(random, index, nodes);
  for (let event = 0; event < 60; event += 1) addPod(random, index, pods, event);
  const outcomes = new Set<string>();
  for (let decision = 0; decision < 60; decision += 1) {
    const before = picture(index);
    outcomes.add(place(index, question(random)).outcome);
    expect(picture(index)).toEqual(before);
  }
  expect([...outcomes].sort()).toEqual(['pending', 'placed', 'placed-with-preemption']);
});

test('a gang that waits is looked at again exactly when a node that matters to it has gained room', () => {
  const random = new Random(8);
  const index = new ClusterIndex(['block', 'rack', { name: 'leaf', nested: false }]);
  const nodes = new Map<string, PlacementNode>();
  const pods = new Map<string, RunningPod>();
  for (let event = 0; event < 60; event += 1) setNode(random, index, nodes);
  for (let event = 0; event < 200; event += 1) addPod(random, index, pods, event);
  let [spared, retried] = [0, 0];
  for (let round = 0; round < 400; round += 1) {
    const waiting = question(random);
    if (place(index, waiting).outcome !== 'pending') continue;
    const { version } = index;
    for (let event = 0; event < 3; event += 1) {
      if (random.chance(0.5)) addPod(random, index, pods, random.below(400));
      else removeAny(random, pods, name => index.removePod(name));
    }
    if (mayFitNow(index, waiting, version)) {retried += 1;} else {
      spared += 1;
      expect(place(index, waiting).outcome).toBe('pending');
    }
  }
  expect(spared).toBeGreaterThan(10);
  expect(retried).toBeGreaterThan(10);
});

function setNode(random: Random, index: ClusterIndex, nodes: Map<string, PlacementNode>): void {
  const name = `n${random.below(60)}`;
  const node: PlacementNode = {
    name,
    domain: { block: `b${random.below(2)}`, ...(random.chance(0.1) ? {} : { rack: `r${random.below(4)}` }), leaf: `l${random.below(3)}` },
    allocatable: { gpu: random.pick([0, 4, 8]), cpu: random.between(0, 16), ...(random.chance(0.5) ? { pods: 8 } : {}) },
    taints: random.chance(0.2) ? ['t'] : [],
    labels: { 'kind': random.pick(['a', 'b']), 'nvidia.com/gpu.product': random.pick(['x', 'y']) },
  };
  nodes.set(name, node);
  index.setNode(node);
}

function addPod(random: Random, index: ClusterIndex, pods: Map<string, RunningPod>, event: number): void {
  const pod: RunningPod = {
    name: `p${event % 400}`,
    node: `n${random.below(60)}`,
    request: { gpu: random.below(3), cpu: random.below(3) },
    priority: random.below(3),
    ...(random.chance(0.1) ? { mnnvlGroup: random.pick(['m1', 'm2']) } : {}),
    ...(random.chance(0.2) ? { unit: `u${random.below(5)}` } : {}),
  };
  pods.set(pod.name, pod);
  index.addPod(pod);
}

function removeAny<T>(random: Random, known: Map<string, T>, remove: (name: string) => void): void {
  if (known.size === 0) return;
  const name = random.pick([...known.keys()]);
  known.delete(name);
  remove(name);
}

function question(random: Random): PlacementQuestion {
  const groups = Array.from({ length: random.between(1, 3) }, (_, at) => ({
    name: `l${at}`,
    ...(random.chance(0.5) ? { required: random.pick(['rack', 'host', 'leaf']) } : {}),
    ...(random.chance(0.2) ? { mnnvlGroup: 'm1' } : {}),
    pods: { count: random.between(1, 10), minCount: 1, request: { gpu: random.below(4), cpu: random.below(3) } },
  })).map(group => ({ ...group, pods: { ...group.pods, minCount: group.pods.count } }));
  return { gang: { name: 'g', priority: 2, ...(random.chance(0.5) ? { required: 'block' } : {}), groups }, members: [], options: { improvementBudget: 50 } };
}
