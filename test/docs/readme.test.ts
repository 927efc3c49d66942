import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { transformSync } from '@swc/core';
import { parse } from 'yaml';
import { complaints } from './compiler';
import { PodCliqueSet, admit } from 'cdk8s-grove/core';

const ROOT = resolve(__dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const blocks = [...README.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);

test('the example is TypeScript that compiles', () => {
  expect(blocks).toHaveLength(1);
  expect(complaints(blocks[0]!)).toEqual([]);
  expect(complaints(blocks[0]!.replace('gpus: 4', 'gpu: 4'))).toEqual([expect.stringContaining("'gpu' does not exist")]);
});

test('the example, run, writes a set that is admitted', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'grove-readme-'));
  const { code } = transformSync(blocks[0]!, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } });
  process.env.CDK8S_OUTDIR = outdir;
  new Function('require', 'exports', code)(require, {});
  const set = parse(readFileSync(join(outdir, 'chatbot.k8s.yaml'), 'utf8')) as PodCliqueSet;
  expect(admit({ object: set }).errors).toEqual([]);
  expect(set.spec.template.cliques.map(({ name }) => name)).toEqual(['prefill', 'decode', 'router']);
});

test('the README has two commands, each complete on a fresh clone', () => {
  const commands = README.split('\n').filter(line => line.startsWith('    ') && !line.trim().startsWith('- '));
  expect(commands.map(line => line.trim())).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
});

test('the example is short', () => {
  expect(blocks[0]!.trim().split('\n').length).toBeLessThanOrEqual(15);
});
