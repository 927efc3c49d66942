import { viewOf } from '../../../controller/src/demo/view';
import { createCaches } from '../../../controller/src/state/caches';
import { CONDITION, KubeObject, LABEL, STARTUP_CONTAINER } from '../../../src/core';
import { aClique, aCliqueTemplate, aGang, aNode, aPod, aSet } from '../../support/objects';

const RACK = 'nvidia.com/gpu.clique';
const gpus = { containers: [{ name: 'main', image: 'image', resources: { limits: { 'nvidia.com/gpu': '4' } } }] };
const gate = { initContainers: [{ name: STARTUP_CONTAINER, image: 'image' }] };

function caches({ gangStatus = {}, placed = true } = {}) {
  const filled = createCaches();
  const fill = (store: { replace(objects: never[], version: string): void }, objects: readonly KubeObject[]) => store.replace(objects as never[], '1');
  const labels = { [LABEL.podGang]: 'llm-0', [LABEL.setReplicaIndex]: '0' };
  fill(filled.sets.store, [aSet('llm', { cliques: [aCliqueTemplate('server', 2, 1), aCliqueTemplate('router', 1, 1)] })]);
  fill(filled.cliques.store, [aClique('llm-0-router', 1, 1, { labels, startsAfter: ['llm-0-server'] }), aClique('llm-0-server', 2, 1, { labels })]);
  fill(filled.gangs.store, [{ ...aGang('llm-0', []), status: gangStatus }]);
  fill(filled.nodes.store, [
    aNode('n0', { 'nvidia.com/gpu': '4' }, { labels: { [RACK]: 'rack-0' } }),
    aNode('n1', { 'nvidia.com/gpu': '4' }, { labels: { [RACK]: 'rack-0' }, spec: { unschedulable: true } }),
    aNode('elsewhere', { 'nvidia.com/gpu': '4' }),
  ]);
  const node = placed ? { node: 'n0' } : {};
  fill(filled.pods.store, [
    aPod('s1', { clique: 'llm-0-server', index: 1 }),
    aPod('s0', { clique: 'llm-0-server', index: 0, ...node, spec: gpus }),
    aPod('r0', { clique: 'llm-0-router', ...node, spec: gate }),
  ]);
  return filled;
}

test('cliques are in the order of their templates, pods in that of their indexes, each with its state', () => {
  const [{ name, gangs: [gang] }] = viewOf(caches(), { rackLabel: RACK }).sets;
  expect(name).toBe('llm');
  expect(gang!.cliques.map(({ role, replicas, floor, waitsFor }) => ({ role, replicas, floor, waitsFor }))).toEqual([
    { role: 'server', replicas: 2, floor: 1, waitsFor: [] },
    { role: 'router', replicas: 1, floor: 1, waitsFor: ['server'] },
  ]);
  expect(gang!.cliques.map(({ pods }) => pods.map(({ name: pod, state, rack }) => [pod, state, rack]))).toEqual([
    [['s0', 'starting', 'rack-0'], ['s1', 'unplaced', undefined]],
    [['r0', 'blocked', 'rack-0']],
  ]);
});

test('a gang that waits says why; one that has its nodes is starting, whatever its status says yet', () => {
  const gangStatus = { phase: 'Pending', conditions: [{ type: CONDITION.scheduled, status: 'False', reason: 'Unschedulable', message: 'too small', lastTransitionTime: '' }] };
  const gangOf = (placed: boolean) => viewOf(caches({ gangStatus, placed }), { rackLabel: RACK }).sets[0]!.gangs[0]!;
  expect(gangOf(false)).toMatchObject({ phase: 'Pending', reason: { code: 'Unschedulable', message: 'too small' } });
  expect(gangOf(true).phase).toBe('Starting');
  expect(gangOf(true).reason).toBeUndefined();
});

test('racks show what is taken, by whom, and which nodes take nobody', () => {
  expect(viewOf(caches(), { rackLabel: RACK }).racks).toEqual([{
    name: 'rack-0',
    nodes: [
      { name: 'n0', open: true, gpus: 4, freeGpus: 0, pod: { clique: 'llm-0-server', state: 'starting' } },
      { name: 'n1', open: false, gpus: 4, freeGpus: 4 },
    ],
  }]);
});
