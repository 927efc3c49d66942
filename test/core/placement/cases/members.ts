import { PlacementCase, ask, busy, gang, leaf, pods, rack, trays } from './case';

const twoBlocks = [...trays('a', 2, { block: 'b1' }), ...trays('c', 4, { block: 'b2' })];
const member = (name: string, node: string) => busy(name, node, 4, { memberOf: 'w' });
const claim = (name: string, count: number, gpu: number, mnnvlGroup: string) => leaf(name, count, gpu, { mnnvlGroup });

/** What ties a gang to pods that run and to gangs that are admitted apart: members, kin, ComputeDomains, room that is held. */
export const MEMBERS: readonly PlacementCase[] = [
  {
    id: 'a member that comes late joins the others',
    because: 'late members stray (Koordinator 3181): the tighter rack is elsewhere',
    problem: ask([...trays('a', 1), ...trays('b', 4)], gang([leaf('w', 3, 4)], { required: 'rack' }), { running: [member('m1', 'b-0'), member('m2', 'b-1')] }),
    expect: { outcome: 'placed', pods: { w: 1 }, sameDomain: { g: 'rack' }, in: [{ group: 'w', level: 'rack', values: ['b'] }] },
  },
  {
    id: 'a member holds siblings by what their parent requires',
    because: 'the prefill pods run in b2, so decode goes there, although b1 would do',
    problem: ask(twoBlocks, gang([leaf('w', 1, 4), leaf('d', 2, 4, { required: 'rack' })], { required: 'block' }), { running: [member('m', 'c-0')] }),
    expect: { outcome: 'placed', pods: { w: 0, d: 2 }, sameDomain: { g: 'block', d: 'rack' }, in: [{ group: 'd', level: 'block', values: ['b2'] }] },
  },
  {
    id: 'the domain of the members is full',
    because: 'another rack has room, and is not theirs',
    problem: ask([...trays('a', 2), ...trays('b', 4)], gang([leaf('w', 3, 4)], { required: 'rack' }), { running: [member('m1', 'a-0'), member('m2', 'a-1')] }),
    expect: { outcome: 'pending', reason: { level: 'rack', bestDomain: 'a', needed: { gpu: 4 }, available: { gpu: 0 } } },
  },
  {
    id: 'members in two domains are nobody’s to join',
    because: 'no placement makes the group whole again',
    problem: ask([...trays('a', 4), ...trays('b', 4)], gang([leaf('w', 3, 4)], { required: 'rack' }), { running: [member('m1', 'a-0'), member('m2', 'b-0')] }),
    expect: { outcome: 'pending', nodes: [] },
  },
  {
    id: 'members on a node that is gone do not count as being anywhere',
    because: 'their domain is unknown, so no other pod may be placed beside them',
    problem: ask(trays('a', 4), gang([leaf('w', 2, 4)], { required: 'rack' }), { running: [member('m', 'gone')] }),
    expect: { outcome: 'pending', nodes: [] },
  },
  {
    id: 'members without a requirement hold nobody',
    because: 'only required domains are pinned',
    problem: ask([...trays('a', 1), ...trays('b', 2)], gang([leaf('w', 3, 4)]), { running: [member('m', 'a-0')] }),
    expect: { outcome: 'placed', pods: { w: 2 } },
  },
  {
    id: 'members count for fewest domains',
    because: 'the rack that a member is in costs nothing more',
    problem: ask([...trays('a', 2), ...trays('b', 1)], gang([leaf('w', 2, 4)], { preferred: 'rack' }), { running: [member('m', 'a-0')] }),
    expect: { outcome: 'placed', nodes: ['a-1'] },
  },
  {
    id: 'members count for the split',
    because: 'three run in one of the racks, so more of the new ones go to the other',
    problem: ask(
      [...trays('a', 6), ...trays('b', 6)],
      gang([leaf('w', 8, 4)], { preferred: 'rack', balance: 'rack' }),
      { running: ['a-0', 'a-1', 'a-2'].map(node => member(`m-${node}`, node)) },
    ),
    expect: { outcome: 'placed', split: { level: 'rack', pods: [4, 1] } },
  },
  {
    id: 'members make up the floor',
    because: 'the floor is there, and there is no room for more',
    problem: ask(trays('a', 2), gang([leaf('w', 3, 4, {}, { minCount: 2 })], { required: 'rack' }), { running: [member('m1', 'a-0'), member('m2', 'a-1')] }),
    expect: { outcome: 'placed', pods: { w: 0 } },
  },
  {
    id: 'a pod of another gang is no member',
    because: 'it runs beside, and holds nobody',
    problem: ask([...trays('a', 3), ...trays('b', 2)], gang([leaf('w', 2, 4)], { required: 'rack' }), { running: [busy('x', 'a-0', 4, { memberOf: 'other' })] }),
    expect: { outcome: 'placed', in: [{ group: 'w', level: 'rack', values: ['a'] }] },
  },
  {
    id: 'a scaled gang goes where its base gang is',
    because: 'the constraint of the set is not enforced across gangs (Grove 648)',
    problem: ask(twoBlocks, gang([leaf('s', 1, 4)], { required: 'block' }), { running: [busy('base-0', 'a-0', 4, { unit: 'base' })], linkedGangs: ['base'] }),
    expect: { outcome: 'placed', in: [{ group: 's', level: 'block', values: ['b1'] }] },
  },
  {
    id: 'a scaled gang waits rather than leave its base gang',
    because: 'b2 has room, and is another domain',
    problem: ask(twoBlocks, gang([leaf('s', 2, 4)], { required: 'block' }), { running: [busy('base-0', 'a-0', 4, { unit: 'base' })], linkedGangs: [{ name: 'base' }] }),
    expect: { outcome: 'pending', reason: { level: 'block', bestDomain: 'b1', needed: { gpu: 8 }, available: { gpu: 4 } } },
  },
  {
    id: 'a linked gang of which only the domain is known',
    because: 'it was placed, and its pods do not run yet',
    problem: ask(twoBlocks, gang([leaf('s', 1, 4)], { required: 'block' }), { linkedGangs: [{ name: 'base', domain: { block: 'b2' } }] }),
    expect: { outcome: 'placed', in: [{ group: 's', level: 'block', values: ['b2'] }] },
  },
  {
    id: 'a linked gang of which the nodes are known',
    because: 'the same by node',
    problem: ask(twoBlocks, gang([leaf('s', 1, 4)], { required: 'block' }), { linkedGangs: [{ name: 'base', nodes: ['c-3'] }] }),
    expect: { outcome: 'placed', in: [{ group: 's', level: 'block', values: ['b2'] }] },
  },
  {
    id: 'linked gangs in two domains leave no place',
    because: 'nothing is in both blocks',
    problem: ask(twoBlocks, gang([leaf('s', 1, 4)], { required: 'block' }), { linkedGangs: [{ name: 'base', domain: { block: 'b1' } }, { name: 'more', domain: { block: 'b2' } }] }),
    expect: { outcome: 'pending', nodes: [] },
  },
  {
    id: 'linked gangs that have no pods anywhere hold nobody',
    because: 'the first of a replica to be placed chooses',
    problem: ask(twoBlocks, gang([leaf('s', 2, 4)], { required: 'block' }), { linkedGangs: ['base', 'other'] }),
    expect: { outcome: 'placed', in: [{ group: 's', level: 'block', values: ['b1'] }] },
  },
  {
    id: 'the block in which the scaled gangs still fit',
    because: 'b1 is tighter, and full once the base gang is in it',
    problem: ask(twoBlocks, gang([leaf('w', 2, 4)], { required: 'block' }), {
      linkedGangs: ['s1', 's2'].map(name => ({ name, groups: [leaf(`${name}-w`, 1, 4)] })),
    }),
    expect: { outcome: 'placed', in: [{ group: 'w', level: 'block', values: ['b2'] }] },
  },
  {
    id: 'no looking ahead where that is switched off',
    because: 'the tighter block then',
    problem: ask(twoBlocks, gang([leaf('w', 2, 4)], { required: 'block' }), {
      linkedGangs: [{ name: 's1', groups: [leaf('s1-w', 1, 4)] }], options: { lookAhead: false },
    }),
    expect: { outcome: 'placed', in: [{ group: 'w', level: 'block', values: ['b1'] }] },
  },
  {
    id: 'room for scaled gangs is a wish',
    because: 'neither block holds all of them; the gang is placed all the same',
    problem: ask(twoBlocks, gang([leaf('w', 2, 4)], { required: 'block' }), { linkedGangs: [{ name: 's1', groups: [leaf('s1-w', 40, 4)] }] }),
    expect: { outcome: 'placed', pods: { w: 2 } },
  },
  {
    id: 'a node serves one ComputeDomain',
    because: 'two tenants with half a tray each need two trays (dra 892)',
    problem: ask(trays('r', 2), gang([claim('x', 1, 2, 'cd-x'), claim('y', 1, 2, 'cd-y')], { required: 'rack' })),
    expect: { outcome: 'placed', nodes: ['r-0', 'r-1'] },
  },
  {
    id: 'a half used tray of another ComputeDomain is not free',
    because: 'its GPUs are, its channel is not',
    problem: ask(trays('r', 2), gang([claim('x', 2, 2, 'cd-x')], { required: 'host' }), { running: [busy('o', 'r-0', 1, { mnnvlGroup: 'theirs' }), busy('p', 'r-1', 2, { mnnvlGroup: 'theirs' })] }),
    expect: { outcome: 'pending' },
  },
  {
    id: 'the same ComputeDomain may grow on its tray',
    because: 'one channel for all pods of the domain',
    problem: ask(trays('r', 2), gang([claim('x', 1, 2, 'cd-x')]), { running: [busy('o', 'r-1', 2, { mnnvlGroup: 'cd-x' })] }),
    expect: { outcome: 'placed', nodes: ['r-1'] },
  },
  {
    id: 'pods without a ComputeDomain may use a tray of one',
    because: 'only the channel is exclusive, not the node',
    problem: ask(trays('r', 1), gang([leaf('w', 1, 2)]), { running: [busy('o', 'r-0', 2, { mnnvlGroup: 'theirs' })] }),
    expect: { outcome: 'placed', nodes: ['r-0'] },
  },
  {
    id: 'a ComputeDomain of the gang holds for the groups below',
    because: 'prefill and decode of one domain share a tray',
    problem: ask(trays('r', 1), gang([leaf('p', 1, 2), leaf('d', 1, 2)], { mnnvlGroup: 'cd' })),
    expect: { outcome: 'placed', nodes: ['r-0'] },
  },
  {
    id: 'a ComputeDomain of the gang keeps the groups below off trays of others',
    because: 'the half used tray would be the tighter one',
    problem: ask(trays('r', 2), gang([leaf('p', 1, 2)], { mnnvlGroup: 'cd' }), { running: [busy('o', 'r-0', 2, { mnnvlGroup: 'theirs' })] }),
    expect: { outcome: 'placed', nodes: ['r-1'] },
  },
  {
    id: 'three ComputeDomains and two trays',
    because: 'GPUs for all, channels for two',
    problem: ask(trays('r', 2), gang(['x', 'y', 'z'].map(name => claim(name, 1, 1, `cd-${name}`)))),
    expect: { outcome: 'pending' },
  },
  {
    id: 'held room is not free for others',
    because: 'kept for a gang that restarts',
    problem: ask(trays('r', 1), gang([leaf('w', 1, 4)]), { options: { holds: [{ node: 'r-0', request: { gpu: 4 }, gang: 'mine' }] } }),
    expect: { outcome: 'pending' },
  },
  {
    id: 'held room is free for whom it is held',
    because: 'restart in place',
    problem: ask(trays('r', 1), { name: 'mine', pods: pods(1, 4) }, { options: { holds: [{ node: 'r-0', request: { gpu: 4 }, gang: 'mine' }] } }),
    expect: { outcome: 'placed', nodes: ['r-0'] },
  },
  {
    id: 'held room gives way to those that rank higher',
    because: 'a hold ranks below real demand above its priority',
    problem: ask(trays('r', 1), gang([leaf('w', 1, 4)], { priority: 5 }), { options: { holds: [{ node: 'r-0', request: { gpu: 4 }, gang: 'mine', priority: 4 }] } }),
    expect: { outcome: 'placed', nodes: ['r-0'] },
  },
  {
    id: 'a hold on half a node leaves the other half',
    because: 'room is held resource by resource',
    problem: ask(rack('r', [8]), gang([leaf('w', 1, 4)]), { options: { holds: [{ node: 'r-0', request: { gpu: 4 } }] } }),
    expect: { outcome: 'placed', nodes: ['r-0'] },
  },
];
