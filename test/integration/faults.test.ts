import { runController } from './operator';
import { Scenario } from './scenario';
import { EVENT, KubeObject, NAMESPACE, POD, ResourceType, VALIDATING_WEBHOOK_CONFIGURATION } from '../../controller/src/kube';
import { COMPUTE_DOMAIN, POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { Condition, PodCliqueSet } from '../../src/core';
import { installComputeDomains, removeComputeDomains } from '../control-plane/compute-domains';
import { connect } from '../control-plane/connect';
import { aSet } from '../support/objects';

const RESOURCE_QUOTA: ResourceType = { group: '', version: 'v1', kind: 'ResourceQuota', plural: 'resourcequotas', namespaced: true };
const admissionType = (kind: string, plural: string): ResourceType => ({ group: 'admissionregistration.k8s.io', version: 'v1', kind, plural, namespaced: false });
const POLICY = admissionType('ValidatingAdmissionPolicy', 'validatingadmissionpolicies');
const BINDING = admissionType('ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings');
/** The controller tries again after a minute at most. */
const RECOVERY_MS = 100_000;

const connection = connect();
const operator = runController(connection);
const begin = (nodes: number) => Scenario.begin(connection, 'fault', { nodes, capacity: { 'nvidia.com/gpu': '4' } });

const conditionOf = ({ status }: PodCliqueSet, type: string): Condition | undefined => status?.conditions?.find(condition => condition.type === type);

/** Waits until the set tells the failure as what keeps it from getting on; first as slow progress, after a while as a standstill. */
async function untilStalled(scenario: Scenario, reason: string, words: string): Promise<PodCliqueSet> {
  await scenario.untilSetCondition('w', { type: 'Progressing', status: 'True', reason });
  return scenario.until(`Stalled: ${reason} ${words}`, async () => {
    const set = await scenario.set('w');
    const stalled = conditionOf(set, 'Stalled');
    return { seen: JSON.stringify(set.status), result: stalled?.reason === reason && stalled.message?.includes(words) ? set : undefined };
  });
}

async function untilWell(scenario: Scenario, pods: number): Promise<void> {
  await scenario.untilPods({ total: pods, ready: pods }, RECOVERY_MS);
  await scenario.until('no trouble any more', async () => {
    const set = await scenario.set('w');
    const isWell = !conditionOf(set, 'Stalled') && conditionOf(set, 'Ready')?.status === 'True' && conditionOf(set, 'Progressing')?.status === 'False';
    return { seen: JSON.stringify(set.status), result: isWell || undefined };
  });
}

/** Events of the reason, as they are stored: repetitions are counted in one. */
async function eventsOf(scenario: Scenario, reason: string): Promise<KubeObject[]> {
  return (await scenario.all<KubeObject & { reason?: string }>(EVENT)).filter(event => event.reason === reason);
}

test('a quota: what it lets through runs, the rest is told in the server’s words, tried ever more rarely, and comes when there is room', async () => {
  const scenario = await begin(2);
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard: { pods: '3' } } };
  await scenario.createObject(RESOURCE_QUOTA, quota as KubeObject);
  await scenario.patch(RESOURCE_QUOTA, 'few', { status: { hard: { pods: '3' }, used: { pods: '0' } } }, 'status');
  await scenario.createSet('w', { cliques: [scenario.clique('a', 4, 4)] });
  const set = await untilStalled(scenario, 'PodCreateFailed', 'exceeded quota: few');
  expect(conditionOf(set, 'Progressing')).toMatchObject({ status: 'False', reason: 'PodCreateFailed' });
  expect(conditionOf(set, 'Ready')).toMatchObject({ status: 'False', reason: 'ReplicasUnavailable' });
  expect(await scenario.bound()).toEqual({});
  expect((await eventsOf(scenario, 'PodCreateFailed')).length).toBeLessThanOrEqual(2);
  const attempts = () => operator.writes.filter(write => write === 'create pods 403').length;
  expect(attempts()).toBeLessThan(30);
  await scenario.delete(RESOURCE_QUOTA, 'few');
  await untilWell(scenario, 4);
}, RECOVERY_MS + 60_000);

test('a policy of somebody else that refuses the pods of one clique: told in its words, the other waits with it, and both start when it is gone', async () => {
  const scenario = await begin(2);
  const name = `${scenario.namespace}-no-shells`;
  const matchLabels = { 'kubernetes.io/metadata.name': scenario.namespace };
  const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
  const validations = [{ expression: '!object.metadata.name.contains("-shell-")', message: 'shells are not allowed here' }];
  await connection.admin.create(POLICY, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: { failurePolicy: 'Fail', matchConstraints: { resourceRules }, validations },
  } as KubeObject);
  await connection.admin.create(BINDING, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'], matchResources: { namespaceSelector: { matchLabels } } },
  } as KubeObject);
  const forget = async () => {
    await connection.admin.delete(BINDING, { name }).catch(() => undefined);
    await connection.admin.delete(POLICY, { name }).catch(() => undefined);
  };
  connection.atEnd(forget);
  await untilPolicyHolds(scenario);
  await scenario.createSet('w', { cliques: [scenario.clique('shell', 2, 2), scenario.clique('b', 2, 2)] });
  const set = await untilStalled(scenario, 'PodCreateFailed', 'shells are not allowed here');
  expect(conditionOf(set, 'Stalled')?.message).toMatch(/^PodClique w-0-shell: /);
  expect((await scenario.pods()).map(({ spec }) => spec.nodeName)).toEqual([undefined, undefined]);
  expect((await eventsOf(scenario, 'PodCreateFailed')).length).toBeLessThanOrEqual(2);
  await forget();
  await untilWell(scenario, 4);
}, RECOVERY_MS + 60_000);

