import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench';
import { ensureBindings, goBuild } from '../bindings/library';
import { ROOT, run, tool, toolchain } from '../bindings/tools';

const ROUNDS = 7;
const EXAMPLE = join(ROOT, 'examples', 'chatbot');

/** A build of everything from nothing, and then the chatbot in three languages, from the start of the process to its end. */
export const bench: Bench = {
  description: 'the Python wheel and the Go module from nothing, and the chatbot in three languages',
  async run() {
    const bindings = await ensureBindings(true);
    const outdir = mkdtempSync(join(tmpdir(), 'grove-bench-'));
    const [program, env] = [join(outdir, 'chatbot'), { CDK8S_OUTDIR: join(outdir, 'dist') }];
    const build = async (goEnv: NodeJS.ProcessEnv = {}) => run('go', goBuild(bindings, program), { cwd: join(EXAMPLE, 'go'), env: goEnv });
    try {
      const goBuildFirstMs = await elapsed(async () => build({ GOCACHE: join(outdir, 'go-cache') }));
      const chatbotMs = {
        goBuild: await median(async () => build()),
        typescript: await median(async () => run(tool('tsx'), ['--tsconfig', join(ROOT, 'tsconfig.check.json'), 'main.ts'], { cwd: EXAMPLE, env })),
        python: await median(async () => run(bindings.python, ['main.py'], { cwd: join(EXAMPLE, 'python'), env })),
        go: await median(async () => run(program, [], { env })),
      };
      const unchangedMs = await elapsed(async () => ensureBindings());
      return { bench: 'bindings', node: process.version, ...await toolchain(), cpus: cpus().length, rounds: ROUNDS, buildMs: bindings.buildMs, goBuildFirstMs, unchangedMs, chatbotMs };
    } finally {
      rmSync(outdir, { recursive: true });
    }
  },
};

async function median(work: () => Promise<unknown>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await elapsed(work));
  return rounds.sort((one, other) => one - other)[Math.floor(ROUNDS / 2)]!;
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round(performance.now() - start);
}
