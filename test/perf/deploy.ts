import type { Bench } from './bench';
import { finalCheck } from './control-plane/final-check';
import { TestBed } from './control-plane/test-bed';
import { PODS_PER_REPLICA, Workload } from './control-plane/workload';

const REPLICAS = 500;
const NODES = 100;
const IDLE_SECONDS = 30;

/** One PodCliqueSet of 1,000 pods on a real control plane, by the bundled controller in a process of its own. */
export const bench: Bench = {
  description: `${REPLICAS} replicas × ${PODS_PER_REPLICA} pods on ${NODES} fake nodes of a real control plane: times, API writes, CPU, memory`,
  run: () => TestBed.use(NODES, async bed => {
    const workload = new Workload(bed.client);
    const pods = REPLICAS * PODS_PER_REPLICA;
    const deploy = await bed.measure({
      name: 'deploy',
      pods,
      act: () => workload.create(REPLICAS),
      milestones: {
        created: async () => await workload.pods() >= pods,
        running: () => workload.allRunning(),
        available: async () => (await workload.get()).status?.availableReplicas === REPLICAS,
      },
    });
    await finalCheck(bed, workload, REPLICAS);
    return { pods, nodes: NODES, ...deploy, controllerPeakRssMb: bed.controllerPeakRssMb, idle: await bed.idle(IDLE_SECONDS) };
  }),
};
