import { playHistories } from './model/history';

/** Half of all, so that two processors share them; the same in every run, or others with GROVE_ROLLOUT_SEED. */
const HISTORIES = Number(process.env.GROVE_ROLLOUT_HISTORIES ?? 100_000) / 2;
const SEED = Number(process.env.GROVE_ROLLOUT_SEED ?? 0);

test(`nothing needed is taken by an update, and everything becomes as it should be, in ${HISTORIES} histories`, () => {
  playHistories(HISTORIES, 2 * SEED + 1);
}, 600_000);
