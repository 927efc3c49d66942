import * as fc from 'fast-check';
import { ClusterState } from '../../../controller/src/scheduler/cluster-state';
import { Priorities } from '../../../controller/src/scheduler/priorities';
import { Caches, createCaches } from '../../../controller/src/state/caches';
import { ClusterTopologyBinding, Node, PlacementQuestion, Pod, PodGang, PriorityClass, place } from '../../../src/core';
import { aGang, aNode, aPod } from '../../support/objects';

const GPU = 'nvidia.com/gpu';
const NODES = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5'];
const PODS = Array.from({ length: 10 }, (_, index) => `p${index}`);

const nodeState = fc.record({
  rack: fc.constantFrom('r0', 'r1', undefined),
  clique: fc.constantFrom('c0', 'c1', undefined),
  gpus: fc.constantFrom(4, 8),
  ready: fc.boolean(),
  cordoned: fc.boolean(),
});
const podState = fc.record({
  node: fc.constantFrom(...NODES, undefined),
  gpus: fc.integer({ min: 0, max: 3 }),
  gang: fc.constantFrom('g0', 'g1', 'g2'),
  life: fc.constantFrom('Running', 'Running', 'Running', 'Failed', 'Terminating'),
  computeDomain: fc.constantFrom(undefined, undefined, 'd0', 'd1'),
  priority: fc.constantFrom(0, 0, 10),
});

/** Things that happen to a cluster, as its API tells them, and what the scheduler itself does. */
const anyEvent = fc.oneof(
  fc.record({ kind: fc.constant('node' as const), name: fc.constantFrom(...NODES), state: nodeState }),
  fc.record({ kind: fc.constant('no node' as const), name: fc.constantFrom(...NODES) }),
  fc.record({ kind: fc.constant('pod' as const), name: fc.constantFrom(...PODS), state: podState, again: fc.boolean() }),
  fc.record({ kind: fc.constant('no pod' as const), name: fc.constantFrom(...PODS) }),
  fc.record({ kind: fc.constant('assume' as const), name: fc.constantFrom(...PODS), node: fc.constantFrom(...NODES) }),
  fc.record({ kind: fc.constant('forget' as const), name: fc.constantFrom(...PODS) }),
  fc.record({ kind: fc.constant('topology' as const), name: fc.constantFrom('a', 'b'), isThere: fc.boolean() }),
  fc.record({ kind: fc.constant('class' as const), gang: fc.constantFrom('g0', 'g1'), value: fc.constantFrom(undefined, 5, 20) }),
  fc.record({ kind: fc.constant('hold' as const), keeper: fc.constantFrom('k0', 'k1'), node: fc.constantFrom(...NODES), gpus: fc.integer({ min: 0, max: 4 }) }),
);
type NodeState = typeof nodeState extends fc.Arbitrary<infer T> ? T : never;
type PodState = typeof podState extends fc.Arbitrary<infer T> ? T : never;
type Event = typeof anyEvent extends fc.Arbitrary<infer T> ? T : never;

const question: fc.Arbitrary<PlacementQuestion> = fc.record({
  gpus: fc.integer({ min: 1, max: 4 }), pods: fc.integer({ min: 1, max: 5 }), level: fc.constantFrom(undefined, 'rack', 'nvidia.com/gpu.clique'), priority: fc.constantFrom(0, 15),
}).map(({ gpus, pods, level, priority }) => ({
  gang: { name: 'new', priority, ...(level ? { required: level } : {}), groups: [{ name: 'w', pods: { count: pods, minCount: pods, request: { [GPU]: gpus } } }] },
  members: [],
}));

/** A cluster as the caches show it, with a state that follows them. */
class World {
  readonly caches: Caches = createCaches();
  readonly state: ClusterState;
  private version = 0;
  private uids = 0;
  /** What the scheduler knows that the caches do not show. */
  readonly own: Event[] = [];

  constructor() {
    this.state = new ClusterState(this.caches, new Priorities(this.caches), () => undefined);
    this.state.know(['rack', 'nvidia.com/gpu.clique']);
  }

  happen(event: Event): void {
    const { nodes, pods, topologies, gangs, priorityClasses } = this.caches;
    switch (event.kind) {
      case 'node': return nodes.store.apply(this.stamped(this.node(event.name, event.state)));
      case 'no node': return this.gone(nodes.store, event.name);
      case 'pod': return pods.store.apply(this.stamped(this.pod(event.name, event.state, event.again)));
      case 'no pod': return this.gone(pods.store, `default/${event.name}`);
      case 'topology': return event.isThere ? topologies.store.apply(this.stamped(topology(event.name))) : this.gone(topologies.store, event.name);
      case 'class': {
        const name = event.value === undefined ? undefined : `c${event.value}`;
        if (name) priorityClasses.store.apply(this.stamped({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: event.value } as PriorityClass));
        return gangs.store.apply(this.stamped(aGang(event.gang, [], name ? { priorityClassName: name } : {}) as PodGang));
      }
      case 'assume': case 'forget': case 'hold': return this.act(event);
    }
  }

