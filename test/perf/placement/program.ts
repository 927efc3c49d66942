import { admission } from './admission';
import { churn } from './churn';
import { rejects } from './rejects';
import { throughput } from './throughput';
import { verdicts } from './verdicts';

/** What is measured, each in a process of its own. */
export const PARTS = { throughput, verdicts, falseRejects: rejects, admission, churn };

export type Part = keyof typeof PARTS;

/** Measures the part that the command line names. */
const part = process.argv[2];
if (part !== undefined && part in PARTS) {
  process.stdout.write(JSON.stringify(PARTS[part as Part]()));
}
