import { Cluster, History, Scenario } from './cluster';
import { cliqueOf, untilPods } from './pods';
import { WL3, WL4, WL5, WL6, Workload } from './workloads';
import { Pod, isReady } from '../../src/core';

/** Every pod is ready two seconds after it has started: whoever waits for it starts later, whoever does not starts before it is ready. */
const cluster = { nodes: 10, readyAfterMs: 2_000 };

const hasStarted = ({ status }: Pod) => status?.containerStatuses?.[0]?.state?.running !== undefined;

/** At which of the states each pod of a clique fulfilled the condition for the first time, earliest first. */
function moments({ states }: History, clique: string, holds: (pod: Pod) => boolean): number[] {
  const first = new Map<string, number>();
  states.forEach((pods, moment) => {
    for (const pod of pods.filter(of => cliqueOf(of) === clique && holds(of))) {
      const uid = pod.metadata.uid ?? '';
      if (!first.has(uid)) first.set(uid, moment);
    }
  });
  return [...first.values()].sort((a, b) => a - b);
}

/** Says that the clique's pods started when so many of the parent's were ready, and none before. */
type After = readonly [clique: string, parent: string, readyParents: number];

const play = (workload: Workload, after: readonly After[], independent: readonly (readonly [string, string])[] = []): Scenario['play'] => async (on: Cluster) => {
  const history = await on.watch();
  await on.createSet('w', workload(on));
  await untilPods(on, { total: 10, ready: 10 });
  const started = (clique: string) => moments(history, clique, hasStarted);
  const ready = (clique: string) => moments(history, clique, isReady);
  for (const [clique, parent, count] of after) {
    const isLater = started(clique)[0] > ready(parent)[count - 1];
    expect({ clique, parent, isLater }).toEqual({ clique, parent, isLater: true });
  }
  for (const [clique, other] of independent) expect(started(clique)[0]).toBeLessThan(ready(other)[0]);
  expectPlacedTogether(history);
};

/** All pods have their nodes before the first is ready, however long they may not start. */
function expectPlacedTogether({ states }: History): void {
  const first = states.find(pods => pods.some(isReady)) ?? [];
  expect(first.filter(({ spec }) => spec.nodeName)).toHaveLength(10);
}

const b = (j: number) => `w-0-sg-x-${j}-pc-b`;
const c = (j: number) => `w-0-sg-x-${j}-pc-c`;
const a = 'w-0-pc-a';
/** Of every pair of group replicas: in one gang a clique waits for its parents in all of them. */
const pairs = [[0, 0], [0, 1], [1, 0], [1, 1]] as const;

/** Cliques start in order, each when the minimum of what it waits for is ready (spec 10 §4). */
export const startupOrder: readonly Scenario[] = [
  {
    id: 'SO1',
    title: 'in order, one gang: pc-a, then both pc-b, then both pc-c',
    cluster,
    play: play(WL3, [[b(0), a, 2], [b(1), a, 2], ...pairs.map(([j, parent]): After => [c(j), b(parent), 1])]),
  },
  {
    id: 'SO2',
    title: 'in order, one group replica scaled: that one waits for nobody outside',
    cluster,
    play: play(WL4, [[b(0), a, 1], [c(0), b(0), 1], [c(1), b(1), 1]], [[b(1), a]]),
  },
  {
    id: 'SO3',
    title: 'explicit, one gang: pc-a, then both pc-c, then both pc-b',
    cluster,
    play: play(WL5, [[c(0), a, 2], [c(1), a, 2], ...pairs.map(([j, parent]): After => [b(j), c(parent), 3])]),
  },
  {
    id: 'SO4',
    title: 'explicit, one group replica scaled: that one waits for nobody outside',
    cluster,
    play: play(WL6, [[b(0), a, 1], [c(0), b(0), 1], [c(1), b(1), 1]], [[b(1), a]]),
  },
];
