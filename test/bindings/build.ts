import { ensureBindings } from './library';

/** Builds the bindings and tells how to run a program against them. */
async function main(): Promise<void> {
  const { python, goMod } = await ensureBindings();
  process.stdout.write([
    'In examples/<name>/python:', `    ${python} main.py`,
    'In examples/<name>/go:', `    go run -modfile=${goMod} .`,
    '',
  ].join('\n'));
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