  /** What the scheduler does by itself. */
  private act(event: Event): void {
    this.own.push(event);
    if (event.kind === 'hold') return this.hold(event);
    if (event.kind !== 'assume' && event.kind !== 'forget') return;
    const pod = this.caches.pods.store.get(`default/${event.name}`);
    if (!pod) return;
    if (event.kind === 'forget') this.state.forget(pod);
    else if (this.state.nodeOf(pod) === undefined && pod.status?.phase !== 'Failed') this.state.assume(pod, event.node);
  }

  private hold({ keeper, node, gpus }: Event & { kind: 'hold' }): void {
    this.state.hold(keeper, [{ name: `${keeper}/x`, node, request: { [GPU]: gpus }, unit: keeper, priority: 3 }]);
  }

  /** The same cluster, learned in one go. */
  relearned(): World {
    const other = new World();
    for (const name of Object.keys(this.caches) as (keyof Caches)[]) {
      const store = other.caches[name].store as { replace(objects: readonly unknown[], version: string): void };
      store.replace([...this.caches[name].store.values()].reverse(), '1000000');
    }
    for (const pod of other.caches.pods.store.values()) {
      const node = this.state.nodeOf(pod);
      if (node !== undefined && other.state.nodeOf(pod) === undefined) other.state.assume(pod, node);
    }
    for (const event of this.own) if (event.kind === 'hold') other.happen(event);
    return other;
  }

  private node(name: string, { rack, clique, gpus, ready, cordoned }: NodeState): Node {
    const labels = { ...(rack ? { rack } : {}), ...(clique ? { 'nvidia.com/gpu.clique': clique } : {}) };
    return aNode(name, { [GPU]: String(gpus), pods: '4' }, { labels, ready, ...(cordoned ? { spec: { unschedulable: true } } : {}) });
  }

  /** A pod keeps its uid and its node as long as it is there. */
  private pod(name: string, { node, gpus, gang, life, computeDomain, priority }: PodState, again: boolean): Pod {
    const old = this.caches.pods.store.get(`default/${name}`);
    const isSame = old && !again;
    const made = aPod(name, {
      gang,
      terminating: life === 'Terminating',
      phase: life === 'Failed' ? 'Failed' : 'Running',
      spec: {
        priority,
        containers: [{ name: 'main', image: 'i', resources: { limits: { [GPU]: String(gpus) } } }],
        ...(computeDomain ? { resourceClaims: [{ name: 'mnnvl-claim', resourceClaimTemplateName: computeDomain }] } : {}),
      },
    });
    const nodeName = isSame ? old.spec.nodeName ?? this.state.nodeOf(old) ?? node : node;
    const uid = isSame ? old.metadata.uid : `uid-${++this.uids}`;
    return { ...made, metadata: { ...made.metadata, uid }, spec: { ...(isSame ? old.spec : made.spec), ...(nodeName ? { nodeName } : {}) } };
  }

  private stamped<T extends { metadata: object }>(object: T): T {
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.version) } };
  }

  private gone<T extends { metadata: object }>(store: { get(key: string): T | undefined; remove(object: T): void }, key: string): void {
    const object = store.get(key);
    if (object) store.remove(this.stamped(object));
  }
}

function topology(name: string): ClusterTopologyBinding {
  const levels = name === 'a' ? [{ domain: 'rack', key: 'rack' }, { domain: 'host', key: 'kubernetes.io/hostname' }] : [{ domain: 'clique', key: 'nvidia.com/gpu.clique' }];
  return { apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name }, spec: { levels } };
}

test('a pod whose binding is still on its way is rated anew, too, when its gang gets a class', () => {
  const world = new World();
  world.happen({ kind: 'node', name: 'n0', state: { rack: undefined, clique: undefined, gpus: 4, ready: true, cordoned: false } });
  world.happen({ kind: 'pod', name: 'p0', state: { node: undefined, gpus: 1, gang: 'g0', life: 'Running', computeDomain: undefined, priority: 0 }, again: false });
  world.happen({ kind: 'assume', name: 'p0', node: 'n0' });
  expect(world.state.hasBelow(5)).toBe(true);
  world.happen({ kind: 'class', gang: 'g0', value: 5 });
  expect(world.state.hasBelow(5)).toBe(false);
});

test('after any events the index answers as one that is built anew', () => {
  fc.assert(fc.property(fc.array(anyEvent, { minLength: 30, maxLength: 80 }), fc.array(question, { minLength: 1, maxLength: 4 }), (events, questions) => {
    const world = new World();
    events.forEach((one, at) => {
      world.happen(one);
      if (at % 7 === 3) place(world.state.index, questions[0]!);
    });
    const anew = world.relearned();
    for (const asked of questions) expect(place(world.state.index, asked)).toEqual(place(anew.state.index, asked));
    for (const asked of questions) expect(place(world.state.index, asked)).toEqual(place(anew.state.index, asked));
    expect(world.state.taints).toEqual(anew.state.taints);
    const nvlink = (of: World) => ['d0', 'd1'].map(name => of.state.nvlinkFor('default/g0')?.inUse(`default/${name}`));
    expect(nvlink(world)).toEqual(nvlink(anew));
  }), { numRuns: 2_000 });
});
