import { file, grove } from './command';
import { aCliqueTemplate, aSet } from '../../support/objects';

const gpus = { containers: [{ name: 'main', image: 'i', resources: { limits: { 'nvidia.com/gpu': '4', 'cpu': '1' } } }] };
const ordered = aSet('llm', {
  cliqueStartupType: 'CliqueStartupTypeInOrder',
  priorityClassName: 'high',
  topologyConstraint: { topologyName: 'dc', pack: { required: 'block', preferred: 'rack' } },
  cliques: [
    aCliqueTemplate('worker', 2, 1, gpus),
    { ...aCliqueTemplate('leader', 1, 1), topologyConstraint: { topologyName: 'dc', pack: { required: 'host' } } },
  ],
  podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['worker', 'leader'], replicas: 2 }],
});
const names = (out: string) => out.split('\n').map(line => line.replace(/^[ │├└─]*/, ''));

test('shows gangs, cliques and pods with packing and the order of start', async () => {
  const { code, out, err } = await grove('expand', '-f', file(ordered), '-o', 'tree');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(`PodCliqueSet default/llm: 1 copy, 2 gangs, 6 pods
└─ copy 0
   ├─ Service llm-0
   ├─ PodCliqueScalingGroup llm-0-g
   ├─ gang llm-0, in one block, preferably in one rack, priority high
   │  └─ scaling group g, replica 0
   │     ├─ 1. clique llm-0-g-0-worker: 2 pods with 4 nvidia.com/gpu, 1 at least
   │     │  ├─ pod llm-0-g-0-worker-0
   │     │  └─ pod llm-0-g-0-worker-1
   │     └─ 2. clique llm-0-g-0-leader: 1 pod, in one host, after llm-0-g-0-worker
   │        └─ pod llm-0-g-0-leader-0
   └─ gang llm-0-g-0: replica 1 of scaling group g, in one block, preferably in one rack, priority high
      ├─ 1. clique llm-0-g-1-worker: 2 pods with 4 nvidia.com/gpu, 1 at least
      │  ├─ pod llm-0-g-1-worker-0
      │  └─ pod llm-0-g-1-worker-1
      └─ 2. clique llm-0-g-1-leader: 1 pod, in one host, after llm-0-g-1-worker
         └─ pod llm-0-g-1-leader-0
`);
});

test('every object is in the tree once, those of all copies in front', async () => {
  const shared = {
    ...aSet('rs', {
      cliques: [aCliqueTemplate('a', 2, 2)],
      resourceClaimTemplates: [{ name: 'shm', templateSpec: { spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu.example.com' } }] } } } }],
      resourceSharing: [{ name: 'shm', scope: 'AllReplicas' }],
    }, 2),
  };
  const path = file(shared, { ...ordered, metadata: { name: 'llm' } });
  const { out: flat } = await grove('expand', '-f', path, '-o', 'name');
  const { out: tree } = await grove('expand', '-f', path, '-o', 'tree');
  const drawn = names(tree);
  for (const line of flat.trim().split('\n')) {
    const [kind, name] = line.split(' ') as [string, string];
    const word = { PodGang: 'gang', PodClique: 'clique', Pod: 'pod' }[kind] ?? kind;
    expect({ line, times: drawn.filter(text => new RegExp(`^(\\d\\. )?${word} ${name}($|[,:])`).test(text)).length }).toEqual({ line, times: 1 });
  }
  expect(drawn[1]).toMatch(/^ResourceClaim /);
});

test('constraints are looked up in --topology', async () => {
  const topology = file({ apiVersion: 'grove.io/v1alpha1', kind: 'ClusterTopologyBinding', metadata: { name: 'dc' }, spec: { levels: [{ domain: 'zone', key: 'zone' }] } });
  const { code, out, err } = await grove('expand', '-f', file(ordered), '--topology', topology);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('spec.template.topologyConstraint.pack.required');
});
