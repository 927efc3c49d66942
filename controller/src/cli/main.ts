import { runCommandLine } from './program';

// Whoever reads our output may go before we have written it all, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

void runCommandLine(process.argv.slice(2), { out: process.stdout, err: process.stderr }).then(code => {
  process.exitCode = code;
});
