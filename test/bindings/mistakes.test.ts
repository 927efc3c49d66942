import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINDINGS_VARIABLE } from './global-setup';
import { Bindings, goBuild } from './library';
import { TIMEOUT_MS, run } from './tools';
import { INVALID_PROGRAMS } from '../constructs/types/invalid-programs';

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
  'half a GPU': '[chart/llm] spec.template.cliques[0].gpus: Invalid value 0.5: must be a whole number, 0 or more',
  'a claim for a container of other pods': '[chart/llm] spec.template.cliques[1].spec.podSpec.resourceClaims: Invalid: the container "main", which is to use net',
};

/** How Python and jsii put it: what is wrong, and of what. */
const READABLE_IN_PYTHON = [
  /^type of argument [\w.[\]]+ must be .+; got .+ instead$/m,
  /^[\w.]+\(\) got an unexpected keyword argument '\w+'$/,
  /^[\w.]+\(\) missing 1 required (positional|keyword-only) argument: '\w+'$/,
  /^[\w.]+\(\) takes no arguments$/,
  /^type object '\w+' has no attribute '\w+'$/,
  /^property '\w+' of '\w+' object has no setter$/,
  /^AttributeError: (REVERSE|BLUE_GREEN)$/,
  /Passed to parameter \w+ of .+: Unable to deserialize value as cdk8s-[\w-]+\.\w+/,
];

/** Mistakes of the type tests that Go's compiler lets pass, for every property of a struct may be left out there; jsii names what is missing. */
const MISTYPED_IN_GO: Readonly<Record<string, string>> = {
  'a topology without levels': 'Levels is required, but has nil value',
  'a level without its label': 'Key is required, but has nil value',
  'half a domain size': 'GpusPerNode is required, but has nil value',
  'autoscaling without an upper bound': 'MaxReplicas is required, but has nil value',
  'KEDA without triggers': 'Triggers is required, but has nil value',
  'a sharing without a scope': 'Unable to deserialize value as cdk8s-grove.SetSharingOptions',
  'a request without a class': 'DeviceClassName is required, but has nil value',
  'an alternative without a name': 'Name is required, but has nil value',
  'a claim template without requests': 'Requests is required, but has nil value',
  'a controller without an image': 'Image is required, but has nil value',
  'a container without an image': 'Image is required, but has nil value',
  'start-up after nothing': 'Unable to deserialize value as cdk8s-grove.PodClique',
};

test('the same mistakes are made in both languages, and nothing else is looked for', () => {
  expect(Object.keys(said.python.refused).sort()).toEqual(Object.keys(REFUSED).sort());
  expect(Object.keys(said.go.refused).sort()).toEqual(Object.keys(REFUSED).sort());
  expect(Object.keys(said.python.mistyped).sort()).toEqual(Object.keys(INVALID_PROGRAMS).sort());
  expect(Object.keys(said.go.mistyped).sort()).toEqual(Object.keys(MISTYPED_IN_GO).sort());
});

test.each(Object.keys(REFUSED))('%s is refused in Python and Go, in the same words', name => {
  expect(said.python.refused[name]).toContain(REFUSED[name]);
  expect(said.go.refused[name]).toBe(said.python.refused[name]);
});

test.each(Object.keys(INVALID_PROGRAMS))('%s is refused in Python, as by TypeScript’s compiler', name => {
  expect(READABLE_IN_PYTHON.filter(pattern => pattern.test(said.python.mistyped[name] ?? ''))).not.toEqual([]);
});

test.each(Object.keys(MISTYPED_IN_GO))('%s is refused in Go', name => {
  expect(said.go.mistyped[name]).toContain(MISTYPED_IN_GO[name]);
});

test('all other programs that TypeScript’s compiler refuses are refused by Go’s', async () => {
  const source = readFileSync(join(FOLDER, 'go-compiler/main.go'), 'utf8').split('\n');
  const output = await run('go', goBuild(bindings, join(outdir, 'not-made')), { cwd: join(FOLDER, 'go-compiler') }).then(() => 'nothing', (error: Error) => error.message);
  const complaints = [...output.matchAll(/^\.\/main\.go:(\d+):\d+: (.*)$/gm)].map(([, line, text]) => ({ name: source[Number(line) - 1]!.split(' // ')[1], text }));
  const others = Object.keys(INVALID_PROGRAMS).filter(name => MISTYPED_IN_GO[name] === undefined);
  expect(complaints.map(({ name }) => name)).toEqual(others);
  for (const { text } of complaints) expect(text).toMatch(/^(cannot use .+ as .+ value in |unknown field |not enough arguments in call to |undefined: |router\.SetReplicas undefined)/);
});
