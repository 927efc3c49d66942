import { Phase } from './test-bed';
import { PODS_PER_REPLICA, Workload } from './workload';

/** The set with its replicas from nothing. */
export function deployment(workload: Workload, replicas: number): Phase {
  return { name: 'deploy', pods: replicas * PODS_PER_REPLICA, act: () => workload.create(replicas), milestones: grown(workload, replicas) };
}

/** The set from one number of replicas to another. */
export function scaling(workload: Workload, from: number, to: number): Phase {
  const gone = async () => await workload.pods() === to * PODS_PER_REPLICA;
  return {
    name: `${from} → ${to}`,
    pods: Math.abs(to - from) * PODS_PER_REPLICA,
    act: () => workload.scale(to),
    milestones: to > from ? grown(workload, to) : { gone, available: () => workload.isAvailable(to) },
  };
}

/** The set is deleted with all that it stands for. */
export function removal(workload: Workload, replicas: number): Phase {
  return {
    name: 'delete',
    pods: replicas * PODS_PER_REPLICA,
    act: () => workload.remove(),
    milestones: { podsGone: async () => await workload.pods() === 0, allGone: () => workload.isGone() },
  };
}

function grown(workload: Workload, replicas: number): Phase['milestones'] {
  return {
    created: async () => await workload.pods() >= replicas * PODS_PER_REPLICA,
    running: () => workload.allRunning(),
    available: () => workload.isAvailable(replicas),
  };
}
