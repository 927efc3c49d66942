import { cascadeDelete } from './cascade-delete';
import { Scenario } from './cluster';
import { EmbeddedScenarioCluster } from './embedded';
import { gangScheduling } from './gang-scheduling';
import { gangTermination } from './gang-termination';
import { mnnvl, mnnvlDisabled } from './mnnvl';
import { updateOnDelete } from './on-delete';
import { resourceSharing } from './resource-sharing';
import { rollingUpdate } from './rolling-update';
import { startupOrder } from './startup-order';
import { topologyBindings } from './topology-bindings';
import { topologyPacking } from './topology-packing';

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
  'MNNVL switched off': mnnvlDisabled,
};

describe.each(Object.entries(topics))('%s', (_, scenarios) => {
  test.each(scenarios.map(scenario => [scenario.id, scenario.title, scenario] as const))('%s: %s', async (_id, _title, { cluster: options, play }) => {
    const cluster = await EmbeddedScenarioCluster.begin(options);
    await play(cluster).finally(() => cluster.end());
  });
});
