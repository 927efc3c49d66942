import { Scenario } from './cluster';
import { EmbeddedScenarioCluster } from './embedded';
import { gangScheduling } from './gang-scheduling';

const topics: Readonly<Record<string, readonly Scenario[]>> = { 'gang scheduling': gangScheduling };

describe.each(Object.entries(topics))('%s', (_, scenarios) => {
  test.each(scenarios.map(scenario => [scenario.id, scenario.title, scenario] as const))('%s: %s', async (_id, _title, { cluster: options, play }) => {
    const cluster = await EmbeddedScenarioCluster.begin(options);
    await play(cluster).finally(() => cluster.end());
  });
});
