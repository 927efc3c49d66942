import type { Bench } from './bench';
import { finalCheck } from './control-plane/final-check';
import { deployment } from './control-plane/phases';
import { TestBed } from './control-plane/test-bed';
import { PODS_PER_REPLICA, Workload } from './control-plane/workload';

const NODES = 100;
const REPLICAS = Number(process.env.ROLLOUT_REPLICAS ?? 500);
const IDLE_SECONDS = 10;

/** One changed image in 1,000 pods, by the default strategy: one replica of the set at a time, and in it one pod at a time. */
export const bench: Bench = {
  description: `one image change in ${REPLICAS} replicas × ${PODS_PER_REPLICA} pods on ${NODES} fake nodes of a real control plane, one replica at a time`,
  run: () => TestBed.use(NODES, async bed => {
    const workload = new Workload(bed.client);
    await bed.measure(deployment(workload, REPLICAS));
    let leastAvailable = REPLICAS;
    const updated = async (replicas: number) => {
      const { metadata, status } = await workload.get();
      if (status?.observedGeneration !== metadata.generation) return false;
      leastAvailable = Math.min(leastAvailable, status?.availableReplicas ?? 0);
      return (status?.updatedReplicas ?? 0) >= replicas;
    };
    const ended = async () => await updated(REPLICAS) && (await workload.get()).status?.updateProgress?.updateEndedAt !== undefined;
    const rollout = await bed.measure({
      name: 'rollout',
      pods: REPLICAS * PODS_PER_REPLICA,
      act: () => workload.setImage('registry.example/server:2'),
      milestones: { half: () => updated(REPLICAS / 2), ended },
    });
    await finalCheck(bed, workload, REPLICAS);
    const secondsPerReplica = Math.round((rollout.seconds.ended / REPLICAS) * 1000) / 1000;
    const figures = { ...rollout, secondsPerReplica, leastAvailable, controllerPeakRssMb: bed.controllerPeakRssMb };
    return { pods: REPLICAS * PODS_PER_REPLICA, nodes: NODES, ...figures, idle: await bed.idle(IDLE_SECONDS) };
  }),
};
