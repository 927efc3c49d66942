import { spawnSync } from 'node:child_process';
import { runController } from './operator';
import { Scenario } from './scenario';
import { POD } from '../../controller/src/kube';
import { POD_CLIQUE_SET } from '../../controller/src/state/resources';
import { LABEL, Pod, PodCliqueSet, podIndex } from '../../src/core';
import { ensureBinaries } from '../control-plane/binaries';
import { connect } from '../control-plane/connect';
import { BUSYBOX_IMAGE, REAL_NODE, RealNode, startRealNode, whyNoRealNode } from '../control-plane/real-node';
import { exampleSet } from '../examples/charts';

const reason = whyNoRealNode();
const describeRealNode = reason ? describe.skip : describe;

/** Tells what it sees, is ready after two seconds, and ends with exit code 3 when it is told to end. */
const SCRIPT = 'trap "exit 3" TERM; env; hostname; cat /etc/hosts; echo told; sleep 2; touch /tmp/ready; sleep 10000 & wait';

/** Pods of the chatbot's cliques, as many as fit on the node's eight GPUs. */
const REPLICAS: Record<string, { replicas: number; minAvailable: number; gpus: number }> = {
  prefill: { replicas: 2, minAvailable: 1, gpus: 1 },
  decode: { replicas: 3, minAvailable: 2, gpus: 1 },
  router: { replicas: 1, minAvailable: 1, gpus: 0 },
};

/** The set of examples/chatbot with small shell scripts in place of the models. */
function smallChatbot(): PodCliqueSet {
  const set = exampleSet('chatbot');
  const { topologyConstraint: _oneNode, ...template } = set.spec.template;
  const cliques = template.cliques.map(clique => {
    const { replicas, minAvailable, gpus } = REPLICAS[clique.name];
    const main = {
      name: 'main',
      image: BUSYBOX_IMAGE,
      command: ['sh', '-c', SCRIPT],
      readinessProbe: { exec: { command: ['test', '-f', '/tmp/ready'] }, periodSeconds: 1 },
      ...(gpus > 0 ? { resources: { limits: { 'nvidia.com/gpu': String(gpus) } } } : {}),
    };
    const podSpec = { ...REAL_NODE, automountServiceAccountToken: false, terminationGracePeriodSeconds: 1, containers: [main] };
    return { ...clique, spec: { ...clique.spec, replicas, minAvailable, podSpec } };
  });
  return { ...set, spec: { ...set.spec, template: { ...template, cliques } } };
}

describeRealNode(reason ? `the chatbot in real containers (skipped: ${reason})` : 'the chatbot in real containers', () => {
  const connection = connect();
  runController(connection, { startupImage: BUSYBOX_IMAGE });
  let scenario: Scenario;
  let node: RealNode;
  let kubectlPath: string;

  beforeAll(async () => {
    ({ kubectl: kubectlPath } = await ensureBinaries(['kubectl']));
    node = await startRealNode(connection.address);
    connection.atEnd(() => node.stop());
    scenario = await Scenario.begin(connection, 'real', { nodes: 0 });
    await scenario.createObject(POD_CLIQUE_SET, smallChatbot());
    await scenario.untilPods({ total: 6, ready: 6 });
  }, 600_000);

  const startedAt = ({ status }: Pod) => Date.parse(status?.containerStatuses?.[0]?.state?.running?.startedAt ?? '');
  const readyAt = ({ status }: Pod) => Date.parse(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '');
  const nameOf = ({ metadata }: Pod) => metadata.name ?? '';

  /** What a container has seen, as its lines. */
  async function seenBy(pod: Pod): Promise<string[]> {
    return scenario.until(`the words of ${nameOf(pod)}`, async () => {
      const lines = (await node.logs(scenario.namespace, nameOf(pod), 'main')).split('\n');
      return { seen: lines.join(' '), result: lines.includes('told') ? lines : undefined };
    });
  }

  test('all run on the node, by their gang, and the set is available', async () => {
    await scenario.untilAvailable('chatbot');
    expect(new Set((await scenario.pods()).map(({ spec }) => spec.nodeName))).toEqual(new Set([node.name]));
  });

  test('the router’s container started after the prefill and decode pods that it needs were ready', async () => {
    const [router] = await scenario.pods('chatbot-0-router');
    for (const [clique, { minAvailable }] of Object.entries(REPLICAS).filter(([name]) => name !== 'router')) {
      const parents = await scenario.pods(`chatbot-0-${clique}`);
      const enough = parents.map(readyAt).sort((a, b) => a - b)[minAvailable - 1];
      expect(startedAt(router)).toBeGreaterThanOrEqual(enough);
      expect(startedAt(router)).toBeGreaterThan(Math.max(...parents.map(startedAt)));
    }
    expect(router.status?.initContainerStatuses?.[0]).toMatchObject({ name: 'grove-initc', state: { terminated: { exitCode: 0 } } });
  });

  test('every container sees who it is, and its name in the network', async () => {
    for (const pod of await scenario.pods()) {
      const clique = pod.metadata.labels?.[LABEL.podClique] ?? '';
      const host = `${clique}-${podIndex(pod)}`;
      const lines = await seenBy(pod);
      expect(lines).toEqual(expect.arrayContaining([
        'GROVE_PCS_NAME=chatbot',
        'GROVE_PCS_INDEX=0',
        `GROVE_PCLQ_NAME=${clique}`,
        `GROVE_PCLQ_POD_INDEX=${podIndex(pod)}`,
        `GROVE_HEADLESS_SERVICE=chatbot-0.${scenario.namespace}.svc.cluster.local`,
        host,
      ]));
      expect(lines.join('\n')).toContain(`${host}.chatbot-0.${scenario.namespace}.svc`);
    }
  });

  test('a container that is killed starts again in its pod, and does not wait for its parents a second time', async () => {
    const [router] = await scenario.pods('chatbot-0-router');
    const where = ['--kubeconfig', connection.address.kubeconfig, '--namespace', scenario.namespace];
    // The command dies with the container that it kills, so its own exit code tells nothing.
    spawnSync(kubectlPath, [...where, 'exec', nameOf(router), '-c', 'main', '--', 'kill', '1']);
    await scenario.until('restarted and ready', async () => {
      const [{ metadata, status }] = await scenario.pods('chatbot-0-router');
      const [main] = status?.containerStatuses ?? [];
      const again = metadata.uid === router.metadata.uid && main?.restartCount === 1 && main.ready;
      return { seen: JSON.stringify(main), result: again || undefined };
    });
    const [{ status }] = await scenario.pods('chatbot-0-router');
    expect(status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(3);
    await scenario.untilAvailable('chatbot');
  });

  test('a deleted pod comes back with its index and its name, and its container knows it', async () => {
    const lost = (await scenario.pods('chatbot-0-decode')).find(pod => podIndex(pod) === 1)!;
    await scenario.delete(POD, nameOf(lost));
    const back = await scenario.until('another pod of index 1', async () => {
      const found = (await scenario.pods('chatbot-0-decode')).find(pod => podIndex(pod) === 1 && pod.metadata.uid !== lost.metadata.uid);
      return { seen: '', result: found && startedAt(found) > 0 ? found : undefined };
    });
    expect(await seenBy(back)).toEqual(expect.arrayContaining(['GROVE_PCLQ_POD_INDEX=1', 'chatbot-0-decode-1']));
    await scenario.untilPods({ total: 6, ready: 6 });
    await scenario.untilAvailable('chatbot');
  });

  test('deleted, every container ends and nothing is left', async () => {
    await scenario.delete(POD_CLIQUE_SET, 'chatbot');
    await scenario.untilNothing();
  });
});
