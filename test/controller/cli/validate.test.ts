import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../../../controller/src/cli/program';

const set = (template = '', clique = 'replicas: 2, ') => `apiVersion: grove.io/v1alpha1
kind: PodCliqueSet
metadata: { name: llm }
spec:
  replicas: 1
  template:
    topologyConstraint: { topologyName: dc, pack: { required: rack } }
    cliques:
      - name: decode
        spec: { roleName: decode, ${clique}podSpec: { containers: [{ name: main, image: "server:1" }] } }
${template}`;

const binding = (...domains: string[]) => `apiVersion: grove.io/v1alpha1
kind: ClusterTopologyBinding
metadata: { name: dc }
spec:
  levels:
${domains.map(domain => `    - { domain: ${domain}, key: example.com/${domain} }\n`).join('')}`;

function file(...documents: string[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'grove-')), 'manifest.yaml');
  writeFileSync(path, documents.join('---\n'));
  return path;
}

async function validate(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const sink = (name: 'out' | 'err') => ({ write: (text: string) => { written[name] += text; } });
  const code = await runCommandLine(['validate', ...words], { out: sink('out'), err: sink('err') });
  return { code, ...written };
}

interface Report {
  readonly checked: number;
  readonly errors: readonly { readonly line: number; readonly type: string; readonly field: string }[];
  readonly warnings: readonly { readonly message: string }[];
}

async function report(...words: string[]) {
  const { code, out } = await validate(...words, '-o', 'json');
  const { errors, ...rest } = JSON.parse(out) as Report;
  return { code, errors: errors.map(({ type, field, line }) => `${line} ${type} ${field}`), ...rest };
}

describe('--topology', () => {
  test('without it, and none among the manifests, domains are not looked up', async () => {
    expect(await report('-f', file(set()))).toMatchObject({ code: 0, errors: [] });
  });

  test('constraints are looked up in it', async () => {
    expect(await report('-f', file(set()), '--topology', file(binding('rack', 'host')))).toMatchObject({ code: 0, errors: [] });
    const missed = await report('-f', file(set()), '--topology', file(binding('zone', 'host')));
    expect(missed).toMatchObject({ code: 1, errors: ['7 Invalid spec.template.topologyConstraint.pack.required'] });
  });

  test('bindings among the manifests count too, and are checked themselves', async () => {
    const { code, errors, checked } = await report('-f', file(set(), binding('zone', 'host', 'zone')));
    expect({ code, checked }).toEqual({ code: 1, checked: 2 });
    expect(errors).toEqual([
      '7 Invalid spec.template.topologyConstraint.pack.required',
      '19 Duplicate spec.levels[2].domain',
      '19 Duplicate spec.levels[2].key',
    ]);
  });

  test('a file without bindings ends 2', async () => {
    const { code, err } = await validate('-f', file(set()), '--topology', file(set()));
    expect(code).toBe(2);
    expect(err).toContain('no ClusterTopologyBinding in');
  });
});

describe('--old', () => {
  test('what may not change is an error, on its line', async () => {
    const before = file(set());
    expect(await report('-f', file(set()), '--old', before)).toMatchObject({ code: 0, errors: [] });
    const { code, errors } = await report('-f', file(set('', 'replicas: 3, minAvailable: 1, ')), '--old', before);
    expect({ code, errors }).toEqual({ code: 1, errors: ['9 Invalid spec.template.cliques.spec.minAvailable'] });
  });

  test('a set that is not among them is new', async () => {
    const { errors } = await report('-f', file(set().replace('required: rack', 'preferred: rack').replace('name: llm', 'name: other')), '--old', file(set()));
    expect(errors).toEqual([]);
  });

  test('the stored set may stand in a list, as kubectl prints it, and without its namespace', async () => {
    const stored = set().replace(/^/gm, '    ').replace('    apiVersion', '  - apiVersion').replace('{ name: llm }', '{ name: llm, namespace: default }');
    const list = `apiVersion: v1\nkind: List\nitems:\n${stored}`;
    const { errors } = await report('-f', file(set('    cliqueStartupType: CliqueStartupTypeInOrder\n')), '--old', file(list));
    expect(errors).toEqual(['11 Invalid spec.template.cliqueStartupType']);
  });

  test('a file without sets ends 2', async () => {
    expect(await validate('-f', file(set()), '--old', file(binding('rack')))).toMatchObject({ code: 2, out: '' });
  });
});

