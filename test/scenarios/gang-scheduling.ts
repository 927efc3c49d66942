import { Scenario } from './cluster';
import { untilAvailable, untilPending, untilPods } from './pods';
import { WL1 } from './workloads';

const short = (gang: string, needed: number, free: number) =>
  `${gang} needs ${needed} nvidia.com/gpu; all nodes together have ${free} nvidia.com/gpu free`;

/** Gangs get all the nodes that they need or none (spec 10 §2). */
export const gangScheduling: readonly Scenario[] = [
  {
    id: 'GS1',
    title: 'a gang of ten waits on nine nodes, and runs on ten',
    cluster: { nodes: 10, cordoned: 1 },
    async play(cluster) {
      await cluster.createSet('w', WL1(cluster));
      await untilPending(cluster, 'w-0', short('w-0', 10, 9));
      await untilPods(cluster, { total: 10, bound: 0 });
      expect(await cluster.events('Unschedulable')).toEqual([short('w-0', 10, 9)]);
      await cluster.uncordon(1);
      await untilPods(cluster, { total: 10, ready: 10 });
      await untilAvailable(cluster);
      expect(await cluster.events('Unschedulable')).toHaveLength(1);
    },
  },
];
