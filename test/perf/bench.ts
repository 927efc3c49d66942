/** A measurement. Progress goes to stderr; what it resolves to is printed as one JSON document, the last line on stdout. */
export interface Bench {
  /** What it measures, for people. */
  readonly description: string;
  run(): Promise<object>;
}

const BENCHES: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  admit: async () => import('./admit'),
  bindings: async () => import('./bindings'),
  churn: async () => import('./churn'),
  deploy: async () => import('./deploy'),
  placement: async () => import('./placement'),
  rollout: async () => import('./rollout'),
  scale: async () => import('./scale'),
  synth: async () => import('./synth'),
};

/** Runs the bench that the command line names and resolves to the exit code: 0 measured, 2 no such bench. */
async function main(name: string | undefined): Promise<number> {
  if (name === '--help' || name === '-h') {
    process.stdout.write(await usage());
    return 0;
  }
  const load = Object.entries(BENCHES).find(([known]) => known === name)?.[1];
  if (!load) {
    process.stderr.write(`${name === undefined ? 'which bench?' : `no bench is called ${name}`}\n${await usage()}`);
    return 2;
  }
  const { bench } = await load();
  process.stdout.write(`${JSON.stringify(await bench.run())}\n`);
  return 0;
}

async function usage(): Promise<string> {
  const lines = await Promise.all(Object.entries(BENCHES).map(async ([name, load]) => `  ${name.padEnd(10)}${(await load()).bench.description}`));
  return ['usage: npm run bench -- <name>', '', ...lines, ''].join('\n');
}

void main(process.argv[2]).then(code => { process.exitCode = code; });
