import { cpus } from 'node:os';
import type { Bench } from './bench';
import { admission } from './placement/admission';
import { churn } from './placement/churn';
import { rejects } from './placement/rejects';
import { throughput } from './placement/throughput';
import { verdicts } from './placement/verdicts';

/** Decisions of the placement engine in one process: nothing of what an API server, a network or a kubelet would add. Times are in milliseconds. */
export const bench: Bench = {
  description: 'placement: decision times on 80,064 GPUs, wrong refusals, admission, throughput, verdicts',
  async run() {
    return {
      bench: 'placement',
      node: process.version,
      cpus: cpus().length,
      throughput: throughput(),
      verdicts: verdicts(),
      falseRejects: rejects(),
      admission: admission(),
      churn: churn(),
    };
  },
};
