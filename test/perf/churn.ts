import type { Bench } from './bench';
import { finalCheck } from './control-plane/final-check';
import { deployment, scaling } from './control-plane/phases';
import { rssMb } from './control-plane/process-figures';
import { PhaseFigures, TestBed } from './control-plane/test-bed';
import { PODS_PER_REPLICA, Workload } from './control-plane/workload';

const NODES = 30;
const [BASE, PEAK] = [Number(process.env.SOAK_BASE ?? 25), Number(process.env.SOAK_PEAK ?? 50)];
const CYCLES = Number(process.env.SOAK_CYCLES ?? 10);
/** Upstream's soak holds for 30 seconds each time. */
const HOLD_SECONDS = Number(process.env.SOAK_HOLD_SECONDS ?? 2);

/** Out and in, again and again: whether the tenth time costs what the first has cost, and everything is right in the end (spec 10 §8). */
export const bench: Bench = {
  description: `${BASE} ↔ ${PEAK} replicas × ${PODS_PER_REPLICA} pods, ${CYCLES} times, on ${NODES} fake nodes of a real control plane`,
  run: () => TestBed.use(NODES, async bed => {
    const workload = new Workload(bed.client);
    const deploy = brief(await bed.measure(deployment(workload, BASE)));
    const cycles = [];
    for (let cycle = 1; cycle <= CYCLES; cycle++) {
      process.stderr.write(`cycle ${cycle} of ${CYCLES}\n`);
      const out = await bed.measure(scaling(workload, BASE, PEAK));
      const peakHold = await bed.idle(HOLD_SECONDS);
      const back = await bed.measure(scaling(workload, PEAK, BASE));
      const baseHold = await bed.idle(HOLD_SECONDS);
      cycles.push({ out: brief(out), in: brief(back), idleWrites: { ...peakHold.writes, ...baseHold.writes }, controllerRssMb: rssMb(bed.controller.pid) });
    }
    await finalCheck(bed, workload, BASE);
    return { nodes: NODES, deploy, cycles, controllerPeakRssMb: bed.controllerPeakRssMb };
  }),
};

function brief({ seconds, writesPerPod, cpuSeconds }: PhaseFigures) {
  return { seconds, writesPerPod, controllerCpuSeconds: cpuSeconds.controller, apiServerCpuSeconds: cpuSeconds['kube-apiserver'] };
}
