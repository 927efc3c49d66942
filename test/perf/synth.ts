import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart } from 'cdk8s';
import { ClusterTopology, Packing, PodCliqueSet } from 'cdk8s-grove';
import type { Bench } from './bench';
import { PodCliqueSet as PodCliqueSetObject, admit } from 'cdk8s-grove/core';

const COUNTS = [1, 100, 1000];
const WARM_UP = 3;
const ROUNDS = 15;

/** Figures of one number of sets, medians in milliseconds of wall time. */
interface Figures {
  readonly sets: number;
  readonly libraryMs: number;
  readonly rawMs: number;
  readonly overheadMs: number;
  /** The least that was seen: what is left when the machine does nothing else. */
  readonly leastOverheadMs: number;
}

/**
 * From `new App()` to the file on disk, in one process that has warmed up, library and raw objects in turn so that both see the same machine.
 * The raw objects are what the library writes, so that both write the same bytes; that is checked.
 */
export const bench: Bench = {
  description: 'what the constructs cost over plain ApiObjects: 1, 100 and 1,000 PodCliqueSets',
  async run() {
    const outdir = mkdtempSync(join(tmpdir(), 'grove-bench-'));
    try {
      const results = COUNTS.map(count => measure(count, outdir));
      const objects = Array.from({ length: 1000 }, (_, index) => rawObject(index));
      const admissionMs = Array.from({ length: ROUNDS }, () => elapsed(() => objects.forEach(object => admit({ object }))));
      return { bench: 'synth', node: process.version, cpus: cpus().length, rounds: ROUNDS, results, admissionOf1000Ms: median(admissionMs) };
    } finally {
      rmSync(outdir, { recursive: true });
    }
  },
};

function measure(count: number, outdir: string): Figures {
  const synthesize = (add: (chart: Chart, index: number) => void) => elapsed(() => {
    const app = new App({ outdir });
    const chart = new Chart(app, 'sets');
    for (let index = 0; index < count; index += 1) add(chart, index);
    app.synth();
  });
  const written = () => readFileSync(join(outdir, 'sets.k8s.yaml'), 'utf8');
  const library: number[] = [];
  const raw: number[] = [];
  for (let pass = 0; pass < WARM_UP + ROUNDS; pass += 1) {
    library.push(synthesize(addWithLibrary));
    const expected = written();
    raw.push(synthesize(addRaw));
    if (written() !== expected) throw new Error('library and raw objects wrote different manifests: the comparison is not fair');
  }
  process.stderr.write(`${count} sets measured\n`);
  const [measuredLibrary, measuredRaw] = [library.slice(WARM_UP), raw.slice(WARM_UP)];
  const [libraryMs, rawMs] = [median(measuredLibrary), median(measuredRaw)];
  const leastOverheadMs = rounded(Math.min(...measuredLibrary) - Math.min(...measuredRaw));
  return { sets: count, libraryMs, rawMs, overheadMs: rounded(libraryMs - rawMs), leastOverheadMs };
}

function addWithLibrary(chart: Chart, index: number): void {
  const set = new PodCliqueSet(chart, `llm-${index}`, { packing: Packing.required(ClusterTopology.fromName('nvl72').level('rack')) });
  const server = (mode: string) => [{ image: 'server:1', args: ['--mode', mode], portNumber: 8000 }];
  const prefill = set.addClique('prefill', { replicas: 4, minAvailable: 2, gpus: 4, containers: server('prefill') });
  const decode = set.addClique('decode', { replicas: 8, minAvailable: 4, gpus: 4, containers: server('decode') });
  set.addClique('router', { containers: server('router') }).startAfter(prefill, decode);
}

function addRaw(chart: Chart, index: number): void {
  new ApiObject(chart, `llm-${index}`, rawObject(index) as ConstructorParameters<typeof ApiObject>[2]);
}

function rawObject(index: number): PodCliqueSetObject {
  return {
    apiVersion: 'grove.io/v1alpha1',
    kind: 'PodCliqueSet',
    metadata: { name: `llm-${index}` },
    spec: {
      replicas: 1,
      template: {
        cliqueStartupType: 'CliqueStartupTypeExplicit',
        cliques: [rawClique('prefill', 4, 2, 4), rawClique('decode', 8, 4, 4), rawClique('router', 1, 1, 0, ['prefill', 'decode'])],
        headlessServiceConfig: { publishNotReadyAddresses: true },
        terminationDelay: '4h0m0s',
        topologyConstraint: { topologyName: 'nvl72', pack: { required: 'rack' } },
      },
    },
  };
}

function rawClique(name: string, replicas: number, minAvailable: number, gpus: number, startsAfter?: string[]): PodCliqueSetObject['spec']['template']['cliques'][0] {
  return {
    name,
    spec: {
      roleName: name,
      replicas,
      minAvailable,
      ...(startsAfter ? { startsAfter } : {}),
      podSpec: {
        containers: [{
          name: 'main',
          image: 'server:1',
          args: ['--mode', name],
          ports: [{ containerPort: 8000, protocol: 'TCP' }],
          ...(gpus > 0 ? { resources: { limits: { 'nvidia.com/gpu': String(gpus) } } } : {}),
        }],
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
      },
    },
  };
}

function elapsed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return rounded([...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0);
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
