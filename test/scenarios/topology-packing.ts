import { CliqueTemplate, Cluster, Scenario, Template } from './cluster';
import { untilAvailable, untilEvents, untilPending, untilPods } from './pods';
import { Domain, GangShape, LEVELS, domainsOf, racks, required, shapeOf } from './racks';
import { State } from '../support/embedded';

/** A set with a topology of its own, what becomes of its gangs, and how far apart its pods are. */
interface Packing {
  readonly id: string;
  readonly title: string;
  readonly racks: number;
  /** Pods that fit a node. @default 1 */
  readonly perNode?: number;
  readonly replicas?: number;
  readonly pods: number;
  /** The set, but for the name of the topology. */
  readonly template: (clique: Clique) => Template;
  /** Constraints of the gangs by their names; no others are there. */
  readonly gangs: Readonly<Record<string, GangShape>>;
  /** Cliques by the beginning of their names, and the domain that all of their pods share. */
  readonly together: Readonly<Record<string, Domain>>;
}

type Clique = (name: string, pods: number, domain?: Domain) => CliqueTemplate;
type Group = NonNullable<Template['podCliqueScalingGroups']>[number];

const group = (name: string, cliqueNames: string[], replicas: number, minAvailable: number, domain?: Domain): Group => (
  { name, cliqueNames, replicas, minAvailable, ...(domain ? required(domain) : {}) });

const entries = <T>(count: number, of: (index: number) => readonly [string, T]): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => of(index)));

/** Decoders and prefillers in groups of two, one of which is needed, and a router: ten pods. With a domain for the prefill workers they have no leader. */
const disaggregated = (worker?: Domain) => (clique: Clique): Template => ({
  ...required('block'),
  cliques: [
    clique('router', 2), clique('dworker', 1), clique('dleader', 1), ...(worker ? [clique('pworker', 2, worker)] : [clique('pworker', 1), clique('pleader', 1)]),
  ],
  podCliqueScalingGroups: [
    group('decoder', ['dworker', 'dleader'], 2, 1, 'rack'), group('prefill', worker ? ['pworker'] : ['pworker', 'pleader'], 2, 1, 'rack'),
  ],
});

const disaggregatedGangs = (i: number, worker?: Domain): Record<string, GangShape> => {
  const packed = (j: number) => (worker ? { cliques: { [`w-${i}-prefill-${j}-pworker`]: worker } } : {});
  return {
    [`w-${i}`]: { whole: 'block', configs: { [`w-${i}-decoder-0`]: 'rack', [`w-${i}-prefill-0`]: 'rack' }, ...packed(0) },
    [`w-${i}-decoder-0`]: { whole: 'rack' },
    [`w-${i}-prefill-0`]: { whole: 'rack', ...packed(1) },
  };
};

const disaggregatedPlaces = (i: number, worker?: Domain): Record<string, Domain> => ({
  ...entries(2, j => [`w-${i}-decoder-${j}-`, 'rack']),
  ...entries(2, j => [`w-${i}-prefill-${j}-`, 'rack']),
  ...(worker ? entries(2, j => [`w-${i}-prefill-${j}-pworker`, worker]) : {}),
});

