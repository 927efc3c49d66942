import { runController } from './operator';
import { Scenario } from './scenario';
import { HORIZONTAL_POD_AUTOSCALER, POD, RESOURCE_CLAIM, ResourceType, SERVICE } from '../../controller/src/kube';
import { CLUSTER_TOPOLOGY_BINDING, COMPUTE_DOMAIN, POD_CLIQUE, POD_CLIQUE_SET, POD_GANG, SCALING_GROUP } from '../../controller/src/state/resources';
import { KubeObject, LABEL, Pod, isReady, isTerminating } from '../../src/core';
import { installComputeDomains, removeComputeDomains } from '../control-plane/compute-domains';
import { connect } from '../control-plane/connect';
import { NOT_OURS, Tree, comparable, namesAfter, treeTopologies, trees } from '../golden/trees';

const TYPES: Record<string, ResourceType> = {
  Service: SERVICE,
  PodClique: POD_CLIQUE,
  PodCliqueScalingGroup: SCALING_GROUP,
  PodGang: POD_GANG,
  Pod: POD,
  HorizontalPodAutoscaler: HORIZONTAL_POD_AUTOSCALER,
  ResourceClaim: RESOURCE_CLAIM,
  ComputeDomain: COMPUTE_DOMAIN,
};

/** Fields that a server fills in and the recording left out. */
const SERVER_FILLED: Readonly<Record<string, readonly string[]>> = {
  metadata: ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'uid'],
  Pod: ['dnsPolicy', 'enableServiceLinks', 'nodeName', 'preemptionPolicy', 'priority', 'securityContext', 'tolerations'],
  container: ['imagePullPolicy', 'terminationMessagePath', 'terminationMessagePolicy'],
  Service: ['clusterIPs', 'internalTrafficPolicy', 'ipFamilies', 'ipFamilyPolicy', 'sessionAffinity', 'type'],
};

type Objects = Record<string, Record<string, KubeObject>>;
type Names = Record<string, string[]>;

/** Objects that a set owns, by kind and name; pods, and references to them, by their host names as the recording has them. */
async function live(scenario: Scenario, set: string): Promise<Objects> {
  const objects: Objects = {};
  const pods = (await scenario.all<Pod>(POD)).filter(pod => !isTerminating(pod));
  const hosts = new Map(pods.map(({ metadata, spec }) => [metadata.name, `pod:${spec.hostname}`]));
  for (const [kind, type] of Object.entries(TYPES)) {
    for (const object of await scenario.all(type)) {
      if (object.metadata.labels?.[LABEL.partOf] !== set || isTerminating(object)) continue;
      const recorded = JSON.parse(JSON.stringify(object), (key, value) => (key === 'name' && hosts.has(value) ? hosts.get(value) : value)) as KubeObject;
      (objects[kind] ??= {})[recorded.metadata.name ?? ''] = recorded;
    }
  }
  return objects;
}

