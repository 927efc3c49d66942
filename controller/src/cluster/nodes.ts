import { timestamp } from './identity';
import { JsonObject } from './json';
import { Client } from '../kube/client';
import { Clock, systemClock } from '../kube/clock';
import { KubeObject } from '../kube/object';
import { NODE } from '../kube/resource';

/** A node as it is created: name, labels, and what its pods can use. */
export interface NodeShape {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Quantities; `pods` is 110 if not given. */
  readonly allocatable: Readonly<Record<string, string>>;
  readonly taints?: readonly JsonObject[];
}

export interface RackOptions {
  readonly racks: number;
  /** @default 18, as an NVL72 rack has */
  readonly nodesPerRack?: number;
  /** @default 4 */
  readonly gpusPerNode?: number;
  /** @default zone-0 */
  readonly zone?: string;
}

/** Racks as GB200 NVL72: every rack is one NVLink domain of 18 nodes with 4 GPUs each. Nodes are named `rack-0-node-00` and so on. */
export function nvl72Racks({ racks, nodesPerRack = 18, gpusPerNode = 4, zone = 'zone-0' }: RackOptions): NodeShape[] {
  const allocatable = { 'cpu': '144', 'memory': '960Gi', 'ephemeral-storage': '1Ti', 'pods': '110', 'nvidia.com/gpu': String(gpusPerNode) };
  return Array.from({ length: racks * nodesPerRack }, (_, index) => {
    const rack = `rack-${Math.floor(index / nodesPerRack)}`;
    const name = `${rack}-node-${String(index % nodesPerRack).padStart(2, '0')}`;
    const labels = {
      'topology.kubernetes.io/zone': zone,
      'topology.kubernetes.io/rack': rack,
      'nvidia.com/gpu.clique': `${rack}.0`,
      'nvidia.com/gpu.product': 'NVIDIA-GB200',
    };
    return { name, labels, allocatable };
  });
}

/** Two NVL72 racks: 36 nodes, 144 GPUs. */
export const TWO_NVL72_RACKS: readonly NodeShape[] = nvl72Racks({ racks: 2 });

/** The node object, Ready from the start. */
export function nodeObject({ name, labels, allocatable, taints }: NodeShape, clock: Clock = systemClock): KubeObject & JsonObject {
  const now = timestamp(clock.now());
  const resources = { pods: '110', ...allocatable };
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status', lastHeartbeatTime: now, lastTransitionTime: now };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'arm64', ...labels } },
    spec: taints ? { taints } : {},
    status: { capacity: resources, allocatable: resources, conditions: [ready] },
  };
}

/** Creates the nodes. */
export async function createNodes(client: Client, shapes: readonly NodeShape[], clock?: Clock): Promise<void> {
  await Promise.all(shapes.map((shape) => client.create(NODE, nodeObject(shape, clock))));
}
