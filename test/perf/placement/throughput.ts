import { elapsed, times } from './cluster';
import { ClusterIndex, PlacementGroup, RunningPod, place } from '../../../src/core';

/** 4: many gangs of a rack each on 5,000 nodes in 50 racks; every rack is scored for every gang. */
export function throughput(): object[] {
  return [[750, 4], [2_250, 4], [3, 1_000], [9, 1_000]].map(([gangs, pods]) => {
    const index = new ClusterIndex(['rack']);
    for (let node = 0; node < 5_000; node += 1) {
      index.setNode({ name: `n${String(node).padStart(4, '0')}`, domain: { rack: `r${String(Math.floor(node / 100)).padStart(2, '0')}` }, allocatable: { cpu: 32, memory: 64, pods: 110 } });
    }
    const gang: PlacementGroup = { name: 'g', required: 'rack', groups: [{ name: 'w', pods: { count: pods!, minCount: pods!, request: { cpu: 1, memory: 1 } } }] };
    const decisions: number[] = [];
    const { cpuMs } = elapsed(() => {
      for (let at = 0; at < gangs!; at += 1) {
        const { result, cpuMs: one } = elapsed(() => place(index, { gang, members: [] }));
        decisions.push(one);
        if (result.outcome !== 'placed') throw new Error(`gang ${at} is ${result.outcome}`);
        for (const { node, count } of result.assignment) for (let pod = 0; pod < count; pod += 1) index.addPod(podOn(node, `g${at}-${node}-${pod}`));
      }
    });
    process.stderr.write(`${gangs} gangs of ${pods} measured\n`);
    return { gangs, pods, podsPerSecond: Math.round((gangs! * pods!) / (cpuMs / 1000)), decision: times(decisions) };
  });
}

function podOn(node: string, name: string): RunningPod {
  return { name, node, request: { cpu: 1, memory: 1 } };
}
