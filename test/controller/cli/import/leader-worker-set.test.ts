import { convertLeaderWorkerSet } from '../../../../controller/src/cli/import/leader-worker-set';
import { PodCliqueSet } from '../../../../src/core';
import { file, grove } from '../command';

const lws = (spec: object = {}, template: object = {}, annotations: object = {}) => ({
  apiVersion: 'leaderworkerset.x-k8s.io/v1',
  kind: 'LeaderWorkerSet',
  metadata: { name: 'vllm', annotations },
  spec: {
    replicas: 2,
    leaderWorkerTemplate: {
      size: 4,
      workerTemplate: { metadata: { labels: { role: 'w' } }, spec: { containers: [{ name: 'main', image: 'vllm', command: ['ray', '--address', '$(LWS_LEADER_ADDRESS)'] }] } },
      ...template,
    },
    ...spec,
  },
});

test('groups become copies of a scaling group, with the variables that the software knows', async () => {
  const { code, out, err } = await grove('import', '-f', file(lws({ startupPolicy: 'LeaderReady' })), '-o', 'json');
  expect(code).toBe(0);
  const { program, notes } = JSON.parse(out) as { program: string; notes: string[] };
  expect(program).toContain('vllm.addScalingGroup(\'group\', { cliques: [leader, worker], replicas: 2 });');
  expect(program).toContain('worker.startAfter(leader);');
  expect(program).toContain('LWS_LEADER_ADDRESS: EnvValue.fromValue(\'$(GROVE_PCSG_NAME)-$(GROVE_PCSG_INDEX)-leader-0.$(GROVE_HEADLESS_SERVICE)\')');
  expect(err).toBe(notes.map(note => `note  ${note}\n`).join(''));
});

test('the set has a leader and size - 1 workers; a size of 1 is a leader alone', () => {
  const cliques = (set: PodCliqueSet) => set.spec.template.cliques.map(({ name, spec }) => `${name} ${spec.replicas} ${spec.podSpec.containers[0]?.image}`);
  const leaderTemplate = { spec: { containers: [{ name: 'main', image: 'leader' }] } };
  expect(cliques(convertLeaderWorkerSet(lws({}, { leaderTemplate }) as any).set)).toEqual(['leader 1 leader', 'worker 3 vllm']);
  expect(cliques(convertLeaderWorkerSet(lws({}, { size: 1 }) as any).set)).toEqual(['leader 1 vllm']);
});

test('groups that may be down during an update are the same number', async () => {
  const { out, err } = await grove('import', '-f', file(lws({ rolloutStrategy: { type: 'RollingUpdate', rollingUpdateConfiguration: { maxUnavailable: 2, maxSurge: 0 } } })));
  expect(out).toContain('rollingUpdate: { maxUnavailable: 2 }');
  expect(err).not.toContain('rolloutStrategy');
  expect((await grove('import', '-f', file(lws({ rolloutStrategy: { rollingUpdateConfiguration: { maxUnavailable: '50%' } } })))).err).toContain('rolloutStrategy is left out');
});

test('what is lost is listed', async () => {
  const spec = { rolloutStrategy: { rollingUpdateConfiguration: { maxUnavailable: 2, maxSurge: 1 } }, networkConfig: { subdomainPolicy: 'Shared' } };
  const template = { restartPolicy: 'RecreateGroupOnPodRestart', subGroupPolicy: { subGroupSize: 2 }, somethingNew: 1 };
  const { code, err } = await grove('import', '-f', file(lws(spec, template, { 'leaderworkerset.sigs.k8s.io/exclusive-topology': 'rack' }), { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } }));
  expect(code).toBe(0);
  for (const word of [
    'spec.rolloutStrategy', 'spec.networkConfig', 'leaderWorkerTemplate.restartPolicy', 'leaderWorkerTemplate.subGroupPolicy', 'leaderWorkerTemplate.somethingNew', 'exclusive-topology', 'Service s',
  ]) expect(err).toContain(word);
});

test.each([
  ['nothing to import ends 2', { apiVersion: 'v1', kind: 'Pod' }, 2, 'no PodCliqueSet, ClusterTopologyBinding or LeaderWorkerSet in'],
  ['a set that the cluster would refuse ends 1', { apiVersion: 'grove.io/v1alpha1', kind: 'PodCliqueSet', metadata: { name: 'x' }, spec: { template: { cliques: [] } } }, 1, 'spec.template.cliques'],
])('%s', async (_what, object, code, message) => {
  const result = await grove('import', '-f', file(object));
  expect([result.code, result.out]).toEqual([code, '']);
  expect(result.err).toContain(message);
});

test.each(['validate', 'expand', 'diff', 'import', 'controller'])('grove %s --help has examples and ends 0', async verb => {
  const { code, out } = await grove(verb, '--help');
  expect(code).toBe(0);
  expect(out).toMatch(/Examples:\n {2}/);
});

test('schedulers of this field are allowed offline', async () => {
  const set = (schedulerName: string) => ({
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodCliqueSet',
    metadata: { name: 'x' },
    spec: { replicas: 1, template: { cliques: [{ name: 'a', labels: { 'kai.scheduler/queue': 'q' }, spec: { roleName: 'a', replicas: 1, podSpec: { schedulerName, containers: [{ name: 'main', image: 'i' }] } } }] } },
  });
  expect((await grove('validate', '-f', file(set('kai-scheduler')))).code).toBe(0);
  expect((await grove('validate', '-f', file(set('nobodys-scheduler')))).code).toBe(1);
});
