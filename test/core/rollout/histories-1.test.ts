import { playHistories } from './model/history';

/** Half of all, so that two processors share them. */
const HISTORIES = Number(process.env.GROVE_ROLLOUT_HISTORIES ?? 100_000) / 2;

test(`nothing needed is taken by an update, and everything becomes as it should be, in ${HISTORIES} histories`, () => {
  playHistories(HISTORIES);
}, 600_000);
