import { PlacementCase, ask, busy, gang, leaf, machine, pods, trays } from './case';
import type { PlacementProblem } from '../../../../src/core';

/** Unusual, and still with one right answer. */
export const ODD: readonly PlacementCase[] = [
  { id: 'a gang without groups', because: 'nothing is missing', problem: ask(trays('a', 1), gang([])), expect: { outcome: 'placed', nodes: [] } },
  { id: 'a group with neither pods nor groups', because: 'it needs nothing, even if it needs it in one rack', problem: ask(trays('a', 1), gang([{ name: 'empty', required: 'rack' }, leaf('w', 1, 4)])), expect: { outcome: 'placed', pods: { w: 1 } } },
  { id: 'a count of zero', because: 'scaled to nothing', problem: ask(trays('a', 1), gang([leaf('w', 0, 4)], { required: 'rack' })), expect: { outcome: 'placed', nodes: [] } },
  { id: 'a floor above the count', because: 'the floor is what has to be there', problem: ask(trays('a', 3), gang([leaf('w', 1, 4, {}, { minCount: 3 })])), expect: { outcome: 'placed', pods: { w: 3 } } },
  { id: 'a limit of no pods a node', because: 'nowhere, then', problem: ask(trays('a', 3), gang([leaf('w', 1, 4, {}, { maxPerNode: 0 })])), expect: { outcome: 'pending' } },
  { id: 'a count that nobody can place', because: 'counted, not tried one by one', problem: ask(trays('a', 3), gang([leaf('w', 1_000_000_000, 4)])), expect: { outcome: 'pending', reason: { needed: { gpu: 4_000_000_000 } } } },
  { id: 'a request as large as numbers go', because: 'no overflow makes it small', problem: ask(trays('a', 3), gang([leaf('w', 2, Number.MAX_SAFE_INTEGER)])), expect: { outcome: 'pending' } },
  { id: 'a capacity beyond what numbers count', because: 'plenty is plenty', problem: ask([machine('n', { gpu: 4, memory: 1e18 })], gang([leaf('w', 1, 4, {}, { request: { gpu: 4, memory: 1e12 } })])), expect: { outcome: 'placed' } },
  { id: 'a capacity below zero', because: 'others have taken more than there is', problem: ask([machine('n', { gpu: -3 })], gang([leaf('w', 1, 1)])), expect: { outcome: 'pending', reason: { available: { gpu: 0 } } } },
  { id: 'resources and levels called like properties of objects', because: 'names are data', problem: ask(trays('a', 1), gang([leaf('w', 1, 0, {}, { request: { constructor: 1 } })], { required: 'toString' })), expect: { outcome: 'pending' } },
  { id: 'a group and its only leaf of one name', because: 'assignments name leaves, so nothing is ambiguous', problem: ask(trays('a', 2), { name: 'w', groups: [leaf('w', 2, 4)] }), expect: { outcome: 'placed', pods: { w: 2 } } },
  { id: 'a running pod with no request', because: 'it takes a place, and no resource', problem: ask([machine('n', { gpu: 4, pods: 2 })], gang([leaf('w', 1, 4)]), { running: [{ name: 'x', node: 'n', request: {} }] }), expect: { outcome: 'placed' } },
  { id: 'null for what is left out', because: 'other languages write it so', problem: ask(trays('a', 1), { name: 'g', required: null, groups: [{ name: 'w', groups: null, pods: { ...pods(1, 4), gpuModel: null, tolerations: null } }] } as never, { linkedGangs: null, options: null } as never), expect: { outcome: 'placed' } },
  { id: 'lists that are left out', because: 'no levels, nothing running', problem: { nodes: trays('a', 1), gang: gang([leaf('w', 1, 4)]) } as unknown as PlacementProblem, expect: { outcome: 'placed' } },
  { id: 'options that nobody knows', because: 'they change nothing', problem: ask(trays('a', 1), gang([leaf('w', 1, 4)]), { options: { colour: 'red' } as never }), expect: { outcome: 'placed' } },
  { id: 'trees of levels by name', because: 'another way to write several trees', problem: ask([0, 1].map(at => ({ name: `n${at}`, domain: { rack: 'r', leaf: `l${at}` }, allocatable: { gpu: 4 } })), gang([leaf('w', 2, 4)], { required: 'leaf', topology: 'fabric' }), { levels: { nvlink: ['rack'], fabric: ['leaf'] } as never }), expect: { outcome: 'pending', reason: { level: 'leaf' } } },
  { id: 'five hundred groups', because: 'each on a host of its own', problem: ask(Array.from({ length: 500 }, (_, at) => machine(`n${at}`, { gpu: 1 })), gang(Array.from({ length: 500 }, (_, at) => leaf(`w${at}`, 1, 1, { required: 'host' })))), expect: { outcome: 'placed', domains: [{ group: 'g', level: 'host', count: 500 }] } },
  { id: 'two thousand pods of two kinds', because: 'no recursion over pods or nodes', problem: ask(Array.from({ length: 3000 }, (_, at) => machine(`n${at}`, { gpu: 3, cpu: 3 })), gang([leaf('a', 1000, 2, {}, { request: { gpu: 2, cpu: 1 } }), leaf('b', 1000, 2, {}, { request: { gpu: 1, cpu: 2 } })])), expect: { outcome: 'placed', pods: { a: 1000, b: 1000 } } },
];

