import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Bench } from './bench';
import type { Part } from './placement/program';

const PARTS: readonly Part[] = ['throughput', 'verdicts', 'falseRejects', 'admission', 'churn'];

/**
 * Decisions of the placement engine: nothing of what an API server, a network or a kubelet would add. Bundled as the controller is, every part in
 * a process of its own. Times are in milliseconds of CPU where not said otherwise.
 */
export const bench: Bench = {
  description: 'placement: decision times on 80,064 GPUs, wrong refusals, admission, throughput, verdicts',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'placement-bench-'));
    try {
      const program = join(folder, 'program.cjs');
      const entry = join(__dirname, 'placement/program.ts');
      buildSync({ entryPoints: [entry], bundle: true, platform: 'node', target: 'node20', format: 'cjs', outfile: program, logLevel: 'error' });
      return {
        bench: 'placement',
        node: process.version,
        cpus: cpus().length,
        ...Object.fromEntries(PARTS.map(part => [part, measure(program, part)])),
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function measure(program: string, part: Part): object {
  return JSON.parse(execFileSync(process.execPath, [program, part], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })) as object;
}
