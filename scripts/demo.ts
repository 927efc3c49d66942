import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { Command, InvalidArgumentError } from 'commander';
import { parse } from 'yaml';
import { isInteractive } from '../controller/src/cli/terminal';
import { runDemo } from '../controller/src/demo/demo';
import { screenFor } from '../controller/src/demo/screen';
import { Chatbot } from '../examples/chatbot/chart';
import { DeepSeekR1 } from '../examples/deepseek-r1-disagg/chart';
import { Topology } from '../examples/topology/chart';
import { computeDomainDefinition } from '../test/control-plane/compute-domains';
import type { KubeObject } from 'cdk8s-grove/core';

const CRDS = join(__dirname, '..', 'crds', 'minimal');
/** On a terminal somebody reads along. */
const PAUSE_MS = 4_000;

function synthesized(Example: new (app: App, id: string) => Chart, id: string): KubeObject[] {
  return Testing.synth(new Example(Testing.app(), id));
}

function speed(text: string): number {
  const number = Number(text);
  if (!(number >= 0.1 && number <= 20)) throw new InvalidArgumentError('a speed is a number from 0.1 to 20');
  return number;
}

async function demo(options: { speed: number }): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const screen = screenFor(process.stdout, process.env);
  process.once('exit', () => screen.close());
  process.exitCode = await runDemo({
    manifests: {
      topology: synthesized(Topology, 'topology'),
      chatbot: synthesized(Chatbot, 'chatbot'),
      deepseek: synthesized(DeepSeekR1, 'deepseek-r1-disagg'),
    },
    definitions: [...readdirSync(CRDS).map(file => parse(readFileSync(join(CRDS, file), 'utf8')) as KubeObject), computeDomainDefinition()],
    screen,
    err: process.stderr,
    signal: stop.signal,
    pauseMs: isInteractive(process.stdout, process.env) ? PAUSE_MS : 0,
    speed: options.speed,
  });
}

// Whoever reads our output may go before we do, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

void new Command('npm run demo --')
  .description('Watch two NVL72 racks take a chatbot and a multi-node decode engine, as gangs and in order. The cluster is in this process; nothing else is needed.')
  .option('--speed <factor>', 'how many times faster than usual pods start', speed, 1)
  .addHelpText('after', '\nOn a terminal the tree is drawn again and again; piped, or with NO_COLOR or TERM=dumb, every change is a line.\nExit code 0 when all pods have become ready, 1 when something has not in time, 2 for wrong options,\n130 after Ctrl-C.')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action(demo)
  .parseAsync();
