import { EmbeddedScenarioCluster } from './embedded';
import { mnnvlDisabled } from './mnnvl';
import { topics } from './topics';

describe.each([...Object.entries(topics), ['MNNVL switched off', mnnvlDisabled] as const])('%s', (_, scenarios) => {
  test.each(scenarios.map(scenario => [scenario.id, scenario.title, scenario] as const))('%s: %s', async (_id, _title, { cluster: options, play }) => {
    const cluster = await EmbeddedScenarioCluster.begin(options);
    await play(cluster).finally(() => cluster.end());
  });
});