const one = gang([leaf('w', 1, 4)]);
const with_ = (pods_: object) => ask(trays('a', 1), gang([{ name: 'w', pods: { ...pods(1, 4), ...pods_ } } as never]));

/** Problems that make no sense, and what is said of them. */
export const MISTAKES: readonly { readonly id: string; readonly problem: unknown; readonly says: string }[] = [
  { id: 'nothing', problem: null, says: 'the problem is null: an object is needed' },
  { id: 'a list', problem: [], says: 'the problem is []: an object is needed' },
  { id: 'no gang', problem: { nodes: [] }, says: 'gang is missing: an object is needed' },
  { id: 'nodes that are no list', problem: { nodes: {}, gang: one }, says: 'nodes is {}: a list is needed' },
  { id: 'levels that are a word', problem: { ...ask([], one), levels: 'rack' }, says: 'levels is "rack": an object is needed' },
  { id: 'a level without a name', problem: { ...ask([], one), levels: [{ nested: false }] }, says: 'levels[0].name is missing: a name is needed' },
  { id: 'a node without a name', problem: ask([{ domain: {}, allocatable: {} } as never], one), says: 'nodes[0].name is missing: a name is needed' },
  { id: 'two nodes of one name', problem: ask([...trays('a', 1), ...trays('a', 1)], one), says: 'nodes[1].name is a-0, which nodes[0] is called already' },
  { id: 'two running pods of one name', problem: ask(trays('a', 1), one, { running: [busy('x', 'a-0', 1), busy('x', 'a-0', 1)] }), says: 'running[1].name is x, which running[0] is called already' },
  { id: 'two leaves of one name', problem: ask([], gang([leaf('w', 1, 1), { name: 's', groups: [leaf('w', 1, 1)] }])), says: 'gang.groups[1].groups[0].name is w, which gang.groups[0] is called already: the assignment could not tell their pods apart' },
  { id: 'half a GPU', problem: with_({ request: { gpu: 0.5 } }), says: 'gang.groups[0].pods.request.gpu is 0.5: a whole number of at least 0 is needed, in a smaller unit' },
  { id: 'a quantity as text', problem: with_({ request: { memory: '4Gi' } }), says: 'gang.groups[0].pods.request.memory is "4Gi": a whole number of at least 0 is needed' },
  { id: 'less than nothing', problem: with_({ request: { gpu: -1 } }), says: 'gang.groups[0].pods.request.gpu is -1: a whole number of at least 0 is needed' },
  { id: 'not a number', problem: with_({ count: NaN }), says: 'gang.groups[0].pods.count is NaN: a whole number of at least 0 is needed' },
  { id: 'no count', problem: with_({ count: undefined }), says: 'gang.groups[0].pods.count is missing: a whole number of at least 0 is needed' },
  { id: 'more than can be counted', problem: with_({ request: { gpu: 2 ** 60 } }), says: 'gang.groups[0].pods.request.gpu is 1152921504606847000: a whole number of at least 0 is needed' },
  { id: 'a capacity as text', problem: ask([machine('n', { gpu: '8' } as never)], one), says: 'nodes[0].allocatable.gpu is "8": a whole number is needed' },
  { id: 'a running pod without a node', problem: ask([], one, { running: [{ name: 'x', request: {} } as never] }), says: 'running[0].node is missing: a name is needed' },
  { id: 'a required level that is no name', problem: ask([], gang([], { required: 3 as never })), says: 'gang.required is 3: a name is needed' },
  { id: 'a budget below zero', problem: ask([], one, { options: { searchBudget: -1 } }), says: 'options.searchBudget is -1: a whole number of at least 0 is needed' },
  { id: 'a gang within a gang within a gang', problem: ask([], nested(40)), says: `gang${'.groups[0]'.repeat(33)} is more than 32 groups deep` },
];

function nested(depth: number): PlacementProblem['gang'] {
  return depth === 0 ? leaf('w', 1, 1) : { name: `d${depth}`, groups: [nested(depth - 1)] };
}
