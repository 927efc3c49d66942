import { runController } from './operator';
import { RealScenarioCluster } from './real-cluster';
import { View } from './view';
import { installComputeDomains, removeComputeDomains } from '../control-plane/compute-domains';
import { connect } from '../control-plane/connect';
import { topics } from '../scenarios/topics';

/** Scenarios side by side: each has nodes and a namespace of its own, so only the two cores are shared. */
const LIMIT_MS = 180_000;

const connection = connect();
beforeAll(() => installComputeDomains(connection.admin));
connection.atEnd(() => removeComputeDomains(connection.admin));
const operator = runController(connection);
const view = new View(connection.admin);
const watching = new AbortController();
beforeAll(() => view.start(watching.signal));
connection.atEnd(() => Promise.resolve(watching.abort()));

describe.each(Object.entries(topics))('%s', (_, scenarios) => {
  test.concurrent.each(scenarios.map(scenario => [scenario.id, scenario.title, scenario] as const))('%s: %s', async (_id, _title, { id, cluster: options, play }) => {
    const cluster = await RealScenarioCluster.begin(connection, operator, view, id, options);
    await play(cluster).finally(() => cluster.end());
  }, LIMIT_MS);
});
