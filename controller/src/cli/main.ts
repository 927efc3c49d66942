import { runCommandLine } from './program';

void runCommandLine(process.argv.slice(2), { out: process.stdout, err: process.stderr }).then(code => {
  process.exitCode = code;
});
