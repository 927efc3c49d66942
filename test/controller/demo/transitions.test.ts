import { SHORT_OF_ROOM, clique, gang, view } from './views';
import { transitions } from '../../../controller/src/demo/transitions';

test('pods that change together share a line, and causes come before what they cause', () => {
  const before = view([gang('Starting', [clique('router', ['blocked'], { waitsFor: ['prefill'] }), clique('prefill', ['starting', 'starting', 'starting', 'ready'])])]);
  const after = view([gang('Starting', [clique('router', ['starting']), clique('prefill', ['ready', 'ready', 'starting', 'ready'])])]);
  expect(transitions(before, after)).toEqual([
    'llm-0-prefill: pods 0-1 ready (3 of 4)',
    'llm-0-router: pod 0 starting on rack-0-node-00',
  ]);
});

test('what is new tells where it is and what it waits for', () => {
  const after = view([gang('Starting', [clique('prefill', ['starting', 'starting']), clique('router', ['blocked', 'blocked'], { waitsFor: ['prefill'] }), clique('decode', ['unplaced'])])]);
  expect(transitions(view([]), after)).toEqual([
    'llm-0-decode: pod 0 created, without a node',
    'llm-0-router: pods 0-1 placed on 2 nodes of rack-0.0, waiting for prefill',
    'llm-0-prefill: pods 0-1 starting on 2 nodes of rack-0.0',
    'gang llm-0: Starting',
  ]);
});

test('a reason is told when it is there and again when it changes, and not in between', () => {
  const waiting = (message: string) => view([gang('Pending', [], { reason: { ...SHORT_OF_ROOM, message } })]);
  expect(transitions(view([gang('Pending', [])]), waiting('too small'))).toEqual(['gang llm-0: Pending: too small']);
  expect(transitions(waiting('too small'), waiting('too small'))).toEqual([]);
  expect(transitions(waiting('too small'), waiting('still'))).toEqual(['gang llm-0: Pending: still']);
});

test('what goes is told, too', () => {
  const before = view([gang('Running', [clique('prefill', ['ready', 'ready', 'stopping'])])]);
  expect(transitions(before, view([gang('Running', [clique('prefill', ['ready', 'stopping'])])]))).toEqual([
    'llm-0-prefill: pod 1 stopping on rack-0-node-01',
    'llm-0-prefill: pod 2 gone',
  ]);
  expect(transitions(before, view([]))).toEqual(['gang llm-0: gone']);
});
