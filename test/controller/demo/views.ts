import { CliqueView, ClusterView, GangView, PodState, PodView, RackView } from '../../../controller/src/demo/model';

/** Views for tests: every test says only what it is about. */

export function pods(name: string, states: readonly PodState[], rack = 'rack-0.0'): PodView[] {
  return states.map((state, index) => ({
    name: `${name}-${index}`, uid: `uid-${name}-${index}`, index, state, ...(state === 'unplaced' ? {} : { node: `${rack.slice(0, 6)}-node-0${index}`, rack }),
  }));
}

export function clique(name: string, states: readonly PodState[], extra: Partial<CliqueView> = {}): CliqueView {
  return { name: `llm-0-${name}`, role: name, replicas: states.length, floor: 1, waitsFor: [], pods: pods(`llm-0-${name}`, states), ...extra };
}

export function gang(phase: string, cliques: readonly CliqueView[], extra: Partial<GangView> = {}): GangView {
  return { name: 'llm-0', phase, cliques, ...extra };
}

export function view(gangs: readonly GangView[], racks: readonly RackView[] = []): ClusterView {
  return { sets: [{ name: 'llm', gangs }], racks };
}

export const SHORT_OF_ROOM = {
  code: 'Unschedulable',
  message: 'llm-0 needs 32 nvidia.com/gpu in one nvidia.com/gpu.clique; best is rack-1.0 with 28 nvidia.com/gpu free',
};

/** A moment in which every state that people ask about is there: a gang that starts, and one that waits. */
export function busyView(): ClusterView {
  return view([
    gang('Starting', [clique('prefill', ['ready', 'starting']), clique('router', ['blocked'], { waitsFor: ['prefill', 'decode'] })]),
    gang('Pending', [clique('decode-1-worker', ['unplaced', 'unplaced'])], { name: 'llm-0-decode-0', reason: SHORT_OF_ROOM }),
  ], [{
    name: 'rack-0.0',
    nodes: [
      { name: 'a', open: true, gpus: 4, freeGpus: 0, pod: { clique: 'llm-0-prefill', state: 'ready' } },
      { name: 'b', open: true, gpus: 4, freeGpus: 4 },
      { name: 'c', open: false, gpus: 4, freeGpus: 4 },
    ],
  }]);
}
