import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINDINGS_VARIABLE } from './global-setup';
import { Bindings, goBuild } from './library';
import { TIMEOUT_MS, run } from './tools';

jest.setTimeout(2 * TIMEOUT_MS);

const FOLDER = join(__dirname, 'mistakes');
const bindings = JSON.parse(process.env[BINDINGS_VARIABLE]!) as Bindings;
const outdir = mkdtempSync(join(tmpdir(), 'grove-mistakes-'));

type Said = Record<'refused' | 'mistyped', Record<string, string>>;
const said = {} as Record<'python' | 'go', Said>;

beforeAll(async () => {
  const program = join(outdir, 'mistakes');
  said.python = JSON.parse(await run(bindings.python, ['main.py'], { cwd: FOLDER }));
  await run('go', goBuild(bindings, program), { cwd: FOLDER });
  said.go = JSON.parse(await run(program, []));
});

afterAll(() => rmSync(outdir, { recursive: true }));

/** A part of what the library says, to each mistake that a type cannot show. */
const REFUSED: Readonly<Record<string, string>> = {
  'negative replicas': '[chart/llm] spec.template.cliques[0].spec.replicas: Invalid value -1: must be above 0',
  'a minimum above the replicas': '[chart/llm] spec.template.cliques[0].spec.minAvailable: Invalid value 3: must not exceed replicas (2)',
  'a cycle': 'chart/llm/first cannot start after chart/llm/second: that one already starts after it (second after first)',
  'an unknown level': 'the topology dc has no level "shelf"; it has zone, rack, host',
  'a set without cliques': '[chart/llm] spec.template.cliques: Required: a set needs one clique at least',
  'a clique without containers': '[chart/llm] spec.template.cliques[0].spec.podSpec.containers: Required',
  'a name that is too long': 'have 49 characters together',
  'an NVLink domain larger than a rack': '[chart/big] the NVLink domain "model" (worker) takes 3 nodes with 12 GPUs; one of the cluster has 2 nodes with 8 GPUs',
  'a group packed more loosely than its set': '"rack" is narrower than "zone"',
  'an order beside start_after': '[chart/ordered] spec.template.cliqueStartupType: Invalid value "CliqueStartupTypeInOrder"',
  'KEDA with an empty list of triggers': 'KEDA needs one trigger at least',
  'a maximum below the replicas': '[chart/llm] spec.template.cliques[0].spec.autoScalingConfig.maxReplicas: Invalid value 2',
};

/** A part of what jsii says in Python to mistakes that the other languages' compilers refuse. */
const MISTYPED_IN_PYTHON: Readonly<Record<string, string>> = {
  'GPUs as text': 'type of argument gpus must be one of (int, float, NoneType); got str instead',
  'GPUs misspelt': 'got an unexpected keyword argument \'gpu\'',
  'start-up after a name': 'must be cdk8s_grove.PodClique; got str instead',
  'a packing in a name': 'type of argument level must be cdk8s_grove.TopologyLevel; got str instead',
  'a packing as text': 'type of argument packing must be one of (cdk8s_grove.Packing, NoneType); got str instead',
  'an NVLink domain as text': 'type of argument nvlink_domain must be one of (cdk8s_grove.NvlinkDomain, NoneType); got str instead',
  'a start-up order as text': 'type of argument startup_order must be one of (cdk8s_grove.StartupOrder, NoneType); got str instead',
  'a topology without levels': 'missing 1 required keyword-only argument: \'levels\'',
  'autoscaling without an upper bound': 'missing 1 required keyword-only argument: \'max_replicas\'',
  'KEDA without triggers': 'missing 1 required keyword-only argument: \'triggers\'',
  'a container without an image': 'missing 1 required keyword-only argument: \'image\'',
  'a group of names': 'type of argument cliques must be one of (Sequence[cdk8s_grove.PodClique], NoneType); got list instead',
};

/** The same in Go, of what its compiler lets pass. */
const MISTYPED_IN_GO: Readonly<Record<string, string>> = {
  'a topology without levels': 'Levels is required, but has nil value',
  'autoscaling without an upper bound': 'MaxReplicas is required, but has nil value',
  'KEDA without triggers': 'Triggers is required, but has nil value',
  'a container without an image': 'Image is required, but has nil value',
  'start-up after nothing': 'Unable to deserialize value as cdk8s-grove.PodClique',
};

test('the same mistakes are made in both languages, and nothing else is looked for', () => {
  expect(Object.keys(said.python.refused).sort()).toEqual(Object.keys(REFUSED).sort());
  expect(Object.keys(said.go.refused).sort()).toEqual(Object.keys(REFUSED).sort());
  expect(Object.keys(said.python.mistyped).sort()).toEqual(Object.keys(MISTYPED_IN_PYTHON).sort());
  expect(Object.keys(said.go.mistyped).sort()).toEqual(Object.keys(MISTYPED_IN_GO).sort());
});

test.each(Object.keys(REFUSED))('%s is refused in Python and Go, in the same words', name => {
  expect(said.python.refused[name]).toContain(REFUSED[name]);
  expect(said.go.refused[name]).toBe(said.python.refused[name]);
});

test.each(Object.keys(MISTYPED_IN_PYTHON))('%s is refused in Python', name => {
  expect(said.python.mistyped[name]).toContain(MISTYPED_IN_PYTHON[name]);
});

test.each(Object.keys(MISTYPED_IN_GO))('%s is refused in Go', name => {
  expect(said.go.mistyped[name]).toContain(MISTYPED_IN_GO[name]);
});

test('Go’s compiler refuses text, misspelt properties and missing arguments', async () => {
  const complaints = await run('go', goBuild(bindings, join(outdir, 'not-made')), { cwd: join(FOLDER, 'go-compiler') }).then(() => 'nothing', (error: Error) => error.message);
  expect(complaints.match(/^\.\/main\.go:\d+:\d+: .*$/gm)).toEqual([
    expect.stringContaining('cannot use jsii.String("4") (value of type *string) as *float64 value'),
    expect.stringContaining('unknown field Gpu in struct literal of type cdk8sgrove.PodCliqueProps'),
    expect.stringContaining('as cdk8sgrove.PodClique value in argument to clique.StartAfter'),
    expect.stringContaining('as cdk8sgrove.TopologyLevel value in argument to grove.Packing_Required'),
    expect.stringContaining('as cdk8sgrove.Packing value in struct literal'),
    expect.stringContaining('as *[]cdk8sgrove.PodClique value in struct literal'),
    expect.stringContaining('as cdk8sgrove.NvlinkDomain value in struct literal'),
    expect.stringContaining('as cdk8sgrove.Autoscaling value in struct literal'),
    expect.stringContaining('as cdk8sgrove.KedaTrigger value in array or slice literal'),
    expect.stringContaining('as cdk8sgrove.DeviceRequest value in array or slice literal'),
    expect.stringContaining('not enough arguments in call to set.AddClique'),
  ]);
});
