import { History, describePlan } from './history';

const SHARDS = 4;
/** All histories of all shards together. */
const HISTORIES = Number(process.env.GROVE_HISTORIES ?? 2_000);
/** Set: this seed alone, in the first shard. */
const SEED = process.env.GROVE_SEED;
const FIRST_SEED = Number(process.env.GROVE_FIRST_SEED ?? 1);

/** Plays one share of the histories, and fails with all that ended badly, each with the command that plays it again. */
export function playShard(shard: number): void {
  const seeds = SEED === undefined
    ? Array.from({ length: HISTORIES }, (_, index) => FIRST_SEED + index).filter(seed => seed % SHARDS === shard % SHARDS)
    : shard === 1 ? [Number(SEED)] : [];
  test(`${seeds.length} histories of random systems end as their sets ask for`, async () => {
    const failures: string[] = [];
    for (const seed of seeds) {
      const history = new History(seed);
      await history.play().catch((error: unknown) => failures.push(account(seed, history, error)));
      if (failures.length >= 20) break;
    }
    if (failures.length > 0) throw new Error(`${failures.length} ended badly:\n\n${failures.join('\n\n')}`);
  }, 1_800_000);
}

function account(seed: number, { events }: History, error: unknown): string {
  return [
    `seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, `  ${describePlan(seed)}`, ...events.map(event => `  ${event}`),
    `  again: GROVE_SEED=${seed} npx jest test/simulation/shard-1 --selectProjects unit`,
  ].join('\n');
}
