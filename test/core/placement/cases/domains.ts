import { PlacementCase, ask, busy, gang, leaf, machine, rack, trays } from './case';
import type { PlacementNode } from '../../../../src/core';

const switches = (name: string, leaves: readonly string[], gpu: number): PlacementNode[] =>
  leaves.map(at => ({ name: `${name}-${at}`, domain: { rack: name, leaf: at }, allocatable: { gpu } }));
const threeLevels = (zone: string): PlacementNode[] => ['1', '2'].flatMap(block => ['1', '2'].flatMap(name => {
  const domain = { zone, block: `${zone}${block}` };
  return trays(`${zone}${block}${name}`, 2, domain);
}));

/** Where a group has to be: levels of every kind, hosts, trees that cut across each other. */
export const DOMAINS: readonly PlacementCase[] = [
  {
    id: 'siblings that need a second look',
    because: 'largest first puts the 7 into the rack of 10 or the 5s apart; only one way around holds all',
    problem: ask(
      [...rack('p', [10], { block: 'b' }), ...rack('q', [7], { block: 'b' })],
      gang([leaf('a', 5, 1, { required: 'rack' }), leaf('b', 5, 1, { required: 'rack' }), leaf('c', 7, 1, { required: 'rack' })], { required: 'block' }),
    ),
    expect: { outcome: 'placed', in: [{ group: 'c', level: 'rack', values: ['q'] }, { group: 'a', level: 'rack', values: ['p'] }] },
  },
  {
    id: 'declared order must not matter',
    because: 'the two-task gang that stayed pending depending on which was named first (Volcano 1297)',
    problem: ask([...rack('a', [8]), ...rack('b', [4])], gang([leaf('small', 4, 1, { required: 'rack' }), leaf('large', 8, 1, { required: 'rack' })])),
    expect: { outcome: 'placed', in: [{ group: 'large', level: 'rack', values: ['a'] }, { group: 'small', level: 'rack', values: ['b'] }] },
  },
  {
    id: 'the parent has to change its mind',
    because: 'b1 is tighter and has the GPUs, but no rack for the second child',
    problem: ask(
      [...trays('b1r1', 3, { block: 'b1' }), ...trays('b1r2', 3, { block: 'b1' }), ...trays('b2r1', 4, { block: 'b2' }), ...trays('b2r2', 4, { block: 'b2' })],
      gang([leaf('a', 2, 4, { required: 'rack' }), leaf('b', 4, 4, { required: 'rack' })], { required: 'block' }),
    ),
    expect: { outcome: 'placed', sameDomain: { g: 'block', a: 'rack', b: 'rack' }, in: [{ group: 'g', level: 'block', values: ['b2'] }] },
  },
  {
    id: 'required on three levels and the host',
    because: 'every level of the tree asks for its own domain',
    problem: ask(
      [...threeLevels('x'), ...threeLevels('y')],
      gang([
        {
          name: 'replica',
          required: 'block',
          groups: [leaf('pair', 2, 4, { required: 'rack' }), leaf('half', 2, 2, { required: 'host' })],
        },
        leaf('router', 1, 4),
      ], { required: 'zone' }),
      { levels: ['zone', 'block', 'rack'] },
    ),
    expect: { outcome: 'placed', sameDomain: { g: 'zone', replica: 'block', pair: 'rack', half: 'host' } },
  },
  {
    id: 'required is for the whole group, its small helpers included',
    because: 'the helper fits only outside the rack that holds the workers, so no rack will do',
    problem: ask(
      [...trays('r1', 2), machine('cpu-only', { cpu: 64 })],
      gang([leaf('w', 2, 4), leaf('helper', 1, 0, {}, { request: { cpu: 4 } })], { required: 'rack' }),
    ),
    expect: { outcome: 'pending', reason: { level: 'rack', group: 'g' } },
  },
  {
    id: 'host is a level although nobody lists it',
    because: 'one node has to hold the whole group',
    problem: ask([machine('n1', { gpu: 4 }), machine('n2', { gpu: 8 })], gang([leaf('w', 4, 2, { required: 'host' })])),
    expect: { outcome: 'placed', nodes: ['n2'] },
  },
  {
    id: 'host needs no other levels',
    because: 'a cluster without a topology',
    problem: ask([machine('n1', { gpu: 4 }), machine('n2', { gpu: 4 })], gang([leaf('w', 2, 4)], { required: 'host' }), { levels: [] }),
    expect: { outcome: 'pending', reason: { level: 'host', needed: { gpu: 8 }, available: { gpu: 4 } } },
  },
  {
    id: 'host listed as a level is the same host',
    because: 'some list it',
    problem: ask(trays('r', 2), gang([leaf('w', 2, 2)], { required: 'host' }), { levels: ['rack', 'host'] }),
    expect: { outcome: 'placed', domains: [{ group: 'w', level: 'host', count: 1 }] },
  },
  {
    id: 'a node without the level is no place for those that need it',
    because: 'a missing label must neither match others that lack it nor be forgotten',
    problem: ask([machine('x', { gpu: 8 }), machine('y', { gpu: 8 }), ...rack('r', [4, 4])], gang([leaf('w', 4, 2)], { required: 'rack' })),
    expect: { outcome: 'placed', nodes: ['r-0', 'r-1'] },
  },
  {
    id: 'nodes without a level together are no domain',
    because: 'two nodes that lack the label are not in one rack',
    problem: ask([machine('x', { gpu: 4 }), machine('y', { gpu: 4 })], gang([leaf('w', 2, 4)], { required: 'rack' })),
    expect: { outcome: 'pending', sentence: 'g needs 8 gpu in one rack; no node that has a rack may take its pods; fits if required were preferred, in 2 racks' },
  },
  {
    id: 'a node without the level is as good as any for those that do not need it',
    because: 'the rack stays whole',
    problem: ask([machine('x', { gpu: 4 }), ...rack('r', [4])], gang([leaf('w', 1, 4)])),
    expect: { outcome: 'placed', nodes: ['x'], untouched: { level: 'rack', values: ['r'] } },
  },
  {
    id: 'a level that nobody knows holds nobody',
    because: 'an unknown tier name must not switch the constraint off (Volcano)',
    problem: ask(trays('r', 4), gang([leaf('w', 1, 1)], { required: 'superpod' })),
    expect: { outcome: 'pending', pods: { w: 0 }, reason: { level: 'superpod' } },
  },
  {
    id: 'a level that nobody knows is nothing to prefer',
    because: 'a wish that cannot be told from another is no reason to wait, or to crowd one node',
    problem: ask(trays('r', 2), gang([leaf('w', 2, 4)], { preferred: 'superpod' })),
    expect: { outcome: 'placed', pods: { w: 2 } },
  },
  {
    id: 'a level that only the nodes know',
    because: 'a constraint may name a label that the topology does not list',
    problem: ask(
      [...rack('r1', [4], { row: 'x' }), ...rack('r2', [4], { row: 'y' }), ...rack('r3', [4], { row: 'y' })],
      gang([leaf('w', 2, 4)], { required: 'row' }),
    ),
    expect: { outcome: 'placed', sameDomain: { g: 'row' }, in: [{ group: 'w', level: 'row', values: ['y'] }] },
  },
  {
    id: 'racks of one name in two blocks are two racks',
    because: 'labels are often unique within the level above only',
    problem: ask(
      [...rack('r1', [4], { block: 'b1' }), ...rack('r1', [4], { block: 'b2' }).map(node => ({ ...node, name: 'other' }))],
      gang([leaf('w', 2, 4)], { required: 'rack' }),
    ),
    expect: { outcome: 'pending', reason: { level: 'rack', available: { gpu: 4 } } },
  },
  {
    id: 'levels that are not nested go by their own name',
    because: 'the same two nodes, and one rack over both blocks',
    problem: ask(
      [...rack('r1', [4], { block: 'b1' }), ...rack('r1', [4], { block: 'b2' }).map(node => ({ ...node, name: 'other' }))],
      gang([leaf('w', 2, 4)], { required: 'rack' }),
      { levels: ['block', { name: 'rack', nested: false }] },
    ),
    expect: { outcome: 'placed', sameDomain: { g: 'rack' } },
  },
  {
    id: 'a rack and a leaf switch that cut across each other',
    because: 'only the part of r2 that hangs on one switch has the room',
    problem: ask(
      [...switches('r1', ['l1', 'l2'], 4), ...switches('r2', ['l1', 'l2'], 8)],
      gang([leaf('w', 2, 4, { required: 'leaf' })], { required: 'rack' }),
      { levels: ['rack', { name: 'leaf', nested: false }] },
    ),
    expect: { outcome: 'placed', sameDomain: { g: 'rack', w: 'leaf' }, in: [{ group: 'g', level: 'rack', values: ['r2'] }] },
  },
  {
    id: 'cross-cutting domains each have room, what they share has not',
    because: 'rack r1 has 8 GPUs and switch l1 has 8, but only 4 are in both',
    problem: ask(
      [...switches('r1', ['l1', 'l2'], 4), ...switches('r2', ['l1'], 4)],
      gang([leaf('w', 2, 4, { required: 'leaf' })], { required: 'rack' }),
      { levels: ['rack', { name: 'leaf', nested: false }] },
    ),
    expect: { outcome: 'pending' },
  },
  {
    id: 'each group chooses in its own tree',
    because: 'one by NVLink, the other by the network, over the same nodes',
    problem: ask(
      ['a', 'b'].flatMap(nv => ['s', 't'].flatMap(ib => [0, 1].map(at => ({ name: `${nv}${ib}${at}`, domain: { clique: nv, spine: ib }, allocatable: { gpu: 4 } })))),
      gang([leaf('tp', 4, 4, { required: 'clique', topology: 'nvlink' }), leaf('dp', 2, 4, { required: 'spine', topology: 'fabric' })]),
      { levels: [{ name: 'clique', topology: 'nvlink' }, { name: 'spine', topology: 'fabric' }] },
    ),
    expect: { outcome: 'placed', sameDomain: { tp: 'clique', dp: 'spine' } },
  },
  {
    id: 'a tree is meant for the groups below, too',
    because: 'the level of that name in the other tree would do, and is not meant',
    problem: ask(
      [0, 1].map(at => ({ name: `n${at}`, domain: { pod: 'p', unit: `u${at}` }, allocatable: { gpu: 4 } })),
      gang([{ name: 'inner', groups: [leaf('w', 2, 4, { required: 'unit' })] }], { topology: 'second' }),
      { levels: [{ name: 'pod', topology: 'first' }, { name: 'unit', topology: 'second' }] },
    ),
    expect: { outcome: 'pending', reason: { level: 'unit' } },
  },
  {
    id: 'a rack that is split into two cliques',
    because: 'eighteen trays, and a group of ten has no clique of its own',
    problem: ask(
      [...trays('r', 9).map(node => ({ ...node, domain: { rack: 'r', clique: 'r.0' } })), ...trays('s', 9).map(node => ({ ...node, domain: { rack: 'r', clique: 'r.1' } }))],
      gang([leaf('w', 10, 4)], { required: 'clique', preferred: 'clique' }),
      { levels: ['rack', 'clique'] },
    ),
    expect: { outcome: 'pending', reason: { level: 'clique', needed: { gpu: 40 }, available: { gpu: 36 }, nearest: { kind: 'prefer', domains: 2 } } },
  },
  {
    id: 'a nearly full block in which greedy siblings fail',
    because: 'five racks, and groups of 9, 8, 7, 6, 5 and 5 trays into 10, 9, 8, 7, 6 free ones: two share',
    problem: ask(
      [10, 9, 8, 7, 6].flatMap((count, at) => trays(`r${at}`, count, { block: 'b' })),
      gang([9, 8, 7, 6, 5, 5].map((count, at) => leaf(`s${at}`, count, 4, { required: 'rack' })), { required: 'block' }),
    ),
    expect: { outcome: 'placed', sameDomain: { g: 'block', s0: 'rack', s1: 'rack', s2: 'rack', s3: 'rack', s4: 'rack', s5: 'rack' } },
  },
  {
    id: 'the tightest block is not the one that holds the racks',
    because: 'free GPUs in total say nothing of room in one rack (KAI and kube-scheduler would keep the first domain that looked good)',
    problem: ask(
      [...rack('a', [4, 4], { block: 'b1' }), ...rack('b', [4, 4], { block: 'b1' }), ...rack('c', [4, 4, 4, 4, 4], { block: 'b2' })],
      gang([leaf('w', 4, 4, { required: 'rack' })], { required: 'block' }),
      { running: [busy('x', 'c-0', 4)] },
    ),
    expect: { outcome: 'placed', in: [{ group: 'g', level: 'rack', values: ['c'] }] },
  },
];
