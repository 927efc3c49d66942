import { ApiObject, App, Chart, Testing } from 'cdk8s';
import { ArgoCd, Autoscaling, ClusterTopology, GroveOperator, KedaTrigger, NodeLabels, PodCliqueSet, ReplicasOwner } from 'cdk8s-grove';

const WAVE = 'argocd.argoproj.io/sync-wave';
const autoscaling = Autoscaling.byKeda({ maxReplicas: 4, triggers: [KedaTrigger.of('cron', { timezone: 'UTC', start: '0 8 * * *', end: '0 20 * * *', desiredReplicas: '4' })] });

function platform(): { app: App; charts: Chart[] } {
  const app = Testing.app();
  const cluster = new Chart(app, 'cluster');
  new GroveOperator(cluster, 'grove', { image: 'example.com/grove:1.0' });
  new ClusterTopology(cluster, 'nvl72', { levels: NodeLabels.nvidiaGpuClique() });
  const models = new Chart(app, 'models', { namespace: 'models' });
  const byGit = new PodCliqueSet(models, 'steady', { replicas: 2 });
  byGit.addClique('server', { containers: [{ image: 'i' }] });
  const scaled = new PodCliqueSet(models, 'elastic', { replicasOwner: ReplicasOwner.AUTOSCALER, autoscaling });
  scaled.addClique('server', { containers: [{ image: 'i' }] });
  return { app, charts: [cluster, models] };
}

const synth = (charts: Chart[]) => charts.flatMap(chart => chart.node.findAll().filter(ApiObject.isApiObject).map(object => (object as ApiObject).toJson()));

test('definitions first, then the controller, topologies, sets and their autoscalers', () => {
  const { app, charts } = platform();
  ArgoCd.addSyncWaves(app);
  const waves: Record<string, string[]> = {};
  for (const { kind, metadata } of synth(charts)) {
    const known = waves[kind] ?? (waves[kind] = []);
    const wave = metadata.annotations?.[WAVE] ?? '0';
    if (!known.includes(wave)) known.push(wave);
  }
  expect(waves).toMatchObject({
    CustomResourceDefinition: ['-3'], Namespace: ['-2'], Deployment: ['-2'], ClusterRole: ['-2'], ClusterTopologyBinding: ['-1'], PodCliqueSet: ['1'], ScaledObject: ['2'],
  });
});

test('a wave that somebody has chosen stays', () => {
  const { app, charts: [, models] } = platform();
  const [set] = models!.node.findAll().filter(ApiObject.isApiObject) as ApiObject[];
  set!.metadata.addAnnotation(WAVE, '7');
  ArgoCd.addSyncWaves(app);
  expect(set!.toJson().metadata.annotations[WAVE]).toBe('7');
});

test('of the sets, only the replicas that belong to an autoscaler are ignored', () => {
  expect(ArgoCd.ignoredDifferences(platform().app)).toEqual([
    { group: 'grove.io', kind: 'PodCliqueSet', name: 'elastic', namespace: 'models', jsonPointers: ['/spec/replicas'] },
  ]);
});
