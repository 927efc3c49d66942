import type { KubeObject } from 'cdk8s-grove/core';
import { DemoCluster } from './demo-cluster';
import { Director } from './director';
import { ClusterView, RackView, freeGpus, gangsOf, isComplete, podsOf } from './model';

/** The manifests that the story is about, each a list of objects. */
export interface Manifests {
  readonly topology: readonly KubeObject[];
  readonly chatbot: readonly KubeObject[];
  readonly deepseek: readonly KubeObject[];
}

const DECODE_GROUP = 'deepseek-r1-0-decode';
const SECOND_ENGINE = 'deepseek-r1-0-decode-0';
const NODES_IN_REPAIR = 2;

/**
 * Two workloads come up, each as one gang and in order; a second decode engine finds 52 GPUs free but no rack with 32, waits and says why;
 * a node comes back from repair and the engine starts as one.
 * @param pauseMs time for people to read
 */
export async function tellStory(director: Director, cluster: DemoCluster, manifests: Manifests, pauseMs: number): Promise<void> {
  await cluster.apply(manifests.topology);
  await director.until('the controller reads the cluster', ({ racks }) => cluster.isUp && racks.length > 0);
  await startChatbot(director, cluster, manifests.chatbot);
  await director.hold(pauseMs / 2);
  await startDeepSeek(director, cluster, manifests.deepseek);
  await director.hold(pauseMs / 2);
  const inRepair = await askForSecondEngine(director, cluster);
  await director.hold(pauseMs);
  await endRepair(director, cluster, inRepair);
  await director.hold(pauseMs / 2);
}

async function startChatbot(director: Director, cluster: DemoCluster, chatbot: readonly KubeObject[]): Promise<void> {
  const [rack] = director.view.racks;
  const racks = `${director.view.racks.length} racks of ${rack?.nodes.length} nodes with ${rack?.nodes[0]?.gpus} GPUs`;
  director.say(`${racks}. A chatbot comes: its router waits for prefill and decode.`, 'kubectl apply -f chatbot.k8s.yaml');
  await cluster.apply(chatbot);
  await director.until('the chatbot has nodes', view => gangsOf(view).length === 1 && podsIn(view).every(({ node }) => node));
}

async function startDeepSeek(director: Director, cluster: DemoCluster, deepseek: readonly KubeObject[]): Promise<void> {
  director.say('DeepSeek-R1 needs 9 nodes in one NVLink domain: all or none. Its leader waits for 7 workers.', 'kubectl apply -f deepseek-r1-disagg.k8s.yaml');
  await cluster.apply(deepseek);
  await director.until('both are ready', view => areComplete(view, 2));
  director.say('Both are ready, each in one rack.');
}

/** @returns the nodes that take no pods meanwhile */
async function askForSecondEngine(director: Director, cluster: DemoCluster): Promise<string[]> {
  const closed = nodesToRepair(director.view);
  await cluster.cordon(closed, true);
  director.say('A second decode engine is asked for while two nodes are in repair.', `kubectl cordon ${closed.join(' ')}`, `kubectl scale pcsg ${DECODE_GROUP} --replicas=2`);
  await cluster.scaleGroup(DECODE_GROUP, 2);
  const view = await director.until('the second engine says why it waits', ({ sets }) => gangsOf({ sets }).some(({ reason }) => reason?.code === 'Unschedulable'));
  const free = view.racks.map(freeGpus);
  director.say(
    `${sum(free)} GPUs are free, but no rack has more than ${Math.max(...free)}. Its 8 pods need 32 in one, so all of them wait, and none holds a GPU.`,
    `kubectl describe podgang ${SECOND_ENGINE}`,
  );
  return closed;
}

async function endRepair(director: Director, cluster: DemoCluster, inRepair: readonly string[]): Promise<void> {
  const [repaired = ''] = inRepair;
  director.say('One node comes back from repair: now the rack has room for all 8, and the engine starts as one, in the NVLink domain of the first.',
    `kubectl uncordon ${repaired}`);
  await cluster.cordon([repaired], false);
  await director.until('the second engine is ready', view => areComplete(view, 3));
  director.say('All pods are ready.');
}

/** The last empty nodes of the rack with most of them. */
function nodesToRepair({ racks }: ClusterView): string[] {
  const [rack] = [...racks].sort((a, b) => freeGpus(b) - freeGpus(a));
  return emptyNodes(rack).slice(-NODES_IN_REPAIR);
}

function emptyNodes(rack: RackView | undefined): string[] {
  return (rack?.nodes ?? []).filter(({ pod }) => pod === undefined).map(({ name }) => name);
}

function areComplete(view: ClusterView, gangs: number): boolean {
  return gangsOf(view).length === gangs && gangsOf(view).every(isComplete);
}

function podsIn(view: ClusterView) {
  return gangsOf(view).flatMap(podsOf);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
