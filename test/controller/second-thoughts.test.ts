import { Faults } from '../../controller/src/cluster';
import { POD_CLIQUE_SET, SCALING_GROUP } from '../../controller/src/state/resources';
import { EmbeddedCluster, State } from '../support/embedded';
import { aCliqueTemplate, aSet } from '../support/objects';

/** What is wanted again stays, although the request for its deletion was put off and would be repeated. */
const workload = aSet('w', {
  cliques: [aCliqueTemplate('alone', 1, 1), aCliqueTemplate('worker', 1, 1)],
  podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['worker'], replicas: 2, minAvailable: 1 }],
});

let cluster: EmbeddedCluster;
afterEach(() => cluster.stop());

/** A busy server asks to come again in 5 seconds with every deletion. */
async function running(): Promise<{ before: State; trouble: { isBusy: boolean; refused: number } }> {
  const trouble = { isBusy: true, refused: 0 };
  const faults: Faults = {
    request: ({ method }) => (method === 'DELETE' && trouble.isBusy ? (trouble.refused++, { refuse: { status: 429, retryAfterSeconds: 5 } }) : undefined),
  };
  const nodes = [{ name: 'n', labels: {}, allocatable: { cpu: '64' } }];
  cluster = await EmbeddedCluster.start({ nodes, faults });
  await cluster.createSet({ ...workload, spec: { ...workload.spec, replicas: 2 } });
  return { before: await cluster.until('ready', ({ ready }) => ready.length === 6), trouble };
}

test.each([
  ['set', POD_CLIQUE_SET, 'w'],
  ['scaling group', SCALING_GROUP, 'w-0-g'],
])('a %s that is scaled in and at once out again', async (_what, type, name) => {
  const { before, trouble } = await running();
  await cluster.patch(type, name, { spec: { replicas: 1 } });
  await cluster.clock.advance(1_000);
  expect(trouble.refused).toBeGreaterThan(0);
  trouble.isBusy = false;
  await cluster.patch(type, name, { spec: { replicas: 2 } });
  await cluster.clock.advance(60_000);
  const after = await cluster.state();
  const uids = ({ pods }: State) => pods.map(({ metadata }) => metadata.uid).sort();
  expect(uids(after)).toEqual(uids(before));
});
