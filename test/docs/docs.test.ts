import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { transformSync } from '@swc/core';
import { PodVariable } from 'cdk8s-grove';
import { complaints } from './compiler';
import { runCommandLine } from '../../controller/src/cli/program';
import { ANNOTATION, LABEL } from 'cdk8s-grove/core';

const DOCS = resolve(__dirname, '../../docs');
const files = readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.md')).sort();
const text = (file: string) => readFileSync(join(DOCS, file), 'utf8');
const blocks = files.flatMap(file => [...text(file).matchAll(/^```(?:ts|js)\n([^]*?)^```$/gm)].map(([, code], index): [string, string] => [`${file} ${index + 1}`, code!]));

test.each(blocks)('%s compiles', (_, code) => {
  expect(complaints(code)).toEqual([]);
});

test('there are examples to compile', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(5);
});

test.each(files)('what %s points to is there', file => {
  const targets = [...text(file).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target!).filter(target => !/^https?:/.test(target));
  expect(targets.filter(target => !existsSync(resolve(DOCS, dirname(file), target)))).toEqual([]);
});

test('every page is in the table of contents', () => {
  const listed = [...text('README.md').matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!).sort();
  expect(listed).toEqual(files.filter(file => file !== 'README.md'));
});

test('the tutorial shows what its program stands for', async () => {
  const tutorial = text('tutorial/first-system.md');
  const code = /^```ts\n([^]*?)^```$/m.exec(tutorial)![1]!;
  const outdir = mkdtempSync(join(tmpdir(), 'grove-tutorial-'));
  const { code: script } = transformSync(code, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } });
  process.env.CDK8S_OUTDIR = outdir;
  new Function('require', 'exports', script)(require, {});
  let out = '';
  const exit = await runCommandLine(['expand', '-f', join(outdir, 'first.k8s.yaml'), '-o', 'tree'], { out: { write: words => (out += words) }, err: { write: words => (out += words) } });
  expect(exit).toBe(0);
  expect(tutorial.replace(/^ {4}/gm, '')).toContain(out.trim());
});

test('the reference knows every variable, and the labels and annotations that it names exist', () => {
  const reference = text('reference/labels-and-variables.md');
  const variables = Object.entries(PodVariable).flatMap(([name, value]) => (value instanceof PodVariable ? [[value.variableName, name]] : []));
  expect(variables).toHaveLength(8);
  for (const [variable, name] of variables) expect(reference).toContain(`| \`${variable}\` | \`${name}\` |`);
  const known = new Set<string>([...Object.values(LABEL), ...Object.values(ANNOTATION), 'grove.io/podgang-pending-creation']);
  const named = [...reference.matchAll(/`((?:[a-z.]+)\/[a-z-]+)`/g)].map(([, key]) => key!);
  expect(named.filter(key => !known.has(key))).toEqual([]);
});
