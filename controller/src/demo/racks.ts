import { GPU, LABEL, Node, Pod, amounts, isUsable, podRequest, repellingTaints } from 'cdk8s-grove/core';
import { NodeView, RackView } from './model';
import { podState } from './pod-state';

/** The racks, by name, with what is on their nodes. Nodes without the label are in none. */
export function racksOf(nodes: readonly Node[], pods: readonly Pod[], rackLabel: string): RackView[] {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) if (pod.spec.nodeName) byNode.set(pod.spec.nodeName, [...byNode.get(pod.spec.nodeName) ?? [], pod]);
  const racks = new Map<string, NodeView[]>();
  const sorted = [...nodes].sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  for (const node of sorted) {
    const rack = node.metadata.labels?.[rackLabel];
    if (rack !== undefined) racks.set(rack, [...racks.get(rack) ?? [], nodeView(node, byNode.get(node.metadata.name ?? '') ?? [])]);
  }
  return [...racks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, members]) => ({ name, nodes: members }));
}

function nodeView(node: Node, pods: readonly Pod[]): NodeView {
  const gpus = amounts(node.status?.allocatable)[GPU] ?? 0;
  const [largest] = [...pods].sort((a, b) => gpusOf(b) - gpusOf(a));
  return {
    name: node.metadata.name ?? '',
    open: isUsable(node) && repellingTaints(node).length === 0,
    gpus,
    freeGpus: gpus - pods.reduce((sum, pod) => sum + gpusOf(pod), 0),
    ...(largest ? { pod: { clique: largest.metadata.labels?.[LABEL.podClique] ?? '', state: podState(largest) } } : {}),
  };
}

function gpusOf(pod: Pod): number {
  return podRequest(pod.spec)[GPU] ?? 0;
}
