import { PlacementCase, ask, busy, gang, leaf, machine, rack, trays } from './case';

/** Why a gang waits: what is needed, where it comes closest, what would help; and what is no verdict. */
export const REASONS: readonly PlacementCase[] = [
  {
    id: 'needed, best domain, available',
    because: 'y has 8 of 12 free GPUs, x has 6',
    problem: ask([...rack('x', [8]), ...rack('y', [8])], gang([leaf('w', 3, 4)], { required: 'rack' }), { running: [busy('old', 'x-0', 2)] }),
    expect: {
      outcome: 'pending',
      reason: { level: 'rack', bestDomain: 'y', needed: { gpu: 12 }, available: { gpu: 8 } },
      sentence: 'g needs 12 gpu in one rack; best is y with 8 gpu free; fits if required were preferred, in 2 racks',
    },
  },
  {
    id: 'the group that does not fit alone is named',
    because: 'not the gang as a whole: the decode group is too large for any rack',
    problem: ask(
      [...trays('a', 3, { block: 'b' }), ...trays('c', 3, { block: 'b' })],
      gang([leaf('prefill', 1, 4, { required: 'rack' }), leaf('decode', 4, 4, { required: 'rack' })], { required: 'block' }),
    ),
    expect: { outcome: 'pending', reason: { group: 'decode', level: 'rack', needed: { gpu: 16 }, available: { gpu: 12 }, nearest: { kind: 'prefer', group: 'decode', domains: 2 } } },
  },
  {
    id: 'who would have to leave',
    because: 'one pod that may not be evicted is in the way',
    problem: ask(trays('a', 2), gang([leaf('w', 2, 4)], { required: 'rack' }), { running: [busy('x', 'a-0', 1, { priority: 5 })] }),
    expect: { outcome: 'pending', sentence: 'g needs 8 gpu in one rack; best is a with 7 gpu free; fits in a if x left' },
  },
  {
    id: 'how much room is missing',
    because: 'nothing simple would do',
    problem: ask(trays('a', 2), gang([leaf('w', 5, 4)], { required: 'rack' })),
    expect: { outcome: 'pending', reason: { nearest: { kind: 'room', domain: 'a', missing: { gpu: 12 } } } },
  },
  {
    id: 'every resource that is needed is told',
    because: 'GPUs are there, memory is not',
    problem: ask([machine('n1', { gpu: 8, memory: 100 })], gang([leaf('w', 2, 4, {}, { request: { gpu: 4, memory: 80 } })])),
    expect: {
      outcome: 'pending',
      reason: { needed: { gpu: 8, memory: 160 }, available: { gpu: 8, memory: 100 } },
      sentence: 'g needs 160 memory; all nodes together have 100 memory free',
    },
  },
  {
    id: 'what is free on nodes that may not be used is not available',
    because: 'the tainted node has plenty',
    problem: ask([machine('n1', { gpu: 8 }, { taints: ['t'] }), machine('n2', { gpu: 2 })], gang([leaf('w', 1, 4)])),
    expect: { outcome: 'pending', reason: { available: { gpu: 2 } } },
  },
  {
    id: 'no node may take the pods at all',
    because: 'the selector matches nothing',
    problem: ask(trays('a', 2), gang([leaf('w', 1, 1, {}, { nodeSelector: { pool: 'z' } })])),
    expect: { outcome: 'pending', sentence: 'g needs 1 gpu; no node may take its pods' },
  },
  {
    id: 'only the floor is needed',
    because: 'extras are no reason to wait',
    problem: ask(trays('a', 1), gang([leaf('w', 9, 4, {}, { minCount: 2 })])),
    expect: { outcome: 'pending', reason: { needed: { gpu: 8 }, available: { gpu: 4 } } },
  },
  {
    id: 'fragments are told apart from shortage',
    because: 'four GPUs are free, two on each of two nodes',
    problem: ask([machine('n1', { gpu: 2 }), machine('n2', { gpu: 2 })], gang([leaf('w', 1, 4)])),
    expect: { outcome: 'pending', sentence: 'g needs 4 gpu; all nodes together have 4 gpu free, but not in pieces that fit' },
  },
  {
    id: 'pods that ask for nothing need places',
    because: 'the sentence has to name something',
    problem: ask([machine('n1', { pods: 1 })], gang([leaf('w', 2, 0, {}, { request: {} })])),
    expect: { outcome: 'pending', sentence: 'g needs 2 pods; all nodes together have 1 pods free' },
  },
  {
    id: 'no nodes',
    because: 'an empty cluster is a cluster',
    problem: ask([], gang([leaf('w', 1, 1)])),
    expect: { outcome: 'pending', nodes: [] },
  },
  {
    id: 'a budget that ends is no verdict',
    because: 'three-valued: neither placed nor proved',
    problem: ask(
      [...rack('p', [10]), ...rack('q', [7])],
      gang([leaf('a', 5, 1, { required: 'rack' }), leaf('b', 5, 1, { required: 'rack' }), leaf('c', 7, 1, { required: 'rack' })]),
      { options: { searchBudget: 1 } },
    ),
    expect: { outcome: 'undecided' },
  },
  {
    id: 'sums decide without any budget',
    because: 'a proof that needs no search is given even if none is allowed',
    problem: ask(trays('a', 2), gang([leaf('w', 5, 4)], { required: 'rack' }), { options: { searchBudget: 0 } }),
    expect: { outcome: 'pending', reason: { level: 'rack' } },
  },
];
