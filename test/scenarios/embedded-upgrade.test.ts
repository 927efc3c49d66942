import { EmbeddedScenarioCluster } from './embedded';
import { playUpgrade } from './upgrade';

test('upgrade-survivor: the controller becomes another version, and back; no pod restarts, and updates go on', async () => {
  const cluster = await EmbeddedScenarioCluster.begin({ nodes: 8 });
  await playUpgrade(cluster, version => cluster.changeVersion(version)).finally(() => cluster.end());
});
