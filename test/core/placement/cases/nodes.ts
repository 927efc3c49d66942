import { PlacementCase, ask, busy, gang, leaf, machine, rack } from './case';

const model = (product: string) => ({ labels: { 'nvidia.com/gpu.product': product } });
const two = [machine('n1', { gpu: 4 }), machine('n2', { gpu: 4 })];

/** What a node may take: resources, the number of pods, taints, labels, models, limits per node. */
export const NODES: readonly PlacementCase[] = [
  {
    id: 'mixed sizes fill a node to the last GPU',
    because: 'a largest pod that stands for all would need five times 4 GPUs (KAI)',
    problem: ask(rack('r', [8]), gang([leaf('large', 1, 4), leaf('small', 4, 1)], { required: 'rack' })),
    expect: { outcome: 'placed', pods: { large: 1, small: 4 }, nodes: ['r-0'] },
  },
  {
    id: 'mixed sizes over two nodes',
    because: '3+1 and 2+2 fit, 3+2 does not: sums say yes, and only packing says how',
    problem: ask(two, gang([leaf('a', 1, 3), leaf('b', 2, 2), leaf('c', 1, 1)])),
    expect: { outcome: 'placed', pods: { a: 1, b: 2, c: 1 } },
  },
  {
    id: 'sums fit, pieces do not',
    because: 'three pods of 3 GPUs need 9 of 10 free GPUs, but a node of 4 holds one and a node of 2 none',
    problem: ask([...two, machine('n3', { gpu: 2 })], gang([leaf('w', 3, 3)])),
    expect: { outcome: 'pending', reason: { needed: { gpu: 9 }, available: { gpu: 10 } } },
  },
  {
    id: 'CPU binds where GPUs would not',
    because: 'vectors are packed, not the main resource alone',
    problem: ask(
      [machine('n1', { gpu: 4, cpu: 4 }), machine('n2', { gpu: 4, cpu: 4 })],
      gang([leaf('a', 2, 3, {}, { request: { gpu: 3, cpu: 1 } }), leaf('b', 2, 1, {}, { request: { gpu: 1, cpu: 3 } })]),
    ),
    expect: { outcome: 'placed', pods: { a: 2, b: 2 } },
  },
  {
    id: 'a resource that a node does not list is none for those that ask',
    because: 'only n2 has the network card',
    problem: ask([machine('n1', { gpu: 8 }), machine('n2', { gpu: 4, nic: 1 })], gang([leaf('w', 1, 1, {}, { request: { gpu: 1, nic: 1 } })])),
    expect: { outcome: 'placed', nodes: ['n2'] },
  },
  {
    id: 'a resource that a node does not list is no limit for those that do not ask',
    because: 'the node lists no CPU, and the pods want none; the memory of others is none of their business',
    problem: ask([machine('n1', { gpu: 2 })], gang([leaf('w', 2, 1)]), { running: [{ name: 'x', node: 'n1', request: { memory: 1000, cpu: 64 } }] }),
    expect: { outcome: 'placed', nodes: ['n1'] },
  },
  {
    id: 'a resource that no node knows',
    because: 'the gang waits, and is told for what',
    problem: ask(two, gang([leaf('w', 2, 0, {}, { request: { tpu: 4 } })])),
    expect: { outcome: 'pending', reason: { needed: { tpu: 8 }, available: { tpu: 0 } } },
  },
  {
    id: 'pods count where the node lists them',
    because: 'room for 8 GPUs, but for three pods',
    problem: ask([machine('n1', { gpu: 8, pods: 4 })], gang([leaf('w', 4, 1)]), { running: [busy('x', 'n1', 0)] }),
    expect: { outcome: 'pending', reason: { needed: { pods: 4 }, available: { pods: 3 } } },
  },
  {
    id: 'pods without any request take their place all the same',
    because: 'two nodes of one place each hold two of three',
    problem: ask([machine('n1', { pods: 1 }), machine('n2', { pods: 1 })], gang([leaf('w', 3, 0, {}, { request: {}, minCount: 2 })])),
    expect: { outcome: 'placed', pods: { w: 2 }, nodes: ['n1', 'n2'] },
  },
  {
    id: 'pods are unlimited where the node does not list them',
    because: 'fifty pods that ask for nothing',
    problem: ask([machine('n1', { gpu: 1 })], gang([leaf('w', 50, 0, {}, { request: {} })])),
    expect: { outcome: 'placed', pods: { w: 50 } },
  },
  {
    id: 'an overcommitted node has nothing left, and owes nothing to others',
    because: 'what is used beyond the capacity of n1 does not reduce what n2 has',
    problem: ask(two, gang([leaf('w', 1, 4)]), { running: [busy('x', 'n1', 9)] }),
    expect: { outcome: 'placed', nodes: ['n2'] },
  },
  {
    id: 'pods on a node that is gone use nothing',
    because: 'the node is not in the list',
    problem: ask(two, gang([leaf('w', 2, 4)]), { running: [busy('x', 'gone', 4)] }),
    expect: { outcome: 'placed', nodes: ['n1', 'n2'] },
  },
  {
    id: 'a taint keeps pods away that do not tolerate it',
    because: 'the tainted node would be the tighter one',
    problem: ask([machine('n1', { gpu: 2 }, { taints: ['dedicated'] }), machine('n2', { gpu: 8 })], gang([leaf('w', 1, 2)])),
    expect: { outcome: 'placed', nodes: ['n2'] },
  },
  {
    id: 'every taint has to be tolerated',
    because: 'one of two is not enough',
    problem: ask([machine('n1', { gpu: 8 }, { taints: ['a', 'b'] })], gang([leaf('w', 1, 1, {}, { tolerations: ['a'] })])),
    expect: { outcome: 'pending', reason: { needed: { gpu: 1 } } },
  },
  {
    id: 'siblings with different tolerations share a rack',
    because: 'the router fits only where the workers, which may go anywhere, leave it room: workers belong on the tainted node',
    problem: ask(
      [...rack('r', [4]), { ...rack('r', [4])[0]!, name: 'r-1', taints: ['gpu'] }],
      gang([leaf('router', 4, 1), leaf('worker', 4, 1, {}, { tolerations: ['gpu'] })], { required: 'rack' }),
    ),
    expect: { outcome: 'placed', in: [{ group: 'router', level: 'host', values: ['r-0'] }, { group: 'worker', level: 'host', values: ['r-1'] }] },
  },
  {
    id: 'a node selector has to match in full',
    because: 'one label of two matches on n1',
    problem: ask(
      [machine('n1', { gpu: 8 }, { labels: { pool: 'a' } }), machine('n2', { gpu: 8 }, { labels: { pool: 'a', disk: 'ssd' } })],
      gang([leaf('w', 1, 1, {}, { nodeSelector: { pool: 'a', disk: 'ssd' } })]),
    ),
    expect: { outcome: 'placed', nodes: ['n2'] },
  },
  {
    id: 'GPUs of another model do not count',
    because: 'a mixed pool: 8 of 16 GPUs are of the model',
    problem: ask(
      [machine('n1', { gpu: 8 }, model('H100')), machine('n2', { gpu: 8 }, model('B200'))],
      gang([leaf('w', 2, 8, {}, { gpuModel: 'B200' })]),
    ),
    expect: { outcome: 'pending', reason: { needed: { gpu: 16 }, available: { gpu: 8 } } },
  },
  {
    id: 'two models in one gang',
    because: 'prefill on one kind, decode on the other',
    problem: ask(
      [machine('n1', { gpu: 8 }, model('H100')), machine('n2', { gpu: 8 }, model('B200'))],
      gang([leaf('p', 1, 8, {}, { gpuModel: 'H100' }), leaf('d', 1, 8, {}, { gpuModel: 'B200' })]),
    ),
    expect: { outcome: 'placed', in: [{ group: 'p', level: 'host', values: ['n1'] }, { group: 'd', level: 'host', values: ['n2'] }] },
  },
  {
    id: 'a limit per node spreads pods',
    because: 'all three would fit on one node',
    problem: ask([machine('n1', { gpu: 8 }), machine('n2', { gpu: 8 }), machine('n3', { gpu: 8 })], gang([leaf('w', 3, 1, {}, { maxPerNode: 1 })])),
    expect: { outcome: 'placed', nodes: ['n1', 'n2', 'n3'] },
  },
  {
    id: 'a limit per node counts members that run already',
    because: 'n1 has its one pod of the group',
    problem: ask(two, gang([leaf('w', 2, 1, {}, { maxPerNode: 1 })]), { running: [busy('m', 'n1', 1, { memberOf: 'w' })] }),
    expect: { outcome: 'placed', pods: { w: 1 }, nodes: ['n2'] },
  },
  {
    id: 'a limit per node and one host are at odds',
    because: 'two pods, one per node, in one host: proved at once',
    problem: ask(two, gang([leaf('w', 2, 1, { required: 'host' }, { maxPerNode: 1 })])),
    expect: { outcome: 'pending', reason: { level: 'host' } },
  },
  {
    id: 'three that want the same special node, and one that may go anywhere',
    because: 'whoever has least choice goes first; otherwise every node of the cluster would be tried for the flexible pod',
    problem: ask(
      [machine('special', { gpu: 4 }, { labels: { special: 'yes' } }), ...Array.from({ length: 400 }, (_, at) => machine(`n${at}`, { gpu: 4 + (at % 3) }))],
      gang([
        leaf('any', 1, 4), leaf('b', 1, 3, {}, { nodeSelector: { special: 'yes' } }),
        leaf('c', 1, 2, {}, { nodeSelector: { special: 'yes' } }),
      ]),
      { options: { searchBudget: 500 } },
    ),
    expect: { outcome: 'pending' },
  },
];
