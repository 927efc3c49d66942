import { Cluster, GPUS_PER_NODE, KINDS, NODES_PER_RACK, randomGang } from './cluster';
import type { PlacementGroup } from '../../../src/core';
import { Random } from '../../core/placement/random-problem';

const RACKS = 32;
const ARRIVALS = 12_000;
const WARM_UP = 2_000;
/** Streams of gangs; every policy sees the same ones. Between two streams the shares differ by more than between two good policies. */
const SEEDS = [23, 24, 25, 26, 27, 28, 29, 30];
const WIDE = KINDS['64-GPU wide-EP in a rack'];

/** Something that admits gangs or not. */
interface Site {
  admit(gang: PlacementGroup): (() => void) | undefined;
  intactRacks(): number;
}

/** 3: a loss system: gangs come at random, stay for a time at random, and what does not fit at once is lost. */
export function admission(): object[] {
  return [0.7, 0.85, 1].map(load => {
    const result = {
      load,
      streams: SEEDS.length,
      engine: mean(SEEDS.map(seed => run(engine(), load, seed))),
      rackOrderedBestFit: mean(SEEDS.map(seed => run(fullestFirst(false), load, seed))),
      bestFitRandomTie: mean(SEEDS.map(seed => run(fullestFirst(true), load, seed))),
      noFragmentation: mean(SEEDS.map(seed => run(oneGiantNode(), load, seed))),
    };
    process.stderr.write(`admission at load ${load} measured\n`);
    return result;
  });
}

interface Shares {
  readonly gpuWeightedPercent: number;
  readonly widePercent: number;
  readonly intactRacks: number;
}

function mean(runs: readonly Shares[]): Shares {
  const of = (key: keyof Shares) => Math.round((runs.reduce((sum, one) => sum + one[key], 0) / runs.length) * 100) / 100;
  return { gpuWeightedPercent: of('gpuWeightedPercent'), widePercent: of('widePercent'), intactRacks: of('intactRacks') };
}

function run(site: Site, load: number, seed: number): Shares {
  const random = new Random(seed);
  const capacity = RACKS * NODES_PER_RACK * GPUS_PER_NODE;
  const meanGpus = meanSize();
  const departures: { at: number; leave: () => void }[] = [];
  const exponential = (rate: number) => -Math.log(1 - random.below(1e9) / 1e9) / rate;
  const sums = { wanted: 0, admitted: 0, wide: 0, wideAdmitted: 0, intact: 0, samples: 0 };
  let now = 0;
  for (let arrival = 0; arrival < ARRIVALS; arrival += 1) {
    now += exponential((load * capacity) / meanGpus);
    while (departures.length > 0 && departures[0]!.at <= now) departures.shift()!.leave();
    const gang = randomGang(random);
    const stays = exponential(1);
    const leave = site.admit(gang);
    if (leave) insertSorted(departures, { at: now + stays, leave });
    if (arrival < WARM_UP) continue;
    sums.wanted += gpusOf(gang);
    sums.wide += Number(gang === WIDE);
    if (leave) sums.admitted += gpusOf(gang);
    if (leave) sums.wideAdmitted += Number(gang === WIDE);
    if (arrival % 20 === 0) {
      sums.intact += site.intactRacks();
      sums.samples += 1;
    }
  }
  const percent = (part: number, whole: number) => (part / whole) * 100;
  return {
    gpuWeightedPercent: percent(sums.admitted, sums.wanted),
    widePercent: percent(sums.wideAdmitted, sums.wide),
    intactRacks: sums.intact / sums.samples,
  };
}

function engine(): Site {
  const cluster = new Cluster(RACKS, RACKS);
  return {
    admit: gang => {
      const result = cluster.decide(gang);
      if (result.outcome !== 'placed') return undefined;
      cluster.commit(gang, result);
      const placed = cluster.gangs[cluster.gangs.length - 1]!;
      return () => cluster.remove(cluster.gangs.indexOf(placed));
    },
    intactRacks: () => cluster.intactRacks(),
  };
}

/**
 * Every pod on the fullest node that takes it. With random ties any of those that are equally full, and any rack that has room for a group that
 * needs one; otherwise the first node in the order of racks, and the tightest rack.
 */
function fullestFirst(isRandom: boolean): Site {
  const random = new Random(99);
  const free = new Int32Array(RACKS * NODES_PER_RACK).fill(GPUS_PER_NODE);
  const nodesOf = (rack: number) => Array.from({ length: NODES_PER_RACK }, (_, tray) => rack * NODES_PER_RACK + tray);
  const place = (leaves: readonly { count: number; gpus: number }[], nodes: readonly number[]) => {
    const taken: [number, number][] = [];
    for (const { count, gpus } of leaves) {
      for (let pod = 0; pod < count; pod += 1) {
        const fitting = nodes.filter(node => free[node]! >= gpus);
        const least = Math.min(...fitting.map(node => free[node]!));
        const tied = fitting.filter(node => free[node] === least);
        if (tied.length === 0) {
          for (const [node, amount] of taken) free[node]! += amount;
          return undefined;
        }
        const node = isRandom ? random.pick(tied) : tied[0]!;
        free[node]! -= gpus;
        taken.push([node, gpus]);
      }
    }
    return () => { for (const [node, amount] of taken) free[node]! += amount; };
  };
  const everywhere = Array.from({ length: RACKS }, (_, rack) => nodesOf(rack));
  return {
    admit: gang => {
      const leaves = (gang.groups ?? [gang]).map(({ pods }) => ({ count: pods!.count, gpus: pods!.request.gpu! }));
      if (gang.required === undefined) return place(leaves, everywhere.flat());
      const freeIn = (nodes: readonly number[]) => nodes.reduce((sum, node) => sum + free[node]!, 0);
      const start = random.below(RACKS);
      const racks = isRandom ? everywhere.map((_, turn) => everywhere[(start + turn) % RACKS]!) : [...everywhere].sort((a, b) => freeIn(a) - freeIn(b));
      for (const nodes of racks) {
        const leave = place(leaves, nodes);
        if (leave) return leave;
      }
      return undefined;
    },
    intactRacks: () => everywhere.filter(nodes => nodes.every(node => free[node] === GPUS_PER_NODE)).length,
  };
}

function oneGiantNode(): Site {
  let free = RACKS * NODES_PER_RACK * GPUS_PER_NODE;
  return {
    admit: gang => {
      const gpus = gpusOf(gang);
      if (gpus > free) return undefined;
      free -= gpus;
      return () => { free += gpus; };
    },
    intactRacks: () => Math.floor(free / (NODES_PER_RACK * GPUS_PER_NODE)),
  };
}

function gpusOf({ pods, groups = [] }: PlacementGroup): number {
  return pods ? pods.count * (pods.request.gpu ?? 0) : groups.reduce((sum, group) => sum + gpusOf(group), 0);
}

function meanSize(): number {
  const random = new Random(1);
  return Array.from({ length: 10_000 }, () => gpusOf(randomGang(random))).reduce((sum, gpus) => sum + gpus, 0) / 10_000;
}

function insertSorted<T extends { at: number }>(sorted: T[], item: T): void {
  let at = sorted.length;
  while (at > 0 && sorted[at - 1]!.at > item.at) at -= 1;
  sorted.splice(at, 0, item);
}
