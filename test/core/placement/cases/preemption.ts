import { PlacementCase, ask, busy, gang, leaf, machine, rack, trays } from './case';

const full = (nodes: readonly { name: string }[], gpu: number, extra: object = {}) => nodes.map(({ name }) => busy(`x-${name}`, name, gpu, extra));

/** Whom to evict: as little as will do, whole units, never in vain. */
export const PREEMPTION: readonly PlacementCase[] = [
  {
    id: 'no eviction where there is room',
    because: 'the rack in use is tighter, and the other is free',
    problem: ask([...trays('a', 2), ...trays('b', 2)], gang([leaf('w', 2, 4)], { required: 'rack', priority: 9 }), { running: full(trays('a', 2), 4) }),
    expect: { outcome: 'placed', victimCount: 0 },
  },
  {
    id: 'a fully packed clique is preempted',
    because: 'a gang with a required topology cannot preempt a packed clique (KAI 1591)',
    problem: ask(trays('a', 4), gang([leaf('w', 2, 4)], { required: 'rack', priority: 9 }), { running: full(trays('a', 4), 4) }),
    expect: { outcome: 'placed-with-preemption', victimCount: 2, sameDomain: { g: 'rack' } },
  },
  {
    id: 'victims are in the one domain that is to be freed',
    because: 'two victims in two racks would free GPUs, and no rack',
    problem: ask([...trays('a', 2), ...trays('b', 2)], gang([leaf('w', 2, 4)], { required: 'rack', priority: 9 }), {
      running: [busy('a0', 'a-0', 4, { priority: 1 }), busy('a1', 'a-1', 4, { priority: 5 }), busy('b0', 'b-0', 4, { priority: 1 }), busy('b1', 'b-1', 4, { priority: 2 })],
    }),
    expect: { outcome: 'placed-with-preemption', victims: ['b0', 'b1'] },
  },
  {
    id: 'what is free already is used',
    because: 'one victim beside the free tray, not two elsewhere',
    problem: ask([...trays('a', 2), ...trays('b', 2)], gang([leaf('w', 2, 4)], { required: 'rack', priority: 9 }), { running: full([...trays('a', 2), { name: 'b-1' }], 4) }),
    expect: { outcome: 'placed-with-preemption', victims: ['x-b-1'] },
  },
  {
    id: 'the lowest priority goes first',
    because: 'although more GPUs are lost',
    problem: ask([machine('n1', { gpu: 8 }), machine('n2', { gpu: 4 })], gang([leaf('w', 1, 4)], { priority: 9 }), {
      running: [busy('low', 'n1', 8, { priority: 1 }), busy('high', 'n2', 4, { priority: 2 })],
    }),
    expect: { outcome: 'placed-with-preemption', victims: ['low'] },
  },
  {
    id: 'then the fewest GPUs',
    because: 'of equal rank the smaller loss',
    problem: ask([machine('n1', { gpu: 8 }), machine('n2', { gpu: 4 })], gang([leaf('w', 1, 4)], { priority: 9 }), { running: [busy('large', 'n1', 8), busy('small', 'n2', 4)] }),
    expect: { outcome: 'placed-with-preemption', victims: ['small'] },
  },
  {
    id: 'then the youngest',
    because: 'it has least to lose',
    problem: ask([machine('n1', { gpu: 4 }), machine('n2', { gpu: 4 })], gang([leaf('w', 1, 4)], { priority: 9 }), {
      running: [busy('old', 'n1', 4, { age: 9000 }), busy('young', 'n2', 4, { age: 5 })],
    }),
    expect: { outcome: 'placed-with-preemption', victims: ['young'] },
  },
  {
    id: 'equal or higher priority is safe',
    because: 'nobody evicts their own kind',
    problem: ask(trays('a', 1), gang([leaf('w', 1, 4)], { priority: 5 }), { running: full(trays('a', 1), 4, { priority: 5 }) }),
    expect: { outcome: 'pending', victimCount: 0 },
  },
  {
    id: 'without a priority nobody is evicted',
    because: 'both are 0',
    problem: ask(trays('a', 1), gang([leaf('w', 1, 4)]), { running: full(trays('a', 1), 4) }),
    expect: { outcome: 'pending', victimCount: 0 },
  },
  {
    id: 'pods that may not be evicted stay',
    because: 'whatever their priority',
    problem: ask(trays('a', 1), gang([leaf('w', 1, 4)], { priority: 5 }), { running: full(trays('a', 1), 4, { preemptible: false }) }),
    expect: { outcome: 'pending', victimCount: 0 },
  },
  {
    id: 'no eviction where it is not allowed',
    because: 'the caller says so',
    problem: ask(trays('a', 1), gang([leaf('w', 1, 4)], { priority: 5 }), { running: full(trays('a', 1), 4), options: { preemption: false } }),
    expect: { outcome: 'pending', victimCount: 0 },
  },
  {
    id: 'no eviction in vain',
    because: 'one of two trays could be freed, which helps nobody',
    problem: ask(trays('a', 2), gang([leaf('w', 2, 4)], { required: 'rack', priority: 5 }), { running: [busy('low', 'a-0', 4), busy('high', 'a-1', 4, { priority: 7 })] }),
    expect: { outcome: 'pending', victimCount: 0 },
  },
  {
    id: 'no eviction for extras',
    because: 'only floors are worth it',
    problem: ask(trays('a', 2), gang([leaf('w', 2, 4, {}, { minCount: 1 })], { priority: 5 }), { running: full([{ name: 'a-0' }], 4) }),
    expect: { outcome: 'placed', pods: { w: 1 }, victimCount: 0 },
  },
  {
    id: 'no eviction for a preference',
    because: 'it fits in two racks',
    problem: ask([...trays('a', 2), ...trays('b', 1)], gang([leaf('w', 2, 4)], { preferred: 'rack', priority: 5 }), { running: full([{ name: 'a-0' }], 4) }),
    expect: { outcome: 'placed', victimCount: 0, domains: [{ group: 'w', level: 'rack', count: 2 }] },
  },
  {
    id: 'a unit goes whole',
    because: 'a gang that loses one pod is of no use',
    problem: ask([...trays('a', 1), ...trays('b', 1)], gang([leaf('w', 1, 4)], { required: 'rack', priority: 5 }), { running: full([{ name: 'a-0' }, { name: 'b-0' }], 4, { unit: 'u' }) }),
    expect: { outcome: 'placed-with-preemption', victims: ['x-a-0', 'x-b-0'] },
  },
  {
    id: 'the unit that costs least, its pods elsewhere included',
    because: 'u is one pod here and another there; v is one pod',
    problem: ask([...trays('a', 1), ...trays('b', 1), ...trays('c', 1)], gang([leaf('w', 1, 4)], { required: 'rack', priority: 5 }), {
      running: [busy('u1', 'a-0', 4, { unit: 'u' }), busy('u2', 'b-0', 4, { unit: 'u' }), busy('v1', 'c-0', 4, { unit: 'v' })],
    }),
    expect: { outcome: 'placed-with-preemption', victims: ['v1'] },
  },
  {
    id: 'a base unit takes along what is worth nothing without it',
    because: 'all of it counts: two GPUs that stand alone cost less than one with three more on it',
    problem: ask([...trays('a', 2), ...trays('b', 1)], gang([leaf('w', 1, 4)], { priority: 5 }), {
      running: [busy('base', 'a-0', 1, { unit: 'base' }), busy('scaled', 'a-1', 3, { unit: 'scaled', baseUnit: 'base' }), busy('alone', 'b-0', 2)],
    }),
    expect: { outcome: 'placed-with-preemption', victims: ['alone'] },
  },
  {
    id: 'and goes with it',
    because: 'what is left would hold GPUs for nothing',
    problem: ask(trays('a', 2), gang([leaf('w', 1, 4)], { priority: 5 }), {
      running: [busy('base', 'a-0', 1, { unit: 'base' }), busy('scaled', 'a-1', 3, { unit: 'scaled', baseUnit: 'base' }), busy('safe', 'a-1', 1, { preemptible: false })],
    }),
    expect: { outcome: 'placed-with-preemption', victims: ['base', 'scaled'] },
  },
  {
    id: 'but is counted once',
    because: 'the two GPUs of the scaled unit are there to be had only once, however often they come into question',
    problem: ask([...trays('a', 2), ...trays('b', 1)], gang([leaf('w', 1, 4)], { required: 'rack', priority: 9 }), {
      running: [
        busy('base', 'a-0', 1, { unit: 'base' }), busy('safe', 'a-0', 3, { preemptible: false }),
        busy('scaled', 'a-1', 2, { unit: 'scaled', baseUnit: 'base' }), busy('as-safe', 'a-1', 2, { preemptible: false }),
        busy('large', 'b-0', 4, { priority: 5 }),
      ],
    }),
    expect: { outcome: 'placed-with-preemption', victims: ['large'] },
  },
  {
    id: 'a unit with one pod that is safe is safe',
    because: 'all of it would have to go',
    problem: ask(trays('a', 2), gang([leaf('w', 1, 4)], { priority: 5 }), {
      running: [busy('u1', 'a-0', 4, { unit: 'u', priority: 1 }), busy('u2', 'a-1', 4, { unit: 'u', priority: 6 })],
    }),
    expect: { outcome: 'pending', victimCount: 0 },
  },
  {
    id: 'the gang does not evict its own pods',
    because: 'members of lower priority are members all the same',
    problem: ask(trays('a', 1), gang([leaf('w', 1, 4), leaf('v', 1, 4)], { required: 'rack', priority: 5 }), { running: [busy('m', 'a-0', 4, { memberOf: 'w' })] }),
    expect: { outcome: 'pending', victimCount: 0 },
  },
  {
    id: 'nor those of its kin',
    because: 'the base gang of the replica',
    problem: ask(trays('a', 1), gang([leaf('s', 1, 4)], { required: 'block', priority: 5 }), {
      nodes: trays('a', 1, { block: 'b' }), running: [busy('base-0', 'a-0', 4, { unit: 'base' })], linkedGangs: ['base'],
    }),
    expect: { outcome: 'pending', victimCount: 0 },
  },
  {
    id: 'members pin the domain that is freed',
    because: 'the other rack would cost less',
    problem: ask([...trays('a', 2), ...trays('b', 1)], gang([leaf('w', 2, 4)], { required: 'rack', priority: 5 }), {
      running: [busy('m', 'a-0', 4, { memberOf: 'w' }), busy('x', 'a-1', 4, { priority: 3 }), busy('y', 'b-0', 4)],
    }),
    expect: { outcome: 'placed-with-preemption', victims: ['x'], sameDomain: { g: 'rack' } },
  },
  {
    id: 'a ComputeDomain is evicted with the last of its pods',
    because: 'the GPUs are free, the channel is not',
    problem: ask(rack('r', [4]), gang([leaf('w', 1, 2, { mnnvlGroup: 'mine' })], { priority: 5 }), { running: [busy('o1', 'r-0', 1, { mnnvlGroup: 'theirs' }), busy('p', 'r-0', 1)] }),
    expect: { outcome: 'placed-with-preemption', victims: ['o1'] },
  },
  {
    id: 'no more victims than needed among many small ones',
    because: 'three of eight single GPUs make room beside the one that is free',
    problem: ask(rack('r', [9]), gang([leaf('w', 1, 4)], { priority: 5 }), { running: Array.from({ length: 8 }, (_, at) => busy(`x${at}`, 'r-0', 1)) }),
    expect: { outcome: 'placed-with-preemption', victimCount: 3 },
  },
  {
    id: 'siblings preempt together',
    because: 'each of two groups needs a rack of its own in one block',
    problem: ask(
      [...trays('a', 2, { block: 'x' }), ...trays('b', 2, { block: 'x' }), ...trays('c', 2, { block: 'y' })],
      gang([leaf('p', 2, 4, { required: 'rack' }), leaf('d', 2, 4, { required: 'rack' })], { required: 'block', priority: 5 }),
      { running: full([{ name: 'a-0' }, { name: 'b-0' }, { name: 'c-0' }, { name: 'c-1' }], 4) },
    ),
    expect: { outcome: 'placed-with-preemption', victims: ['x-a-0', 'x-b-0'], sameDomain: { g: 'block', p: 'rack', d: 'rack' } },
  },
];