function namesOf(objects: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Names {
  return Object.fromEntries(Object.entries(objects).map(([kind, named]) => [kind, Object.keys(named).sort()]));
}

/** The kinds that are ours, of names that upstream had. */
function ours(names: Readonly<Record<string, readonly string[]>>): Names {
  const kinds = Object.entries(names).filter(([kind]) => !(kind in NOT_OURS));
  return Object.fromEntries(kinds.map(([kind, list]) => [kind, [...list].sort()]));
}

/** The live object as the recording would show it. */
function asRecorded(object: KubeObject): object {
  const { metadata, spec = {} } = JSON.parse(JSON.stringify(object)) as { metadata: Record<string, unknown>; spec?: Record<string, any> };
  for (const field of SERVER_FILLED.metadata) delete metadata[field];
  for (const field of SERVER_FILLED[object.kind ?? ''] ?? []) delete spec[field];
  if (object.kind === 'Pod') for (const container of spec.containers) for (const field of SERVER_FILLED.container) delete container[field];
  if (object.kind === 'PodGang') for (const group of spec.podgroups) group.podReferences.sort((a: any, b: any) => (a.name < b.name ? -1 : 1));
  return comparable({ apiVersion: object.apiVersion, kind: object.kind, metadata, spec } as KubeObject);
}

/** Recorded in the namespace `default`, compared in the test's own. */
function within<T>(namespace: string, recorded: T): T {
  const text = JSON.stringify(recorded).replaceAll('"namespace":"default"', `"namespace":"${namespace}"`).replaceAll('.default.svc', `.${namespace}.svc`);
  return JSON.parse(text) as T;
}

const describeTrees = trees.length > 0 ? describe : describe.skip;

describeTrees(trees.length > 0 ? 'the recorded trees' : 'the recorded trees (skipped: ../shared/golden/trees.json is not there)', () => {
  const connection = connect();
  beforeAll(() => installComputeDomains(connection.admin));
  connection.atEnd(() => removeComputeDomains(connection.admin));
  runController(connection);
  let scenario: Scenario;

  beforeAll(async () => {
    scenario = await Scenario.begin(connection, 'trees', { nodes: 4, capacity: { 'nvidia.com/gpu': '64' } });
    for (const topology of treeTopologies) {
      await connection.admin.create(CLUSTER_TOPOLOGY_BINDING, topology);
      connection.atEnd(() => scenario.delete(CLUSTER_TOPOLOGY_BINDING, topology.metadata.name ?? ''));
    }
    await Promise.all(trees.map(({ object }) => scenario.createObject(POD_CLIQUE_SET, object)));
  });

  async function untilNames({ id }: Tree, expected: (seen: Names) => Names): Promise<Objects> {
    return scenario.until(`the objects of ${id}`, async () => {
      const objects = await live(scenario, id);
      const seen = namesOf(objects);
      const wanted = ours(expected(seen));
      const agree = JSON.stringify(sorted(seen)) === JSON.stringify(sorted(wanted));
      return { seen: `${JSON.stringify(seen)}; wanted ${JSON.stringify(wanted)}`, result: agree ? objects : undefined };
    });
  }

  describe.each(trees)('$id', tree => {
    // Nobody allocates devices here: pods with claims are made, and wait for them.
    const claims = Object.values(tree.children.Pod).some(pod => (pod as unknown as Pod).spec.resourceClaims !== undefined);
    test(`has the objects that upstream made, all of them alike${claims ? '' : ', and its pods run'}`, async () => {
      await scenario.until('all there', async () => {
        const pods = Object.values((await live(scenario, tree.id)).Pod ?? {}) as unknown as Pod[];
        const run = pods.length === Object.keys(tree.children.Pod).length && (claims || pods.every(isReady));
        return { seen: `${pods.filter(isReady).length} of ${pods.length} ready`, result: run || undefined };
      });
      const objects = await untilNames(tree, () => namesOf(tree.children));
      const recorded = within(scenario.namespace, tree.children);
      for (const [kind, named] of Object.entries(objects)) {
        for (const [name, object] of Object.entries(named)) expect({ name, ...asRecorded(object) }).toEqual({ name, ...comparable(recorded[kind][name]) });
      }
    });
  });

  const [group, set] = [SCALING_GROUP, POD_CLIQUE_SET];
  const steps: { step: string; scaled: typeof group; change: number }[] = [
    { step: 'setReplicasPlus1', scaled: set, change: 1 },
    { step: 'setReplicasBack', scaled: set, change: 0 },
    { step: 'firstGroupPlus1', scaled: group, change: 1 },
    { step: 'firstGroupBack', scaled: group, change: 0 },
  ];
  test.each(steps)('after $step every set has the objects that upstream had', async ({ step, scaled, change }) => {
    const affected = trees.filter(({ after }) => step in after);
    await Promise.all(affected.map(({ object: { metadata: { name = '' }, spec } }) => {
      const [first] = spec.template.podCliqueScalingGroups ?? [];
      if (scaled === set) return scenario.scale(set, name, (spec.replicas ?? 0) + change);
      return scenario.scale(group, `${name}-0-${first.name}`, (first.replicas ?? 1) + change);
    }));
    for (const tree of affected) {
      const recorded = Object.entries(tree.after[step]);
      await untilNames(tree, seen => Object.fromEntries(recorded.map(([kind, theirs]) => [kind, namesAfter(step, kind, theirs, seen[kind] ?? [])])));
    }
  });

  test('deleted, nothing is left', async () => {
    await Promise.all(trees.map(({ id }) => scenario.delete(POD_CLIQUE_SET, id)));
    await scenario.untilNothing();
  });
});

function sorted(names: Names): [string, string[]][] {
  return Object.entries(names).filter(([, list]) => list.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
}