const packings: readonly Packing[] = [
  {
    id: 'TAS2',
    title: 'two cliques are packed by themselves: one in a rack, one in a block',
    racks: 4,
    pods: 7,
    template: clique => ({ cliques: [clique('near', 3, 'rack'), clique('far', 4, 'block')] }),
    gangs: { 'w-0': { cliques: { 'w-0-near': 'rack', 'w-0-far': 'block' } } },
    together: { 'w-0-near': 'rack', 'w-0-far': 'block' },
  },
  {
    id: 'TAS3',
    title: 'a set in a rack: all its pods are in one',
    racks: 4,
    pods: 4,
    template: clique => ({ ...required('rack'), cliques: [clique('a', 2), clique('b', 2)] }),
    gangs: { 'w-0': { whole: 'rack' } },
    together: { 'w-0': 'rack' },
  },
  {
    id: 'TAS4',
    title: 'a group in racks: each replica is in one, the router is free',
    racks: 4,
    pods: 6,
    template: clique => ({ cliques: [clique('router', 2), clique('worker', 2)], podCliqueScalingGroups: [group('g', ['worker'], 2, 2, 'rack')] }),
    gangs: { 'w-0': { configs: { 'w-0-g-0': 'rack', 'w-0-g-1': 'rack' } } },
    together: { 'w-0-g-0': 'rack', 'w-0-g-1': 'rack' },
  },
  {
    id: 'TAS5',
    title: 'a clique on a host: both pods are on one',
    racks: 2,
    perNode: 2,
    pods: 2,
    template: clique => ({ cliques: [clique('a', 2, 'host')] }),
    gangs: { 'w-0': { cliques: { 'w-0-a': 'host' } } },
    together: { 'w-0-a': 'host' },
  },
  {
    id: 'TAS6',
    title: 'a set in a zone: the constraint is the gang’s, its only clique has none',
    racks: 8,
    pods: 4,
    template: clique => ({ ...required('zone'), cliques: [clique('a', 4)] }),
    gangs: { 'w-0': { whole: 'zone' } },
    together: { 'w-0': 'zone' },
  },
  {
    id: 'TAS7',
    title: 'no constraint: nothing is asked of the places of pods',
    racks: 1,
    pods: 4,
    template: clique => ({ cliques: [clique('a', 2), clique('b', 2)] }),
    gangs: { 'w-0': {} },
    together: {},
  },
  {
    id: 'TAS8',
    title: 'block, rack and host one inside the other: every level holds',
    racks: 4,
    perNode: 2,
    pods: 8,
    template: clique => ({
      ...required('block'),
      cliques: [clique('prefill', 2, 'host'), clique('decode', 2, 'host')],
      podCliqueScalingGroups: [group('g', ['prefill', 'decode'], 2, 2, 'rack')],
    }),
    gangs: {
      'w-0': {
        whole: 'block',
        configs: { 'w-0-g-0': 'rack', 'w-0-g-1': 'rack' },
        cliques: { 'w-0-g-0-prefill': 'host', 'w-0-g-0-decode': 'host', 'w-0-g-1-prefill': 'host', 'w-0-g-1-decode': 'host' },
      },
    },
    together: {
      'w-0': 'block',
      'w-0-g-0': 'rack',
      'w-0-g-1': 'rack',
      'w-0-g-0-prefill': 'host',
      'w-0-g-0-decode': 'host',
      'w-0-g-1-prefill': 'host',
      'w-0-g-1-decode': 'host',
    },
  },
  {
    id: 'TAS9',
    title: 'a set in a block, its clique on a host',
    racks: 4,
    perNode: 2,
    pods: 4,
    template: clique => ({ ...required('block'), cliques: [clique('a', 2, 'host'), clique('b', 2)] }),
    gangs: { 'w-0': { whole: 'block', cliques: { 'w-0-a': 'host' } } },
    together: { 'w-0': 'block', 'w-0-a': 'host' },
  },
  {
    id: 'TAS10',
    title: 'a group of three, one of which is needed: each replica is in a rack; the scaled gangs say so, too',
    racks: 4,
    pods: 6,
    template: clique => ({ ...required('block'), cliques: [clique('worker', 2)], podCliqueScalingGroups: [group('g', ['worker'], 3, 1, 'rack')] }),
    gangs: { 'w-0': { whole: 'block', configs: { 'w-0-g-0': 'rack' } }, 'w-0-g-0': { whole: 'rack' }, 'w-0-g-1': { whole: 'rack' } },
    together: { 'w-0-g-0': 'rack', 'w-0-g-1': 'rack', 'w-0-g-2': 'rack' },
  },
  {
    id: 'TAS11',
    title: 'a group in racks, its clique on a host, the set free',
    racks: 4,
    perNode: 2,
    pods: 8,
    template: clique => ({ cliques: [clique('a', 2, 'host'), clique('b', 2)], podCliqueScalingGroups: [group('g', ['a', 'b'], 2, 2, 'rack')] }),
    gangs: { 'w-0': { configs: { 'w-0-g-0': 'rack', 'w-0-g-1': 'rack' }, cliques: { 'w-0-g-0-a': 'host', 'w-0-g-1-a': 'host' } } },
    together: { 'w-0-g-0': 'rack', 'w-0-g-1': 'rack', 'w-0-g-0-a': 'host', 'w-0-g-1-a': 'host' },
  },
  {
    id: 'TAS12',
    title: 'a group of ten, three of which are needed: one base gang and seven scaled ones, in the set’s block each',
    racks: 8,
    perNode: 2,
    pods: 20,
    template: clique => ({ ...required('block'), cliques: [clique('worker', 2, 'host')], podCliqueScalingGroups: [group('g', ['worker'], 10, 3)] }),
    gangs: {
      'w-0': { whole: 'block', cliques: entries(3, j => [`w-0-g-${j}-worker`, 'host']) },
      ...entries(7, k => [`w-0-g-${k}`, { whole: 'block', cliques: { [`w-0-g-${k + 3}-worker`]: 'host' } }]),
    },
    together: entries(10, j => [`w-0-g-${j}-`, 'host']),
  },
  {
    id: 'TAS14',
    title: 'two replicas of a set in racks: each is in one',
    racks: 4,
    replicas: 2,
    pods: 8,
    template: clique => ({ ...required('rack'), cliques: [clique('a', 2), clique('b', 2)] }),
    gangs: { 'w-0': { whole: 'rack' }, 'w-1': { whole: 'rack' } },
    together: { 'w-0': 'rack', 'w-1': 'rack' },
  },
  {
    id: 'TAS15',
    title: 'decoders and prefillers in racks, all that is needed in a block',
    racks: 4,
    perNode: 2,
    pods: 10,
    template: disaggregated(),
    gangs: disaggregatedGangs(0),
    together: disaggregatedPlaces(0),
  },
  {
    id: 'TAS16',
    title: 'the same twice, with prefill workers on hosts',
    racks: 8,
    perNode: 2,
    replicas: 2,
    pods: 20,
    template: disaggregated('host'),
    gangs: { ...disaggregatedGangs(0, 'host'), ...disaggregatedGangs(1, 'host') },
    together: { ...disaggregatedPlaces(0, 'host'), ...disaggregatedPlaces(1, 'host') },
  },
];

