import type { Bench } from './bench';
import { finalCheck } from './control-plane/final-check';
import { scaling } from './control-plane/phases';
import { PhaseFigures, TestBed } from './control-plane/test-bed';
import { PODS_PER_REPLICA, Workload } from './control-plane/workload';

const NODES = 100;
const STEPS = [0, 500, 250, 0];
const IDLE_SECONDS = 10;

/** A PodCliqueSet that is scaled out from nothing, in by half, and to nothing; after each step all must be as it should (spec 10 §8). */
export const bench: Bench = {
  description: `${STEPS.join(' → ')} replicas × ${PODS_PER_REPLICA} pods on ${NODES} fake nodes of a real control plane`,
  run: () => TestBed.use(NODES, async bed => {
    const workload = new Workload(bed.client);
    await workload.create(STEPS[0]);
    await finalCheck(bed, workload, STEPS[0]);
    const steps: Record<string, PhaseFigures> = {};
    for (const [step, to] of STEPS.slice(1).entries()) {
      const phase = scaling(workload, STEPS[step], to);
      steps[phase.name] = await bed.measure(phase);
      await finalCheck(bed, workload, to);
    }
    return { nodes: NODES, podsPerReplica: PODS_PER_REPLICA, steps, controllerPeakRssMb: bed.controllerPeakRssMb, idle: await bed.idle(IDLE_SECONDS) };
  }),
};
