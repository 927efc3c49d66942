import { Faults } from '../../controller/src/cluster';
import { POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { PodSpec } from '../../src/core';
import { EmbeddedCluster } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

const running = (image: string): Partial<PodSpec> => ({ containers: [{ name: 'main', image }] });
const workload = (image: string) => aSet('w', { cliques: [aCliqueTemplate('a', 2, 1, running(image))] });

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

test('a pod that nobody knew of when the template changed is not taken for one of the new template', async () => {
  const trouble = { lost: 0, isEdited: false };
  const isPods = (path: string) => path.endsWith('/pods');
  const faults: Faults = {
    request: ({ method, path }) => {
      if (method !== 'POST' || !isPods(path) || trouble.isEdited) return undefined;
      return trouble.lost++ < 2 ? { reset: 'after' } : { refuse: { status: 500 } };
    },
    line: ({ path }) => (isPods(path) ? { delayMs: 3_000 } : undefined),
  };
  cluster = await EmbeddedCluster.start({ nodes: [{ name: 'n', labels: {}, allocatable: { cpu: '64' } }], faults });
  await cluster.createSet(workload('i:1'));
  await cluster.until('the pods are made', ({ pods }) => pods.length === 2);
  await cluster.patch(POD_CLIQUE_SET, 'w', { spec: workload('i:2').spec });
  await cluster.until('the change is known', ({ cliques: [clique] }) => clique?.spec.podSpec.containers[0]?.image === 'i:2');
  trouble.isEdited = true;
  const { pods } = await cluster.until('updated', ({ sets: [{ status }], ready }) =>
    ready.length === 2 && status?.updateProgress?.updateEndedAt !== undefined, 120_000);
  await cluster.clock.advance(10_000);
  expect(pods.map(({ spec }) => spec.containers[0]?.image)).toEqual(['i:2', 'i:2']);
});
