import type { PlacementCase } from './cases/case';
import { CHOICES } from './cases/choices';
import { DOMAINS } from './cases/domains';
import { MEMBERS } from './cases/members';
import { NODES } from './cases/nodes';
import { MISTAKES, ODD } from './cases/odd';
import { PREEMPTION } from './cases/preemption';
import { REASONS } from './cases/reasons';
import { shown } from './cases/shown';
import { violations } from './rules';
import { PlacementGroup, PlacementProblem, PlacementProblemError, solve } from '../../../src/core';

/** Cases in the format of `solve`, from what schedulers of this field do and fail to do; each is checked against facts that any right answer shows. */
describe.each(Object.entries({ NODES, DOMAINS, CHOICES, MEMBERS, PREEMPTION, REASONS, ODD }))('%s', (_, cases: readonly PlacementCase[]) => {
  test.each(cases)('$id', ({ problem, expect: facts }) => {
    const result = solve(problem);
    const complete = { ...{ levels: [], running: [] }, ...problem };
    expect(violations(complete, result)).toEqual([]);
    expect(shown(complete, result, facts)).toEqual(facts);
    expect(solve(turnedAround(complete))).toEqual(result);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });
});

/** Nodes that nobody may use: too many for the search for something better, so that the first placement has to be right. */
const OTHERS = Array.from({ length: 300 }, (_, at) => ({
  name: `zz-${at}`, domain: { zone: 'zz', block: `zz${at >> 6}`, rack: `zz${at >> 4}` }, allocatable: { gpu: 4 }, taints: ['closed'],
}));
/** Single pods fill up racks in order there: that leaves more room for large gangs. */
const SMALL_ONLY = ['a pod fills up the host that it fits best'];

describe.each(Object.entries({ NODES, DOMAINS, CHOICES, MEMBERS, PREEMPTION }))('%s in a large cluster', (_, cases: readonly PlacementCase[]) => {
  test.each(cases.filter(({ id }) => !SMALL_ONLY.includes(id)))('$id', ({ problem, expect: facts }) => {
    const large = { ...problem, nodes: [...problem.nodes, ...OTHERS] };
    const result = solve(large);
    expect(violations(large, result)).toEqual([]);
    expect(shown(large, result, facts)).toEqual(facts);
  });
});

describe('MISTAKES', () => {
  test.each(MISTAKES)('$id', ({ problem, says }) => {
    expect(() => solve(problem as PlacementProblem)).toThrow(PlacementProblemError);
    expect(() => solve(problem as PlacementProblem)).toThrow(new PlacementProblemError(...parted(says)));
  });
});

/** The same problem with everything in another order. */
function turnedAround(problem: PlacementProblem): PlacementProblem {
  const tree = (group: PlacementGroup): PlacementGroup => ({ ...group, ...(group.groups ? { groups: [...group.groups].reverse().map(tree) } : {}) });
  return { ...problem, nodes: [...problem.nodes].reverse(), running: [...problem.running].reverse(), gang: tree(problem.gang) };
}

function parted(says: string): [string, string] {
  const [field, detail] = says.startsWith('the problem') ? ['the problem', says.slice(12)] : [says.slice(0, says.indexOf(' ')), says.slice(says.indexOf(' ') + 1)];
  return [field, detail];
}