/** Pods of a required constraint are in one domain, and the gangs carry the constraint where the set has it (spec 10 §5). */
export const topologyPacking: readonly Scenario[] = [
  ...packings.map(packing => {
    const { id, title, racks: count, perNode } = packing;
    return { id, title, cluster: racks(count, perNode), play: (cluster: Cluster) => play(cluster, packing) };
  }),
  {
    id: 'TAS13',
    title: 'ten pods that are to share a rack of four wait, all of them, and say why',
    cluster: racks(4),
    async play(cluster) {
      await create(cluster, clique => ({ ...required('rack'), cliques: [clique('a', 10)] }));
      await untilPending(cluster, 'w-0', 'w-0 needs 10 nvidia.com/gpu in one test.grove.io/rack');
      const state = await untilPods(cluster, { total: 10, bound: 0 });
      expect(shapeOf(state, 'w-0')).toEqual({ members: ['w-0-a'], whole: 'rack' });
      expect(await untilEvents(cluster, 'Unschedulable')).toHaveLength(1);
    },
  },
];

async function play(cluster: Cluster, { template, replicas = 1, pods, gangs, together }: Packing): Promise<void> {
  await create(cluster, template, replicas);
  await untilPods(cluster, { total: pods, ready: pods });
  const state = await untilAvailable(cluster, replicas);
  expect(state.gangs.map(({ metadata }) => metadata.name).sort()).toEqual(Object.keys(gangs).sort());
  for (const [name, shape] of Object.entries(gangs)) expect({ ...shapeOf(state, name), name }).toEqual({ ...shape, name, members: membersOf(state, name) });
  for (const [prefix, domain] of Object.entries(together)) {
    const packed = state.pods.filter(({ metadata }) => metadata.name?.startsWith(prefix));
    expect(packed.length).toBeGreaterThan(0);
    expect([prefix, domain, ...domainsOf(cluster, packed, domain)]).toEqual([prefix, domain, expect.any(String)]);
  }
}

/** The cliques that are labelled as the gang's. */
function membersOf({ cliques }: State, gang: string): string[] {
  return cliques.filter(({ metadata }) => metadata.labels?.['grove.io/podgang'] === gang).map(({ metadata }) => metadata.name ?? '').sort();
}

async function create(cluster: Cluster, template: Packing['template'], replicas = 1): Promise<void> {
  const { metadata: { name = '' } } = await cluster.createTopology(LEVELS);
  const clique: Clique = (role, pods, domain) => ({ ...cluster.clique(role, pods, pods), ...(domain ? required(domain) : {}) });
  await cluster.createSet('w', inTopology(template(clique), name), { replicas });
}

/** The template with every constraint of it in that topology. */
export function inTopology<T extends Template>(template: T, topologyName: string): T {
  return JSON.parse(JSON.stringify(template), (key, value) => (key === 'topologyConstraint' ? { topologyName, ...value as object } : value) as unknown) as T;
}

