import { NodeTerm, PlacementNode, solve } from '../../../src/core';

const node = (name: string, labels: Record<string, string> = {}): PlacementNode => ({ name, domain: {}, allocatable: { gpu: 1 }, labels });
const nodes = [node('n1', { kind: 'a', speed: '10' }), node('n2', { kind: 'b', speed: '30' }), node('n3')];

/** Nodes that a pod with the affinity may have, found by asking for as many pods as there are nodes. */
function allowed(nodeAffinity: readonly NodeTerm[]): string[] {
  const pods = { count: nodes.length, minCount: 0, request: { gpu: 1 }, nodeAffinity };
  return solve({ levels: [], nodes, running: [], gang: { name: 'g', pods } }).assignment.map(assigned => assigned.node);
}

test.each<[string, readonly NodeTerm[], string[]]>([
  ['one of several values', [{ matchExpressions: [{ key: 'kind', operator: 'In', values: ['a', 'c'] }] }], ['n1']],
  ['none of the values, or no value', [{ matchExpressions: [{ key: 'kind', operator: 'NotIn', values: ['a'] }] }], ['n2', 'n3']],
  ['some value', [{ matchExpressions: [{ key: 'kind', operator: 'Exists' }] }], ['n1', 'n2']],
  ['no value', [{ matchExpressions: [{ key: 'kind', operator: 'DoesNotExist' }] }], ['n3']],
  ['more than', [{ matchExpressions: [{ key: 'speed', operator: 'Gt', values: ['20'] }] }], ['n2']],
  ['less than', [{ matchExpressions: [{ key: 'speed', operator: 'Lt', values: ['20'] }] }], ['n1']],
  ['a name', [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n3'] }] }], ['n3']],
  ['either term', [{ matchExpressions: [{ key: 'kind', operator: 'In', values: ['a'] }] }, { matchExpressions: [{ key: 'kind', operator: 'DoesNotExist' }] }], ['n1', 'n3']],
  ['every requirement of a term', [{ matchExpressions: [{ key: 'kind', operator: 'Exists' }, { key: 'speed', operator: 'Gt', values: ['20'] }] }], ['n2']],
  ['a term that asks for nothing', [{}], []],
  ['no terms at all', [], []],
])('%s', (_, terms, expected) => expect(allowed(terms)).toEqual(expected));
