import { CliqueTemplate, Cluster, ClusterOptions, Scenario, Template } from './cluster';
import { cliqueOf, podsOf, untilEvents, untilPods } from './pods';
import { KubeObject } from '../../controller/src/kube';
import { COMPUTE_DOMAIN, POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { ANNOTATION, Pod, PodCliqueSet, PodSpec, admit } from '../../src/core';
import { State } from '../support/embedded';

/** NVLink domains of sets: the objects, what pods get of them, and what is refused (spec 10 §7). Where pods are placed is another matter. */

const SUPPORTED: ClusterOptions = { nodes: 2, capacity: { 'nvidia.com/gpu': '16' }, computeDomains: true };
const DISABLED: ClusterOptions = { ...SUPPORTED, admission: { autoMnnvl: false } };
const CPU_ONLY: Partial<PodSpec> = { containers: [{ name: 'main', image: 'none' }] };

const grouped = (group: string) => ({ annotations: { [ANNOTATION.mnnvlGroup]: group } });

function createSet(cluster: Cluster, template: Template, group?: string, replicas = 1): Promise<PodCliqueSet> {
  const metadata = { name: 'w', ...(group === undefined ? {} : grouped(group)) };
  return cluster.create<PodCliqueSet>(POD_CLIQUE_SET, { apiVersion: 'grove.io/v1alpha1', kind: 'PodCliqueSet', metadata, spec: { replicas, template } });
}

const domains = async (cluster: Cluster) =>
  (await cluster.all<KubeObject & { readonly spec: object }>(COMPUTE_DOMAIN)).sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
const domainNames = async (cluster: Cluster) => (await domains(cluster)).map(({ metadata }) => metadata.name);

/** Waits until these are all the domains. */
async function untilDomains(cluster: Cluster, expected: readonly string[]): Promise<void> {
  let last: readonly (string | undefined)[] = [];
  for (let attempt = 0; attempt < 200; attempt++) {
    last = await domainNames(cluster);
    if (last.join() === expected.join()) return;
    await cluster.pass(50);
  }
  throw new Error(`not the domains ${expected.join(', ')}, but ${last.join(', ')}`);
}

/** The template of the claim by which a pod gets to its domain. */
function claimOf({ spec: { resourceClaims = [] } }: Pod): string | undefined {
  const claims = resourceClaims as readonly { readonly name: string; readonly resourceClaimTemplateName?: string }[];
  return claims.find(({ name }) => name === 'mnnvl-claim')?.resourceClaimTemplateName;
}

/** Which containers of a pod use the claim. */
const containersOf = ({ spec }: Pod) => spec.containers
  .filter(({ resources }) => (resources?.claims as readonly { readonly name: string }[] | undefined)?.some(({ name }) => name === 'mnnvl-claim'))
  .map(({ name }) => name);

const claimsByClique = ({ pods }: State) => Object.fromEntries(pods.map(pod => [cliqueOf(pod), claimOf(pod)]));

function stalled({ sets: [set] }: State): string | undefined {
  return set?.status?.conditions?.find(({ type }) => type === 'Stalled')?.message;
}

/** A domain as it should be, to the last field that is ours. */
function domainOf({ metadata: { uid } }: KubeObject, i: number, group: string) {
  const name = `w-${i}-${group}`;
  return {
    labels: {
      'app.kubernetes.io/managed-by': 'grove-operator',
      'app.kubernetes.io/part-of': 'w',
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/component': 'pcs-computedomain',
      'grove.io/podcliqueset-replica-index': String(i),
      'grove.io/mnnvl-group': group,
    },
    finalizers: ['grove.io/computedomain-finalizer'],
    ownerReferences: [{ apiVersion: 'grove.io/v1alpha1', kind: 'PodCliqueSet', name: 'w', uid, controller: true, blockOwnerDeletion: true }],
    spec: { numNodes: 0, channel: { resourceClaimTemplate: { name } } },
  };
}

async function nothing(cluster: Cluster): Promise<void> {
  await createSet(cluster, { cliques: [cluster.clique('a', 2, 2)] });
  const state = await untilPods(cluster, { total: 2, ready: 2 });
  expect(await domains(cluster)).toEqual([]);
  expect(state.pods.map(claimOf)).toEqual([undefined, undefined]);
}

/** Cliques of every kind: by themselves, in a group with a word of its own, and in one that opts out. */
function mix(cluster: Cluster): Template {
  const clique = (name: string, group?: string): CliqueTemplate => ({ ...cluster.clique(name, 1, 1), ...(group === undefined ? {} : grouped(group)) });
  const group = (name: string, ...cliqueNames: string[]) => ({ name, cliqueNames, replicas: 1, minAvailable: 1 });
  return {
    cliques: [
      clique('plain'), clique('own', 'train'), clique('off', 'none'), cluster.clique('cpu', 1, 1, CPU_ONLY),
      clique('heir'), clique('other', 'batch'), clique('left', 'none'), clique('quiet'), clique('lone', 'solo'), clique('free'),
    ],
    podCliqueScalingGroups: [
      { ...group('g2', 'heir', 'other', 'left'), ...grouped('train') }, { ...group('g3', 'quiet', 'lone'), ...grouped('none') }, group('g4', 'free'),
    ],
  };
}

export const mnnvl: readonly Scenario[] = [
  { id: 'MNNVL1', title: 'no annotation, no domain and no claim', cluster: SUPPORTED, play: nothing },
  {
    id: 'MNNVL2',
    title: 'a domain for each replica, exactly as the driver wants it; they come and go with the replicas, down to none, and with the set',
    cluster: SUPPORTED,
    async play(cluster) {
      const set = await createSet(cluster, { cliques: [cluster.clique('a', 2, 2)] }, 'train');
      const state = await untilPods(cluster, { total: 2 });
      const [{ metadata: { labels, finalizers, ownerReferences }, spec }] = await domains(cluster);
      expect({ labels, finalizers, ownerReferences, spec }).toEqual(domainOf(set, 0, 'train'));
      expect(state.pods.map(pod => [claimOf(pod), containersOf(pod)])).toEqual([['w-0-train', ['main']], ['w-0-train', ['main']]]);
      await cluster.scale(POD_CLIQUE_SET, 'w', 3);
      await untilPods(cluster, { total: 6 });
      await untilDomains(cluster, ['w-0-train', 'w-1-train', 'w-2-train']);
      await cluster.scale(POD_CLIQUE_SET, 'w', 1);
      await untilDomains(cluster, ['w-0-train']);
      await cluster.scale(POD_CLIQUE_SET, 'w', 0);
      await untilDomains(cluster, []);
      await cluster.scale(POD_CLIQUE_SET, 'w', 2);
      await untilDomains(cluster, ['w-0-train', 'w-1-train']);
      await cluster.delete(POD_CLIQUE_SET, 'w');
      await untilDomains(cluster, []);
      await cluster.until('nothing', ({ sets, cliques, allPods }) => sets.length + cliques.length + allPods.length === 0);
    },
  },
  {
    id: 'MNNVL3',
    title: 'a domain that somebody deletes is made again, and no finalizer of ours holds the old one',
    cluster: SUPPORTED,
    async play(cluster) {
      await createSet(cluster, { cliques: [cluster.clique('a', 1, 1)] }, 'train');
      const before = await untilPods(cluster, { total: 1 });
      const [{ metadata: { uid } }] = await domains(cluster);
      await cluster.delete(COMPUTE_DOMAIN, 'w-0-train');
      for (let attempt = 0; attempt < 200 && (await domains(cluster))[0]?.metadata.uid === uid; attempt++) await cluster.pass(50);
      await untilDomains(cluster, ['w-0-train']);
      const [again] = await domains(cluster);
      expect(again.metadata.uid).not.toBe(uid);
      expect(again.metadata.deletionTimestamp).toBeUndefined();
      expect((await cluster.state()).pods.map(({ metadata }) => metadata.uid)).toEqual(before.pods.map(({ metadata }) => metadata.uid));
    },
  },
  {
    id: 'MNNVL4',
    title: 'what is in which domain: own word, group’s, set’s; none opts out, cliques without GPUs are in none',
    cluster: SUPPORTED,
    async play(cluster) {
      await createSet(cluster, mix(cluster), 'default', 2);
      const state = await untilPods(cluster, { total: 20 });
      await untilDomains(cluster, [0, 1].flatMap(i => ['batch', 'default', 'solo', 'train'].map(group => `w-${i}-${group}`)));
      const expected = (i: number) => ({
        [`w-${i}-plain`]: `w-${i}-default`,
        [`w-${i}-own`]: `w-${i}-train`,
        [`w-${i}-off`]: undefined,
        [`w-${i}-cpu`]: undefined,
        [`w-${i}-g2-0-heir`]: `w-${i}-train`,
        [`w-${i}-g2-0-other`]: `w-${i}-batch`,
        [`w-${i}-g2-0-left`]: undefined,
        [`w-${i}-g3-0-quiet`]: undefined,
        [`w-${i}-g3-0-lone`]: `w-${i}-solo`,
        [`w-${i}-g4-0-free`]: `w-${i}-default`,
      });
      expect(claimsByClique(state)).toEqual({ ...expected(0), ...expected(1) });
      expect(podsOf(state, 'w-0-plain').map(containersOf)).toEqual([['main']]);
    },
  },
  {
    id: 'MNNVL5',
    title: 'a word that cannot be a label is refused, and nothing is made',
    cluster: SUPPORTED,
    async play(cluster) {
      await createSet(cluster, { cliques: [cluster.clique('a', 1, 1)] }, 'Not_A_Label');
      const state = await cluster.until('refused', found => stalled(found) !== undefined);
      expect(stalled(state)).toContain('metadata.annotations.grove.io/mnnvl-group: Invalid: must be "none" or a lower-case RFC 1123 label');
      expect([...state.cliques, ...await domains(cluster)]).toEqual([]);
    },
  },
  {
    id: 'MNNVL6',
    title: 'a group may not change; if it is changed past admission, no domain goes that pods still use',
    cluster: SUPPORTED,
    async play(cluster) {
      const set = await createSet(cluster, { cliques: [cluster.clique('a', 1, 1)] }, 'train');
      await untilPods(cluster, { total: 1 });
      await untilDomains(cluster, ['w-0-train']);
      const changed = { ...set, metadata: { ...set.metadata, ...grouped('batch') } };
      const { allowed, errors } = admit({ object: changed, oldObject: set });
      expect([allowed, ...errors]).toEqual([false, expect.objectContaining({ field: 'metadata.annotations.grove.io/mnnvl-group', type: 'Invalid' })]);
      await cluster.patch(POD_CLIQUE_SET, 'w', { metadata: grouped('batch') });
      await untilDomains(cluster, ['w-0-batch', 'w-0-train']);
      const { pods: [pod] } = await cluster.state();
      expect(claimOf(pod)).toBe('w-0-train');
      await cluster.kill([pod]);
      await cluster.until('a new pod', ({ pods }) => pods.length === 1 && claimOf(pods[0]) === 'w-0-batch');
      await untilDomains(cluster, ['w-0-batch']);
    },
  },
];

/** What holds where MNNVL is switched off, whether the cluster could do it or not. */
export const mnnvlDisabled: readonly Scenario[] = [
  {
    id: 'MNNVL7',
    title: 'switched off: a set that asks for a domain is refused; one with GPUs that does not ask runs without',
    cluster: DISABLED,
    async play(cluster) {
      await createSet(cluster, { cliques: [cluster.clique('a', 2, 2)] }, 'train');
      const state = await cluster.until('refused', found => stalled(found) !== undefined);
      expect(stalled(state)).toContain('MNNVL is not enabled here; enable it or remove the annotation');
      expect([...state.cliques, ...await domains(cluster)]).toEqual([]);
      expect(await untilEvents(cluster, 'InvalidSpec')).toHaveLength(1);
      await cluster.delete(POD_CLIQUE_SET, 'w');
      await cluster.until('gone', ({ sets }) => sets.length === 0);
      await nothing(cluster);
    },
  },
  {
    id: 'MNNVL8',
    title: 'switched off where the type is missing: sets with GPUs run',
    cluster: { ...DISABLED, computeDomains: false },
    async play(cluster) {
      await createSet(cluster, { cliques: [cluster.clique('a', 2, 2)] });
      const state = await untilPods(cluster, { total: 2, ready: 2 });
      expect(state.pods.map(claimOf)).toEqual([undefined, undefined]);
      expect(stalled(state)).toBeUndefined();
    },
  },
];
