import { runController } from './operator';
import { RealScenarioCluster } from './real-cluster';
import { View } from './view';
import { installComputeDomains, removeComputeDomains } from '../control-plane/compute-domains';
import { connect } from '../control-plane/connect';
import { cascadeDelete } from '../scenarios/cascade-delete';
import { Scenario } from '../scenarios/cluster';
import { gangScheduling } from '../scenarios/gang-scheduling';
import { gangTermination } from '../scenarios/gang-termination';
import { mnnvl } from '../scenarios/mnnvl';
import { updateOnDelete } from '../scenarios/on-delete';
import { resourceSharing } from '../scenarios/resource-sharing';
import { rollingUpdate } from '../scenarios/rolling-update';
import { startupOrder } from '../scenarios/startup-order';
import { topologyBindings } from '../scenarios/topology-bindings';
import { topologyPacking } from '../scenarios/topology-packing';

/** Scenarios side by side: each has nodes and a namespace of its own, so only the two cores are shared. */
const LIMIT_MS = 180_000;

const topics: Readonly<Record<string, readonly Scenario[]>> = {
  'gang scheduling': gangScheduling,
  'gang termination': gangTermination,
  'start-up order': startupOrder,
  'rolling update': rollingUpdate,
  'update on delete': updateOnDelete,
  'cascade delete': cascadeDelete,
  'topology packing': topologyPacking,
  'topology bindings': topologyBindings,
  'MNNVL': mnnvl,
  'resource sharing': resourceSharing,
};

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
