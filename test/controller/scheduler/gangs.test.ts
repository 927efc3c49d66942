import { ClusterState } from '../../../controller/src/scheduler/cluster-state';
import { Candidate, Gangs } from '../../../controller/src/scheduler/gangs';
import { Priorities } from '../../../controller/src/scheduler/priorities';
import { Caches, createCaches } from '../../../controller/src/state/caches';
import { KubeObject, LABEL, Pod, PodGang, PriorityClass } from '../../../src/core';
import { PodState, aCliqueTemplate, aGang, aNode, aPod, aSet } from '../../support/objects';

const BASE = 'default/w-0';
const SCALED = 'default/w-0-g-0';

/** A base gang and a scaled one that have to be in one rack, a pod each, and a gang of somebody else. */
class World {
  readonly caches: Caches = createCaches();
  private readonly priorities = new Priorities(this.caches);
  readonly state = new ClusterState(this.caches, this.priorities, () => undefined);
  readonly gangs = this.newGangs();
  private version = 0;

  constructor() {
    this.show(this.caches.nodes, aNode('n', { pods: '10' }, { labels: { rack: 'r' } }));
    this.show(this.caches.sets, aSet('w', {
      cliques: [aCliqueTemplate('c', 1, 1)],
      podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['c'], replicas: 2, minAvailable: 1 }],
      topologyConstraint: { topologyName: 't', pack: { required: 'rack' } },
    }));
    this.show(this.caches.priorityClasses, aClass(5));
    this.showGang('w-0', 'base');
    this.showGang('w-0-g-0', 'scaled');
    this.showGang('other', 'lone');
    this.showPod('base', { gang: 'w-0' });
    this.showPod('scaled', { gang: 'w-0-g-0', labels: { [LABEL.basePodGang]: 'w-0' } });
    this.showPod('lone', { gang: 'other' });
  }

  /** Gangs that have seen nothing yet. */
  newGangs(): Gangs {
    return new Gangs(this.caches, this.state, this.priorities, { avoided: () => [] });
  }

  show<T extends KubeObject>({ store }: { store: { apply(object: T): void } }, object: T): void {
    store.apply({ ...object, metadata: { ...object.metadata, resourceVersion: String(++this.version) } });
  }

  showGang(name: string, pod: string, spec: Partial<PodGang['spec']> = {}): void {
    const gang = aGang(name, [[`${name}-c`, 1, [pod]]], { topologyConstraint: { packConstraint: { required: 'rack' } }, ...spec });
    this.show(this.caches.gangs, { ...gang, metadata: { ...gang.metadata, generation: this.version, labels: { [LABEL.partOf]: 'w' } } });
  }

  showPod(name: string, state: PodState): void {
    this.show(this.caches.pods, aPod(name, state));
  }

  pod(name: string): Pod {
    return this.caches.pods.store.get(`default/${name}`)!;
  }
}

const aClass = (value: number): PriorityClass => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'some' }, value });
const asTold = (gangs: Gangs, { revision: _, ...candidate }: Candidate) => ({ ...candidate, picture: gangs.picture(gangs.candidate(candidate.key)!) });

const CHANGES: [string, (world: World) => void, string[]][] = [
  ['its pod is bound', world => world.showPod('scaled', { ...scaled, node: 'n', spec: { nodeName: 'n' } }), [BASE, SCALED]],
  ['its pod is about to be bound', world => world.state.assume(world.pod('scaled'), 'n'), [BASE, SCALED]],
  ['that comes to nothing', world => [world.state.assume(world.pod('base'), 'n'), world.state.forget(world.pod('base'))], [BASE, SCALED]],
  ['its pod gets a gate', world => world.showPod('base', { gang: 'w-0', spec: { schedulingGates: [{ name: 'of-others' }] } }), [BASE, SCALED]],
  ['its pod is gone', world => world.caches.pods.store.remove(world.pod('scaled')), [BASE, SCALED]],
  ['it is another gang now', world => world.showGang('w-0-g-0', 'scaled', { priorityClassName: 'some' }), [SCALED]],
  ['its base gang is gone', world => world.caches.gangs.store.remove(world.caches.gangs.store.get(BASE)!), [SCALED]],
  ['its class matters more', world => world.show(world.caches.priorityClasses, aClass(7)), [BASE, SCALED]],
  ['a node gets a taint', world => world.show(world.caches.nodes, aNode('n', { pods: '10' }, { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } })), []],
  ['a pod of another gang is bound', world => world.showPod('lone', { gang: 'other', node: 'n', spec: { nodeName: 'n' } }), []],
];
const scaled = { gang: 'w-0-g-0', labels: { [LABEL.basePodGang]: 'w-0' } };

test.each(CHANGES)('when %s, what is told of a gang is what one finds who has seen nothing before', (_, change, changed) => {
  const world = new World();
  const keys = [BASE, SCALED, 'default/other'];
  world.showGang('w-0', 'base', { priorityClassName: 'some' });
  world.showGang('w-0-g-0', 'scaled');
  const before = new Map(keys.map(key => [key, world.gangs.candidate(key)]));
  for (const candidate of before.values()) world.gangs.picture(candidate!);
  change(world);
  const anew = world.newGangs();
  for (const key of keys.filter(one => world.caches.gangs.store.get(one))) {
    expect(asTold(world.gangs, world.gangs.candidate(key)!)).toEqual(asTold(anew, anew.candidate(key)!));
    if (changed.includes(key)) expect(world.gangs.candidate(key)).not.toBe(before.get(key));
  }
  if (changed.length === 0) expect(world.gangs.candidate(BASE)).toBe(before.get(BASE));
});
