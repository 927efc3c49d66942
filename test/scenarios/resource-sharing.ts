import { Cluster, Scenario, Template } from './cluster';
import { podsOf } from './pods';
import { KubeObject, NAMESPACE, RESOURCE_CLAIM, RESOURCE_CLAIM_TEMPLATE } from '../../controller/src/kube';
import { POD_CLIQUE, POD_CLIQUE_SET, SCALING_GROUP } from '../../controller/src/state/resources';
import { Pod, admit } from '../../src/core';

/** Claims that pods share, at every level, in every scope, from templates of the set, of its namespace and of another one (spec 08 §7). */

const devices = (name: string) => ({ spec: { devices: { requests: [{ name, exactly: { deviceClassName: 'gpu.example.com' } }] } } });

/** The workload rs-test: worker-a alone and worker-b in the group sga, two of which are needed. */
function workload(cluster: Cluster, elsewhere: string): Template {
  return {
    cliques: [
      { ...cluster.clique('worker-a', 1, 1), resourceSharing: [{ name: 'pool', scope: 'AllReplicas' }, { name: 'card', scope: 'PerReplica' }] },
      { ...cluster.clique('worker-b', 1, 1), resourceSharing: [{ name: 'pool', scope: 'AllReplicas' }] },
    ],
    podCliqueScalingGroups: [{
      name: 'sga',
      cliqueNames: ['worker-b'],
      replicas: 2,
      minAvailable: 2,
      resourceSharing: [
        { name: 'pool', scope: 'AllReplicas' }, { name: 'outer', scope: 'AllReplicas', filter: { childCliqueNames: ['worker-b'] } }, { name: 'card', scope: 'PerReplica' },
      ],
    }],
    resourceClaimTemplates: [{ name: 'pool', templateSpec: devices('pool') }, { name: 'card', templateSpec: devices('card') }],
    resourceSharing: [
      { name: 'pool', scope: 'AllReplicas' },
      { name: 'far', namespace: elsewhere, scope: 'AllReplicas', filter: { childCliqueNames: ['worker-a'] } },
      { name: 'card', scope: 'PerReplica', filter: { childScalingGroupNames: ['sga'] } },
      { name: 'outer', scope: 'PerReplica' },
    ],
  };
}

const claims = (cluster: Cluster) => cluster.all<KubeObject & { readonly spec: object }>(RESOURCE_CLAIM);

/** Waits until there are so many claims and pods. */
async function untilClaims(cluster: Cluster, claimCount: number, podCount: number): Promise<void> {
  let seen = '';
  for (let attempt = 0; attempt < 400; attempt++) {
    const [found, { pods }] = [await claims(cluster), await cluster.state()];
    seen = `${found.length} claims, ${pods.length} pods`;
    if (seen === `${claimCount} claims, ${podCount} pods`) return;
    await cluster.pass(50);
  }
  throw new Error(`not ${claimCount} claims and ${podCount} pods, but ${seen}`);
}

/** The claims that a pod refers to, in order, which each of its containers uses. */
function referencesOf({ spec }: Pod): string[] {
  const references = (spec.resourceClaims ?? []) as readonly { readonly name: string; readonly resourceClaimName?: string }[];
  expect(references.map(({ resourceClaimName }) => resourceClaimName)).toEqual(references.map(({ name }) => name));
  for (const { resources } of spec.containers) expect(resources?.claims).toEqual(references.map(({ name }) => ({ name })));
  return references.map(({ name }) => name);
}

const first = <T extends KubeObject>(objects: readonly T[], name: string): T => {
  const found = objects.find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`there is no ${name}; there are ${objects.map(({ metadata }) => metadata.name).join(', ')}`);
  return found;
};

/** Owner, labels and spec of some claims of every level. */
async function expectClaims(cluster: Cluster): Promise<void> {
  const found = await claims(cluster);
  const { sets, cliques, scalingGroups } = await cluster.state();
  const owners = new Map([...sets, ...scalingGroups, ...cliques].map(({ metadata }) => [metadata.uid, metadata.name]));
  const told = ({ metadata: { name, labels = {}, ownerReferences = [] }, spec }: typeof found[number]) => {
    const { 'app.kubernetes.io/managed-by': manager, 'app.kubernetes.io/part-of': set, 'app.kubernetes.io/component': _component, ...own } = labels;
    expect([manager, set, ownerReferences.length, ownerReferences[0].controller]).toEqual(['grove-operator', 'w', 1, true]);
    const [{ name: request }] = (spec as { devices: { requests: { name: string }[] } }).devices.requests;
    return [name, owners.get(ownerReferences[0].uid), request, own];
  };
  const label = (key: string, value: string | number) => ({ [`grove.io/${key}`]: String(value) });
  expect(found.map(told).sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))).toEqual([
    ['w-0-card', 'w', 'card', label('podcliqueset-replica-index', 0)],
    ['w-0-outer', 'w', 'outer', label('podcliqueset-replica-index', 0)],
    ['w-0-sga-0-card', 'w-0-sga', 'card', { ...label('podcliquescalinggroup', 'w-0-sga'), ...label('podcliquescalinggroup-replica-index', 0) }],
    ['w-0-sga-0-worker-b-all-pool', 'w-0-sga-0-worker-b', 'pool', label('podclique', 'w-0-sga-0-worker-b')],
    ['w-0-sga-1-card', 'w-0-sga', 'card', { ...label('podcliquescalinggroup', 'w-0-sga'), ...label('podcliquescalinggroup-replica-index', 1) }],
    ['w-0-sga-1-worker-b-all-pool', 'w-0-sga-1-worker-b', 'pool', label('podclique', 'w-0-sga-1-worker-b')],
    ['w-0-sga-all-outer', 'w-0-sga', 'outer', label('podcliquescalinggroup', 'w-0-sga')],
    ['w-0-sga-all-pool', 'w-0-sga', 'pool', label('podcliquescalinggroup', 'w-0-sga')],
    ['w-0-worker-a-0-card', 'w-0-worker-a', 'card', { ...label('podclique', 'w-0-worker-a'), ...label('podclique-pod-index', 0) }],
    ['w-0-worker-a-all-pool', 'w-0-worker-a', 'pool', label('podclique', 'w-0-worker-a')],
    ['w-all-far', 'w', 'far', {}],
    ['w-all-pool', 'w', 'pool', {}],
  ]);
}

