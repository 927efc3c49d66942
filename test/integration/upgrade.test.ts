import { runController } from './operator';
import { RealScenarioCluster } from './real-cluster';
import { View } from './view';
import { connect } from '../control-plane/connect';
import { playUpgrade } from '../scenarios/upgrade';

const connection = connect();
const operator = runController(connection);
const view = new View(connection.admin);
const watching = new AbortController();
beforeAll(() => view.start(watching.signal));
connection.atEnd(() => Promise.resolve(watching.abort()));

test('upgrade-survivor: the controller becomes another version, and back; no pod restarts, and updates go on', async () => {
  const cluster = await RealScenarioCluster.begin(connection, operator, view, 'upgrade', { nodes: 8 });
  await playUpgrade(cluster, async version => {
    await operator.stop();
    await operator.start(version);
  }).finally(() => cluster.end());
});