describe('warnings', () => {
  const redundant = set().replace('required: rack', 'required: rack, preferred: zone');

  test('are shown on stderr, with exit code 0', async () => {
    const { code, out, err } = await validate('-f', file(redundant, binding('zone', 'rack')));
    expect(code).toBe(0);
    expect(out).toMatch(/^ok .*PodCliqueSet default\/llm\nok .*ClusterTopologyBinding dc\n$/);
    expect(err).toContain('PodCliqueSet default/llm: spec.template.topologyConstraint.pack.preferred is coarser than');
  });

  test('are in the JSON document', async () => {
    const { code, warnings } = await report('-f', file(redundant), '--topology', file(binding('zone', 'rack')));
    expect(code).toBe(0);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('is redundant')]);
  });

  test('tell of what only a client in Go would leave out', async () => {
    const { code, warnings } = await report('-f', file(set().replace('  replicas: 1', '  replicas: 1\n  updateStrategy: { type: "" }')));
    expect(code).toBe(0);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(/^spec\.updateStrategy\.type is empty/)]);
  });

  test('say nothing of what the schema fills in', async () => {
    expect((await report('-f', file(set('', '')))).warnings).toEqual([]);
  });
});

describe('errors', () => {
  test('are on the line of the field, also where their path is not the field\'s', async () => {
    const pods = set().replace('podSpec: { containers: [{ name: main, image: "server:1" }] } }', `
          podSpec:
            containers:
              - name: main
                env:
                  - name: "9"
`).replace('spec: { roleName: decode, replicas: 2, ', 'spec:\n          roleName: decode\n          replicas: 2');
    expect((await report('-f', file(pods))).errors).toEqual(['17 Invalid spec.template.cliques[0].spec.podSpec.spec.containers[0].env[0].name']);
    const bound = `${binding('rack')}  schedulerTopologyBindings:\n    - schedulerName: volcano\n      topologyReference: x\n`;
    expect((await report('-f', file(bound))).errors).toEqual(['8 Invalid spec.schedulerTopologyReferences[0].schedulerName']);
  });

  test('a pod spec is checked down to its last field', async () => {
    const { errors } = await report('-f', file(set().replace('name: main,', 'name: main, ports: [{ containerPort: "80" }],')));
    expect(errors).toEqual(['10 Invalid spec.template.cliques[0].spec.podSpec.containers[0].ports[0].containerPort']);
  });

  test('a binding that is none is a finding, not a crash, also for the sets that name it', async () => {
    const { code, errors } = await report('-f', file('apiVersion: grove.io/v1alpha1\nkind: ClusterTopologyBinding\nmetadata: { name: dc }\nspec: { levels: 5 }\n', set()));
    expect({ code, errors }).toEqual({ code: 1, errors: ['4 Invalid spec.levels'] });
  });

  test('an object of another version of the API is refused', async () => {
    expect((await report('-f', file(set().replace('v1alpha1', 'v2')))).errors).toEqual(['1 NotSupported apiVersion']);
  });
});

describe('fields that are not there', () => {
  const misspelled = set('        hostname: x\n', 'replcas: 2, startAfter: [], ');

  test('are findings with the field that may have been meant', async () => {
    expect(await report('-f', file(misspelled))).toMatchObject({
      code: 1, errors: ['10 Unknown spec.template.cliques[0].spec.replcas', '10 Unknown spec.template.cliques[0].spec.startAfter', '11 Unknown spec.template.cliques[0].hostname'],
    });
    const { out } = await validate('-f', file(misspelled));
    expect(out).toContain('did you mean replicas?');
    expect(out).toContain('did you mean startsAfter?');
    expect(out).toMatch(/hostname: Unknown: there is no such field$/m);
  });

  test('are warnings when they are allowed', async () => {
    const { code, errors, warnings } = await report('-f', file(misspelled), '--allow-unknown-fields');
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    expect(warnings.map(({ message }) => message)).toContain('spec.template.cliques[0].spec.startAfter: there is no such field; did you mean startsAfter?');
  });

  test('of a binding, too', async () => {
    expect((await report('-f', file(binding('rack').replace('domain:', 'domian: x, domain:')))).errors).toEqual(['6 Unknown spec.levels[0].domian']);
  });

  test('what a server writes is none', async () => {
    const stored = set().replace('{ name: llm }', '{ name: llm, creationTimestamp: null, managedFields: [] }').concat('status: { replicas: 1 }\n');
    expect(await report('-f', file(stored))).toMatchObject({ code: 0, errors: [], warnings: [] });
  });
});
