import type { Bench } from './bench';
import { finalCheck } from './control-plane/final-check';
import { deployment, removal } from './control-plane/phases';
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
    const deploy = await bed.measure(deployment(workload, REPLICAS));
    await finalCheck(bed, workload, REPLICAS);
    const controllerPeakRssMb = bed.controllerPeakRssMb;
    const idle = await bed.idle(IDLE_SECONDS);
    return { pods: REPLICAS * PODS_PER_REPLICA, nodes: NODES, ...deploy, controllerPeakRssMb, idle, delete: await bed.measure(removal(workload, REPLICAS)) };
  }),
};
