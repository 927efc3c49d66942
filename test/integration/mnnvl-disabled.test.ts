import { runController } from './operator';
import { RealScenarioCluster } from './real-cluster';
import { View } from './view';
import { installComputeDomains, removeComputeDomains } from '../control-plane/compute-domains';
import { connect } from '../control-plane/connect';
import { mnnvlDisabled } from '../scenarios/mnnvl';

const connection = connect();
const operator = runController(connection, { admission: { autoMnnvl: false } });
const view = new View(connection.admin);
const watching = new AbortController();
beforeAll(() => view.start(watching.signal));
connection.atEnd(() => Promise.resolve(watching.abort()));

test.each(mnnvlDisabled.map(scenario => [scenario.id, scenario.title, scenario] as const))('%s: %s', async (_id, _title, { id, cluster: options, play }) => {
  if (options.computeDomains) await installComputeDomains(connection.admin);
  const cluster = await RealScenarioCluster.begin(connection, operator, view, id, options);
  await play(cluster).finally(() => cluster.end());
  if (options.computeDomains) await removeComputeDomains(connection.admin);
});
