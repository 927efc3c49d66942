import { PlacementCase, ask, busy, gang, leaf, machine, pods, rack, trays } from './case';

/** Which of several placements: extras, preferred levels, an even split, as little damage as possible, always the same. */
export const CHOICES: readonly PlacementCase[] = [
  {
    id: 'the tightest rack that holds the gang',
    because: 'the roomy one is kept for those that need it',
    problem: ask([...rack('a', [8, 8], { block: 'b' }), ...rack('c', [8], { block: 'b' })], gang([leaf('w', 2, 4)], { required: 'rack' })),
    expect: { outcome: 'placed', in: [{ group: 'w', level: 'rack', values: ['c'] }] },
  },
  {
    id: 'extras come before tightness',
    because: 'the tight rack holds the floor only',
    problem: ask([...trays('a', 2), ...trays('b', 4)], gang([leaf('w', 4, 4, {}, { minCount: 2 })], { required: 'rack' })),
    expect: { outcome: 'placed', pods: { w: 4 }, in: [{ group: 'w', level: 'rack', values: ['b'] }] },
  },
  {
    id: 'extras where there is room, and the floor in any case',
    because: 'minCount of 2, room for 3',
    problem: ask(trays('a', 3), gang([leaf('w', 5, 4, {}, { minCount: 2 })], { required: 'rack' })),
    expect: { outcome: 'placed', pods: { w: 3 } },
  },
  {
    id: 'extras of one never take the floor of another',
    because: 'floors of all leaves come first, whatever the order of groups',
    problem: ask(trays('a', 4), gang([leaf('a', 4, 4, {}, { minCount: 1 }), leaf('z', 2, 4)])),
    expect: { outcome: 'placed', pods: { a: 2, z: 2 } },
  },
  {
    id: 'a floor of nothing',
    because: 'placed with what fits, none included',
    problem: ask(trays('a', 1), gang([leaf('w', 3, 8, {}, { minCount: 0 })])),
    expect: { outcome: 'placed', pods: { w: 0 }, nodes: [] },
  },
  {
    id: 'one leaf below its floor and nobody is bound',
    because: 'all or nothing',
    problem: ask(trays('a', 3), gang([leaf('p', 2, 4), leaf('d', 2, 4)])),
    expect: { outcome: 'pending', nodes: [] },
  },
  {
    id: 'preferred and it fits in one',
    because: 'the tighter of the racks that hold all',
    problem: ask([...trays('a', 3), ...trays('b', 5), ...trays('c', 6)], gang([leaf('w', 5, 4)], { preferred: 'rack' })),
    expect: { outcome: 'placed', in: [{ group: 'w', level: 'rack', values: ['b'] }] },
  },
  {
    id: 'preferred and it does not fit in one',
    because: 'as few racks as possible, and the last one no roomier than needed (Kueue)',
    problem: ask([...trays('a', 3), ...trays('b', 2), ...trays('c', 5), ...trays('d', 1)], gang([leaf('w', 7, 4)], { preferred: 'rack' })),
    expect: { outcome: 'placed', in: [{ group: 'w', level: 'rack', values: ['b', 'c'] }] },
  },
  {
    id: 'three preferred racks, not four',
    because: 'taking the tightest first would use more domains',
    problem: ask([2, 2, 3, 3, 4, 4].flatMap((count, at) => trays(`r${at}`, count)), gang([leaf('w', 11, 4)], { preferred: 'rack' })),
    expect: { outcome: 'placed', domains: [{ group: 'w', level: 'rack', count: 3 }] },
  },
  {
    id: 'required and preferred together',
    because: 'one block by all means, and in it as few racks as possible; one tier is not enough to say so (Volcano)',
    problem: ask(
      [...trays('a1', 2, { block: 'a' }), ...trays('a2', 2, { block: 'a' }), ...trays('a3', 1, { block: 'a' }), ...trays('b1', 3, { block: 'b' })],
      gang([leaf('w', 4, 4)], { required: 'block', preferred: 'rack' }),
    ),
    expect: { outcome: 'placed', sameDomain: { g: 'block' }, in: [{ group: 'w', level: 'rack', values: ['a1', 'a2'] }] },
  },
  {
    id: 'two racks of one block rather than of two',
    because: 'where the number of racks is the same, the levels around count',
    problem: ask(
      [...trays('a1', 2, { block: 'a' }), ...trays('b1', 2, { block: 'b' }), ...trays('b2', 2, { block: 'b' })],
      gang([leaf('w', 4, 4)], { preferred: 'rack' }),
    ),
    expect: { outcome: 'placed', in: [{ group: 'w', level: 'rack', values: ['b1', 'b2'] }] },
  },
  {
    id: 'preferred host',
    because: 'two half nodes would be tighter',
    problem: ask([machine('n1', { gpu: 2 }), machine('n2', { gpu: 2 }), machine('n3', { gpu: 8 })], gang([leaf('w', 4, 1)], { preferred: 'host' })),
    expect: { outcome: 'placed', nodes: ['n3'] },
  },
  {
    id: 'every group prefers for itself',
    because: 'the gang prefers one block, each child one rack of it',
    problem: ask(
      ['a', 'b'].flatMap(block => ['1', '2'].flatMap(name => trays(`${block}${name}`, 2, { block }))),
      gang([leaf('p', 2, 4, { preferred: 'rack' }), leaf('d', 2, 4, { preferred: 'rack' })], { preferred: 'block' }),
    ),
    expect: {
      outcome: 'placed',
      domains: [{ group: 'g', level: 'block', count: 1 }, { group: 'p', level: 'rack', count: 1 }, { group: 'd', level: 'rack', count: 1 }],
    },
  },
  {
    id: 'preferred is no reason to wait',
    because: 'one pod a rack is all there is',
    problem: ask([...trays('a', 1), ...trays('b', 1), ...trays('c', 1)], gang([leaf('w', 3, 4)], { preferred: 'rack' })),
    expect: { outcome: 'placed', domains: [{ group: 'w', level: 'rack', count: 3 }] },
  },
  {
    id: '16 + 16, not 18 + 14',
    because: 'an even split is what was asked for, and a third rack that is tighter does not overrule it',
    problem: ask([...trays('a', 18), ...trays('b', 18), ...trays('c', 14)], gang([leaf('w', 32, 4)], { preferred: 'rack', balance: 'rack' })),
    expect: { outcome: 'placed', split: { level: 'rack', pods: [16, 16] } },
  },
  {
    id: '16 + 16 although a rack in use would break less',
    because: 'c has four trays in use: 18 + 14 would leave b whole, and would not be even',
    problem: ask(
      [...trays('a', 18), ...trays('b', 18), ...trays('c', 18)],
      gang([leaf('w', 32, 4)], { preferred: 'rack', balance: 'rack' }),
      { running: [0, 1, 2, 3].map(at => busy(`x${at}`, `c-${at}`, 4)) },
    ),
    expect: { outcome: 'placed', split: { level: 'rack', pods: [16, 16] } },
  },
  {
    id: 'of even splits the one that breaks least',
    because: 'a and b are in use and hold four each; c is whole',
    problem: ask(
      [...trays('a', 6), ...trays('b', 6), ...trays('c', 8)],
      gang([leaf('w', 8, 4)], { balance: 'rack' }),
      { running: ['a-0', 'a-1', 'b-0', 'b-1'].map(node => busy(`x-${node}`, node, 4)) },
    ),
    expect: { outcome: 'placed', split: { level: 'rack', pods: [4, 4] }, untouched: { level: 'rack', values: ['c'] } },
  },
  {
    id: 'an odd number is even by one',
    because: 'seven over the two racks in use is as even as seven in the whole one',
    problem: ask(
      [...trays('a', 5), ...trays('b', 4), ...trays('c', 8)],
      gang([leaf('w', 7, 4)], { balance: 'rack' }),
      { running: [busy('x', 'a-0', 4), busy('y', 'b-0', 4)] },
    ),
    expect: { outcome: 'placed', split: { level: 'rack', pods: [4, 3] }, untouched: { level: 'rack', values: ['c'] } },
  },
  {
    id: 'small pods are split evenly although half a host is free in one of the racks',
    because: '6 + 4 would break into one host less',
    problem: ask(
      [...rack('a', [4, 4]), ...rack('b', [4, 4])],
      gang([leaf('w', 10, 1)], { preferred: 'rack', balance: true }),
      { running: [busy('x', 'a-0', 2)] },
    ),
    expect: { outcome: 'placed', split: { level: 'rack', pods: [5, 5] } },
  },
  {
    id: 'balance over blocks',
    because: 'any level can be meant',
    problem: ask(
      [...trays('a1', 3, { block: 'a' }), ...trays('a2', 3, { block: 'a' }), ...trays('b1', 6, { block: 'b' })],
      gang([leaf('w', 8, 4)], { balance: 'block' }),
    ),
    expect: { outcome: 'placed', split: { level: 'block', pods: [4, 4] } },
  },
  {
    id: 'balance over hosts inside one rack',
    because: 'the rack is required, so it is the hosts that are meant',
    problem: ask(rack('a', [4, 4, 4]), gang([leaf('w', 6, 1)], { required: 'rack', balance: true })),
    expect: { outcome: 'placed', split: { level: 'host', pods: [3, 3] } },
  },
  {
    id: 'whole racks stay whole',
    because: 'the rack in use has room for the pair',
    problem: ask([...trays('a', 4), ...trays('b', 4)], gang([leaf('w', 2, 4)], { required: 'rack' }), { running: [busy('x', 'b-1', 4)] }),
    expect: { outcome: 'placed', untouched: { level: 'rack', values: ['a'] } },
  },
  {
    id: 'whole racks stay whole, whatever block is tighter',
    because: 'b1 is the tighter block, and all of it is whole',
    problem: ask(
      [...trays('a', 2, { block: 'b1' }), ...trays('c', 6, { block: 'b2' })],
      gang([leaf('w', 1, 2)], { required: 'block' }),
      { running: [busy('x', 'c-0', 2)] },
    ),
    expect: { outcome: 'placed', nodes: ['c-0'] },
  },
  {
    id: 'pods that need not be together leave a whole rack alone',
    because: 'two racks in use hold two each',
    problem: ask(
      [...trays('a', 3), ...trays('b', 3), ...trays('c', 4)],
      gang([leaf('w', 4, 4)]),
      { running: [busy('x', 'a-0', 4), busy('y', 'b-0', 4)] },
    ),
    expect: { outcome: 'placed', untouched: { level: 'rack', values: ['c'] } },
  },
  {
    id: 'whole hosts stay whole',
    because: 'a half used one takes both pods (LeastFreeCapacity of Kueue)',
    problem: ask(trays('a', 3), gang([leaf('w', 2, 1)]), { running: [busy('x', 'a-2', 2)] }),
    expect: { outcome: 'placed', nodes: ['a-2'] },
  },
  {
    id: 'a pod fills up the host that it fits best',
    because: '33 racks and single-GPU pods scattered over all of them (Kueue 10406)',
    problem: ask([...trays('a', 2), ...trays('b', 2)], gang([leaf('w', 1, 1)]), { running: [busy('x', 'a-1', 1), busy('y', 'b-1', 3)] }),
    expect: { outcome: 'placed', nodes: ['b-1'] },
  },
  {
    id: 'fewest racks broken, then fewest hosts',
    because: 'five GPUs in single pods: the half host and one more of the same rack',
    problem: ask([...trays('a', 3), ...trays('b', 3)], gang([leaf('w', 5, 1)]), { running: [busy('x', 'b-0', 2)] }),
    expect: { outcome: 'placed', untouched: { level: 'rack', values: ['a'] }, domains: [{ group: 'w', level: 'host', count: 2 }] },
  },
  {
    id: 'equal racks are taken in their order',
    because: 'the same answer every time, and racks that stay contiguous',
    problem: ask([...trays('r2', 2), ...trays('r10', 2), ...trays('r1', 2)], gang([leaf('w', 2, 4)], { required: 'rack' })),
    expect: { outcome: 'placed', in: [{ group: 'w', level: 'rack', values: ['r1'] }] },
  },
  {
    id: 'all of fifty racks are looked at',
    because: 'the one that fits exactly is the last (kube-scheduler samples a few)',
    problem: ask(
      Array.from({ length: 50 }, (_, at) => trays(`r${String(at).padStart(2, '0')}`, 6)).flat(),
      gang([leaf('w', 3, 4)], { required: 'rack' }),
      { running: Array.from({ length: 3 }, (_, at) => busy(`x${at}`, `r49-${at}`, 4)) },
    ),
    expect: { outcome: 'placed', in: [{ group: 'w', level: 'rack', values: ['r49'] }] },
  },
  {
    id: 'a root that has pods itself',
    because: 'a gang of one clique needs no group around it',
    problem: ask([...trays('a', 3), ...trays('b', 2)], { name: 'g', required: 'rack', pods: pods(2, 4) }),
    expect: { outcome: 'placed', in: [{ group: 'g', level: 'rack', values: ['b'] }] },
  },
];
