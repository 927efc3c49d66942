import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { file } from './command';
import { aCliqueTemplate, aSet } from '../../support/objects';

const ROOT = join(__dirname, '..', '..', '..');

function piped(input: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync('node', ['--import', 'tsx', 'controller/src/cli/main.ts', ...words], {
    cwd: ROOT, input, encoding: 'utf8', env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.check.json' },
  });
  return { status, stdout, stderr };
}

const set = aSet('llm', { cliques: [aCliqueTemplate('a', 1, 1)] });
/** As `helm template` writes it: comments, empty documents, other kinds. */
const HELM = `---
# Source: llm/templates/service.yaml
apiVersion: v1
kind: Service
metadata: { name: llm }
---
# Source: llm/templates/disabled.yaml
---
# Source: llm/templates/set.yaml
${JSON.stringify(set)}
`;

test('what Helm writes is validated from a pipe', () => {
  expect(piped(HELM, 'validate', '-f', '-')).toEqual({ status: 0, stdout: 'ok     stdin  PodCliqueSet default/llm\n', stderr: '' });
  const bad = piped(HELM.replace('"minAvailable":1', '"minAvailable":5'), 'validate', '-f', '-', '-o', 'json');
  expect([bad.status, JSON.parse(bad.stdout).errors[0].line, bad.stderr]).toEqual([1, 10, '']);
});

test('a stored list, as kubectl writes it, is compared from a pipe', () => {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [set] });
  const { status, stdout } = piped(list, 'diff', '-', file({ ...set, spec: { ...set.spec, replicas: 3 } }), '-o', 'json');
  expect([status, JSON.parse(stdout).sets[0].outcome]).toEqual([0, 'scale']);
});