/** A new policy takes effect after some time. */
async function untilPolicyHolds(scenario: Scenario): Promise<void> {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a-shell-probe' }, spec: { containers: [{ name: 'main', image: 'none' }] } } as KubeObject;
  await scenario.until('the policy holds', async () => {
    const refusal = await scenario.createObject(POD, pod).then(() => 'accepted', (error: Error) => error.message);
    if (refusal === 'accepted') await scenario.delete(POD, 'a-shell-probe');
    return { seen: refusal, result: refusal.includes('shells are not allowed here') || undefined };
  });
}

test('a webhook of somebody else that does not answer: told in the server’s words, and forgotten when it is gone', async () => {
  const scenario = await begin(1);
  const name = `${scenario.namespace}-mute`;
  const webhook = {
    name: 'mute.example.com',
    clientConfig: { url: 'https://127.0.0.1:1/' },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': scenario.namespace } },
    failurePolicy: 'Fail',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  };
  const configuration = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name }, webhooks: [webhook] };
  await connection.admin.create(VALIDATING_WEBHOOK_CONFIGURATION, configuration as KubeObject);
  connection.atEnd(() => connection.admin.delete(VALIDATING_WEBHOOK_CONFIGURATION, { name }).catch(() => undefined));
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe' }, spec: { containers: [{ name: 'main', image: 'none' }] } } as KubeObject;
  await scenario.until('the webhook is asked', async () => {
    const refusal = await scenario.createObject(POD, pod).then(() => 'accepted', (error: Error) => error.message);
    if (refusal === 'accepted') await scenario.delete(POD, 'probe');
    return { seen: refusal, result: refusal.includes('mute.example.com') || undefined };
  });
  await scenario.createSet('w', { cliques: [scenario.clique('a', 2, 2)] });
  await untilStalled(scenario, 'PodCreateFailed', 'failed calling webhook "mute.example.com"');
  await connection.admin.delete(VALIDATING_WEBHOOK_CONFIGURATION, { name });
  await untilWell(scenario, 2);
}, RECOVERY_MS + 60_000);

test('a namespace that goes takes the set with it: nothing is made in it any more, and no finalizer of ours holds it', async () => {
  const scenario = await Scenario.begin(connection, 'doomed', { nodes: 2, capacity: { 'nvidia.com/gpu': '4' } });
  const template = {
    cliques: [scenario.clique('a', 2, 2), scenario.clique('b', 1, 1)],
    podCliqueScalingGroups: [{ name: 'g', cliqueNames: ['b'], replicas: 2, minAvailable: 1 }],
  };
  await scenario.createSet('w', template);
  await scenario.untilPods({ total: 4, ready: 4 });
  await connection.admin.delete(NAMESPACE, { name: scenario.namespace });
  await scenario.until('the namespace is gone', async () => {
    const found = await connection.admin.get<KubeObject & { status: object }>(NAMESPACE, { name: scenario.namespace }).catch(() => undefined);
    return { seen: JSON.stringify(found?.status), result: found === undefined || undefined };
  }, RECOVERY_MS);
}, RECOVERY_MS + 60_000);

test('without the ComputeDomain type a set that needs it says so; it starts when the type is installed, and ends when it is taken away again', async () => {
  const scenario = await begin(2);
  const set = aSet('w', { cliques: [scenario.clique('a', 2, 2)] });
  await scenario.createObject(POD_CLIQUE_SET, { ...set, metadata: { ...set.metadata, annotations: { 'grove.io/mnnvl-group': 'train' } } });
  const stalled = await untilStalled(scenario, 'SyncFailed', 'the cluster does not serve ComputeDomain (resource.nvidia.com/v1beta1)');
  expect(stalled.status?.lastErrors).toHaveLength(1);
  expect([...await scenario.cliques(), ...await scenario.pods()]).toEqual([]);
  await installComputeDomains(connection.admin);
  await scenario.until('the domain and the pods', async () => {
    const [domains, pods] = [await scenario.all(COMPUTE_DOMAIN), await scenario.pods()];
    return { seen: `${domains.length} domains, ${pods.length} pods`, result: (domains.length === 1 && pods.length === 2) || undefined };
  }, RECOVERY_MS);
  await scenario.delete(POD_CLIQUE_SET, 'w');
  await scenario.untilNothing();
  expect(await scenario.all(COMPUTE_DOMAIN)).toEqual([]);
  await removeComputeDomains(connection.admin);
}, RECOVERY_MS + 60_000);