async function externalTemplates(cluster: Cluster, elsewhere: string): Promise<void> {
  await cluster.create(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: elsewhere } });
  const template = (name: string, namespace: string) => (
    { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaimTemplate', metadata: { name, namespace }, spec: devices(name) } as KubeObject);
  await cluster.create(RESOURCE_CLAIM_TEMPLATE, template('outer', cluster.namespace));
  await cluster.createElsewhere(RESOURCE_CLAIM_TEMPLATE, template('far', elsewhere));
}

export const resourceSharing: readonly Scenario[] = [
  {
    id: 'RS1',
    title: 'claims at every level come and go with what shares them, and pods refer to those that are theirs',
    cluster: { nodes: 1 },
    async play(cluster) {
      const elsewhere = `${cluster.namespace}-templates`;
      await externalTemplates(cluster, elsewhere);
      const set = await cluster.createSet('w', workload(cluster, elsewhere));
      await untilClaims(cluster, 12, 3);
      await expectClaims(cluster);
      const state = await cluster.state();
      expect(podsOf(state, 'w-0-worker-a').map(referencesOf)).toEqual([['w-all-pool', 'w-all-far', 'w-0-outer', 'w-0-worker-a-all-pool', 'w-0-worker-a-0-card']]);
      expect(podsOf(state, 'w-0-sga-1-worker-b').map(referencesOf)).toEqual([[
        'w-all-pool', 'w-0-card', 'w-0-outer', 'w-0-sga-all-pool', 'w-0-sga-all-outer', 'w-0-sga-1-card', 'w-0-sga-1-worker-b-all-pool',
      ]]);
      await cluster.scale(SCALING_GROUP, 'w-0-sga', 1);
      await untilClaims(cluster, 10, 2);
      await cluster.scale(SCALING_GROUP, 'w-0-sga', 3);
      await untilClaims(cluster, 14, 4);
      await cluster.scale(POD_CLIQUE, 'w-0-worker-a', 2);
      await untilClaims(cluster, 15, 5);
      expect(podsOf(await cluster.state(), 'w-0-worker-a').map(pod => referencesOf(pod).at(-1)).sort()).toEqual(['w-0-worker-a-0-card', 'w-0-worker-a-1-card']);
      await cluster.scale(POD_CLIQUE, 'w-0-worker-a', 1);
      await untilClaims(cluster, 14, 4);
      await cluster.scale(POD_CLIQUE_SET, 'w', 2);
      await untilClaims(cluster, 24, 7);
      await cluster.scale(POD_CLIQUE_SET, 'w', 1);
      await untilClaims(cluster, 14, 4);
      const template = { ...set.spec.template, resourceSharing: set.spec.template.resourceSharing?.slice(1) };
      const edited = admit({ object: { ...set, spec: { ...set.spec, template } }, oldObject: set });
      expect([edited.allowed, edited.errors.map(({ field }) => field)]).toEqual([false, ['spec.template.resourceSharing']]);
      await cluster.delete(POD_CLIQUE_SET, 'w');
      await untilClaims(cluster, 0, 0);
    },
  },
  {
    id: 'RS2',
    title: 'a claim that somebody deletes is made again; pods stay',
    cluster: { nodes: 1 },
    async play(cluster) {
      const elsewhere = `${cluster.namespace}-templates`;
      await externalTemplates(cluster, elsewhere);
      await cluster.createSet('w', workload(cluster, elsewhere));
      await untilClaims(cluster, 12, 3);
      const before = await claims(cluster);
      const { pods } = await cluster.state();
      for (const name of ['w-all-far', 'w-0-sga-0-card', 'w-0-worker-a-0-card']) {
        await cluster.delete(RESOURCE_CLAIM, name);
        for (let attempt = 0; attempt < 200; attempt++) {
          const found = (await claims(cluster)).find(({ metadata }) => metadata.name === name);
          if (found && found.metadata.uid !== first(before, name).metadata.uid) break;
          await cluster.pass(50);
        }
      }
      await untilClaims(cluster, 12, 3);
      const known = new Set(before.map(({ metadata }) => metadata.uid));
      const changed = (await claims(cluster)).filter(({ metadata }) => !known.has(metadata.uid));
      expect(changed.map(({ metadata }) => metadata.name).sort()).toEqual(['w-0-sga-0-card', 'w-0-worker-a-0-card', 'w-all-far']);
      expect((await cluster.state()).pods.map(({ metadata }) => metadata.uid).sort()).toEqual(pods.map(({ metadata }) => metadata.uid).sort());
    },
  },
];
