import { elapsed, times } from './cluster';
import { ClusterIndex, PlacementGroup, PlacementOptions, place } from '../../../src/core';

const ROUNDS = 30;

/** 5: that a large gang cannot fit, with the reason; and whom it would have to evict. */
export function verdicts(): object {
  const eighty: PlacementGroup = { name: 'g', groups: [{ name: 'w', pods: { count: 10, minCount: 10, request: { gpu: 8 } } }] };
  const inRack: PlacementGroup = { name: 'g', required: 'rack', priority: 1, groups: [{ name: 'w', pods: { count: 16, minCount: 16, request: { gpu: 8 } } }] };
  const anywhere: PlacementGroup = { name: 'g', priority: 1, groups: [{ name: 'w', pods: { count: 64, minCount: 64, request: { gpu: 8 } } }] };
  const scattered = full(500, 7);
  const packed = full(1_000, 8);
  return {
    cannotFit80Gpus500Nodes: measure(scattered, eighty, 'pending', { preemption: false }),
    victimsOfOneRack1000Nodes: measure(packed, inRack, 'placed-with-preemption'),
    victimsAnywhere1000Nodes: measure(packed, anywhere, 'placed-with-preemption'),
  };
}

/** Nodes of 8 GPUs, 20 in a rack, of which pods with 1 GPU use so many. */
function full(nodes: number, used: number): ClusterIndex {
  const index = new ClusterIndex(['rack']);
  for (let node = 0; node < nodes; node += 1) {
    const name = `n${String(node).padStart(4, '0')}`;
    index.setNode({ name, domain: { rack: `r${String(Math.floor(node / 20)).padStart(2, '0')}` }, allocatable: { gpu: 8, cpu: 128, pods: 110 } });
    for (let pod = 0; pod < used; pod += 1) index.addPod({ name: `${name}-${pod}`, node: name, request: { gpu: 1, cpu: 4 }, unit: `${name}-${pod >> 1}` });
  }
  return index;
}

function measure(index: ClusterIndex, gang: PlacementGroup, outcome: string, options: PlacementOptions = {}): object {
  const ms = Array.from({ length: ROUNDS }, () => {
    const timed = elapsed(() => place(index, { gang, members: [], options }));
    if (timed.result.outcome !== outcome) throw new Error(`${timed.result.outcome} instead of ${outcome}`);
    return { ms: timed.cpuMs, victims: timed.result.victims.length };
  });
  process.stderr.write(`${outcome} measured\n`);
  return { ...times(ms.map(one => one.ms)), first: Math.round(ms[0]!.ms * 1000) / 1000, victims: ms[0]!.victims };
}
