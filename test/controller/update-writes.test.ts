import { POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { PodCliqueSet } from '../../src/core';
import { EmbeddedCluster } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

const REPLICAS = 10;
const PODS = 2 * REPLICAS;
const nodes = Array.from({ length: 4 }, (_, index) => ({ name: `n${index}`, labels: {}, allocatable: { cpu: '64' } }));
const workload = (image: string): PodCliqueSet =>
  aSet('w', { cliques: [aCliqueTemplate('server', 2, 2, { containers: [{ name: 'main', image }] })] }, REPLICAS);

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

/** Numbers of writes by `verb resource`, a pod. */
function writesPerPod(writes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const write of writes) {
    const [, verb, resource, subresource] = /^(\w+) .*\/(\w+sets|podcliques|podgangs|pods)(?:\/[^/]+)?(?:\/(\w+))?$/.exec(write)!;
    const key = [`${verb} ${resource}`, subresource].filter(Boolean).join('/');
    counts[key] = (counts[key] ?? 0) + 1 / PODS;
  }
  return Object.fromEntries(Object.entries(counts).map(([key, count]) => [key, Math.round(count * 10) / 10]));
}

test('an update of pods that start at once writes each object once a pod, and what changes again at once not at all', async () => {
  const faults = { request: ({ method }: { method: string }) => (method === 'GET' ? undefined : { delayMs: 10 }) };
  cluster = await EmbeddedCluster.start({ nodes, faults, kubelet: { startMs: 100 } });
  await cluster.createSet(workload('v1'));
  await cluster.until('available', ({ sets: [{ status }] }) => status?.availableReplicas === REPLICAS);
  await cluster.clock.advance(30_000);
  const before = cluster.writes.length;
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: workload('v2').spec });
  const ended = ({ sets: [{ status }] }: { sets: readonly PodCliqueSet[] }) => status?.updateProgress?.updateEndedAt !== undefined;
  await cluster.until('the update ended', ended);
  await cluster.clock.advance(30_000);
  expect(writesPerPod(cluster.writes.slice(before))).toEqual({
    'DELETE pods': 1,
    'POST pods': 1,
    'POST pods/binding': 1,
    'PATCH podgangs': 1,
    'PATCH podgangs/status': 1,
    'PATCH podcliques': 0.5,
    'PATCH podcliques/status': 1.5,
    'PATCH podcliquesets/status': 1.1,
  });
});
