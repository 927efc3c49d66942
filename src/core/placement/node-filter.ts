import { satisfiesOne } from './node-affinity';
import type { PlacementNode, PodDemand } from './problem';

const GPU_MODEL_LABEL = /gpu|accelerator|(^|[/._-])model$/i;

/** What pods ask of a node besides room. */
export type NodeDemand = Pick<PodDemand, 'tolerations' | 'nodeSelector' | 'nodeAffinity' | 'gpuModel'>;

/** Which nodes may take pods of some kind whatever room they have: one bit a node, kept by the index as nodes come and go. */
export class NodeFilter {
  private bits = new Uint32Array(0);

  constructor(private readonly demand: NodeDemand) {}

  /** The same for demands that select the same nodes. */
  static keyOf({ tolerations = [], nodeSelector = {}, nodeAffinity, gpuModel }: NodeDemand): string {
    if (tolerations.length === 0 && !nodeAffinity && gpuModel === undefined && Object.keys(nodeSelector).length === 0) return '';
    const labels = Object.entries(nodeSelector).sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify([[...new Set(tolerations)].sort(), labels, gpuModel ?? null, ...(nodeAffinity ? [nodeAffinity] : [])]);
  }

  admits(slot: number): boolean {
    return ((this.bits[slot >>> 5] ?? 0) & (1 << (slot & 31))) !== 0;
  }

  /** Whether it admits every node that the other one does. */
  covers({ demand: other }: NodeFilter): boolean {
    const { tolerations = [], nodeSelector = {}, nodeAffinity, gpuModel } = this.demand;
    return (other.tolerations ?? []).every(taint => tolerations.includes(taint))
      && Object.entries(nodeSelector).every(([key, value]) => other.nodeSelector?.[key] === value)
      && (nodeAffinity === undefined || JSON.stringify(nodeAffinity) === JSON.stringify(other.nodeAffinity))
      && (gpuModel === undefined || gpuModel === other.gpuModel);
  }

  /** @param node undefined when the slot is empty */
  update(slot: number, node: PlacementNode | undefined): void {
    const word = slot >>> 5;
    if (word >= this.bits.length) {
      const grown = new Uint32Array(Math.max(word + 1, this.bits.length * 2));
      grown.set(this.bits);
      this.bits = grown;
    }
    const bit = 1 << (slot & 31);
    this.bits[word] = node && mayUse(node, this.demand) ? this.bits[word]! | bit : this.bits[word]! & ~bit;
  }
}

/** Whether the node takes pods of that kind when it has room. */
export function mayUse(node: PlacementNode, { tolerations = [], nodeSelector = {}, nodeAffinity, gpuModel }: NodeDemand): boolean {
  const { taints, labels = {} } = node;
  if (taints?.some(taint => !tolerations.includes(taint))) return false;
  for (const key in nodeSelector) if (labels[key] !== nodeSelector[key]) return false;
  if (nodeAffinity && !satisfiesOne(nodeAffinity, node)) return false;
  return gpuModel === undefined || Object.entries(labels).some(([key, value]) => value === gpuModel && GPU_MODEL_LABEL.test(key));
}
